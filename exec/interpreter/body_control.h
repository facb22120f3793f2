// Bodies of moves, branches, calls and returns.
#ifndef WEFT_EXEC_INTERPRETER_BODY_CONTROL_H_
#define WEFT_EXEC_INTERPRETER_BODY_CONTROL_H_

#include <cstdint>
#include <cstring>

#include "exec/interpreter/body.h"
#include "exec/interpreter/dispatch.h"
#include "exec/interpreter/slow_calls.h"
#include "exec/runtime/block_counts.h"
#include "exec/runtime/type_registry.h"

// WEFT_BODY(name) { ... } is the body of FixedInstr::k<name>, with `r` its
// registers and kId its id.
#define WEFT_BODY(name)                                       \
  template <>                                                 \
  struct Body<IdOf(FixedInstr::k##name)> {                    \
    static constexpr InstrId kId = IdOf(FixedInstr::k##name); \
    static WEFT_INLINE Step Run(Registers& r);                \
  };                                                          \
  WEFT_INLINE Step Body<IdOf(FixedInstr::k##name)>::Run(Registers& r)

namespace weft::exec {
namespace internal {

WEFT_INLINE uint8_t* MemoryBase(const InstanceData* instance) {
  const MemoryData* const memory = instance->memory0;
  return memory == nullptr ? nullptr : memory->base;
}

WEFT_INLINE const CodeHeader& HeaderOf(const Cell* code) {
  return reinterpret_cast<const CodeHeader*>(code)[-1];
}

// Whether a frame of `code` fits at `frame`.
WEFT_INLINE bool FitsStack(const Registers& r, const Cell* code,
                           const Slot* frame) {
  return frame + HeaderOf(code).frame_slots <=
         r.context->stack_end.load(std::memory_order_relaxed);
}

// Keeps the compiler from making a call of memset or memcpy out of a loop: for
// the few slots that there are it would cost more, and registers are spilled.
WEFT_INLINE void KeepLoop() { asm volatile("" : : : "memory"); }

// To the first instruction of `code`, whose frame begins at `frame`.
WEFT_INLINE Step Enter(Registers& r, const Cell* code, Slot* frame) {
  const CodeHeader& header = HeaderOf(code);
  r.pc = code;
  r.frame = frame;
  Slot* zero = frame + header.zero_begin;
  for (uint32_t i = header.zero_slots; i != 0; --i) {
    *zero++ = 0;
    KeepLoop();
  }
  return Step::kNext;
}

WEFT_INLINE void PushLink(Registers& r, const Cell* pc, Slot* frame) {
  Link* const link = r.context->link++;
  link->pc = pc;
  link->frame = frame;
}

WEFT_INLINE void PopLink(Registers& r) {
  const Link* const link = --r.context->link;
  r.pc = link->pc;
  r.frame = link->frame;
}

WEFT_INLINE void SwitchInstance(Registers& r, InstanceData* instance) {
  r.instance = instance;
  r.memory = MemoryBase(instance);
}

// Frame `frame` for the defined function `func` of the instance at hand, which
// returns to `next`.
WEFT_INLINE Step CallDefined(Registers& r, uint32_t func, Slot* frame,
                             const Cell* next) {
  const Cell* const code =
      r.instance->entries[func].code.load(std::memory_order_acquire);
  Link* const link = r.context->link;
  if (!FitsStack(r, code, frame) || link == r.context->link_end) [[unlikely]] {
    return Trap(r, TrapKind::kCallStackExhausted);
  }
  link->pc = next;
  link->frame = r.frame;
  r.context->link = link + 1;
  return Enter(r, code, frame);
}

// Leaves the call of host function `func`, its arguments at `slots`, to
// CallHost; then the guest goes on at `next`, or returns with the results if
// that is null.
WEFT_INLINE Step LeaveToHost(Registers& r, const FuncInst& func, Slot* slots,
                             const Cell* next) {
  HostCall& call = r.context->host_call;
  call.func = &func;
  call.slots = slots;
  call.next = next;
  return Step::kHost;
}

// Any function.
WEFT_INLINE Step CallFunction(Registers& r, const FuncInst& func, Slot* frame,
                              const Cell* next) {
  if (func.instance == r.instance) {
    return CallDefined(r, func.func, frame, next);
  }
  if (func.host != nullptr) {
    return LeaveToHost(r, func, frame, next);
  }
  const Cell* const code = func.entry->code.load(std::memory_order_acquire);
  if (!FitsStack(r, code, frame) || r.context->link_end - r.context->link < 2)
      [[unlikely]] {
    return Trap(r, TrapKind::kCallStackExhausted);
  }
  PushLink(r, next, r.frame);
  PushLink(r, RestoreCode(), reinterpret_cast<Slot*>(r.instance));
  SwitchInstance(r, func.instance);
  return Enter(r, code, frame);
}

WEFT_INLINE void MoveArguments(const Registers& r, uint32_t from,
                               uint32_t slots) {
  for (uint32_t i = 0; i < slots; ++i) {
    r.frame[i] = r.frame[from + i];
    KeepLoop();
  }
}

WEFT_INLINE Step TailCallDefined(Registers& r, uint32_t func, uint32_t from,
                                 uint32_t slots) {
  const Cell* const code =
      r.instance->entries[func].code.load(std::memory_order_acquire);
  if (!FitsStack(r, code, r.frame)) [[unlikely]] {
    return Trap(r, TrapKind::kCallStackExhausted);
  }
  MoveArguments(r, from, slots);
  return Enter(r, code, r.frame);
}

WEFT_INLINE Step TailCallFunction(Registers& r, const FuncInst& func,
                                  uint32_t from, uint32_t slots) {
  if (func.instance == r.instance) {
    return TailCallDefined(r, func.func, from, slots);
  }
  if (func.host != nullptr) {
    return LeaveToHost(r, func, r.frame + from, nullptr);
  }
  const Cell* const code = func.entry->code.load(std::memory_order_acquire);
  if (!FitsStack(r, code, r.frame) || r.context->link == r.context->link_end)
      [[unlikely]] {
    return Trap(r, TrapKind::kCallStackExhausted);
  }
  if (r.context->link[-1].pc != RestoreCode()) {
    PushLink(r, RestoreCode(), reinterpret_cast<Slot*>(r.instance));
  }
  MoveArguments(r, from, slots);
  SwitchInstance(r, func.instance);
  return Enter(r, code, r.frame);
}

// The function that call_indirect finds, or null with Context::trap set.
WEFT_INLINE const FuncInst* FindCallee(Registers& r, uint64_t index,
                                       uint32_t table_index, uint32_t type) {
  const TableData& table = *r.instance->tables[table_index];
  if (index >= table.size) [[unlikely]] {
    r.context->trap = TrapKind::kUndefinedElement;
    return nullptr;
  }
  const Ref ref = table.elements[index];
  if (ref == kNullRef) [[unlikely]] {
    r.context->trap = TrapKind::kUninitializedElement;
    return nullptr;
  }
  const FuncInst* const func = r.context->funcs[FuncRefIndex(ref)];
  if (func->type != r.instance->types[type] &&
      !r.context->types->IsSubtype(func->type, r.instance->types[type]))
      [[unlikely]] {
    r.context->trap = TrapKind::kIndirectCallTypeMismatch;
    return nullptr;
  }
  return func;
}

WEFT_INLINE const FuncInst* FunctionAt(Registers& r, Slot slot) {
  const auto ref = static_cast<Ref>(slot);
  if (ref == kNullRef) [[unlikely]] {
    r.context->trap = TrapKind::kNullFunctionReference;
    return nullptr;
  }
  return r.context->funcs[FuncRefIndex(ref)];
}

// Whether there was so much.
WEFT_INLINE bool TakeFuel(Registers& r, uint32_t operators) {
  const int64_t left = r.context->fuel - int64_t{operators};
  if (left < 0) return false;
  r.context->fuel = left;
  return true;
}

template <InstrId id, bool back>
WEFT_INLINE Step BranchOn(Registers& r, bool taken) {
  if (taken) return Jump<id, 2, back>(r);
  return Next<id>(r);
}

template <InstrId id>
WEFT_INLINE Step BranchByTable(Registers& r, uint32_t index) {
  const uint32_t last = Field<id, 2, uint32_t>(r) - 1;
  const uint32_t row = index < last ? index : last;
  const uint32_t why = r.context->interrupt.load(std::memory_order_relaxed);
  if (why != 0) [[unlikely]] {
    return Trap(r, static_cast<TrapKind>(why));
  }
  r.pc += FieldAt<int32_t>(r.pc, kListOffset<id, 3> + size_t{4} * row);
  return Step::kNext;
}

template <InstrId id, typename T>
WEFT_INLINE Step SelectInto(Registers& r, uint32_t condition) {
  const T a = ReadSlot<T>(SlotField<id, 2>(r));
  const T b = ReadSlot<T>(SlotField<id, 3>(r));
  SetResult(r, SlotField<id, 0>(r), condition != 0 ? a : b);
  return Next<id>(r);
}

}  // namespace internal

WEFT_BODY(Exit) {
  (void)r;
  return Step::kExit;
}

WEFT_BODY(RestoreInstance) {
  internal::SwitchInstance(r, reinterpret_cast<InstanceData*>(r.frame));
  internal::PopLink(r);
  return Step::kNext;
}

WEFT_BODY(TranslateFunction) {
  const uint32_t func = internal::HeaderOf(r.pc).func;
  const TrapKind kind = TranslateEntered(*r.context, *r.instance, func);
  if (kind != TrapKind::kNone) return Trap(r, kind);
  const Cell* const code =
      r.instance->entries[func].code.load(std::memory_order_acquire);
  if (!internal::FitsStack(r, code, r.frame))
    return Trap(r, TrapKind::kCallStackExhausted);
  return internal::Enter(r, code, r.frame);
}

WEFT_BODY(Charge) {
  if (!internal::TakeFuel(r, Field<kId, 0, uint32_t>(r))) [[unlikely]] {
    return Trap(r, TrapKind::kAllFuelConsumed);
  }
  return Next<kId>(r);
}
WEFT_BODY(ChargeAndCount) {
  if (!internal::TakeFuel(r, Field<kId, 0, uint32_t>(r))) [[unlikely]] {
    return Trap(r, TrapKind::kAllFuelConsumed);
  }
  ++r.instance->blocks->entered[Field<kId, 1, uint32_t>(r)];
  return Next<kId>(r);
}

WEFT_BODY(Const32) {
  SetResult(r, SlotField<kId, 0>(r), Field<kId, 2, uint32_t>(r));
  return Next<kId>(r);
}
WEFT_BODY(Const64) {
  SetResult(r, SlotField<kId, 0>(r), Field<kId, 3, uint64_t>(r));
  return Next<kId>(r);
}
WEFT_BODY(ConstV128) {
  Slot* const slot = SlotField<kId, 0>(r);
  slot[0] = Field<kId, 3, uint64_t>(r);
  slot[1] = Field<kId, 4, uint64_t>(r);
  return Next<kId>(r);
}
WEFT_BODY(Copy) {
  *SlotField<kId, 0>(r) = *SlotField<kId, 1>(r);
  return Next<kId>(r);
}
WEFT_BODY(CopyV128) {
  ReadSlot<V128>(SlotField<kId, 1>(r)).Store(SlotField<kId, 0>(r));
  return Next<kId>(r);
}
WEFT_BODY(CopyRange) {
  Slot* to = r.frame + Field<kId, 0, uint32_t>(r);
  const Slot* from = r.frame + Field<kId, 1, uint32_t>(r);
  for (uint32_t i = Field<kId, 2, uint32_t>(r); i != 0; --i) {
    *to++ = *from++;
    internal::KeepLoop();
  }
  return Next<kId>(r);
}
WEFT_BODY(CopyAcc) {
  *SlotField<kId, 0>(r) = r.acc;
  return Next<kId>(r);
}
WEFT_BODY(CopyToNear) {
  ReadSlot<V128>(r.frame + Field<kId, 2, uint32_t>(r))
      .Store(SlotField<kId, 0>(r));
  return Next<kId>(r);
}
WEFT_BODY(CopyToFar) {
  r.frame[Field<kId, 2, uint32_t>(r)] = *SlotField<kId, 0>(r);
  return Next<kId>(r);
}

WEFT_BODY(GlobalGet) {
  SetResult(r, SlotField<kId, 0>(r),
            r.instance->global_cells[Field<kId, 2, uint32_t>(r)]);
  return Next<kId>(r);
}
WEFT_BODY(GlobalGetV128) {
  ReadSlot<V128>(r.instance->global_cells + Field<kId, 2, uint32_t>(r))
      .Store(SlotField<kId, 0>(r));
  return Next<kId>(r);
}
WEFT_BODY(GlobalGetImported) {
  SetResult(r, SlotField<kId, 0>(r),
            *r.instance->imported_globals[Field<kId, 2, uint32_t>(r)]);
  return Next<kId>(r);
}
WEFT_BODY(GlobalGetImportedV128) {
  ReadSlot<V128>(r.instance->imported_globals[Field<kId, 2, uint32_t>(r)])
      .Store(SlotField<kId, 0>(r));
  return Next<kId>(r);
}
WEFT_BODY(GlobalSet) {
  r.instance->global_cells[Field<kId, 2, uint32_t>(r)] = *SlotField<kId, 0>(r);
  return Next<kId>(r);
}
WEFT_BODY(GlobalSetAcc) {
  r.instance->global_cells[Field<kId, 2, uint32_t>(r)] = r.acc;
  return Next<kId>(r);
}
WEFT_BODY(GlobalSetV128) {
  ReadSlot<V128>(SlotField<kId, 0>(r))
      .Store(r.instance->global_cells + Field<kId, 2, uint32_t>(r));
  return Next<kId>(r);
}
WEFT_BODY(GlobalSetImported) {
  *r.instance->imported_globals[Field<kId, 2, uint32_t>(r)] =
      *SlotField<kId, 0>(r);
  return Next<kId>(r);
}
WEFT_BODY(GlobalSetImportedV128) {
  ReadSlot<V128>(SlotField<kId, 0>(r))
      .Store(r.instance->imported_globals[Field<kId, 2, uint32_t>(r)]);
  return Next<kId>(r);
}

WEFT_BODY(Select) {
  return internal::SelectInto<kId, uint64_t>(
      r, ReadSlot<uint32_t>(SlotField<kId, 1>(r)));
}
WEFT_BODY(SelectAcc) {
  return internal::SelectInto<kId, uint64_t>(r, Acc<uint32_t>(r));
}
WEFT_BODY(SelectFloat) {
  return internal::SelectInto<kId, double>(
      r, ReadSlot<uint32_t>(SlotField<kId, 1>(r)));
}
WEFT_BODY(SelectFloatAcc) {
  return internal::SelectInto<kId, double>(r, Acc<uint32_t>(r));
}
WEFT_BODY(SelectV128) {
  const Slot* const from = ReadSlot<uint32_t>(SlotField<kId, 1>(r)) != 0
                               ? SlotField<kId, 2>(r)
                               : SlotField<kId, 3>(r);
  ReadSlot<V128>(from).Store(SlotField<kId, 0>(r));
  return Next<kId>(r);
}

WEFT_BODY(AddScaled) {
  const auto index = ReadSlot<uint32_t>(SlotField<kId, 1>(r));
  const auto base = ReadSlot<uint32_t>(SlotField<kId, 2>(r));
  SetResult(r, SlotField<kId, 0>(r),
            base + (index << (Field<kId, 3, uint16_t>(r) & 31)));
  return Next<kId>(r);
}
WEFT_BODY(AddScaledAcc) {
  const auto base = ReadSlot<uint32_t>(SlotField<kId, 2>(r));
  SetResult(r, SlotField<kId, 0>(r),
            base + (Acc<uint32_t>(r) << (Field<kId, 3, uint16_t>(r) & 31)));
  return Next<kId>(r);
}

WEFT_BODY(Unreachable) { return Trap(r, TrapKind::kUnreachable); }
WEFT_BODY(Br) { return Jump<kId, 0, false>(r); }
WEFT_BODY(BackBr) { return Jump<kId, 0, true>(r); }
WEFT_BODY(BrIf) {
  return internal::BranchOn<kId, false>(
      r, ReadSlot<uint32_t>(SlotField<kId, 0>(r)) != 0);
}
WEFT_BODY(BrIfAcc) {
  return internal::BranchOn<kId, false>(r, Acc<uint32_t>(r) != 0);
}
WEFT_BODY(BackBrIf) {
  return internal::BranchOn<kId, true>(
      r, ReadSlot<uint32_t>(SlotField<kId, 0>(r)) != 0);
}
WEFT_BODY(BackBrIfAcc) {
  return internal::BranchOn<kId, true>(r, Acc<uint32_t>(r) != 0);
}
WEFT_BODY(BrUnless) {
  return internal::BranchOn<kId, false>(
      r, ReadSlot<uint32_t>(SlotField<kId, 0>(r)) == 0);
}
WEFT_BODY(BrUnlessAcc) {
  return internal::BranchOn<kId, false>(r, Acc<uint32_t>(r) == 0);
}
WEFT_BODY(BackBrUnless) {
  return internal::BranchOn<kId, true>(
      r, ReadSlot<uint32_t>(SlotField<kId, 0>(r)) == 0);
}
WEFT_BODY(BackBrUnlessAcc) {
  return internal::BranchOn<kId, true>(r, Acc<uint32_t>(r) == 0);
}
WEFT_BODY(BrTable) {
  return internal::BranchByTable<kId>(r,
                                      ReadSlot<uint32_t>(SlotField<kId, 0>(r)));
}
WEFT_BODY(BrTableAcc) {
  return internal::BranchByTable<kId>(r, Acc<uint32_t>(r));
}

WEFT_BODY(Return) {
  internal::PopLink(r);
  return Step::kNext;
}
WEFT_BODY(ReturnSlot) {
  r.frame[0] = *SlotField<kId, 0>(r);
  internal::PopLink(r);
  return Step::kNext;
}
WEFT_BODY(ReturnAcc) {
  r.frame[0] = r.acc;
  internal::PopLink(r);
  return Step::kNext;
}
WEFT_BODY(ReturnConst) {
  r.frame[0] = Field<kId, 0, uint64_t>(r);
  internal::PopLink(r);
  return Step::kNext;
}
WEFT_BODY(ReturnV128) {
  ReadSlot<V128>(SlotField<kId, 0>(r)).Store(r.frame);
  internal::PopLink(r);
  return Step::kNext;
}
WEFT_BODY(ReturnMany) {
  MoveResults(r.pc, r.frame);
  internal::PopLink(r);
  return Step::kNext;
}

WEFT_BODY(Call) {
  return internal::CallDefined(r, Field<kId, 0, uint32_t>(r),
                               r.frame + Field<kId, 1, uint32_t>(r),
                               r.pc + kCells<kId>);
}
WEFT_BODY(CallImported) {
  return internal::CallFunction(
      r, *r.instance->imported_funcs[Field<kId, 0, uint32_t>(r)],
      r.frame + Field<kId, 1, uint32_t>(r), r.pc + kCells<kId>);
}
WEFT_BODY(CallIndirect) {
  const FuncInst* const func =
      internal::FindCallee(r, *SlotField<kId, 0>(r), Field<kId, 2, uint32_t>(r),
                           Field<kId, 3, uint32_t>(r));
  if (func == nullptr) [[unlikely]] {
    return Step::kTrap;
  }
  return internal::CallFunction(r, *func, r.frame + Field<kId, 4, uint32_t>(r),
                                r.pc + kCells<kId>);
}
WEFT_BODY(CallRef) {
  const FuncInst* const func = internal::FunctionAt(r, *SlotField<kId, 0>(r));
  if (func == nullptr) [[unlikely]] {
    return Step::kTrap;
  }
  return internal::CallFunction(r, *func, r.frame + Field<kId, 2, uint32_t>(r),
                                r.pc + kCells<kId>);
}
WEFT_BODY(TailCall) {
  return internal::TailCallDefined(r, Field<kId, 0, uint32_t>(r),
                                   Field<kId, 1, uint32_t>(r),
                                   Field<kId, 2, uint32_t>(r));
}
WEFT_BODY(TailCallImported) {
  return internal::TailCallFunction(
      r, *r.instance->imported_funcs[Field<kId, 0, uint32_t>(r)],
      Field<kId, 1, uint32_t>(r), Field<kId, 2, uint32_t>(r));
}
WEFT_BODY(TailCallIndirect) {
  const FuncInst* const func =
      internal::FindCallee(r, *SlotField<kId, 0>(r), Field<kId, 2, uint32_t>(r),
                           Field<kId, 3, uint32_t>(r));
  if (func == nullptr) [[unlikely]] {
    return Step::kTrap;
  }
  return internal::TailCallFunction(r, *func, Field<kId, 4, uint32_t>(r),
                                    Field<kId, 5, uint32_t>(r));
}
WEFT_BODY(TailCallRef) {
  const FuncInst* const func = internal::FunctionAt(r, *SlotField<kId, 0>(r));
  if (func == nullptr) [[unlikely]] {
    return Step::kTrap;
  }
  return internal::TailCallFunction(r, *func, Field<kId, 2, uint32_t>(r),
                                    Field<kId, 3, uint32_t>(r));
}

WEFT_BODY(Throw) { return exec::Throw(*r.context, r.instance, r.pc, r.frame); }
WEFT_BODY(ThrowRef) {
  const auto ref = static_cast<Ref>(*SlotField<kId, 0>(r));
  if (ref == kNullRef) return Trap(r, TrapKind::kNullExceptionReference);
  r.context->exception = ref;
  return Step::kThrow;
}

}  // namespace weft::exec

#endif  // WEFT_EXEC_INTERPRETER_BODY_CONTROL_H_
