// The state of the validation algorithm (spec appendix 7.3) for one body or
// constant expression at a time. Private to the validator; its methods are
// spread over code_validator.cc (loop, stacks), validate_simple.cc,
// validate_control.cc and validate_refs.cc.
#ifndef WEFT_IR_WASM_CODE_VALIDATOR_H_
#define WEFT_IR_WASM_CODE_VALIDATOR_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/validator.h"

namespace weft::wasm {

// A heap type below all others, of references in unreachable code. Never in a
// module.
inline constexpr HeapType kBottomHeap = HeapType::FromBits(0x7fffff);

// What simple operators check beyond operand types.
enum class ExtraCheck : uint8_t {
  kNothing,
  kMemArg,
  kMemArgLane,
  kLane,
  kShuffle,
  kMemory,      // memory.size, memory.grow, memory.fill.
  kDataMemory,  // memory.init.
  kData,        // data.drop.
  kElem,        // elem.drop.
  kTable,       // table.size.
};

// The validator's excerpt of an OpInfo, half a cache line.
struct ValidatorRow {
  OpClass op_class;
  ExtraCheck extra;
  uint8_t num_params;
  uint8_t num_results;
  uint8_t address_params;
  bool address_result;
  uint8_t max_align_log2;
  bool is_atomic;  // Alignment must be natural.
  bool replaces;   // One or two operands by one result, which is no address.
  uint8_t num_lanes;
  ValueType params[4];
  ValueType results[2];
};

class CodeValidator {
 public:
  explicit CodeValidator(const ModuleContext& context);

  absl::Status ValidateBody(FuncIndex func, ByteSpan body, uint32_t offset);

  // The same in steps; see BodyValidator. Begin takes `*reader` from the body's
  // begin to its first operator.
  bool Begin(FuncIndex func, ByteReader* reader);
  bool Next(OperatorReader* operators, Operator* op) {
    if (!operators->TryRead(op)) return Unreadable(*operators);
    offset_ = op->offset;
    return frames_.empty() ? Remains() : Step(*op);
  }
  bool End(OperatorReader* operators) { return Run(operators); }
  const absl::Status& status() const { return status_; }

  // A constant expression with one result of `type`, in `section`, that sees
  // the first `num_globals` globals (spec 3.4.13).
  absl::Status ValidateConst(const ConstExpr& expr, ValueType type,
                             uint32_t num_globals, const char* section);

 private:
  enum class FrameKind : uint8_t {
    kFunction,
    kBlock,
    kLoop,
    kIf,
    kElse,
    kTryTable,
    kTry,
    kCatch,
    kCatchAll,
  };

  struct Frame {
    FrameKind kind = FrameKind::kBlock;
    bool unreachable = false;
    BlockType type;
    uint32_t height = 0;       // Of the operand stack at its begin.
    uint32_t init_height = 0;  // Of inits_ at its begin.
    // Offset of the br_table that checked this label last.
    uint32_t table_offset = 0;
  };

  using Types = absl::Span<const ValueType>;

  // code_validator.cc, validate_simple.cc
  void Reset(const char* section);
  bool Run(OperatorReader* reader);
  bool Step(const Operator& op) {
    // Most operators are of these two classes.
    const ValidatorRow& row = rows_[static_cast<int>(op.op)];
    return row.op_class == OpClass::kSimple     ? VisitSimple(row, op)
           : row.op_class == OpClass::kLocalGet ? VisitLocalGet(op.index[0])
                                                : Visit(row, op);
  }
  bool Remains();
  bool Unreadable(const OperatorReader& operators);
  bool Visit(const ValidatorRow& row, const Operator& op);
  bool VisitSimple(const ValidatorRow& row, const Operator& op);
  bool Replace(const ValidatorRow& row);
  bool CheckExtra(const ValidatorRow& row, const Operator& op,
                  ValueType* address);
  bool CheckMemArg(const ValidatorRow& row, const Operator& op,
                   ValueType* address);
  bool CheckMemory(MemoryIndex index, ValueType* address);
  bool CheckTable(TableIndex index, ValueType* address);
  bool CheckData(DataIndex index);
  bool CheckElem(ElemIndex index);
  bool CheckIsConst(const Operator& op);
  ValueType LocalType(LocalIndex index) const;
  bool VisitLocalGet(LocalIndex index);
  bool VisitLocalSet(LocalIndex index, bool tee);
  bool VisitGlobalGet(GlobalIndex index);
  bool VisitGlobalSet(GlobalIndex index);
  bool VisitSelect();
  bool VisitSelectTyped(const Operator& op);

  // validate_control.cc
  bool CheckBlockType(const BlockType& type);
  Types ParamsOf(const Frame& frame) const;
  Types ResultsOf(const Frame& frame) const;
  Types LabelTypes(const Frame& frame) const;
  bool FindLabel(uint32_t label, const Frame** frame);
  void PushFrame(FrameKind kind, const BlockType& type);
  bool PopFrame(Frame* frame);
  bool Open(FrameKind kind, const Operator& op);
  bool VisitException(const Operator& op);
  bool VisitElse();
  bool VisitEnd();
  bool VisitCatch(const Operator& op);
  bool VisitCatchAll();
  bool VisitDelegate(const Operator& op);
  bool VisitRethrow(const Operator& op);
  bool VisitThrow(const Operator& op);
  bool CheckCatches(const Operator& op);
  bool VisitBr(const Operator& op);
  bool VisitBrIf(const Operator& op);
  bool VisitBrTable(const Operator& op);
  bool VisitBrOn(const Operator& op);
  bool VisitBrOnNull(const Operator& op);
  bool VisitBrOnNonNull(const Operator& op);
  bool VisitBrOnCast(const Operator& op);
  bool FindCallee(const Operator& op, const SubType** type);
  bool VisitCall(const Operator& op);
  bool VisitReturnCall(const Operator& op);

  // validate_refs.cc
  bool VisitTableOp(const Operator& op);
  bool VisitTableCopy(const Operator& op);
  bool VisitTableInit(const Operator& op);
  bool VisitMemoryCopy(const Operator& op);
  bool VisitRefOp(const Operator& op);
  bool VisitRefFunc(const Operator& op);
  bool VisitRefTestOrCast(const Operator& op);
  bool VisitConvertExtern(const Operator& op);
  bool FindType(TypeIndex index, SubType::Kind kind, const SubType** type);
  bool VisitStructNew(const Operator& op);
  bool VisitStructGet(const Operator& op);
  bool VisitStructSet(const Operator& op);
  bool VisitArrayOp(const Operator& op);
  bool VisitArrayNew(const Operator& op, const FieldType& element);
  bool VisitArrayNewSegment(const Operator& op, const FieldType& element);
  bool VisitArrayGet(const Operator& op, const FieldType& element);
  bool VisitArrayCopy(const Operator& op, const FieldType& element);
  bool VisitArrayInit(const Operator& op, const FieldType& element);
  bool CheckSegmentOf(const Operator& op, const FieldType& element);
  bool CheckMutable(const FieldType& field);

  // The operand stack.
  void Push(ValueType type) { stack_.push_back(type); }
  void PushAll(Types types) {
    stack_.insert(stack_.end(), types.begin(), types.end());
  }
  bool Pop(ValueType expected) {
    if (stack_.size() > height_ && stack_.back() == expected) {
      stack_.pop_back();
      return true;
    }
    return PopSlow(expected);
  }
  bool PopSlow(ValueType expected);
  bool PopAll(Types types);
  // The type popped, kBottom below the frame of unreachable code.
  bool PopAny(ValueType* type);
  // Pops a reference; one of unknown type has kBottomHeap.
  bool PopRef(ValueType* type);
  // Checks that the stack ends in `types` without popping.
  bool CheckTop(Types types);
  void SetUnreachable();

  bool Matches(ValueType actual, ValueType expected) const;
  bool CheckHeap(HeapType heap);
  bool CheckValueType(ValueType type);

  bool Mismatch(ValueType expected, ValueType actual);
  bool Invalid(absl::string_view what);

  const ModuleContext& context_;
  const Module& module_;
  const ValidatorRow* const rows_;  // By operator.

  // Of the code at hand.
  const char* section_ = "";
  uint32_t offset_ = 0;  // Of the current operator.
  bool is_const_ = false;
  uint32_t num_globals_ = 0;  // Visible ones in a constant expression.
  ValueType const_type_;
  Types results_;  // Of the function.
  Types params_;
  std::vector<LocalGroup> groups_;
  std::vector<uint32_t> group_ends_;     // Local index behind each group.
  std::vector<ValueType> first_locals_;  // The first few, for speed.
  uint32_t num_locals_ = 0;

  std::vector<ValueType> stack_;
  std::vector<Frame> frames_;
  uint32_t height_ = 0;  // Of the innermost frame.
  // Locals without a default value that are set, and in which order.
  absl::flat_hash_set<LocalIndex> set_locals_;
  std::vector<LocalIndex> inits_;
  absl::Status status_;
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_CODE_VALIDATOR_H_
