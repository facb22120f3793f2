// What the planted rewrites work with: a function, and facts about it.
#ifndef WEFT_CHECK_FAULTS_EDIT_H_
#define WEFT_CHECK_FAULTS_EDIT_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/types/span.h"
#include "ir/dominance.h"
#include "ir/flow.h"
#include "ir/function.h"
#include "ir/wasm/operator.h"
#include "passes/function_pass.h"

namespace weft::check::faults {

using ir::Function;
using ir::Op;
using ir::RegionId;
using ir::ValueId;
using wasm::ValueType;

// What an instruction, or the content of a region, does to others. Bits.
enum Event : uint32_t {
  kStores = 1u << 0,  // To memory, at one address.
  kBulk = 1u << 1,    // memory.fill, copy, init.
  kGrows = 1u << 2,   // A memory or table.
  kCalls = 1u << 3,
  kAtomics = 1u << 4,
  kGlobalSets = 1u << 5,
  kTableWrites = 1u << 6,
  kHeapWrites = 1u << 7,
  kDrops = 1u << 8,  // Segments.
  kLoads = 1u << 9,
  kGlobalGets = 1u << 10,
  kTableReads = 1u << 11,
  kHeapReads = 1u << 12,
  kTraps = 1u << 13,   // May trap, in other ways than by a call.
  kLeaves = 1u << 14,  // Branches, returns, throws.
  kRegions = 1u << 15,
  kLocalSets = 1u << 16,  // Of pinned locals.
  kLocalGets = 1u << 17,
};

class Edit {
 public:
  // Both must outlive it.
  Edit(const passes::FunctionContext& context, Function* function);

  const wasm::Module& module;
  Function& f;
  // As they were at the start.
  std::vector<ValueId> order;  // All instructions, in source order.
  std::vector<uint32_t> uses;  // By instruction.
  ir::Dominance dominance;
  ir::IncomingEdges incoming;

  // Event bits.
  uint32_t EventsOf(ValueId id) const;

  // What `id` is a copy of.
  ValueId Root(ValueId id) const;
  // Whether it is a number that does not vary (i32, i64, f32, f64).
  bool IsConst(ValueId id, uint64_t* bits) const;
  // Whether both are the same value, or equal constants.
  bool SameValue(ValueId a, ValueId b) const;
  bool SameOperands(ValueId a, ValueId b, uint32_t count) const;

  // Whether every definition still dominates its uses.
  bool IsDominated() const;

  // Makes another instruction of `id`, in its place.
  void BecomeConst(ValueId id, ValueType type, uint64_t bits,
                   uint64_t high = 0);
  // False, and nothing, when the types differ.
  bool BecomeCopy(ValueId id, ValueId value);
  // Decodes, changes and stores the immediates.
  void Change(ValueId id, const std::function<void(wasm::Operator&)>& change);

  // New instructions.
  ValueId ConstBefore(ValueId where, ValueType type, uint64_t bits);
  ValueId Before(ValueId where, Op op, ValueType type,
                 absl::Span<const ValueId> operands);
  // Readers of `old` but for `except` read `by`.
  void ReplaceUses(ValueId old, ValueId by, ValueId except);
  // Readers of each read the other one.
  void SwapUses(ValueId a, ValueId b);
  // Moves `id` behind `where` and its results.
  void MoveBehind(ValueId id, ValueId where);

 private:
  std::vector<uint32_t> region_events_;
};

}  // namespace weft::check::faults

#endif  // WEFT_CHECK_FAULTS_EDIT_H_
