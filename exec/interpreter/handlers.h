// Makes a handler of an instruction's body. Included by handlers_*.cc alone,
// each of which compiles a share of them.
#ifndef WEFT_EXEC_INTERPRETER_HANDLERS_H_
#define WEFT_EXEC_INTERPRETER_HANDLERS_H_

#include <utility>

#include "exec/interpreter/body_control.h"
#include "exec/interpreter/body_memory.h"
#include "exec/interpreter/body_numeric.h"
#include "exec/interpreter/body_reference.h"
#include "exec/interpreter/dispatch.h"
#include "exec/interpreter/handler_declarations.h"

namespace weft::exec {

#if WEFT_DISPATCH == WEFT_DISPATCH_LOOP

template <InstrId id>
Step Handle(Registers& r) {
  return Body<id>::Run(r);
}

#else

template <InstrId id>
WEFT_PRESERVE_NONE void Handle(WEFT_HANDLER_PARAMS) {
  Registers r{pc, frame, context, memory, instance, acc, float_acc};
  const Step step = Body<id>::Run(r);
  if (step == Step::kNext) [[likely]] {
    WEFT_MUSTTAIL return NextHandler(r.pc)(WEFT_HANDLER_ARGS(r));
  }
  if (step == Step::kTaken) {
    WEFT_MUSTTAIL return NextHandler(r.pc)(WEFT_HANDLER_ARGS(r));
  }
  if (step == Step::kThrow) {
    WEFT_MUSTTAIL return HandleThrow(WEFT_HANDLER_ARGS(r));
  }
  if (step == Step::kTrap) {
    WEFT_MUSTTAIL return HandleTrap(WEFT_HANDLER_ARGS(r));
  }
  if (step == Step::kHost) {
    WEFT_MUSTTAIL return HandleHost(WEFT_HANDLER_ARGS(r));
  }
  WEFT_MUSTTAIL return HandleExit(WEFT_HANDLER_ARGS(r));
}

#endif

// All handlers are compiled in shares of about the same size:
// WEFT_DEFINE_HANDLERS(share) in handlers_<share>.cc. Share 0 are the fixed
// instructions.
inline constexpr int kNumShares = 8;
inline constexpr int kShareSize =
    (kInstrCount - kFixedInstrCount + kNumShares - 2) / (kNumShares - 1);

constexpr int FirstOfShare(int share) {
  if (share == 0) return 0;
  const int first = kFixedInstrCount + (share - 1) * kShareSize;
  return first < kInstrCount ? first : kInstrCount;
}

template <int share, typename Sequence>
struct HandlerShare;
template <int share, size_t... i>
struct HandlerShare<share, std::index_sequence<i...>> {
  static constexpr Handler kHandlers[] = {
      &Handle<static_cast<InstrId>(FirstOfShare(share) + i)>...};
};

#define WEFT_DEFINE_HANDLERS(share)                                   \
  extern const Handler* const kHandlerShare##share;                   \
  const Handler* const kHandlerShare##share =                         \
      HandlerShare<share,                                             \
                   std::make_index_sequence<FirstOfShare(share + 1) - \
                                            FirstOfShare(share)>>::kHandlers

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_HANDLERS_H_
