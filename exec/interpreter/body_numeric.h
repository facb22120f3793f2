// Bodies of numeric operators in all their forms, comparisons that branch among
// them, but for those that take an operand from memory: body_memory.h.
#ifndef WEFT_EXEC_INTERPRETER_BODY_NUMERIC_H_
#define WEFT_EXEC_INTERPRETER_BODY_NUMERIC_H_

#include <cstdint>
#include <type_traits>

#include "exec/interpreter/body.h"
#include "exec/numerics/numeric.h"

namespace weft::exec {
namespace internal {

template <typename List, int index>
struct TypeAt;
template <typename Head, typename... Tail>
struct TypeAt<TypeList<Head, Tail...>, 0> {
  using type = Head;
};
template <typename Head, typename... Tail, int index>
struct TypeAt<TypeList<Head, Tail...>, index> {
  using type = typename TypeAt<TypeList<Tail...>, index - 1>::type;
};
template <wasm::Op op, int index>
using OperandType =
    typename TypeAt<typename Numeric<op>::Operands, index>::type;

// Evaluates and stores the result to the slot that field 0 names.
template <InstrId id, wasm::Op op, bool canonical, typename... T>
WEFT_INLINE Step Evaluate(Registers& r, T... operands) {
  using N = Numeric<op>;
  typename N::Result result;
  if constexpr (N::kTraps) {
    const TrapKind kind = N::Eval(operands..., &result);
    if (kind != TrapKind::kNone) [[unlikely]] {
      return Trap(r, kind);
    }
  } else if constexpr (canonical) {
    result = WithNans<N::kNan>(N::Eval(operands...), r.context->nans);
  } else {
    result = N::Eval(operands...);
  }
  SetResult(r, SlotField<id, 0>(r), result);
  return Next<id>(r);
}

// The immediate of forms with I; floats and f64 are 64 bits wide there.
template <InstrId id, typename T>
WEFT_INLINE T Immediate(const Registers& r) {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<float>(
        static_cast<uint32_t>(Field<id, 3, uint64_t>(r)));
  } else if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<double>(Field<id, 3, uint64_t>(r));
  } else {
    return static_cast<T>(static_cast<int64_t>(Field<id, 2, int32_t>(r)));
  }
}

template <InstrId id, wasm::Op op, Form form, bool canonical>
WEFT_INLINE Step Unary(Registers& r) {
  using T = OperandType<op, 0>;
  if constexpr (form == Form::kS) {
    return Evaluate<id, op, canonical>(r, ReadSlot<T>(SlotField<id, 1>(r)));
  } else {
    return Evaluate<id, op, canonical>(r, Acc<T>(r));
  }
}

template <InstrId id, wasm::Op op, Form form, bool canonical>
WEFT_INLINE Step Binary(Registers& r) {
  using A = OperandType<op, 0>;
  using B = OperandType<op, 1>;
  if constexpr (form == Form::kSS) {
    return Evaluate<id, op, canonical>(r, ReadSlot<A>(SlotField<id, 1>(r)),
                                       ReadSlot<B>(SlotField<id, 2>(r)));
  } else if constexpr (form == Form::kSI) {
    return Evaluate<id, op, canonical>(r, ReadSlot<A>(SlotField<id, 1>(r)),
                                       Immediate<id, B>(r));
  } else if constexpr (form == Form::kAS) {
    return Evaluate<id, op, canonical>(r, Acc<A>(r),
                                       ReadSlot<B>(SlotField<id, 2>(r)));
  } else if constexpr (form == Form::kSA) {
    return Evaluate<id, op, canonical>(r, ReadSlot<A>(SlotField<id, 1>(r)),
                                       Acc<B>(r));
  } else if constexpr (form == Form::kAI) {
    return Evaluate<id, op, canonical>(r, Acc<A>(r), Immediate<id, B>(r));
  } else if constexpr (form == Form::kIS) {
    return Evaluate<id, op, canonical>(r, Immediate<id, A>(r),
                                       ReadSlot<B>(SlotField<id, 1>(r)));
  } else {
    static_assert(form == Form::kIA);
    return Evaluate<id, op, canonical>(r, Immediate<id, A>(r), Acc<B>(r));
  }
}

template <InstrId id, bool back>
WEFT_INLINE Step BranchIf(Registers& r, bool taken) {
  if (taken) return Jump<id, 2, back>(r);
  return Next<id>(r);
}

// The immediate that forms which branch compare with.
template <InstrId id, typename T>
WEFT_INLINE T Comparand(const Registers& r) {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<float>(
        static_cast<uint32_t>(Field<id, 3, uint64_t>(r)));
  } else if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<double>(Field<id, 3, uint64_t>(r));
  } else {
    return static_cast<T>(static_cast<int64_t>(Field<id, 3, int32_t>(r)));
  }
}

template <InstrId id, wasm::Op op, Form form>
WEFT_INLINE Step CompareAndBranch(Registers& r) {
  using T = OperandType<op, 0>;
  constexpr bool back = form >= Form::kBackSS && form <= Form::kBackAI;
  constexpr bool sense = form <= Form::kBackAI;
  constexpr bool is_slot = kLayout<id>[0] == 's';
  T a;
  if constexpr (is_slot) {
    a = ReadSlot<T>(SlotField<id, 0>(r));
  } else {
    a = Acc<T>(r);
  }
  if constexpr (kLayout<id>[1] == 's') {
    const T b = ReadSlot<T>(SlotField<id, 1>(r));
    return BranchIf<id, back>(r, (Numeric<op>::Eval(a, b) != 0) == sense);
  } else {
    const T b = Comparand<id, T>(r);
    return BranchIf<id, back>(r, (Numeric<op>::Eval(a, b) != 0) == sense);
  }
}

// A loop's counter goes on, is compared, and the loop begins again.
template <InstrId id, wasm::Op op, Form form>
WEFT_INLINE Step StepAndBranch(Registers& r) {
  const uint32_t sum = ReadSlot<uint32_t>(SlotField<id, 1>(r)) +
                       static_cast<uint32_t>(Field<id, 3, int32_t>(r));
  SetResult(r, SlotField<id, 0>(r), sum);
  using T = OperandType<op, 0>;
  T b;
  if constexpr (form == Form::kStepS) {
    b = ReadSlot<T>(SlotField<id, 4>(r));
  } else {
    b = static_cast<T>(Field<id, 4, int32_t>(r));
  }
  return BranchIf<id, true>(r, Numeric<op>::Eval(static_cast<T>(sum), b) != 0);
}

// All operands in slots, in fields 1 and up; the immediate behind them.
template <InstrId id, wasm::Op op, bool canonical>
WEFT_INLINE Step InSlots(Registers& r) {
  constexpr auto row = wasm::RowOf(op);
  constexpr size_t count = row.signature.find(':');
  using N = Numeric<op>;
  auto slot = [&r]<size_t i>() {
    return ReadSlot<OperandType<op, static_cast<int>(i)>>(
        SlotField<id, i + 1>(r));
  };
  if constexpr (row.immediates == "lane") {
    const auto lane = static_cast<uint8_t>(Field<id, 4, uint16_t>(r));
    if constexpr (count == 1) {
      return Evaluate<id, op, canonical>(r, slot.template operator()<0>(),
                                         lane);
    } else {
      return Evaluate<id, op, canonical>(r, slot.template operator()<0>(),
                                         slot.template operator()<1>(), lane);
    }
  } else if constexpr (row.immediates == "lanes16") {
    const V128 lanes =
        V128::FromBits(Field<id, 4, uint64_t>(r), Field<id, 5, uint64_t>(r));
    return Evaluate<id, op, canonical>(r, slot.template operator()<0>(),
                                       slot.template operator()<1>(), lanes);
  } else if constexpr (count == 1) {
    return Evaluate<id, op, canonical>(r, slot.template operator()<0>());
  } else if constexpr (count == 2) {
    return Evaluate<id, op, canonical>(r, slot.template operator()<0>(),
                                       slot.template operator()<1>());
  } else if constexpr (count == 3) {
    return Evaluate<id, op, canonical>(r, slot.template operator()<0>(),
                                       slot.template operator()<1>(),
                                       slot.template operator()<2>());
  } else {
    static_assert(count == 4 && N::Operands::kSize == 4);
    return Evaluate<id, op, canonical>(
        r, slot.template operator()<0>(), slot.template operator()<1>(),
        slot.template operator()<2>(), slot.template operator()<3>());
  }
}

}  // namespace internal

template <InstrId id>
  requires(id >= kFixedInstrCount && IsNumericOp(OpFormOf(id).op) &&
           OpFormOf(id).form != Form::kSM && OpFormOf(id).form != Form::kAM)
struct Body<id> {
  static WEFT_INLINE Step Run(Registers& r) {
    constexpr OpForm f = OpFormOf(id);
    if constexpr (f.form <= Form::kA) {
      return internal::Unary<id, f.op, f.form, f.canonical>(r);
    } else if constexpr (f.form <= Form::kIA) {
      return internal::Binary<id, f.op, f.form, f.canonical>(r);
    } else if constexpr (f.form <= Form::kUnlessAI) {
      return internal::CompareAndBranch<id, f.op, f.form>(r);
    } else if constexpr (f.form <= Form::kStepI) {
      return internal::StepAndBranch<id, f.op, f.form>(r);
    } else {
      return internal::InSlots<id, f.op, f.canonical>(r);
    }
  }
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_BODY_NUMERIC_H_
