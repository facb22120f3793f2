#include <algorithm>
#include <memory>
#include <vector>

#include "check/reduce/mentions.h"
#include "check/reduce/reduce_module.h"

namespace weft::check::reducing {
namespace {

using wasm::Op;
using wasm::Operator;

Plan PlanSegments(const Subject& subject, Space space) {
  const size_t size = SizeOf(subject.module(), space);
  return {size, [&subject, space, size](size_t begin, size_t end) {
            Draft draft(subject);
            std::vector<bool> removed(size);
            for (size_t i = begin; i < end; ++i) removed[i] = true;
            RemoveEntities(space, removed, &draft);
            return draft.Write();
          }};
}

// Lists of different lengths as one, each from its end on.
class Concatenation {
 public:
  void Add(size_t size) {
    begins_.push_back(total_);
    total_ += size;
  }
  size_t total() const { return total_; }

  // Calls erase(list, first, last) for the parts of [begin, end): entries
  // [first, last), counted from the beginning of their list.
  template <typename Erase>
  void ForParts(size_t begin, size_t end, const Erase& erase) const {
    size_t list = static_cast<size_t>(
        std::upper_bound(begins_.begin(), begins_.end(), begin) -
        begins_.begin() - 1);
    for (; list < begins_.size() && begins_[list] < end; ++list) {
      const size_t stop =
          list + 1 < begins_.size() ? begins_[list + 1] : total_;
      const size_t from = std::max(begin, begins_[list]);
      const size_t to = std::min(end, stop);
      if (from < to) erase(list, stop - to, stop - from);
    }
  }

 private:
  std::vector<size_t> begins_;
  size_t total_ = 0;
};

template <typename T>
void Erase(size_t first, size_t last, std::vector<T>* list) {
  list->erase(list->begin() + static_cast<ptrdiff_t>(first),
              list->begin() + static_cast<ptrdiff_t>(last));
}

// The value of an expression that is one constant of an address type.
bool IsConst(const wasm::ConstExpr& expr, Operator* op) {
  wasm::OperatorReader reader(expr.code, expr.offset, wasm::FeatureSet::All());
  if (!reader.TryRead(op)) return false;
  return (op->op == Op::kI32Const || op->op == Op::kI64Const) &&
         reader.rest().size() == 1;
}

size_t LeadingZeros(wasm::ByteSpan bytes) {
  return static_cast<size_t>(std::find_if(bytes.begin(), bytes.end(),
                                          [](uint8_t b) { return b != 0; }) -
                             bytes.begin());
}

// A step of PlanSegmentOffsets.
struct OffsetStep {
  enum Kind : uint8_t { kElemZero, kDataZero, kTrim } kind;
  size_t segment;
};

void TakeStep(const OffsetStep& step, Draft* draft) {
  wasm::Module& module = draft->module;
  wasm::ConstExpr& expr = step.kind == OffsetStep::kElemZero
                              ? module.elems[step.segment].offset
                              : module.datas[step.segment].offset;
  Operator op;
  if (step.kind == OffsetStep::kTrim) {
    if (!IsConst(expr, &op)) return;
    wasm::ByteSpan& bytes = module.datas[step.segment].bytes;
    const size_t zeros = LeadingZeros(bytes);
    bytes.remove_prefix(zeros);
    op.value += zeros;
    if (op.op == Op::kI32Const) op.value &= 0xffffffffu;
  } else {
    const bool is_64 =
        step.kind == OffsetStep::kElemZero
            ? module.tables[module.elems[step.segment].table].type.limits.is_64
            : module.memories[module.datas[step.segment].memory]
                  .type.limits.is_64;
    op = MakeOp(is_64 ? Op::kI64Const : Op::kI32Const);
  }
  expr = draft->MakeExpr({&op, 1});
}

bool IsZero(const wasm::ConstExpr& expr) {
  Operator op;
  return IsConst(expr, &op) && op.value == 0;
}

}  // namespace

Plan PlanElemSegments(const Subject& subject) {
  return PlanSegments(subject, Space::kElems);
}

Plan PlanDataSegments(const Subject& subject) {
  return PlanSegments(subject, Space::kDatas);
}

Plan PlanElements(const Subject& subject) {
  Concatenation all;
  for (const wasm::ElemSegment& segment : subject.module().elems) {
    all.Add(segment.size());
  }
  return {all.total(), [&subject, all](size_t begin, size_t end) {
            Draft draft(subject);
            all.ForParts(
                begin, end, [&](size_t list, size_t first, size_t last) {
                  wasm::ElemSegment& segment = draft.module.elems[list];
                  if (segment.is_exprs) {
                    Erase(first, last, &segment.exprs);
                  } else {
                    Erase(first, last, &segment.funcs);
                  }
                });
            return draft.Write();
          }};
}

Plan PlanDataBytes(const Subject& subject) {
  Concatenation all;
  for (const wasm::DataSegment& segment : subject.module().datas) {
    all.Add(segment.bytes.size());
  }
  return {all.total(), [&subject, all](size_t begin, size_t end) {
            Draft draft(subject);
            all.ForParts(
                begin, end, [&](size_t list, size_t first, size_t last) {
                  wasm::ByteSpan& bytes = draft.module.datas[list].bytes;
                  Bytes left(bytes.begin(), bytes.end());
                  Erase(first, last, &left);
                  bytes = draft.storage.emplace_back(std::move(left));
                });
            return draft.Write();
          }};
}

Plan PlanZeroBytes(const Subject& subject) {
  struct Place {
    uint32_t segment;
    uint32_t offset;
  };
  const auto places = std::make_shared<std::vector<Place>>();
  const auto& datas = subject.module().datas;
  for (uint32_t i = 0; i < datas.size(); ++i) {
    for (uint32_t k = 0; k < datas[i].bytes.size(); ++k) {
      if (datas[i].bytes[k] != 0) places->push_back({i, k});
    }
  }
  return {places->size(), [&subject, places](size_t begin, size_t end) {
            Draft draft(subject);
            for (size_t i = begin; i < end;) {
              const uint32_t segment = (*places)[i].segment;
              wasm::ByteSpan& bytes = draft.module.datas[segment].bytes;
              Bytes& copy =
                  draft.storage.emplace_back(bytes.begin(), bytes.end());
              for (; i < end && (*places)[i].segment == segment; ++i) {
                copy[(*places)[i].offset] = 0;
              }
              bytes = copy;
            }
            return draft.Write();
          }};
}

Plan PlanSegmentOffsets(const Subject& subject) {
  const auto steps = std::make_shared<std::vector<OffsetStep>>();
  const wasm::Module& module = subject.module();
  for (size_t i = 0; i < module.elems.size(); ++i) {
    if (module.elems[i].mode == wasm::ElemSegment::kActive &&
        !IsZero(module.elems[i].offset)) {
      steps->push_back({OffsetStep::kElemZero, i});
    }
  }
  for (size_t i = 0; i < module.datas.size(); ++i) {
    if (module.datas[i].mode != wasm::DataSegment::kActive) continue;
    if (!IsZero(module.datas[i].offset)) {
      steps->push_back({OffsetStep::kDataZero, i});
    }
    if (LeadingZeros(module.datas[i].bytes) > 0) {
      steps->push_back({OffsetStep::kTrim, i});
    }
  }
  return {steps->size(), [&subject, steps](size_t begin, size_t end) {
            Draft draft(subject);
            for (size_t i = begin; i < end; ++i) TakeStep((*steps)[i], &draft);
            return draft.Write();
          }};
}

}  // namespace weft::check::reducing
