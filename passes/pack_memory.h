// pack-memory: active data segments in their cheapest cut.
//
// Rewrites: the active segments of one memory with constant offsets are cut
// anew, so that the sum of their encodings (flags, memory index, offset,
// length, bytes) is minimal: runs of zeros disappear where leaving them out
// saves more than another segment costs, neighbours merge where the gap costs
// less. In an imported memory, which may hold anything, nothing is left out
// and only segments without a gap merge (with zero_filled_imports it is
// treated like one of the module's own).
// Refuses: imported shared memories, which other threads may be reading; a
// memory with any active segment that is not proved to be in bounds
// (IsInBounds); segments that overlap another one; segments that an operator
// names (memory.init, data.drop, array.new_data, ...) and passive ones, whose
// operators would have to change; cuts of more than 100,000 segments, for
// which longer runs of zeros stay. Segments never merge across one that may
// trap, so that a failing instantiation leaves the same bytes behind.
// Sound: a new memory is zero (spec 4.7.2), each byte is written by at most one
// of the segments that change, none of them can trap, and no code runs between
// two of them.
#ifndef WEFT_PASSES_PACK_MEMORY_H_
#define WEFT_PASSES_PACK_MEMORY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "passes/module_state.h"

namespace weft::passes {

struct PackMemoryOptions : ModulePassOptions {
  // Imported memories are zero where no segment has written.
  bool zero_filled_imports = false;
  // No more segments than that, unless there were more.
  uint32_t max_segments = 100000;
};

// Returns the number of segments that were removed, added or changed.
// REQUIRES: a valid module. Errors: as ModuleState::Summary.
absl::StatusOr<uint64_t> PackMemory(const PackMemoryOptions& options,
                                    ModuleState* state);

}  // namespace weft::passes

#endif  // WEFT_PASSES_PACK_MEMORY_H_
