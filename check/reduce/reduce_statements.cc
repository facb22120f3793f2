#include "check/reduce/reduce_bodies.h"

namespace weft::check::reducing {
namespace {

using wasm::kNoIndex;
using wasm::Op;

// Whether the operators [begin, i] of its shape can be left out: whole blocks
// and operators without results, with their operands.
bool IsStatement(const DecodedBody& body, uint32_t i) {
  const OpShape& shape = body.shapes[i];
  const Op op = body.ops[i].op;
  if (IsOpener(op) || IsDivider(op) || shape.begin == kNoIndex) return false;
  if (IsCloser(op) && shape.partner == kNoIndex) return false;
  return shape.num_results == 0;
}

void ListStatements(const BodyView& view, std::vector<BodyUnit>* units) {
  for (uint32_t i = 0; i + 1 < view.body.ops.size(); ++i) {
    if (!IsStatement(view.body, i)) continue;
    units->push_back(
        {.func = view.func, .begin = view.body.shapes[i].begin, .last = i});
  }
}

void Delete(const BodyView&, const BodyUnit& unit, std::vector<Edit>* edits) {
  edits->push_back({unit.begin, unit.last + 1, {}});
}

// By operator, where the part of a block that it is in ends.
std::vector<uint32_t> PartEnds(const DecodedBody& body) {
  std::vector<uint32_t> ends(body.ops.size());
  std::vector<uint32_t> open = {static_cast<uint32_t>(body.ops.size()) - 1};
  for (uint32_t i = 0; i + 1 < body.ops.size(); ++i) {
    const Op op = body.ops[i].op;
    if (IsCloser(op)) open.pop_back();
    if (IsDivider(op)) open.back() = body.shapes[i].next_part;
    ends[i] = open.back();
    if (IsOpener(op)) open.push_back(body.shapes[i].next_part);
  }
  return ends;
}

void ListDeadCode(const BodyView& view, std::vector<BodyUnit>* units) {
  const std::vector<uint32_t> ends = PartEnds(view.body);
  for (uint32_t i = 0; i + 1 < view.body.ops.size(); ++i) {
    if (!EndsControl(view.body.ops[i].op) || view.body.shapes[i].dead ||
        i + 1 >= ends[i]) {
      continue;
    }
    units->push_back({.func = view.func, .begin = i + 1, .last = ends[i] - 1});
  }
}

void ListTails(const BodyView& view, std::vector<BodyUnit>* units) {
  const std::vector<uint32_t> ends = PartEnds(view.body);
  for (uint32_t i = 0; i + 1 < view.body.ops.size(); ++i) {
    const OpShape& shape = view.body.shapes[i];
    const Op op = view.body.ops[i].op;
    if (IsDivider(op) || IsOpener(op) || shape.dead ||
        shape.begin == kNoIndex ||
        (IsCloser(op) && shape.partner == kNoIndex)) {
      continue;
    }
    const uint32_t end = ends[i];
    if (end == shape.begin + 1 && op == Op::kUnreachable) continue;
    units->push_back(
        {.func = view.func, .begin = shape.begin, .last = end - 1});
  }
}

void Trap(const BodyView&, const BodyUnit& unit, std::vector<Edit>* edits) {
  edits->push_back({unit.begin, unit.last + 1, {MakeOp(Op::kUnreachable)}});
}

}  // namespace

const BodyReduction kStatements = {ListStatements, Delete};
const BodyReduction kDeadCode = {ListDeadCode, Delete};
const BodyReduction kTails = {ListTails, Trap};

}  // namespace weft::check::reducing
