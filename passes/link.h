// From a ModuleState to the bytes of a module: the one place where indices are
// renumbered.
//
// Rewrites: every index in bodies, constant expressions and sections follows
// the edits of the state; all encodings become minimal; the name section
// follows, without the names of entities that are gone and without names of
// locals and labels in bodies whose locals were renumbered.
// Branch hints (`metadata.code.branch_hint`) follow the operators that they are
// about; they go with them.
// Drops, each with a warning: sections that hold other offsets into the code,
// which is encoded anew even without edits: `.debug_*`, `sourceMappingURL`,
// `external_debug_info`, further `metadata.code.*`, and malformed branch hints.
// Kept stale they would lie.
// Keeps byte for byte at their place: all other custom sections.
// Sound: a valid module is changed by renumbering alone, and canonical types
// (spec 3.3.1) do not depend on numbers.
//
// Without edits (-O0) the result, custom sections aside, is never larger than
// what was read, and linking it again gives the same bytes.
#ifndef WEFT_PASSES_LINK_H_
#define WEFT_PASSES_LINK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ir/wasm/module.h"
#include "passes/module_state.h"

namespace weft::passes {

struct LinkOptions {
  int threads = 1;  // At least 1; the bytes do not depend on it.
  // Off: all custom sections stay away, for comparing sizes.
  bool custom_sections = true;
};

struct Linked {
  std::vector<uint8_t> bytes;
  // One sentence per custom section that was dropped.
  std::vector<std::string> warnings;
};

// Returns the module that `state` describes.
// Errors: those of the operator reader for malformed bodies; ResourceExhausted
// when a size exceeds its limit.
absl::StatusOr<Linked> Link(const ModuleState& state,
                            const LinkOptions& options = {});

// Whether `module` is a relocatable object (custom sections `linking` or
// `reloc.*`), whose relocations any rewriting would falsify.
bool IsRelocatable(const wasm::Module& module);

// Unimplemented, with an explanation, when IsRelocatable.
absl::Status RefuseRelocatable(const wasm::Module& module);

// Bytes of all non-custom sections with their headers and of the preamble, the
// size that is compared; of a module read from bytes.
uint64_t NonCustomBytes(const wasm::Module& module);

}  // namespace weft::passes

#endif  // WEFT_PASSES_LINK_H_
