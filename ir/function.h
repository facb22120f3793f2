// A function body in structured SSA form.
//
// A function is a tree of regions (block, loop, if, try_table, legacy try, and
// the function itself). A region owns bodies: ordered lists of instructions.
// An instruction is also the value that it computes; ids are dense and stay
// valid until Clear. A region stands in its parent's body as an instruction of
// its own. Locals are gone, except those that an exception handler may read
// ("pinned"): these keep local.get and local.set as effects.
//
// Control. A branch names target regions and gives arguments for their
// parameters; the target of a loop is its header, of every other region its
// end. A body whose end is reachable closes with kExit, which carries the
// arguments of its region's parameters (none for loops, whose results are
// plain values; kExit of the function region returns). Parameters of a loop
// are kLoopParam instructions at the head of its body; those of other regions
// are kLabelParam instructions right behind the region's instruction.
//
// Dominance. A value may be used wherever its definition dominates, also
// outside the region that it is defined in.
//
// Operands of an instruction lie in one slice: its own operands first, then
// the arguments of its first edge, of its second edge, and so on.
#ifndef WEFT_IR_FUNCTION_H_
#define WEFT_IR_FUNCTION_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "base/check.h"
#include "base/ids.h"
#include "ir/wasm/op.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/types.h"

namespace weft::ir {

using wasm::Op;
using wasm::ValueType;

using ValueId = Id<struct ValueTag>;  // An instruction and its value.
using RegionId = Id<struct RegionTag>;
using BodyId = Id<struct BodyTag>;

// Operators that only the SSA form has; they follow those of ops.def.
// A parameter of the function; imm is its index.
inline constexpr Op kParam = static_cast<Op>(wasm::kOpCount + 0);
// The default value of the type (zero or null) at function entry.
inline constexpr Op kDefault = static_cast<Op>(wasm::kOpCount + 1);
// The value of its operand, in a local of its own choice.
inline constexpr Op kCopy = static_cast<Op>(wasm::kOpCount + 2);
// Result imm of the multi-result instruction that is its operand; all results
// follow their instruction in order.
inline constexpr Op kResult = static_cast<Op>(wasm::kOpCount + 3);
// Parameter imm of the region whose instruction is its operand.
inline constexpr Op kLabelParam = static_cast<Op>(wasm::kOpCount + 4);
inline constexpr Op kLoopParam = static_cast<Op>(wasm::kOpCount + 5);
// Value imm that a legacy catch arm receives; at the head of the arm's body.
inline constexpr Op kCatchParam = static_cast<Op>(wasm::kOpCount + 6);
// Falls off the end of a body to the end of its region.
inline constexpr Op kExit = static_cast<Op>(wasm::kOpCount + 7);
// A deleted instruction; in no list.
inline constexpr Op kDeleted = static_cast<Op>(wasm::kOpCount + 8);
inline constexpr int kIrOpCount = wasm::kOpCount + 9;

inline bool IsWasmOp(Op op) { return static_cast<int>(op) < wasm::kOpCount; }

inline constexpr uint32_t kNoLocal = 0xffffffffu;

// Plain data. Refer to instructions by id: references die when one is added.
// 32 bytes: large functions spend their time waiting for these.
struct Inst {
  Op op = kDeleted;
  // See Function::num_operands and SetOperands, which alone touch these two.
  uint16_t short_count = 0;
  uint32_t operands_begin = 0;
  ValueType type;             // Of the result; kNone without a single one.
  uint32_t imm = 0;           // Direct, or a position in a pool: see Function.
  uint32_t local = kNoLocal;  // The source local that holds the value, a hint.
  ValueId prev;
  ValueId next;
  BodyId body;
};
static_assert(sizeof(Inst) == 32);

enum class RegionKind : uint8_t {
  kFunction,
  kBlock,
  kLoop,
  kIf,
  kTryTable,
  kTry
};

// One handler: a clause of try_table (with its edge), or an arm of a legacy
// try.
struct Handler {
  wasm::CatchClause::Kind kind = wasm::CatchClause::kCatch;
  wasm::TagIndex tag = wasm::kNoIndex;
  RegionId target;  // try_table.
};

struct Region {
  RegionKind kind = RegionKind::kBlock;
  ValueId inst;  // Its instruction; invalid for the function.
  BodyId first_body;
  uint32_t num_bodies = 0;  // If: then and else. Try: body and catch arms.
  // Parameters, in the order of edge arguments: those that were locals in the
  // source first, then those that were label values. Values that an edge
  // supplies by itself (br_on_*, catch clauses) are the last ones.
  std::vector<ValueId> params;
  std::vector<Handler> handlers;  // Try and try_table, in order.
  RegionId delegate;              // Legacy try that delegates.
};

struct Body {
  ValueId first;
  ValueId last;
  RegionId region;
};

// What br_table needs beyond its operands.
struct BranchTable {
  std::vector<RegionId> targets;  // Distinct, in order of first mention.
  std::vector<uint32_t> labels;   // Index into targets; the default is last.
};

class Function {
 public:
  Function() = default;
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;

  // Makes the function empty, keeping allocated storage.
  void Clear();

  // -- Signature and locals of the source ----------------------------------
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  // Types of the source's locals, parameters first. Passes may append.
  std::vector<ValueType> local_types;
  // Locals that stay locals because a handler may read them; parallel to
  // local_types (may be shorter: the rest are not pinned).
  std::vector<bool> pinned;

  // -- Entities -------------------------------------------------------------
  uint32_t num_insts() const { return static_cast<uint32_t>(insts_.size()); }
  uint32_t num_regions() const {
    return static_cast<uint32_t>(regions_.size());
  }
  uint32_t num_bodies() const { return static_cast<uint32_t>(bodies_.size()); }
  Inst& inst(ValueId id) { return insts_[id.index]; }
  const Inst& inst(ValueId id) const { return insts_[id.index]; }
  Region& region(RegionId id) { return regions_[id.index]; }
  const Region& region(RegionId id) const { return regions_[id.index]; }
  Body& body(BodyId id) { return bodies_[id.index]; }
  const Body& body(BodyId id) const { return bodies_[id.index]; }
  // The function region is always the first.
  static RegionId root() { return RegionId(0); }
  BodyId root_body() const { return regions_[0].first_body; }
  BodyId body_of(RegionId region, uint32_t arm) const {
    return BodyId(regions_[region.index].first_body.index + arm);
  }

  // -- Construction ----------------------------------------------------------
  RegionId NewRegion(RegionKind kind, uint32_t num_bodies);
  // Appends bodies to the region that was made last.
  void AddBody(RegionId region);
  // A new instruction that is in no list yet.
  ValueId New(Op op, ValueType type, absl::Span<const ValueId> operands,
              uint32_t imm = 0);
  void Append(BodyId body, ValueId id);
  void Prepend(BodyId body, ValueId id);
  void InsertBefore(ValueId where, ValueId id);
  void InsertAfter(ValueId where, ValueId id);
  // Takes `id` out of its list; it may be inserted again.
  void Unlink(ValueId id);
  // Unlinks and marks as deleted. Its uses must be gone.
  void Delete(ValueId id);

  // -- Operands and edges ----------------------------------------------------
  uint32_t num_operands(ValueId id) const {
    const Inst& i = insts_[id.index];
    return i.short_count < kLongCount ? i.short_count
                                      : operands_[i.operands_begin - 1].index;
  }
  absl::Span<ValueId> operands(ValueId id) {
    return absl::MakeSpan(operands_.data() + insts_[id.index].operands_begin,
                          num_operands(id));
  }
  absl::Span<const ValueId> operands(ValueId id) const {
    return {operands_.data() + insts_[id.index].operands_begin,
            num_operands(id)};
  }
  ValueId operand(ValueId id, uint32_t i) const {
    return operands_[insts_[id.index].operands_begin + i];
  }
  // Replaces the whole operand list. `operands` may lie within the pool.
  void SetOperands(ValueId id, absl::Span<const ValueId> operands);

  // Number of branch edges that leave from `id`: branches, kExit of a region
  // with parameters (its edge goes to the own region's end), entry of a loop
  // (edge to its header), catch clauses of a try_table.
  uint32_t num_edges(ValueId id) const;
  RegionId edge_target(ValueId id, uint32_t edge) const;
  // Number of trailing target parameters that the edge supplies by itself.
  uint32_t num_implicit_args(ValueId id, uint32_t edge) const;
  // Arguments that the edge takes from the operand list.
  uint32_t num_edge_args(ValueId id, uint32_t edge) const;
  absl::Span<const ValueId> edge_args(ValueId id, uint32_t edge) const;
  // Operands before the edge arguments.
  uint32_t num_own_operands(ValueId id) const;
  // Number of parameters that an edge to `target` must supply: its parameters,
  // or the results of the function.
  uint32_t arity(RegionId target) const {
    return target == root()
               ? static_cast<uint32_t>(results.size())
               : static_cast<uint32_t>(regions_[target.index].params.size());
  }

  // -- Immediates -------------------------------------------------------------
  // Non-control wasm operators: from and to their decoded form. With at most
  // one 32-bit immediate it is Inst::imm itself, otherwise a position in the
  // pool of 64-bit slots.
  uint32_t StoreImmediates(const wasm::Operator& op);
  void LoadImmediates(ValueId id, wasm::Operator* op) const;
  // Whether the immediates of two instructions of the same op are equal.
  bool SameImmediates(ValueId a, ValueId b) const;
  // A hash of op and immediates, equal on every machine.
  uint64_t HashImmediates(ValueId id) const;
  // Bits of an i32, i64, f32 or f64 constant; low half of a v128.
  // REQUIRES: inst is such a constant.
  uint64_t const_bits(ValueId id) const;
  // A new numeric constant of `type` (i32, i64, f32, f64); in no list yet.
  ValueId NewConst(ValueType type, uint64_t bits);
  // Memory operators: the address immediate. REQUIRES: the op has one.
  wasm::MemArg mem_arg(ValueId id) const;
  void set_mem_arg(ValueId id, const wasm::MemArg& mem);
  uint64_t imm_slot(uint32_t pos) const { return slots_[pos]; }
  void set_imm_slot(uint32_t pos, uint64_t value) { slots_[pos] = value; }

  // Region instructions (block, loop, if, try, try_table): their region.
  bool is_region(ValueId id) const;
  RegionId region_of(ValueId id) const {
    return RegionId(insts_[id.index].imm);
  }
  // br, br_if, br_on_null, br_on_non_null, rethrow: imm is the target region.
  // br_table: imm is an index into branch_tables.
  std::vector<BranchTable> branch_tables;
  // br_on_cast, br_on_cast_fail: imm is an index into these.
  struct CastBranch {
    RegionId target;
    uint32_t flags = 0;
    wasm::HeapType heap[2];
  };
  std::vector<CastBranch> cast_branches;

  // Of `if` and br_if instructions, by ascending id: whether the condition is
  // likely to hold, as far as the source says so. Goes for the instruction as
  // long as it is one of these.
  struct Hint {
    ValueId inst;
    bool likely = false;
  };
  std::vector<Hint> hints;
  // Lets `to`, which was made last, have the hint of `from`.
  void CopyHint(ValueId from, ValueId to);

  // The region that encloses the body in which `id` stands.
  RegionId enclosing(ValueId id) const {
    return bodies_[insts_[id.index].body.index].region;
  }

 private:
  // Longer operand lists have their count in front of them in the pool.
  static constexpr uint16_t kLongCount = 0xffff;

  std::vector<Inst> insts_;
  std::vector<ValueId> operands_;
  std::vector<uint64_t> slots_;
  std::vector<Region> regions_;
  std::vector<Body> bodies_;
};

// What an instruction does besides computing its value: the bits of
// wasm::Effect, from the op table; those of the SSA-only operators and of
// immutable globals are exact. Regions: nothing of their content.
uint32_t EffectsOf(const Function& function, ValueId id);
// Trap kinds that it may raise; division by a non-zero constant does not.
uint16_t TrapsOf(const Function& function, ValueId id);
// True when the instruction ends its body: control never passes beyond it.
bool IsTerminator(Op op);
// True for br, br_if, br_table, br_on_*, and nothing else.
bool IsBranch(Op op);
// i32, i64, f32, f64 and v128 constants.
bool IsConst(Op op);
// Constants, null, function references: cheap to compute again anywhere.
bool IsRematerializable(Op op);

}  // namespace weft::ir

#endif  // WEFT_IR_FUNCTION_H_
