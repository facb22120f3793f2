// remove-unused: what nothing observable reaches goes away.
//
// Roots: exports, the start function, and active segments whose effect can be
// seen: into an imported memory or table, into one that is reached, and every
// segment not proved to be in bounds, for its trap at instantiation is
// observable. From there: bodies, constant expressions, the entries of reached
// segments, the types of all these, whole recursion groups at a time. Entries
// of a table that is neither imported nor exported and that only call_indirect
// and table.size use can be called with the types of those calls (and their
// sub types) alone; every other reference can be called by anyone.
//
// Rewrites: functions, globals, tables, memories, tags and their imports,
// segments and types that are not reached are removed. Functions that are
// entries of a table but that no call can reach keep their place and type and
// get the body `unreachable`. Recursion groups that are equal (spec 3.3.1)
// become one. Contents of passive segments that reached code only drops, and
// of declarative segments, are emptied. Declarative segments are replaced by
// one with exactly the functions that bodies take references of and that
// nothing else outside of bodies mentions (C.refs of spec 3.4.10); it is added
// where there was none. The data count section goes when no operator needs it.
// Refuses: to edit bodies that can run, and so every segment that they name
// stays; recursion groups are never split; exported and imported state is
// observable.
// Sound: what goes is read and written by nothing that can run, and its own
// instantiation (spec 4.7.2) neither traps nor writes what stays. A call
// through a table with the wrong type traps as before, for entry and type are
// there as before. Equal types are interchangeable everywhere. Unused imports
// may go by the relation of `weft diff`, which lets imports shrink: linking
// then asks less of the host.
#ifndef WEFT_PASSES_REMOVE_UNUSED_H_
#define WEFT_PASSES_REMOVE_UNUSED_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "passes/module_state.h"

namespace weft::passes {

// Returns the number of entities that were removed, merged or rewritten.
// REQUIRES: a valid module. Errors: as ModuleState::Summary.
absl::StatusOr<uint64_t> RemoveUnused(const ModulePassOptions& options,
                                      ModuleState* state);

}  // namespace weft::passes

#endif  // WEFT_PASSES_REMOVE_UNUSED_H_
