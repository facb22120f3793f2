// reorder: what is mentioned most gets the indices that are encoded shortest.
//
// Rewrites: the order of defined functions, of defined globals and of whole
// recursion groups of types. Within the indices that take equally many bytes
// everything keeps its old order, so that neighbours stay neighbours, which
// compressors like, and a second run changes nothing.
// Refuses: imports keep their order, which a host can observe when it resolves
// them one by one; so do tables, memories, tags and segments, of which there
// are few or whose order means something; a global stays behind those of its
// initializer and a type behind those that its group refers to. Each space is
// left alone unless the linked module gets smaller: both are encoded and
// compared.
// Sound: renumbering changes no meaning (see link.h).
#ifndef WEFT_PASSES_REORDER_H_
#define WEFT_PASSES_REORDER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "passes/module_state.h"

namespace weft::passes {

// Returns the number of entities that got another place. Takes the time of
// linking twice when anything could be won.
// REQUIRES: a valid module. Errors: as ModuleState::Summary and Link.
absl::StatusOr<uint64_t> Reorder(const ModulePassOptions& options,
                                 ModuleState* state);

}  // namespace weft::passes

#endif  // WEFT_PASSES_REORDER_H_
