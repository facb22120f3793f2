// Lines and their indentation.
#ifndef WEFT_IR_WASM_TEXT_PRINT_LAYOUT_H_
#define WEFT_IR_WASM_TEXT_PRINT_LAYOUT_H_

#include <algorithm>
#include <cstring>

#include "ir/wasm/text/print_buffer.h"

namespace weft::wasm {

class TextLayout {
 public:
  // What fits on a line stays on it.
  static constexpr size_t kWidth = 100;

  // Borrows `out`.
  explicit TextLayout(PrintBuffer* out) : out_(*out) {}

  PrintBuffer& out() { return out_; }

  // Begins a line. Deeper levels than kMaxLevel look like it, so that deep
  // nesting does not make text of quadratic size.
  void NewLine(uint32_t level) {
    const size_t blanks = 2 * std::min(level, kMaxLevel);
    char* const to = out_.Open(1 + 2 * size_t{kMaxLevel});
    *to = '\n';
    std::memset(to + 1, ' ', 2 * kMaxLevel);
    out_.Close(to + 1 + blanks);
    line_ = out_.size() - blanks;
  }

  // Columns that the current line has left; negative when it is too long.
  int64_t Left() const {
    return static_cast<int64_t>(kWidth) -
           static_cast<int64_t>(out_.size() - line_);
  }

 private:
  static constexpr uint32_t kMaxLevel = 24;

  PrintBuffer& out_;
  size_t line_ = 0;  // Where the current line begins.
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_PRINT_LAYOUT_H_
