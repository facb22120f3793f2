// Where printers of the text format write to, and the small things that they
// write: numbers, floats, strings (spec 6.3).
#ifndef WEFT_IR_WASM_TEXT_PRINT_BUFFER_H_
#define WEFT_IR_WASM_TEXT_PRINT_BUFFER_H_

#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace weft::wasm {

// Text that grows at its end. Beyond `limit` bytes it forgets what it holds
// and says so in overflow(), so that a small hostile module cannot take all
// memory: a long name can be referred to by every byte of a body.
class PrintBuffer {
 public:
  explicit PrintBuffer(size_t limit) : limit_(limit) {}
  PrintBuffer(const PrintBuffer&) = delete;
  PrintBuffer& operator=(const PrintBuffer&) = delete;

  // Says that about `count` more bytes will come: it will not grow in small
  // steps until then.
  void Expect(size_t count);

  void Char(char c) {
    *Room(1) = c;
    ++pos_;
  }
  void Text(absl::string_view text) {
    std::memcpy(Room(text.size()), text.data(), text.size());
    pos_ += text.size();
  }
  // A copy of `size` bytes at `source`, of which kSlack more may be read.
  void Padded(const char* source, size_t size) {
    char* const to = Room(size + kSlack);
    std::memcpy(to, source, kSlack);
    if (size > kSlack) std::memcpy(to + kSlack, source + kSlack, size - kSlack);
    pos_ += size;
  }
  // Space for `room` more bytes, to be written by hand, and then where that
  // ended.
  char* Open(size_t room) { return Room(room); }
  void Close(char* end) { pos_ = end; }
  void Spaces(size_t count) {
    std::memset(Room(count), ' ', count);
    pos_ += count;
  }
  void Decimal(uint64_t value);
  void Signed(int64_t value);
  // "0x" and digits; at least `digits` of them.
  void Hex(uint64_t value, int digits = 1);
  // The shortest decimal text that reads back as these bits; inf, nan, and
  // nan:0x with a payload that is not the canonical one.
  void F32(uint32_t bits);
  void F64(uint64_t bits);

  size_t size() const { return static_cast<size_t>(pos_ - begin()); }
  const char* data() const { return storage_.data(); }
  absl::string_view view() const { return {data(), size()}; }
  void clear() { pos_ = begin(); }
  // REQUIRES: size <= size().
  void Truncate(size_t size) { pos_ = begin() + size; }
  bool overflow() const { return overflow_; }
  std::string Take();

  // Bytes behind size() that may be read, whatever they are.
  static constexpr size_t kSlack = 16;

 private:
  const char* begin() const { return storage_.data(); }
  char* begin() { return storage_.data(); }
  char* Room(size_t count) {
    if (static_cast<size_t>(end_ - pos_) < count) Grow(count);
    return pos_;
  }
  void Grow(size_t count);

  size_t limit_;
  std::string storage_;
  char* pos_ = storage_.data();
  char* end_ = storage_.data();
  bool overflow_ = false;
};

// Appends `text`, which is UTF-8, as a string with its quotes. What a terminal
// could take for more than a character to show (controls, marks that change
// the direction of writing) is escaped.
void AppendNameString(absl::string_view text, PrintBuffer* out);

// Appends bytes without quotes: ASCII where it can be shown, else \hh.
void AppendEscapedBytes(absl::Span<const uint8_t> bytes, PrintBuffer* out);

// Whether `text` can stand behind '$' as it is (spec 6.3.5).
bool IsPlainId(absl::string_view text);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_PRINT_BUFFER_H_
