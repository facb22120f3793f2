// Whether bytecode is fit to run: what makes it safe to execute code that
// somebody else translated, and what shows in checked builds that the
// translator keeps its promises.
//
// For code that passes and handles no references (VerifiedCode), handlers
// cannot be made to touch anything but the frame, the instance's own memories,
// tables, globals and segments, and what callees of the right types do:
//
//   - cells are a sequence of instructions; targets begin one; the last one
//     does not fall through
//   - slots lie in the frame, which parameters and results fit into; a callee's
//     frame begins behind all references
//   - indices of functions, globals, memories, tables, segments, types and tags
//     are the module's, of the kind that the instruction wants; arguments and
//     results are as many as the callee's type says
//   - accesses without a comparison are those of a guarded memory 0
//   - a branch backward polls for interrupts; under metering there is a charge
//     on every way to it, to a call or to a throw from where the function
//     begins and from where branches go backward to, so that nothing runs
//     without end and free of charge
//   - tables beside the code (regions, clauses, positions, slots of references)
//     agree with it
//
// For references it shows less: a slot that the collector takes for one never
// holds a number, and numbers are never computed from references. That a
// reference is of the type that an instruction expects cannot be seen from
// bytecode: such code must come from the translator, not from a file.
#ifndef WEFT_EXEC_BYTECODE_VERIFY_H_
#define WEFT_EXEC_BYTECODE_VERIFY_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "exec/bytecode/decoder.h"
#include "exec/bytecode/function_code.h"
#include "exec/runtime/types.h"
#include "ir/wasm/module.h"

namespace weft::exec {

struct VerifiedCode {
  // Whether it reads, writes, passes or tests references.
  bool handles_references = false;
};

// Verifies the code of one module's functions. Immutable: threads may share
// one. Keeps tables in proportion to the instructions and globals there are.
class CodeVerifier {
 public:
  // `module`, which is valid, and `types`, the engine's ids of its types, have
  // to outlive it.
  CodeVerifier(const wasm::Module& module, absl::Span<const TypeId> types,
               Charges charges, InstructionDecoder::FirstCell first_cell);

  // Any content of `code` is safe, but for what the struct itself promises:
  // `cells` holds a header and `num_cells` cells. Time and memory linear in
  // its size.
  // Errors: InvalidArgument, with the function and the cell.
  absl::StatusOr<VerifiedCode> Verify(const FunctionCode& code,
                                      Bounds bounds) const;

 private:
  friend class FunctionVerifier;

  const wasm::Module& module_;
  const Charges charges_;
  const InstructionDecoder decoder_;
  uint64_t code_bytes_ = 0;             // Of all bodies.
  std::vector<TypeId> types_;           // Ascending.
  std::vector<uint32_t> cell_globals_;  // The global in each cell, or kNone for
                                        // the second half of a vector.
  std::vector<uint32_t> imported_globals_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_VERIFY_H_
