// Ways from one instruction to the next: a build setting, --//exec:dispatch.
//
//   direct    an instruction's first cell is its handler's address
//   indirect  it is the instruction's id; a table has the addresses
//   loop      likewise; a loop calls the handlers, registers in memory: for
//             compilers without musttail, and for sanitizers
#ifndef WEFT_EXEC_INTERPRETER_DISPATCH_H_
#define WEFT_EXEC_INTERPRETER_DISPATCH_H_

#include "exec/bytecode/instr.h"
#include "exec/interpreter/registers.h"

#define WEFT_DISPATCH_DIRECT 1
#define WEFT_DISPATCH_INDIRECT 2
#define WEFT_DISPATCH_LOOP 3

#ifndef WEFT_DISPATCH
#define WEFT_DISPATCH WEFT_DISPATCH_DIRECT
#endif
#ifndef __clang__
#undef WEFT_DISPATCH
#define WEFT_DISPATCH WEFT_DISPATCH_LOOP
#endif

namespace weft::exec {

#if WEFT_DISPATCH == WEFT_DISPATCH_LOOP

using Handler = Step (*)(Registers& r);

#else

#define WEFT_PRESERVE_NONE __attribute__((preserve_none))
#define WEFT_MUSTTAIL [[clang::musttail]]
#define WEFT_HANDLER_PARAMS                                \
  const ::weft::exec::Cell *pc, ::weft::exec::Slot *frame, \
      ::weft::exec::Context *context, uint8_t *memory,     \
      ::weft::exec::InstanceData *instance, uint64_t acc,  \
      ::weft::exec::FloatAcc float_acc
#define WEFT_HANDLER_ARGS(r)                                         \
  (r).pc, (r).frame, (r).context, (r).memory, (r).instance, (r).acc, \
      (r).float_acc

using Handler = WEFT_PRESERVE_NONE void (*)(WEFT_HANDLER_PARAMS);

#endif

// By id; kInstrCount of them.
extern const Handler* const kHandlers;

// The first cell of an instruction; InstructionDecoder has its id again.
Cell CellFor(InstrId id);

// Code of one instruction that every function shares.
struct Stub {
  CodeHeader header;
  union {
    Handler handler;
    Cell cell;
  };
};
extern const Stub kExitStub;
extern const Stub kRestoreStub;

inline const Cell* ExitCode() { return &kExitStub.cell; }
inline const Cell* RestoreCode() { return &kRestoreStub.cell; }

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_DISPATCH_H_
