// The passes by name, expanded from passes.def, and the levels as lists of
// them.
#ifndef WEFT_PASSES_PASS_H_
#define WEFT_PASSES_PASS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace weft::passes {

enum class PassId : uint8_t {
#define WEFT_PASS(id, ...) k##id,
#include "passes/passes.def"
#undef WEFT_PASS
  kCount,
};

enum class PassScope : uint8_t { kFunction, kModule };

struct PassInfo {
  absl::string_view name;
  PassScope scope;
  PassScope verify;
  absl::string_view summary;
  absl::string_view wasm_opt_names;  // Comma separated.
};

const PassInfo& InfoOf(PassId pass);
// Every pass in the order of passes.def.
absl::Span<const PassId> AllPasses();

// The pass of that name. Errors: NotFound, naming the nearest name.
absl::StatusOr<PassId> PassByName(absl::string_view name);

// A list such as "gvn,dce". Errors: as PassByName.
absl::StatusOr<std::vector<PassId>> ParsePasses(absl::string_view list);

// Names of all levels: "0" to "4", "s" and "z".
std::vector<absl::string_view> AllLevels();

// The pipeline of a level: "0" to "4", "s" or "z". Empty for "0".
// Errors: NotFound.
absl::StatusOr<std::vector<PassId>> PipelineOf(absl::string_view level);

// "gvn,dce".
std::string ToString(absl::Span<const PassId> passes);

}  // namespace weft::passes

#endif  // WEFT_PASSES_PASS_H_
