// The maker of function bodies: its state and what all parts of it use. Each
// part lies in a file of its own:
//
//   function.cc    a whole body; locals, labels, constants, sinks
//   values.cc      values of a wanted type; simple operators
//   patterns.cc    chains of operators with constants, as rules look for
//   memory.cc      addresses; memories and tables
//   references.cc  references, structs, arrays, casts
//   control.cc     blocks, branches
//   loops.cc       loops
//   calls.cc       calls of all kinds
//   exceptions.cc  both generations of exception handling
//   statements.cc  statements, and shapes made of several
//   around.cc, around_memory.cc
//                  state that is read, changed and read again
//   apply.cc       the switch over all classes of operators
#ifndef WEFT_CHECK_GENERATE_FUNCTION_H_
#define WEFT_CHECK_GENERATE_FUNCTION_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "check/generate/plan.h"
#include "check/random.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/op.h"
#include "ir/wasm/types.h"

namespace weft::check::generate {

// Whether bits of NaNs that the engine chose may be in a value.
enum class Nan : uint8_t { kAny, kCanonical };

// Of addresses and indices.
constexpr wasm::ValueType AddressType(bool is_64) {
  return is_64 ? wasm::ValueType::kI64 : wasm::ValueType::kI32;
}

class FunctionMaker {
 public:
  // Both must outlive the maker.
  FunctionMaker(ByteSource& source, Plan* plan)
      : source_(source), plan_(*plan) {}

  // Makes the body of the defined function `func`, of about `max_bytes` bytes.
  // REQUIRES: those with higher indices are made, or are about to be dropped.
  void Make(wasm::FuncIndex func, uint32_t max_bytes);

 private:
  using Op = wasm::Op;
  using ValueType = wasm::ValueType;
  using HeapType = wasm::HeapType;
  using Types = absl::Span<const ValueType>;

  // What a local is for.
  enum class Use : uint8_t {
    kAny,      // Read and assigned at will.
    kFixed,    // Read by others, never assigned: counters, the first parameter.
    kAddress,  // Fixed; its value is a multiple of 16 below a bound of memory.
  };

  struct Local {
    ValueType type;
    Use use = Use::kAny;
    // Fixed ones: values are at most this; 0 for unknown.
    uint32_t bound = 0;
    // May be read here: has a value, or a default one.
    bool is_set = true;
    wasm::MemoryIndex memory = 0;  // kAddress.
  };

  static constexpr int kMaxTypes = 5;

  // The types of a block: few, and with the storage of their own.
  struct TypeList {
    ValueType types[kMaxTypes];
    uint8_t size = 0;

    TypeList() = default;
    explicit TypeList(Types from) {
      for (ValueType type : from) Add(type);
    }
    void Add(ValueType type) { types[size++] = type; }
    operator Types() const { return Types(types, size); }  // NOLINT
  };

  struct Label {
    TypeList types;  // Of a branch to it.
    // No branch may go there: an operand would be missing, or a loop not end.
    bool is_closed = false;
    bool is_catch = false;   // rethrow may name it.
    bool canonical = false;  // Branches bring canonical NaNs.
  };

  // -- function.cc ------------------------------------------------------------

  void Begin(wasm::FuncIndex func, uint32_t max_bytes);
  void Prologue();
  void Results();
  void Finish(wasm::FuncIndex func);
  bool CopyOfOther(wasm::FuncIndex func);
  void Digest(ValueType type);

  // Bytes that are left for this body.
  bool HasRoom(uint32_t bytes = 0) const {
    return ops_.size() + bytes < limit_;
  }
  // Whether `times` operators more, in loops as they are, keep it short.
  bool CanAfford(uint32_t times) const {
    return cost_ + uint64_t{mult_} * times < cost_limit_;
  }
  bool Has(wasm::Feature feature) const { return plan_.Has(feature); }

  void Do(Op op) {
    WriteOpcode(op, &ops_);
    cost_ += mult_;
  }
  void Do(Op op, uint32_t index) {
    Do(op);
    ops_.U32(index);
  }
  void Do(Op op, uint32_t index, uint32_t second) {
    Do(op, index);
    ops_.U32(second);
  }
  void I32(uint32_t value);
  void I64(uint64_t value);
  // A constant of type i32 or i64.
  void Integer(ValueType type, uint64_t value) {
    type == ValueType::kI64 ? I64(value) : I32(static_cast<uint32_t>(value));
  }
  void Constant(ValueType type);

  uint32_t NewLocal(ValueType type, Use use = Use::kAny, uint32_t bound = 0);
  // Any local that may be read as `type`; kNoIndex when there is none.
  uint32_t LocalToRead(ValueType type);
  // Any local that may be assigned a value of `type`; kNoIndex likewise.
  uint32_t LocalToSet(ValueType type);
  void Get(uint32_t local) { Do(Op::kLocalGet, local); }
  void Set(uint32_t local);
  void Tee(uint32_t local);
  void MarkSet(uint32_t local);

  // Consumes the value on top, of `type`, mostly so that it is seen later.
  void Sink(ValueType type);
  // Consumes those on top, the last one first.
  void SinkAll(Types types);
  // From `have` on top to what is wanted, or to nothing for kNone.
  void Convert(ValueType have, ValueType want);

  // -- Labels -----------------------------------------------------------------

  // Writes `op` (block, loop, if, try) with its type and opens its scope, in
  // which a branch takes `results`, of a loop `params`.
  void Open(Op op, Types params, Types results);
  void WriteBlockType(Types params, Types results);
  void Push(Types branch_types);
  // Ends the scope: locals that were set in it are not any more.
  void Pop();
  void End() {
    Do(Op::kEnd);
    Pop();
  }
  // Another arm of the innermost scope.
  void NextArm(Op op);
  Label& Innermost() { return labels_.back(); }
  // The depth of a label that branches may go to.
  uint32_t AnyLabel();
  // The depth of one whose branch leaves exactly one value, of `type` or a
  // subtype; kNoIndex when there is none.
  uint32_t LabelOf(ValueType type);
  const Label& LabelAt(uint32_t depth) const {
    return labels_[labels_.size() - 1 - depth];
  }
  bool MayOpen() const { return labels_.size() < 12; }

  // -- values.cc --------------------------------------------------------------

  // Leaves a value of `type`.
  void Value(ValueType type, Nan nan = Nan::kAny);
  void Values(Types types, Nan nan = Nan::kAny);
  void BranchValues(const Label& label);
  void Leaf(ValueType type);
  void Compose(ValueType type);
  void Number(ValueType type);
  // A condition, at times the same one as before.
  void Condition();
  // One that is rarely true.
  void RareCondition();
  // Makes the value on top canonical if need be.
  void Canonicalize(ValueType type);
  void CanonicalizeVector(bool is_f64);
  wasm::FuncIndex Canonicalizer(int kind);
  // Some operator that is in the module's features, with that result.
  Op SomeOp(ValueType type);
  // Each leaves a value of type `want` (nothing for kNone); false when it
  // cannot be done here, and nothing is left.
  bool Simple(Op op, ValueType want);
  void SimpleOperands(Op op, const wasm::OpInfo& info, ValueType address);
  void Divisor(ValueType type);
  void ConvertibleFloat(Op op, ValueType type);
  void FloatVector(bool is_f64, int depth);
  bool HasOp(Op op) const { return Has(wasm::InfoOf(op).feature); }

  // -- patterns.cc ------------------------------------------------------------

  void Pattern(ValueType type);
  void ConstantChain(ValueType type);
  void ShiftPair(ValueType type);
  void SameOperands(ValueType type);
  void Narrowing(ValueType type);
  void CompareZero();
  void EqualArms(ValueType type);
  void CommonFactor(ValueType type);
  void Negations(ValueType type);

  // -- memory.cc --------------------------------------------------------------

  uint32_t RandomMemory();
  uint32_t RandomTable();
  // Leaves an address where `width` bytes can be accessed, mostly, and says
  // which offset to add. With `aligned` the sum is a multiple of the width.
  uint64_t Address(uint32_t memory, uint32_t width, bool aligned);
  void AddressBase(uint32_t memory, uint64_t mask);
  uint32_t AddressLocal(uint32_t memory);
  void WriteMemArg(uint32_t align_log2, uint32_t memory, uint64_t offset);
  bool Access(Op op, ValueType want);
  bool BulkMemory(Op op, ValueType want);
  bool MemoryGrow(ValueType want);
  bool WholeMemory(Op op, ValueType want);
  // A number below `bound` of type i32, or i64.
  void Small(bool is_64, uint32_t bound);
  void TableIndex(uint32_t table);
  bool TableOp(Op op, ValueType want);
  bool MemoryCopy(ValueType want);
  bool TableCopy(ValueType want);
  bool TableInit(ValueType want);
  // The same access twice, with something between them.
  void StoreAndLoad();

  // -- references.cc, aggregates.cc -------------------------------------------

  void Reference(ValueType type);
  void ReferenceLeaf(ValueType type);
  // A value other than null. False, and nothing, when there is none.
  bool NewReference(HeapType heap);
  bool NewFunc(HeapType heap);
  bool NewAny();
  void NewAggregate(wasm::TypeIndex type);
  void NewException();
  // Mostly not null.
  void NonNull(HeapType heap);
  ValueType RandomRef(bool nullable);
  // Some type of values at or below `heap`; some type above it.
  HeapType SomeBelow(HeapType heap);
  HeapType SomeAbove(HeapType heap);
  // What casts go to: `want` or below when it is a reference, or any.
  ValueType CastTarget(ValueType want);
  void RefNull(HeapType heap);
  bool RefTest(Op op, ValueType want);
  bool RefCast(Op op, ValueType want);
  bool RefAsNonNull(ValueType want);
  bool ConvertExtern(Op op, ValueType want);
  bool BranchOnNull(ValueType want);
  bool BranchOnNonNull(ValueType want);
  bool BranchOnCast(Op op, ValueType want);
  void CastImmediates(ValueType source, ValueType target, uint32_t depth);
  void CastChain();

  bool IsDefaultable(const wasm::SubType& type) const;
  bool StructNew(Op op, ValueType want);
  bool StructGet(Op op, ValueType want);
  bool StructSet(ValueType want);
  bool ArrayNew(Op op, ValueType want);
  bool ArrayNewSegment(Op op, ValueType want);
  bool ArrayGet(Op op, ValueType want);
  bool ArrayChange(Op op, ValueType want);
  bool ArrayCopy(ValueType want);
  bool ArrayInit(Op op, ValueType want);
  // An array type whose elements `fits` accepts; kNoIndex when there is none.
  template <typename Fits>
  uint32_t PickArray(Fits fits);
  // Likewise a struct type, and the field.
  template <typename Fits>
  uint32_t PickStruct(Fits fits, uint32_t* field);
  // A segment for an array of such elements, and how many of them it has.
  bool SegmentFor(Op op, const wasm::FieldType& field, uint32_t* segment,
                  uint32_t* size);

  // -- control.cc -------------------------------------------------------------

  bool Block(ValueType want);
  bool If(ValueType want);
  bool MultiBlock(ValueType want);
  bool Branch(ValueType want);
  bool BranchIf(ValueType want);
  bool BranchTable(ValueType want);
  bool Switch(ValueType want);
  bool Return(ValueType want);
  bool Unreachable(ValueType want);
  bool Select(ValueType want);
  bool SelectTyped(ValueType want);
  // What may stand behind a branch that is always taken.
  void DeadCode();
  // Opens an `if` for code that leaves; with `rarely` it is rarely entered.
  void OpenIf(bool rarely);
  TypeList RandomTypes(int max);

  // -- loops.cc ---------------------------------------------------------------

  bool Loop(ValueType want);
  void CountedLoop();
  void OpenLoop();
  void CarriedLoop();
  uint32_t Trips();
  // A counter of `trips`, set; and the statements of a loop that makes so many.
  uint32_t Counter(ValueType type, uint32_t start, uint32_t bound);
  void LoopBody(uint32_t trips);

  // -- calls.cc ---------------------------------------------------------------

  // Whether the first parameter says how deep guarded calls may go.
  bool HasDepth() const { return has_depth_; }
  // Opens an `if` that is entered when a guarded call may be made.
  void OpenGuard(Types results);
  // Arguments for a call of `type`. Their first one is the depth, unless the
  // callee is the host's.
  enum class Depth : uint8_t { kHost, kSame, kLess };
  void Arguments(wasm::TypeIndex type, Depth depth, Nan nan);
  bool MayGuard() const {
    return has_depth_ && guarded_ + mult_ <= 3 && MayOpen();
  }
  bool DirectCall(bool tail, ValueType want);
  bool GuardedCall(Op op, ValueType want);
  // The callee for one of these; kNoIndex when there is none.
  wasm::FuncIndex GuardedCallee(Op op, uint32_t* table, uint32_t* entry);
  void Selector(Op op, wasm::FuncIndex callee, uint32_t table, uint32_t entry);
  void CallResults(Types results, ValueType want);
  // Whether it may be called in the place of this function's end.
  bool ResultsFit(const wasm::SubType& type) const;
  // Whether ref.func may name `func`.
  bool MayRefer(wasm::FuncIndex func) const;
  void RefFunc(wasm::FuncIndex func);

  // -- exceptions.cc ----------------------------------------------------------

  bool Throw(ValueType want);
  void ThrowTag(uint32_t tag);
  bool TryTable(ValueType want);
  bool ThrowRef(ValueType want);
  bool LegacyTry(Op op, ValueType want);
  bool Delegate(ValueType want);
  void GuardedCode();
  void Rethrow();
  void Handler(Types caught);
  Types TagTypes(uint32_t tag) const;
  uint32_t RandomTag();

  // -- statements.cc ----------------------------------------------------------

  void Statements(uint32_t count);
  void Statement();
  void Assign();
  void SwapLocals();
  void SameCondition();
  void DiamondJoin();
  void GlobalAround();
  void TableAround();
  void AliasedFields();
  void AnyOperator();

  // -- around.cc --------------------------------------------------------------

  void Around();
  void RevisitSomething();
  void MemorySizeAround();
  void TableSizeAround();
  void SizeAgain(Op size, uint32_t index, bool is_64, uint32_t before);
  void TableEntryAround();
  // Consumes the value on top and mixes it into a number that the results
  // tell of, most of the time.
  void Show(ValueType type);
  void ShowWide(ValueType type);
  void ShowOrKeep(ValueType type, uint32_t* kept);
  void ShowKept(uint32_t kept);
  void Content(ValueType type);
  bool ArrayFromSegment();
  void ElementAround();
  void FieldAround();
  uint32_t ObjectLocal(wasm::TypeIndex type);
  void ReadObject(uint32_t local, wasm::TypeIndex type,
                  const wasm::FieldType& field, uint32_t index);

  // -- around_memory.cc -------------------------------------------------------

  void LoadAround();
  void AtomicAround();
  void WrappedAddress();
  bool DroppedSegment();
  bool DroppedData();
  bool DroppedElem();
  // `init` takes a count.
  template <typename Init>
  void InitAndDrop(Op drop, uint32_t segment, Init init);

  // -- apply.cc ---------------------------------------------------------------

  // Uses `op`, of any class, in a way that leaves a value of `want`, or
  // nothing for kNone. False when it cannot be done here; then nothing is left.
  bool Apply(Op op, ValueType want);
  bool Variable(Op op, ValueType want);
  bool SimpleReference(Op op, ValueType want);

  ByteSource& source_;
  Plan& plan_;

  wasm::FuncIndex func_ = 0;
  TypeList result_types_;
  bool has_depth_ = false;
  size_t num_params_ = 0;
  wasm::ByteWriter ops_;
  size_t limit_ = 0;
  std::vector<Local> locals_;
  std::vector<Label> labels_;
  // Locals without a default that have been set, in order; and how many of
  // them there were when each open scope began.
  std::vector<uint32_t> set_log_;
  std::vector<uint32_t> set_marks_;
  static constexpr int kMaxLevel = 9;
  int level_ = 0;
  // Operators at most, each as often as loops around it go, and calls.
  uint64_t cost_ = 0;
  uint64_t cost_limit_ = 0;
  uint32_t mult_ = 1;
  uint32_t guarded_ = 0;
  // Whether the value on top may be a NaN whose bits the engine chose.
  bool has_nan_ = false;
  int try_depth_ = 0;                   // Tries around.
  uint32_t last_set_ = wasm::kNoIndex;  // Local.
  // Where in ops_ the only byte of some constant lies that may be any.
  size_t constant_ = 0;
  uint32_t last_condition_ = wasm::kNoIndex;
  uint32_t witness_ = wasm::kNoIndex;  // Local, an i32; see Show.
};

}  // namespace weft::check::generate

#endif  // WEFT_CHECK_GENERATE_FUNCTION_H_
