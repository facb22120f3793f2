#include "check/reduce/body_edit.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "check/reduce/result_types.h"
#include "ir/wasm/locals.h"

namespace weft::check::reducing {
namespace {

using wasm::Op;
using wasm::Operator;

// Writes operators and follows the blocks, to tell what becomes of labels.
class EditWriter {
 public:
  EditWriter(const DecodedBody& body, wasm::ByteWriter* out)
      : body_(body), out_(*out) {}

  void Keep(uint32_t i) {
    const Operator& op = body_.ops[i];
    if (IsCloser(op.op)) Pop();
    Emit(op, 0);
    if (IsOpener(op.op)) removed_.push_back(false);
  }

  void Replace(const Edit& edit) {
    uint32_t depth = 0;
    bool opens = false;
    for (const Operator& op : edit.with) {
      if (IsCloser(op.op) && depth > 0) --depth;
      Emit(op, depth);
      if (IsOpener(op.op)) {
        ++depth;
        opens = true;
      }
    }
    for (uint32_t i = edit.begin; i < edit.end; ++i) {
      const Op op = body_.ops[i].op;
      if (IsOpener(op)) removed_.push_back(true);
      if (IsCloser(op)) Pop();
    }
    // One opener in place of another.
    const bool single = edit.end == edit.begin + 1;
    if (single && opens && depth == 1 && IsOpener(body_.ops[edit.begin].op)) {
      removed_.back() = false;
    }
  }

 private:
  void Pop() {
    if (!removed_.empty()) removed_.pop_back();
  }

  // `label` as it counted before the edits, at this place.
  uint32_t Map(uint32_t label) const {
    uint32_t mapped = 0;
    const size_t depth = removed_.size();
    for (size_t i = 0; i < label && i < depth; ++i) {
      mapped += removed_[depth - 1 - i] ? 0 : 1;
    }
    return mapped;
  }

  void Emit(Operator op, uint32_t depth) {
    const auto map = [&](uint32_t label) {
      return label < depth ? label : Map(label - depth) + depth;
    };
    const int position = LabelPosition(op.op);
    if (position >= 0) op.index[position] = map(op.index[position]);
    if (op.op == Op::kBrTable) {
      labels_.assign(op.labels.begin(), op.labels.end());
      for (uint32_t& label : labels_) label = map(label);
      op.labels = labels_;
    }
    if (op.op == Op::kTryTable) {
      catches_.assign(op.catches.begin(), op.catches.end());
      for (wasm::CatchClause& clause : catches_) {
        clause.label = map(clause.label);
      }
      op.catches = catches_;
    }
    WriteOperator(op, &out_);
  }

  const DecodedBody& body_;
  wasm::ByteWriter& out_;
  std::vector<bool> removed_;  // By open block.
  std::vector<uint32_t> labels_;
  std::vector<wasm::CatchClause> catches_;
};

// Those of [begin, end) that are of one body.
struct Candidate {
  const Subject& subject;
  const std::vector<BodyUnit>& units;
  void (*expand)(const BodyView&, const BodyUnit&, std::vector<Edit>*);

  Bytes WriteBody(size_t begin, size_t end) const {
    const wasm::FuncIndex func = units[begin].func;
    const DecodedBody& body = subject.bodies()[func];
    const BodyView view = {subject.module(), func, body};
    TouchedOps touched(body.ops.size());
    std::vector<Edit> all;
    std::vector<Edit> edits;
    for (size_t i = begin; i < end; ++i) {
      edits.clear();
      expand(view, units[i], &edits);
      touched.Take(edits, &all);
    }
    SortEdits(&all);
    return WriteEdited(body, all);
  }
};

}  // namespace

bool TouchedOps::Take(absl::Span<const Edit> edits, std::vector<Edit>* all) {
  for (const Edit& edit : edits) {
    for (uint32_t i = edit.begin; i < edit.end; ++i) {
      if (touched_[i]) return false;
    }
  }
  for (const Edit& edit : edits) {
    std::fill(touched_.begin() + edit.begin, touched_.begin() + edit.end, true);
    all->push_back(edit);
  }
  return true;
}

void SortEdits(std::vector<Edit>* edits) {
  std::sort(edits->begin(), edits->end(),
            [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
}

Bytes WriteEdited(const DecodedBody& body, absl::Span<const Edit> edits) {
  wasm::ByteWriter out;
  WriteLocals(absl::MakeConstSpan(body.locals).subspan(body.num_params), &out);
  EditWriter writer(body, &out);
  uint32_t next = 0;
  for (const Edit& edit : edits) {
    while (next < edit.begin) writer.Keep(next++);
    writer.Replace(edit);
    next = edit.end;
  }
  while (next < body.ops.size()) writer.Keep(next++);
  return out.Take();
}

Plan MakeBodyPlan(const Subject& subject, const BodyReduction& reduction) {
  const auto units = std::make_shared<std::vector<BodyUnit>>();
  const std::vector<DecodedBody>& bodies = subject.bodies();
  for (uint32_t func = 0; func < bodies.size(); ++func) {
    if (bodies[func].ops.empty()) continue;
    const auto first = static_cast<ptrdiff_t>(units->size());
    reduction.list({subject.module(), func, bodies[func]}, units.get());
    std::stable_sort(units->begin() + first, units->end(),
                     [](const BodyUnit& a, const BodyUnit& b) {
                       return a.begin != b.begin ? a.begin < b.begin
                                                 : a.last > b.last;
                     });
  }
  Plan plan;
  plan.size = units->size();
  plan.apply = [&subject, units, expand = reduction.expand](size_t begin,
                                                            size_t end) {
    Draft draft(subject);
    const Candidate candidate = {subject, *units, expand};
    for (size_t i = begin; i < end;) {
      const wasm::FuncIndex func = (*units)[i].func;
      size_t stop = i;
      while (stop < end && (*units)[stop].func == func) ++stop;
      draft.bodies[func] = candidate.WriteBody(i, stop);
      i = stop;
    }
    return draft.Write();
  };
  return plan;
}

}  // namespace weft::check::reducing
