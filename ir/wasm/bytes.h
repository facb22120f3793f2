// Little-endian and LEB128 reading and writing over byte ranges (spec 5.2).
#ifndef WEFT_IR_WASM_BYTES_H_
#define WEFT_IR_WASM_BYTES_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace weft::wasm {

// Reads from a borrowed range. Every method returns false, without moving,
// when the range is too short or the encoding malformed; error() then says
// why, and StatusHere() makes the error that callers return. Decoders built on
// it report their own reasons through Fail().
class ByteReader {
 public:
  ByteReader() = default;
  // `base_offset` is the position of bytes[0] in the module.
  ByteReader(absl::Span<const uint8_t> bytes, uint32_t base_offset)
      : begin_(bytes.data()),
        pos_(bytes.data()),
        end_(bytes.data() + bytes.size()),
        base_offset_(base_offset) {}

  size_t remaining() const { return static_cast<size_t>(end_ - pos_); }
  // Offset in the module of the next byte.
  uint32_t offset() const {
    return base_offset_ + static_cast<uint32_t>(pos_ - begin_);
  }
  const uint8_t* pos() const { return pos_; }
  absl::Span<const uint8_t> rest() const { return {pos_, remaining()}; }

  bool ReadByte(uint8_t* out) {
    if (pos_ == end_) return Fail("unexpected end");
    *out = *pos_++;
    return true;
  }
  // Unsigned LEB128 of at most 32 or 64 bits; overlong encodings within the
  // specification's ceil(N/7) bytes are accepted, longer ones are not.
  bool ReadU32(uint32_t* out) {
    if (pos_ != end_ && *pos_ < 0x80) {
      *out = *pos_++;
      return true;
    }
    return ReadU32Slow(out);
  }
  bool ReadU64(uint64_t* out);
  bool ReadS32(int32_t* out);
  bool ReadS33(int64_t* out);
  bool ReadS64(int64_t* out);
  bool ReadFixed32(uint32_t* out);
  bool ReadFixed64(uint64_t* out);
  // Borrows the next `count` bytes.
  bool ReadBytes(uint64_t count, absl::Span<const uint8_t>* out);
  // A length-prefixed name; checks UTF-8.
  bool ReadName(absl::string_view* out);

  // The next byte without taking it; false at the end.
  bool PeekByte(uint8_t* out) {
    if (pos_ == end_) return Fail("unexpected end");
    *out = *pos_;
    return true;
  }
  // Skips `count` bytes. REQUIRES: count <= remaining().
  void Advance(size_t count) { pos_ += count; }
  // Moves back (or on) to a place that pos() returned.
  void SetPos(const uint8_t* pos) { pos_ = pos; }

  // Records why reading failed and returns false. `why` must outlive the
  // reader. InvalidArgument means malformed, Unimplemented a feature that is
  // off, ResourceExhausted a limit.
  bool Fail(const char* why,
            absl::StatusCode code = absl::StatusCode::kInvalidArgument) {
    error_ = why;
    code_ = code;
    return false;
  }
  absl::string_view error() const { return error_; }
  // "<error> at offset N in <section>" for the last failure, with its code.
  absl::Status StatusHere(absl::string_view section) const;

 private:
  bool ReadU32Slow(uint32_t* out);

  const uint8_t* begin_ = nullptr;
  const uint8_t* pos_ = nullptr;
  const uint8_t* end_ = nullptr;
  uint32_t base_offset_ = 0;
  const char* error_ = "";
  absl::StatusCode code_ = absl::StatusCode::kInvalidArgument;
};

// Appends to an owned buffer.
class ByteWriter {
 public:
  void Byte(uint8_t b) { bytes_.push_back(b); }
  void U32(uint32_t v) { U64(v); }
  void U64(uint64_t v) {
    while (v >= 0x80) {
      bytes_.push_back(static_cast<uint8_t>(v) | 0x80);
      v >>= 7;
    }
    bytes_.push_back(static_cast<uint8_t>(v));
  }
  void S64(int64_t v) {
    while (v < -64 || v >= 64) {
      bytes_.push_back(static_cast<uint8_t>(v & 0x7f) | 0x80);
      v >>= 7;
    }
    bytes_.push_back(static_cast<uint8_t>(v & 0x7f));
  }
  void Fixed32(uint32_t v) { Raw(&v, 4); }
  void Fixed64(uint64_t v) { Raw(&v, 8); }
  void Bytes(absl::Span<const uint8_t> b) {
    bytes_.insert(bytes_.end(), b.begin(), b.end());
  }
  void Name(absl::string_view name) {
    U32(static_cast<uint32_t>(name.size()));
    Raw(name.data(), name.size());
  }

  size_t size() const { return bytes_.size(); }
  void clear() { bytes_.clear(); }
  const std::vector<uint8_t>& bytes() const { return bytes_; }
  std::vector<uint8_t>& mutable_bytes() { return bytes_; }
  std::vector<uint8_t> Take() { return std::move(bytes_); }

 private:
  void Raw(const void* data, size_t size) {
    const auto* b = static_cast<const uint8_t*>(data);
    bytes_.insert(bytes_.end(), b, b + size);
  }

  std::vector<uint8_t> bytes_;
};

// Whether `text` is well-formed UTF-8 (no surrogates, no overlong forms).
bool IsUtf8(absl::string_view text);

// InvalidArgument "<what> at offset N in <section>".
absl::Status MalformedAt(absl::string_view what, uint32_t offset,
                         absl::string_view section);

// Bytes that the unsigned / signed LEB128 encoding of `v` takes.
int LebSize(uint64_t v);
int SignedLebSize(int64_t v);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_BYTES_H_
