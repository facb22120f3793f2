// Custom sections in the text: which become annotations of their own, and the
// places of the others.
#ifndef WEFT_IR_WASM_TEXT_PRINT_CUSTOMS_H_
#define WEFT_IR_WASM_TEXT_PRINT_CUSTOMS_H_

#include <vector>

#include "absl/types/span.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/module.h"
#include "ir/wasm/text/print_buffer.h"

namespace weft::wasm {

// The hints of a module's branch hint section.
class TextHints {
 public:
  // Reads and checks the section, if there is one. Costs a pass over the
  // bodies that have hints.
  explicit TextHints(const Module& module);

  // The section that annotations before its branches reproduce; null when
  // there is none that they do.
  const CustomSection* section() const { return section_; }
  // Those of one function; empty without section().
  absl::Span<const BranchHint> Of(FuncIndex func) const;

 private:
  std::vector<FunctionHints> hints_;
  const CustomSection* section_ = nullptr;
};

// Appends " (after data)", " (before code)", ...: where `custom` lies. Equal
// for sections that lie behind one another.
void AppendPlace(const CustomSection& custom, PrintBuffer* out);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_PRINT_CUSTOMS_H_
