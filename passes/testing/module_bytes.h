// Small modules written down as bytes, for tests of module passes.
#ifndef WEFT_PASSES_TESTING_MODULE_BYTES_H_
#define WEFT_PASSES_TESTING_MODULE_BYTES_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ir/wasm/module.h"
#include "passes/module_state.h"

namespace weft::passes::testing {

using Bytes = std::vector<uint8_t>;

// The pieces one behind the other.
Bytes Join(std::initializer_list<Bytes> pieces);
Bytes U32(uint32_t value);
Bytes S32(int32_t value);
Bytes Name(absl::string_view text);
// (func (param i32 x params) (result i32 x results)).
Bytes FuncType(int params = 0, int results = 0);
// Import of a function.
Bytes ImportFunc(absl::string_view module, absl::string_view field,
                 uint32_t type);
Bytes Export(absl::string_view name, wasm::ExternalKind kind, uint32_t index);
// A body of `code` without locals; adds size and final `end`.
Bytes Body(const Bytes& code);
// `n` times call `func`.
Bytes Calls(uint32_t func, int n = 1);
// i32.const value, end.
Bytes Const(int32_t value);
// Active data segment of memory 0, bytes as text.
Bytes Data(int32_t offset, absl::string_view text);
// Active segment of table 0.
Bytes Elem(int32_t offset, std::initializer_list<uint32_t> funcs);

// Sections in the order in which they are added.
class ModuleBytes {
 public:
  ModuleBytes();
  // A section that is a vector of `items`.
  ModuleBytes& Add(wasm::SectionId id, const std::vector<Bytes>& items);
  ModuleBytes& AddRaw(wasm::SectionId id, const Bytes& content);
  ModuleBytes& AddCustom(absl::string_view name, const Bytes& content);
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

// Fail the process when `bytes` (which must outlive the result) is malformed.
wasm::Module Read(const Bytes& bytes);
ModuleState ReadState(const Bytes& bytes);
// Links on two threads.
Bytes LinkAll(const ModuleState& state);
// The same; fails the process as well when the result is not valid.
Bytes LinkValid(const ModuleState& state);

}  // namespace weft::passes::testing

#endif  // WEFT_PASSES_TESTING_MODULE_BYTES_H_
