#include <algorithm>

#include "check/reduce/reduce_bodies.h"
#include "check/reduce/result_types.h"

namespace weft::check::reducing {
namespace {

using wasm::kNoIndex;
using wasm::Op;
using wasm::Operator;

BodyUnit UnitAt(const BodyView& view, uint32_t i, uint32_t part = 0,
                uint32_t variant = 0) {
  const uint32_t partner = view.body.shapes[i].partner;
  return {.func = view.func,
          .begin = i,
          .last = partner == kNoIndex || partner < i ? i : partner,
          .at = i,
          .part = part,
          .variant = variant};
}

Operator BlockLike(const Operator& opener) {
  Operator block = MakeOp(Op::kBlock);
  block.block_type = opener.block_type;
  return block;
}

void ListUnwrap(const BodyView& view, std::vector<BodyUnit>* units) {
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    if (IsOpener(view.body.ops[i].op)) units->push_back(UnitAt(view, i));
  }
}

// Without the second arm of an `if` and without handlers.
void ExpandUnwrap(const BodyView& view, const BodyUnit& unit,
                  std::vector<Edit>* edits) {
  const OpShape& shape = view.body.shapes[unit.at];
  Edit begin = {unit.at, unit.at + 1, {}};
  if (view.body.ops[unit.at].op == Op::kIf) {
    begin.with.push_back(MakeOp(Op::kDrop));
  }
  edits->push_back(std::move(begin));
  edits->push_back({shape.next_part, shape.partner + 1, {}});
}

enum ArmVariant : uint32_t { kSecondArm, kNoElse, kArmVariants };

void ListArms(const BodyView& view, std::vector<BodyUnit>* units) {
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    const OpShape& shape = view.body.shapes[i];
    if (view.body.ops[i].op != Op::kIf || shape.next_part == shape.partner) {
      continue;
    }
    for (uint32_t variant = 0; variant < kArmVariants; ++variant) {
      units->push_back(UnitAt(view, i, 0, variant));
    }
  }
}

void ExpandArm(const BodyView& view, const BodyUnit& unit,
               std::vector<Edit>* edits) {
  const OpShape& shape = view.body.shapes[unit.at];
  if (unit.variant == kNoElse) {
    edits->push_back({shape.next_part, shape.partner, {}});
    return;
  }
  edits->push_back({unit.at, shape.next_part + 1, {MakeOp(Op::kDrop)}});
  edits->push_back({shape.partner, shape.partner + 1, {}});
}

void ListPlainBlocks(const BodyView& view, std::vector<BodyUnit>* units) {
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    const Op op = view.body.ops[i].op;
    if (IsOpener(op) && op != Op::kBlock) units->push_back(UnitAt(view, i));
  }
}

void ExpandPlainBlock(const BodyView& view, const BodyUnit& unit,
                      std::vector<Edit>* edits) {
  const OpShape& shape = view.body.shapes[unit.at];
  const Operator& op = view.body.ops[unit.at];
  Edit begin = {unit.at, unit.at + 1, {}};
  if (op.op == Op::kIf) begin.with.push_back(MakeOp(Op::kDrop));
  begin.with.push_back(BlockLike(op));
  edits->push_back(std::move(begin));
  if (view.body.ops[shape.partner].op == Op::kDelegate) {
    edits->push_back({shape.partner, shape.partner + 1, {MakeOp(Op::kEnd)}});
  } else if (shape.next_part != shape.partner) {
    edits->push_back({shape.next_part, shape.partner, {}});
  }
}

void ListBlockResults(const BodyView& view, std::vector<BodyUnit>* units) {
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    const Operator& op = view.body.ops[i];
    if (!IsOpener(op.op)) continue;
    const wasm::BlockType& type = op.block_type;
    if (BlockParams(view.module, type).empty() &&
        !BlockResults(view.module, type).empty()) {
      units->push_back(UnitAt(view, i));
    }
  }
}

// Drops them at the end of each part and makes zeros behind the block. What
// branches carry stays on the stack there, which is as valid.
void ExpandBlockResults(const BodyView& view, const BodyUnit& unit,
                        std::vector<Edit>* edits) {
  const TypeList results =
      BlockResults(view.module, view.body.ops[unit.at].block_type);
  Operator opener = view.body.ops[unit.at];
  opener.block_type = {};
  edits->push_back({unit.at, unit.at + 1, {opener}});
  for (uint32_t part = unit.at; part != view.body.shapes[unit.at].partner;) {
    part = view.body.shapes[part].next_part;
    Edit edit = {part, part + 1, {}};
    edit.with.assign(results.size(), MakeOp(Op::kDrop));
    edit.with.push_back(view.body.ops[part]);
    edits->push_back(std::move(edit));
  }
  for (wasm::ValueType type : results) {
    if (!AppendZero(view.module, type, &edits->back().with)) {
      edits->clear();
      return;
    }
  }
}

void ListHandlers(const BodyView& view, std::vector<BodyUnit>* units) {
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    const Operator& op = view.body.ops[i];
    if (op.op == Op::kCatch || op.op == Op::kCatchAll) {
      units->push_back(UnitAt(view, i));
    }
    if (op.op != Op::kTryTable || op.catches.empty()) continue;
    // Either half, and the first or last alone.
    const auto count = static_cast<uint32_t>(op.catches.size());
    for (uint32_t drop : {(count + 1) / 2, 1u}) {
      units->push_back(UnitAt(view, i, drop, 0));
      units->push_back(UnitAt(view, i, drop, 1));
    }
  }
}

void ExpandHandler(const BodyView& view, const BodyUnit& unit,
                   std::vector<Edit>* edits) {
  Operator op = view.body.ops[unit.at];
  if (op.op != Op::kTryTable) {
    edits->push_back({unit.at, view.body.shapes[unit.at].next_part, {}});
    return;
  }
  if (unit.variant == 0) {
    op.catches.remove_prefix(unit.part);
  } else {
    op.catches.remove_suffix(unit.part);
  }
  edits->push_back({unit.at, unit.at + 1, {op}});
}

enum BranchVariant : uint32_t { kNever, kAlways, kFirstHalf, kSecondHalf };

void ListBranches(const BodyView& view, std::vector<BodyUnit>* units) {
  using wasm::OpClass;
  for (uint32_t i = 0; i < view.body.ops.size(); ++i) {
    const OpClass c = InfoOf(view.body.ops[i].op).op_class;
    if (c == OpClass::kBrIf || c == OpClass::kBrTable) {
      units->push_back(UnitAt(view, i, 0, kNever));
      units->push_back(UnitAt(view, i, 0, kAlways));
    }
    if (c == OpClass::kBrTable) {
      units->push_back(UnitAt(view, i, 0, kFirstHalf));
      units->push_back(UnitAt(view, i, 0, kSecondHalf));
    }
    if (c == OpClass::kBrOnNull || c == OpClass::kBrOnNonNull ||
        c == OpClass::kBrOnCast || c == OpClass::kReturnCall ||
        c == OpClass::kReturnCallIndirect || c == OpClass::kReturnCallRef) {
      units->push_back(UnitAt(view, i, 0, kNever));
    }
    if (c == OpClass::kSelectTyped &&
        view.body.ops[i].types[0].is_num_or_vec()) {
      units->push_back(UnitAt(view, i, 0, kNever));
    }
  }
}

// What takes the place of `op`. Of br_table, kNever is the default, kAlways
// the first label.
std::vector<Operator> SimplerBranch(const Operator& op, uint32_t variant) {
  const Operator drop = MakeOp(Op::kDrop);
  switch (op.op) {
    case Op::kBrIf:
      if (variant == kNever) return {drop};
      return {drop, MakeOp(Op::kBr, op.index[0])};
    case Op::kBrTable: {
      if (variant == kNever) return {drop, MakeOp(Op::kBr, op.labels.back())};
      if (variant == kAlways) return {drop, MakeOp(Op::kBr, op.labels[0])};
      Operator half = op;
      const size_t size = op.labels.size();
      half.labels = variant == kFirstHalf ? op.labels.first((size + 1) / 2)
                                          : op.labels.last((size + 1) / 2);
      return {half};
    }
    case Op::kBrOnNull:
      return {MakeOp(Op::kRefAsNonNull)};
    case Op::kReturnCall:
      return {MakeOp(Op::kCall, op.index[0]), MakeOp(Op::kReturn)};
    case Op::kReturnCallRef:
      return {MakeOp(Op::kCallRef, op.index[0]), MakeOp(Op::kReturn)};
    case Op::kReturnCallIndirect: {
      Operator call = op;
      call.op = Op::kCallIndirect;
      return {call, MakeOp(Op::kReturn)};
    }
    case Op::kSelectTyped:
      return {MakeOp(Op::kSelect)};
    case Op::kBrOnNonNull:
      return {drop};
    default:
      // br_on_cast and br_on_cast_fail: the reference as it is.
      return {};
  }
}

void ExpandBranch(const BodyView& view, const BodyUnit& unit,
                  std::vector<Edit>* edits) {
  edits->push_back({unit.at, unit.at + 1,
                    SimplerBranch(view.body.ops[unit.at], unit.variant)});
}

}  // namespace

const BodyReduction kUnwrap = {ListUnwrap, ExpandUnwrap};
const BodyReduction kArms = {ListArms, ExpandArm};
const BodyReduction kPlainBlocks = {ListPlainBlocks, ExpandPlainBlock};
const BodyReduction kBlockResults = {ListBlockResults, ExpandBlockResults};
const BodyReduction kHandlers = {ListHandlers, ExpandHandler};
const BodyReduction kBranches = {ListBranches, ExpandBranch};

}  // namespace weft::check::reducing
