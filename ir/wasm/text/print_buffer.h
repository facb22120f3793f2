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
  enum class Kind : uint8_t {
    kWhole,    // All of the text can be looked at.
    kOutward,  // For large texts: only Take shows it.
  };

  explicit PrintBuffer(size_t limit, Kind kind = Kind::kWhole)
      : limit_(limit), kind_(kind) {}
  PrintBuffer(const PrintBuffer&) = delete;
  PrintBuffer& operator=(const PrintBuffer&) = delete;

  // Says that about `count` more bytes will come. Memory that is not needed
  // then is not touched. REQUIRES: kOutward.
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

  size_t size() const {
    return outward_.size() + static_cast<size_t>(pos_ - begin());
  }
  bool overflow() const { return overflow_; }
  // The text, which is gone then.
  std::string Take();

  // REQUIRES: kWhole.
  const char* data() const { return storage_.data(); }
  absl::string_view view() const { return {data(), size()}; }
  void clear() { pos_ = begin(); }

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
  Kind kind_;
  bool overflow_ = false;
  std::string storage_;  // The text, or the end of it that is being written.
  std::string outward_;  // kOutward: what comes before.
  char* pos_ = storage_.data();
  char* end_ = storage_.data();
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
