// Translates one function at a time. Private to the translator; its methods
// are spread over function_translator.cc (functions, operands, results),
// visit_operator.cc (which method takes an operator), translate_simple.cc,
// translate_memory.cc, translate_control.cc, translate_conditions.cc,
// translate_calls.cc, translate_handlers.cc and
// translate_references.cc.
#ifndef WEFT_EXEC_TRANSLATE_FUNCTION_TRANSLATOR_H_
#define WEFT_EXEC_TRANSLATE_FUNCTION_TRANSLATOR_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "exec/bytecode/code_arena.h"
#include "exec/bytecode/encoder.h"
#include "exec/bytecode/function_code.h"
#include "exec/fusion.h"
#include "exec/runtime/type_registry.h"
#include "exec/runtime/types.h"
#include "exec/translate/module_code.h"
#include "exec/translate/operand_stack.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"

namespace weft::wasm {
class BodyValidator;
}  // namespace weft::wasm

namespace weft::exec {

// Keeps its buffers from one function to the next; code goes to `arena`, which
// outlives it. One per thread.
class FunctionTranslator {
 public:
  FunctionTranslator(const ModuleCode& code, const TypeRegistry& registry,
                     InstructionEncoder::FirstCell first_cell, CodeArena* arena)
      : code_(code),
        module_(code.module()),
        registry_(registry),
        fusions_(code.options().fuse),
        metering_(code.options().metering),
        arena_(arena),
        encoder_(first_cell) {}

  // The code of defined function `func`. Time and memory linear in its body.
  // REQUIRES: the body is valid, unless there is a `validator`, which validates
  // it in the same pass.
  // Errors: ResourceExhausted when it is too large for bytecode; Cancelled when
  // `interrupt` is not null and `*interrupt` not 0; validator->status() when
  // the body is invalid.
  absl::StatusOr<std::unique_ptr<FunctionCode>> Translate(
      uint32_t func, Bounds bounds, const std::atomic<uint32_t>* interrupt,
      wasm::BodyValidator* validator);

 private:
  using Types = absl::Span<const wasm::ValueType>;

  static constexpr uint32_t kNone = ~uint32_t{0};
  static constexpr uint32_t kNearSlots = 0x10000;
  static constexpr wasm::ValueType kAnyRef =
      wasm::ValueType::Ref(wasm::HeapType::kAny, true);
  // From so many values on they move together: a branch takes two bytes of a
  // body, whatever the number of values that it takes along.
  static constexpr size_t kManyValues = 8;
  // Slots to which far operands are copied: three of two slots, and a result.
  static constexpr uint32_t kScratchOperands = 8;
  static constexpr uint32_t kScratchResult = 6;

  // A place that wants the cell of a label that is not bound yet.
  struct Patch {
    uint32_t cell = 0;  // Instruction; or catch clause, when `byte` is kNone.
    uint32_t byte = 0;  // Of the target, behind the instruction's first cell.
    uint32_t next = kNone;
  };

  enum class Frame : uint8_t {
    kBlock,  // And the function's body.
    kLoop,
    kIf,
    kElse,
    kTryTable,
    kTry,
    kCatch,  // Of a legacy try, and catch_all.
  };

  struct Control {
    Frame frame = Frame::kBlock;
    bool enters_loop = false;
    Types params;
    Types results;          // Unless the block type is inline:
    wasm::ValueType value;  // A single result.
    size_t height = 0;      // Operands below the parameters.
    OperandStack::Heights heights;
    uint32_t loop_cell = 0;
    uint32_t patches = kNone;       // Of the label at its end.
    uint32_t else_patches = kNone;  // Of `if`: where its condition is false.
    // Exceptions: the region in force outside and inside; legacy try: its own
    // region, and the slot of the exception that an arm has caught.
    uint32_t outer_region = kNone;
    uint32_t inner_region = kNone;
    uint32_t try_region = kNone;
    uint32_t exception_slot = kNone;
    std::vector<CatchRecord> catches;
    // The br_table that has a landing for this label, and where.
    uint32_t table = kNone;
    uint32_t landing = 0;

    // Valid until controls_ grows.
    Types end_types() const {
      return value == wasm::ValueType() ? results : Types(&value, 1);
    }
    Types label_types() const { return enters_loop ? params : end_types(); }
  };

  // The condition of a branch: whether 32 bits are not zero, or a comparison.
  struct Condition {
    bool is_comparison = false;
    // Of 32 bits: where they are; always in a slot, too, which may be the copy
    // of a far one.
    bool in_acc = false;
    uint32_t slot = 0;
    uint32_t home = 0;
    // Of a comparison: its instruction, and where its result would be.
    wasm::Op op = wasm::Op::kNop;
    Form form = Form::kSS;
    Cell operands = 0;
    Cell immediate = 0;  // Of comparisons of floats.
    uint32_t result = 0;
    bool is_zero_test = false;  // i32.eq or i32.ne with 0,
    bool negated = false;  // the former; or where floats do not compare so.
  };

  // The last instruction, if it may still be changed.
  struct Last {
    uint32_t cell = kNone;
    uint32_t end = kNone;     // The cell behind it.
    uint32_t result = kNone;  // Its slot, near and in its first field.
    // What it is, where something may come of it: a binary operator or a load
    // with a form for guarded memory.
    wasm::Op op = wasm::Op::kNop;
    Form form = Form::kSS;
    bool is_scaled = false;    // AddScaled, or AddScaledAcc with kAS.
    uint32_t int_acc = kNone;  // Before it.
    uint32_t float_acc = kNone;
  };

  // function_translator.cc
  absl::Status Attempt(uint32_t func, Bounds bounds,
                       wasm::BodyValidator* validator);
  absl::Status TranslateOperators(wasm::OperatorReader* operators,
                                  wasm::BodyValidator* validator);
  absl::Status Limits() const;
  absl::Status LayOut(wasm::ByteReader* reader);
  void PlaceLocal(wasm::ValueType type, uint32_t* next);
  std::unique_ptr<FunctionCode> Finish();
  void Visit(const wasm::Operator& op);
  void VisitReachable(const wasm::Operator& op);
  void VisitLocalGet(uint32_t local);
  void VisitLocalSet(uint32_t local, bool tee);
  void PushConst(wasm::ValueType type, uint64_t bits);
  void ChargeFor(const wasm::Operator& op);
  void AddPosition();

  uint32_t SlotOf(Operand operand) const {
    return operand.kind() == Operand::kLocal ? local_slots_[operand.local()]
                                             : operand.slot();
  }
  void Materialize(Operand operand);
  // Puts a popped operand into a slot, its own unless it has one.
  uint32_t ToSlot(Operand operand) {
    if (operand.kind() == Operand::kConst) Move(operand, operand.slot());
    return SlotOf(operand);
  }
  void MaterializeAll();
  void FlushReads(uint32_t local);
  void Move(Operand from, uint32_t to);
  void CopySlots(uint32_t from, uint32_t to, wasm::ValueType type);
  // The same for neighbours. REQUIRES: they do not overlap, or `to` < `from`.
  void CopyRange(uint32_t from, uint32_t to, uint32_t slots);
  uint32_t Near(uint32_t slot, uint32_t scratch) {
    return slot < kNearSlots ? slot : CopyNear(slot, scratch);
  }
  uint32_t CopyNear(uint32_t slot, uint32_t scratch);
  uint32_t NearOf(Operand operand, uint32_t scratch) {
    return Near(ToSlot(operand), scratch);
  }
  // Where an instruction puts a result that belongs into `slot`; FinishResult
  // takes it there and says what the accumulators hold.
  uint32_t ResultSlot(uint32_t slot) {
    if (slot < kNearSlots) return slot;
    needs_far_ = true;
    return param_slots_ + kScratchResult;
  }
  void FinishResult(uint32_t cell, uint32_t slot, wasm::ValueType type,
                    bool through_acc = true);
  void CopyResultFar(uint32_t slot, wasm::ValueType type);
  // Accumulators no longer mirror what is written over.
  void NoteWrite(uint32_t slot, wasm::ValueType type) {
    const uint32_t last = slot + SlotsOfType(type) - 1;
    if (int_acc_ == slot || int_acc_ == last) int_acc_ = kNone;
    if (float_acc_ == slot || float_acc_ == last) float_acc_ = kNone;
  }
  bool Fuses(Fusion fusion) const { return fusions_.Has(fusion); }
  // Whether the operand is in the accumulator of its type.
  bool IsAcc(Operand operand) const {
    const wasm::ValueType::Kind kind = operand.type().kind();
    if (operand.kind() == Operand::kConst || kind > wasm::ValueType::kF64) {
      return false;
    }
    return SlotOf(operand) ==
           (kind <= wasm::ValueType::kI64 ? int_acc_ : float_acc_);
  }
  void ForgetAccs() { int_acc_ = float_acc_ = kNone; }
  void ForgetLast() { last_ = before_ = Last(); }
  bool IsLastResult(Operand operand) const {
    return last_.cell != kNone && operand.kind() == Operand::kTemp &&
           last_.result == operand.slot();
  }
  void UndoLast();
  uint16_t ListSlot(uint32_t slot, uint32_t index);

  // visit_operator.cc
  void VisitStructural(const wasm::Operator& op);
  bool VisitUnreachable(const wasm::Operator& op);
  void VisitFormless(const wasm::Operator& op);

  // translate_simple.cc
  void VisitConst(const wasm::Operator& op);
  void VisitUnary(wasm::Op op);
  void VisitBinary(wasm::Op op);
  void EmitIntegerBinary(wasm::Op op, Operand a, Operand b, uint32_t result);
  void EmitFloatBinary(wasm::Op op, Operand a, Operand b, uint32_t result);
  bool EmitScaledAdd(Operand a, Operand b, uint32_t result);
  bool EmitWithMemory(wasm::Op op, Operand a, Operand b, uint32_t result);
  void VisitInSlots(const wasm::Operator& op);
  void VisitGlobal(const wasm::Operator& op);
  void VisitSelect();
  InstrId NumericId(wasm::Op op, Form form) const;

  // translate_memory.cc
  bool FuseAddress(Operand address, wasm::Op op, uint32_t offset, Form* form,
                   Cell* operands);
  bool FuseStore(const wasm::Operator& op, Operand address, Operand value);
  void VisitLoad(const wasm::Operator& op);
  void VisitStore(const wasm::Operator& op);
  void VisitFar(const wasm::Operator& op);
  bool IsNearMemory(const wasm::MemArg& mem) const;
  void VisitSize(FixedInstr instr, uint32_t index);
  void VisitMemoryGrow(uint32_t memory);
  void VisitBulk(FixedInstr instr, const wasm::Operator& op);

  // translate_control.cc
  void EmitUnreachable();
  void Open(const wasm::Operator& op, Frame frame);
  void SetBlockType(const wasm::BlockType& type, Control* control);
  void VisitElse();
  void VisitEnd();
  void CloseBlock();
  void EndFunction();
  void VisitBr(uint32_t depth);
  void VisitBrIf(uint32_t depth);
  void VisitBrTable(const wasm::Operator& op);
  uint32_t Landing(uint32_t depth);
  void VisitBrOnCast(const wasm::Operator& op);
  void VisitBrOnNonNull(uint32_t depth);
  void VisitBrOnNull(uint32_t depth);
  void EmitReturn();
  Control& At(uint32_t depth) {
    return controls_[controls_.size() - 1 - depth];
  }
  void Jump(Control* label);
  bool InPlace(const Control& label) const;
  void MoveToLabel(const Control& label);
  void MoveManyToLabel(const Control& label);
  // Whether a branch to the label returns from the function right there.
  bool Leaves(uint32_t depth) const {
    return depth + 1 == controls_.size() && type_->results.size() < kManyValues;
  }
  // Before the condition of a branch to the label is taken.
  void PrepareMany(uint32_t depth) {
    if (At(depth).label_types().size() >= kManyValues) MaterializeAll();
  }
  void AddPatch(uint32_t cell, uint32_t byte, uint32_t* list);
  void Bind(uint32_t* list);
  void SetUnreachable();
  void PushAll(Types types);
  void ConditionalBranch(const Condition& condition, bool sense,
                         uint32_t depth);

  // translate_conditions.cc
  bool BranchesOn(wasm::Op op) const;
  Condition TakeCondition();
  void TakeComparison(Condition* condition);
  Condition Unfused(const Condition& condition);
  // The branch with an unknown target; its cell.
  uint32_t EmitFloatCondition(const Condition& condition, bool sense);
  bool EmitStep(const Condition& condition, bool sense, uint32_t loop_cell);
  // The same. REQUIRES: not backward on a comparison of floats.
  uint32_t EmitCondition(const Condition& condition, bool sense, bool back);

  // translate_calls.cc
  void VisitCall(const wasm::Operator& op);
  uint32_t PlaceArguments(Types params);
  void TakeResults(Types results, uint32_t base);
  struct SlotRun {
    uint32_t from = 0;
    uint32_t to = 0;
    uint32_t slots = 0;
  };
  void CopyInRun(size_t count, uint32_t from, uint32_t to, wasm::ValueType type,
                 SlotRun* run);

  // translate_handlers.cc
  void OpenTryTable(const wasm::Operator& op, Control* control);
  void OpenTry(Control* control);
  void VisitCatch(const uint32_t* tag);
  void VisitDelegate(uint32_t depth);
  void VisitThrow(uint32_t tag);
  void EmitThrowRef(uint32_t slot);
  void CloseRegion(uint32_t region);
  void EndArm();
  uint32_t OpenRegion();
  // The payload goes to where operands on top of `heights` lie.
  void SetPayload(OperandStack::Heights heights, CatchRecord* record) {
    record->numbers = stack_.SlotAbove(&heights, wasm::ValueType::kI32);
    record->refs = stack_.SlotAbove(&heights, kAnyRef);
  }

  // translate_references.cc
  void VisitRefNull(wasm::HeapType heap);
  void VisitRefFunc(uint32_t func);
  void VisitRefAsNonNull();
  void VisitRefTest(wasm::ValueType target);
  void VisitRefCast(wasm::ValueType target);
  void VisitRefUnary(FixedInstr instr, wasm::ValueType type);
  void VisitTableGet(uint32_t table);
  void VisitTableSet(uint32_t table);
  void VisitTableGrow(uint32_t table);
  void VisitNewOfList(FixedInstr instr, uint32_t type, uint32_t count);
  void VisitNewDefault(FixedInstr instr, uint32_t type);
  void VisitStructGet(const wasm::Operator& op);
  void VisitStructSet(const wasm::Operator& op);
  void VisitArrayNew(FixedInstr instr, const wasm::Operator& op);
  void VisitArrayGet(const wasm::Operator& op);
  void VisitArraySet(const wasm::Operator& op);
  // Pushes whether the reference on top, which stays, is a `target`.
  void TestTop(wasm::ValueType target);
  uint32_t TopSlot();
  wasm::ValueType TargetType(wasm::HeapType heap, bool nullable) const;
  void FinishGet(uint32_t cell, uint32_t result, wasm::ValueType type);
  void VisitArrayBulk(FixedInstr instr, const wasm::Operator& op);
  StorageKind ElementKind(uint32_t type) const;
  std::vector<uint16_t> PopList(size_t count);

  const ModuleCode& code_;
  const wasm::Module& module_;
  const TypeRegistry& registry_;
  const FusionSet fusions_;
  const bool metering_;
  CodeArena* const arena_;
  InstructionEncoder encoder_;
  Bounds bounds_ = Bounds::kExplicit;
  const std::atomic<uint32_t>* interrupt_ = nullptr;

  // Of the function at hand.
  uint32_t func_ = 0;
  const wasm::SubType* type_ = nullptr;
  std::vector<wasm::ValueType> local_types_;
  std::vector<uint32_t> local_slots_;
  uint32_t param_slots_ = 0;
  uint32_t locals_begin_ = 0;  // Behind parameters and scratch slots.
  uint32_t locals_end_ = 0;
  uint32_t ref_temps_ = 0;      // Reserved for this attempt.
  uint32_t scratch_slots_ = 0;  // 0, or slots near for those that are far.
  uint32_t list_slots_ = 0;     // Of these, for lists.
  bool needs_far_ = false;      // This attempt has met a far slot.
  uint32_t most_list_ = 0;      // Longest list that it has met.
  uint32_t frame_slots_ = 0;
  std::vector<wasm::LocalGroup> local_groups_;
  OperandStack stack_;
  std::vector<Control> controls_;
  std::vector<Patch> patches_;
  bool reachable_ = true;
  uint32_t skipped_ = 0;      // Blocks opened in unreachable code.
  uint32_t offset_ = 0;       // Of the operator at hand.
  uint32_t int_acc_ = kNone;  // The slot that the accumulator mirrors.
  uint32_t float_acc_ = kNone;
  Last last_;
  Last before_;               // The one right before `last_`.
  bool starts_block_ = true;  // Metering: the next operator begins a block.
  uint32_t charge_cell_ = kNone;
  uint32_t num_tables_ = 0;
  uint32_t region_ = kNone;
  std::vector<CodePosition> positions_;
  std::unique_ptr<FunctionCode> result_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_TRANSLATE_FUNCTION_TRANSLATOR_H_
