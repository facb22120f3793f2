// A module that can be instantiated.
#ifndef WEFT_EXEC_MODULE_H_
#define WEFT_EXEC_MODULE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "exec/bytecode/listing.h"
#include "exec/engine.h"
#include "exec/runtime/types.h"
#include "ir/wasm/module.h"

namespace weft::exec {

struct CompiledModule;

// The type of an import or export (spec 2.3.14); defined heap types in it hold
// TypeIds of the engine.
struct ExternType {
  wasm::ExternalKind kind = wasm::ExternalKind::kFunc;
  TypeId func = 0;  // kFunc and kTag.
  wasm::TableType table;
  wasm::MemoryType memory;
  wasm::GlobalType global;
};

struct ImportInfo {
  absl::string_view module;
  absl::string_view field;
  ExternType type;
};

struct ExportInfo {
  absl::string_view name;
  ExternType type;
};

struct CompileOptions {
  // Translate each operator for itself, whatever EngineOptions::fuse says.
  bool no_fuse = false;
  // Let arithmetic make what NaNs the machine makes, whatever
  // EngineOptions::canonical_nans says.
  bool machine_nans = false;
};

// Immutable; can be used by any number of stores and threads of its engine.
// Copies are cheap. Strings that it returns live as long as any copy.
class Module {
 public:
  // Reads and validates `bytes`, which are copied, registers its types, and,
  // if the engine is eager, translates its functions.
  // Errors: as wasm::ReadModule and wasm::ValidateAll, with the offset;
  // ResourceExhausted for too many types.
  static absl::StatusOr<Module> Compile(const Engine& engine,
                                        absl::Span<const uint8_t> bytes,
                                        const CompileOptions& options = {});
  // The same without a copy.
  static absl::StatusOr<Module> Compile(const Engine& engine,
                                        std::vector<uint8_t>&& bytes,
                                        const CompileOptions& options = {});

  // In the order of the module.
  std::vector<ImportInfo> imports() const;
  std::vector<ExportInfo> exports() const;

  // Its name from the name section, and that of a function, imported ones
  // counted first, from there or, failing that, of an export; empty without
  // any.
  absl::string_view name() const;
  absl::string_view FuncName(uint32_t func) const;

  // The engine's number of type `type`. REQUIRES: the module has it.
  TypeId TypeIdOf(wasm::TypeIndex type) const;

  // Whether function `func` (imported ones counted first) has been called, in
  // any store, or, if the engine is eager, whether it is the module's own.
  bool WasEntered(uint32_t func) const;

  // The bytecode of function `func` (imported ones counted first, in the
  // listing, too), and the same as text. Errors: InvalidArgument for an
  // imported one or none; ResourceExhausted when it is too large.
  absl::StatusOr<Listing> Bytecode(uint32_t func) const;
  absl::StatusOr<std::string> Disassemble(uint32_t func) const;

  const wasm::Module& wasm() const;
  const Engine& engine() const;

  // For the library itself.
  explicit Module(std::shared_ptr<const CompiledModule> data)
      : data_(std::move(data)) {}
  const std::shared_ptr<const CompiledModule>& data() const { return data_; }

 private:
  std::shared_ptr<const CompiledModule> data_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_MODULE_H_
