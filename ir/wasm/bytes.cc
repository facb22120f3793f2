#include "ir/wasm/bytes.h"

#include <cstring>
#include <type_traits>

#include "absl/strings/str_cat.h"

namespace weft::wasm {
namespace {

enum class LebResult { kOk, kEnd, kTooLong, kTooLarge };

// Decodes at most ceil(bits/7) bytes; bits of the last byte beyond `bits` must
// repeat the sign (signed) or be zero (unsigned).
template <typename T, int kBits>
LebResult DecodeLeb(const uint8_t** pos, const uint8_t* end, T* out) {
  constexpr bool kSigned = std::is_signed_v<T>;
  constexpr int kMaxBytes = (kBits + 6) / 7;
  constexpr int kLastBits = kBits - 7 * (kMaxBytes - 1);
  using U = std::make_unsigned_t<T>;
  U value = 0;
  const uint8_t* p = *pos;
  for (int i = 0; i < kMaxBytes; ++i) {
    if (p == end) return LebResult::kEnd;
    const uint8_t byte = *p++;
    value |= static_cast<U>(byte & 0x7f) << (7 * i);
    if (i == kMaxBytes - 1) {
      if ((byte & 0x80) != 0) return LebResult::kTooLong;
      if (kSigned) {
        const int8_t high = static_cast<int8_t>(byte << 1) >> kLastBits;
        if (high != 0 && high != -1) return LebResult::kTooLarge;
      } else if ((byte >> kLastBits) != 0) {
        return LebResult::kTooLarge;
      }
    }
    if ((byte & 0x80) == 0) {
      const int shift = 7 * (i + 1);
      if (kSigned && shift < static_cast<int>(8 * sizeof(T)) &&
          (byte & 0x40) != 0) {
        value |= ~U{0} << shift;
      }
      *pos = p;
      *out = static_cast<T>(value);
      return LebResult::kOk;
    }
  }
  return LebResult::kTooLong;
}

const char* LebError(LebResult result) {
  switch (result) {
    case LebResult::kOk:
      break;
    case LebResult::kEnd:
      return "unexpected end";
    case LebResult::kTooLong:
      return "integer representation too long";
    case LebResult::kTooLarge:
      return "integer too large";
  }
  return "";
}

}  // namespace

bool ByteReader::ReadU32Slow(uint32_t* out) {
  const LebResult result = DecodeLeb<uint32_t, 32>(&pos_, end_, out);
  return result == LebResult::kOk || Fail(LebError(result));
}

bool ByteReader::ReadU64(uint64_t* out) {
  const LebResult result = DecodeLeb<uint64_t, 64>(&pos_, end_, out);
  return result == LebResult::kOk || Fail(LebError(result));
}

bool ByteReader::ReadS32(int32_t* out) {
  const LebResult result = DecodeLeb<int32_t, 32>(&pos_, end_, out);
  return result == LebResult::kOk || Fail(LebError(result));
}

bool ByteReader::ReadS33(int64_t* out) {
  const LebResult result = DecodeLeb<int64_t, 33>(&pos_, end_, out);
  return result == LebResult::kOk || Fail(LebError(result));
}

bool ByteReader::ReadS64(int64_t* out) {
  const LebResult result = DecodeLeb<int64_t, 64>(&pos_, end_, out);
  return result == LebResult::kOk || Fail(LebError(result));
}

bool ByteReader::ReadFixed32(uint32_t* out) {
  if (remaining() < 4) return Fail("unexpected end");
  std::memcpy(out, pos_, 4);
  pos_ += 4;
  return true;
}

bool ByteReader::ReadFixed64(uint64_t* out) {
  if (remaining() < 8) return Fail("unexpected end");
  std::memcpy(out, pos_, 8);
  pos_ += 8;
  return true;
}

bool ByteReader::ReadBytes(uint64_t count, absl::Span<const uint8_t>* out) {
  if (count > remaining()) return Fail("length out of bounds");
  *out = absl::Span<const uint8_t>(pos_, static_cast<size_t>(count));
  pos_ += count;
  return true;
}

bool ByteReader::ReadName(absl::string_view* out) {
  const uint8_t* start = pos_;
  uint32_t size;
  absl::Span<const uint8_t> bytes;
  if (!ReadU32(&size)) return false;
  if (!ReadBytes(size, &bytes)) {
    pos_ = start;
    return false;
  }
  const absl::string_view name(reinterpret_cast<const char*>(bytes.data()),
                               bytes.size());
  if (!IsUtf8(name)) {
    pos_ = start;
    return Fail("malformed UTF-8 encoding");
  }
  *out = name;
  return true;
}

absl::Status ByteReader::StatusHere(absl::string_view section) const {
  return absl::Status(
      code_, absl::StrCat(error_, " at offset ", offset(), " in ", section));
}

absl::Status MalformedAt(absl::string_view what, uint32_t offset,
                         absl::string_view section) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, " at offset ", offset, " in ", section));
}

namespace {

// Length of the multi-byte sequence at p, or 0 when it is malformed.
size_t Utf8SequenceLength(const uint8_t* p, const uint8_t* end) {
  const auto tail = [&](int i, uint8_t low, uint8_t high) {
    return p + i < end && p[i] >= low && p[i] <= high;
  };
  if (p[0] >= 0xc2 && p[0] <= 0xdf) return tail(1, 0x80, 0xbf) ? 2 : 0;
  if (p[0] >= 0xe0 && p[0] <= 0xef) {
    const uint8_t low = p[0] == 0xe0 ? 0xa0 : 0x80;
    const uint8_t high = p[0] == 0xed ? 0x9f : 0xbf;  // No surrogates.
    return tail(1, low, high) && tail(2, 0x80, 0xbf) ? 3 : 0;
  }
  if (p[0] >= 0xf0 && p[0] <= 0xf4) {
    const uint8_t low = p[0] == 0xf0 ? 0x90 : 0x80;
    const uint8_t high = p[0] == 0xf4 ? 0x8f : 0xbf;
    return tail(1, low, high) && tail(2, 0x80, 0xbf) && tail(3, 0x80, 0xbf) ? 4
                                                                            : 0;
  }
  return 0;
}

}  // namespace

bool IsUtf8(absl::string_view text) {
  const auto* p = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* end = p + text.size();
  while (p != end) {
    uint64_t word;
    if (end - p >= 8) {
      std::memcpy(&word, p, 8);
      if ((word & 0x8080808080808080u) == 0) {
        p += 8;
        continue;
      }
    }
    if (*p < 0x80) {
      ++p;
      continue;
    }
    const size_t length = Utf8SequenceLength(p, end);
    if (length == 0) return false;
    p += length;
  }
  return true;
}

int LebSize(uint64_t v) {
  int size = 1;
  while (v >= 0x80) {
    v >>= 7;
    ++size;
  }
  return size;
}

int SignedLebSize(int64_t v) {
  int size = 1;
  while (v < -64 || v >= 64) {
    v >>= 7;
    ++size;
  }
  return size;
}

}  // namespace weft::wasm
