// Edits of a function body as a list of operators.
#ifndef WEFT_CHECK_REDUCE_BODY_EDIT_H_
#define WEFT_CHECK_REDUCE_BODY_EDIT_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "check/reduce/decoded_body.h"
#include "check/reduce/plan.h"
#include "check/reduce/subject.h"

namespace weft::check::reducing {

// Puts `with` in place of the operators [begin, end). Labels in `with` that
// leave it count as they did at `begin`.
struct Edit {
  uint32_t begin = 0;
  uint32_t end = 0;
  std::vector<wasm::Operator> with;
};

// One step that a reduction can take within one body. What `at`, `part` and
// `variant` mean is the reduction's.
struct BodyUnit {
  wasm::FuncIndex func = 0;
  uint32_t begin = 0;  // First and last operator that it is about.
  uint32_t last = 0;
  uint32_t at = 0;
  uint32_t part = 0;
  uint32_t variant = 0;
};

// A body that a reduction looks at.
struct BodyView {
  const wasm::Module& module;
  wasm::FuncIndex func;
  const DecodedBody& body;
};

// A kind of steps: `list` appends all that the body offers, `expand` the edits
// of one, by ascending place.
struct BodyReduction {
  void (*list)(const BodyView& view, std::vector<BodyUnit>* units);
  void (*expand)(const BodyView& view, const BodyUnit& unit,
                 std::vector<Edit>* edits);
};

// All steps of that kind in all bodies, what encloses before what is enclosed.
// Where two steps of a candidate touch the same operators, the first is taken.
// `subject` must outlive the plan.
Plan MakeBodyPlan(const Subject& subject, const BodyReduction& reduction);

// The body with `edits` made, which ascend and do not overlap. Branches reach
// what they reached; where that block is gone, the next one around it.
Bytes WriteEdited(const DecodedBody& body, absl::Span<const Edit> edits);

// Which operators of a body have been edited.
class TouchedOps {
 public:
  explicit TouchedOps(size_t size) : touched_(size) {}

  // Adds the edits and marks their operators, if no operator is marked yet.
  bool Take(absl::Span<const Edit> edits, std::vector<Edit>* all);

 private:
  std::vector<bool> touched_;
};

// Sorts edits by place, as WriteEdited wants them.
void SortEdits(std::vector<Edit>* edits);

}  // namespace weft::check::reducing

#endif  // WEFT_CHECK_REDUCE_BODY_EDIT_H_
