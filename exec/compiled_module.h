// The state behind Module.
#ifndef WEFT_EXEC_COMPILED_MODULE_H_
#define WEFT_EXEC_COMPILED_MODULE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "exec/engine.h"
#include "exec/module.h"
#include "exec/runtime/types.h"
#include "exec/translate/module_code.h"
#include "ir/wasm/module.h"

namespace weft::exec {

struct CompiledModule {
  explicit CompiledModule(const Engine& e) : engine(e) {}

  Engine engine;
  std::vector<uint8_t> bytes;
  wasm::Module module;
  std::vector<TypeId> types;  // By type index.
  std::unique_ptr<ModuleCode> code;
  // Indices into Module::exports, by name.
  absl::flat_hash_map<absl::string_view, uint32_t> exports;
  // Cells of defined globals that the collector follows.
  std::vector<uint32_t> traced_globals;
  std::vector<absl::string_view> func_names;  // By index; may be shorter.
  absl::string_view name;

  wasm::ValueType ValueTypeOf(wasm::ValueType type) const;
  TypeId FuncTypeOf(uint32_t func) const {
    return types[module.funcs[func].type];
  }
  wasm::TableType TableTypeOf(uint32_t table) const;
  wasm::GlobalType GlobalTypeOf(uint32_t global) const;
  ExternType ExternTypeOf(wasm::ExternalKind kind, uint32_t index) const;
};

// Whether the collector has to follow references of `type`: those to functions
// it does not.
bool IsTraced(wasm::ValueType type, const TypeRegistry& types);

}  // namespace weft::exec

#endif  // WEFT_EXEC_COMPILED_MODULE_H_
