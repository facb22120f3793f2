// Custom sections by their names: what they are for, and removing them.
#ifndef WEFT_IR_WASM_CUSTOM_SECTIONS_H_
#define WEFT_IR_WASM_CUSTOM_SECTIONS_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/module.h"

namespace weft::wasm {

enum class CustomKind : uint8_t {
  kNames,  // The name section.
  kDebug,  // DWARF, source map URLs and where debug data lies.
  kAbout,  // Says how the module came to be: producers, target_features.
  // Changes what loaders, linkers or engines do: dynamic linking, component
  // types, metadata of code, relocations.
  kMeaning,
  kOther,  // Not known here.
};

// What custom sections called `name` are for.
CustomKind CustomKindOf(absl::string_view name);

// Whether custom sections of that name make a module a relocatable object,
// which refers to sections by their place in the file.
bool IsRelocation(absl::string_view name);

// Returns the bytes of `module` without the custom sections for which `remove`
// says so. All else stays byte for byte.
std::vector<uint8_t> RemoveCustomSections(
    const Module& module,
    absl::FunctionRef<bool(const CustomSection& section)> remove);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_CUSTOM_SECTIONS_H_
