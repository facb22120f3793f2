#include "ir/wasm/text/print_buffer.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <utility>

namespace weft::wasm {
namespace {

constexpr size_t kMinCapacity = 4096;
// Stays in the second cache.
constexpr size_t kOutwardCapacity = 1 << 17;

constexpr char kHexDigits[] = "0123456789abcdef";

constexpr char kDigitPairs[] =
    "00010203040506070809101112131415161718192021222324"
    "25262728293031323334353637383940414243444546474849"
    "50515253545556575859606162636465666768697071727374"
    "75767778798081828384858687888990919293949596979899";

// How a byte of a string is written.
struct EscapedByte {
  char text[4];
  uint8_t size;
};

constexpr std::array<EscapedByte, 256> MakeEscapedBytes() {
  std::array<EscapedByte, 256> table = {};
  for (int byte = 0; byte < 256; ++byte) {
    EscapedByte& entry = table[byte];
    char short_form = 0;
    if (byte == '\t') short_form = 't';
    if (byte == '\n') short_form = 'n';
    if (byte == '\r') short_form = 'r';
    if (byte == '"' || byte == '\\') short_form = static_cast<char>(byte);
    if (short_form != 0) {
      entry = {{'\\', short_form}, 2};
    } else if (byte >= 0x20 && byte < 0x7f) {
      entry = {{static_cast<char>(byte)}, 1};
    } else {
      entry = {{'\\', kHexDigits[byte >> 4], kHexDigits[byte & 15]}, 3};
    }
  }
  return table;
}

constexpr std::array<EscapedByte, 256> kEscapedBytes = MakeEscapedBytes();

constexpr std::array<bool, 256> MakeIdCharacters() {
  std::array<bool, 256> table = {};
  for (int c = '0'; c <= '9'; ++c) table[c] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (char c : {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '/', ':',
                 '<', '=', '>', '?', '@', '\\', '^', '_', '`', '|', '~'}) {
    table[static_cast<uint8_t>(c)] = true;
  }
  return table;
}

constexpr std::array<bool, 256> kIdCharacters = MakeIdCharacters();

// Characters beyond ASCII that a terminal or editor obeys instead of showing,
// or that nobody sees: C1 controls, line and paragraph separators, marks by
// which text reads in another order than it is written, joiners of words,
// annotation marks and tags. Other tools refuse some of them in a text.
bool IsObeyed(uint32_t c) {
  return (c >= 0x80 && c < 0xa0) || c == 0x061c || c == 0x200b || c == 0x200e ||
         c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
         (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

// Bytes of the UTF-8 character that begins with `lead`.
int Utf8Size(uint8_t lead) {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

// Asks the system for large pages in memory that nothing has touched: with
// small ones it takes as long to get the memory of a large text as to write it.
void PreferLargePages(char* begin, size_t size) {
  constexpr uintptr_t kLargePage = 1 << 21;
  const auto address = reinterpret_cast<uintptr_t>(begin);
  const uintptr_t first = (address + kLargePage - 1) & ~(kLargePage - 1);
  const uintptr_t last = (address + size) & ~(kLargePage - 1);
  if (last <= first) return;
  (void)madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

void AppendNan(bool negative, uint64_t payload, uint64_t canonical,
               PrintBuffer* out) {
  if (negative) out->Char('-');
  out->Text("nan");
  if (payload == canonical) return;
  out->Char(':');
  out->Hex(payload);
}

template <typename T>
void AppendFinite(T value, PrintBuffer* out) {
  char text[32];
  const std::to_chars_result end = std::to_chars(text, text + 32, value);
  out->Text({text, static_cast<size_t>(end.ptr - text)});
}

}  // namespace

void PrintBuffer::Grow(size_t count) {
  auto used = static_cast<size_t>(pos_ - begin());
  if (count > limit_ || size() > limit_ - count) {
    overflow_ = true;
    outward_.clear();
    used = 0;
  }
  size_t wanted = storage_.size();
  if (kind_ == Kind::kOutward) {
    outward_.append(begin(), used);
    used = 0;
    wanted = std::max(count + kSlack, kOutwardCapacity);
  } else if (!overflow_) {
    wanted =
        std::max({used + count + kSlack, wanted + wanted / 2, kMinCapacity});
  } else {
    wanted = std::max(wanted, count + kSlack);
  }
  if (wanted > storage_.size()) storage_.resize(wanted);
  pos_ = begin() + used;
  end_ = begin() + storage_.size() - kSlack;
}

void PrintBuffer::Expect(size_t count) {
  const size_t wanted = size() + count + count / 8;
  if (wanted > limit_ || wanted <= outward_.capacity()) return;
  outward_.reserve(wanted);
  PreferLargePages(outward_.data() + outward_.size(),
                   outward_.capacity() - outward_.size());
}

std::string PrintBuffer::Take() {
  const auto used = static_cast<size_t>(pos_ - begin());
  std::string taken;
  if (kind_ == Kind::kOutward) {
    outward_.append(begin(), used);
    taken = std::move(outward_);
    outward_.clear();
  } else {
    storage_.resize(used);
    taken = std::move(storage_);
    storage_.clear();
  }
  pos_ = end_ = begin();
  return taken;
}

void PrintBuffer::Decimal(uint64_t value) {
  if (value < 10) {
    Char(static_cast<char>('0' + value));
    return;
  }
  char digits[20];
  char* begin = digits + sizeof(digits);
  while (value >= 100) {
    begin -= 2;
    std::memcpy(begin, kDigitPairs + 2 * (value % 100), 2);
    value /= 100;
  }
  if (value >= 10) {
    begin -= 2;
    std::memcpy(begin, kDigitPairs + 2 * value, 2);
  } else {
    *--begin = static_cast<char>('0' + value);
  }
  Text({begin, static_cast<size_t>(digits + sizeof(digits) - begin)});
}

void PrintBuffer::Signed(int64_t value) {
  if (value >= 0) return Decimal(static_cast<uint64_t>(value));
  Char('-');
  Decimal(uint64_t{0} - static_cast<uint64_t>(value));
}

void PrintBuffer::Hex(uint64_t value, int digits) {
  const int needed = (std::bit_width(value) + 3) / 4;
  digits = std::max(digits, needed);
  char text[2 + 16] = {'0', 'x'};
  for (int i = 0; i < digits; ++i) {
    text[2 + i] = kHexDigits[value >> (4 * (digits - 1 - i)) & 15];
  }
  Text({text, static_cast<size_t>(2 + digits)});
}

void PrintBuffer::F32(uint32_t bits) {
  constexpr uint32_t kExponent = 0x7f800000u;
  constexpr uint32_t kFraction = 0x007fffffu;
  if ((bits & kExponent) != kExponent) {
    AppendFinite(std::bit_cast<float>(bits), this);
  } else if ((bits & kFraction) != 0) {
    AppendNan(bits >> 31 != 0, bits & kFraction, 0x00400000u, this);
  } else {
    Text(bits >> 31 != 0 ? "-inf" : "inf");
  }
}

void PrintBuffer::F64(uint64_t bits) {
  constexpr uint64_t kExponent = 0x7ff0000000000000u;
  constexpr uint64_t kFraction = 0x000fffffffffffffu;
  if ((bits & kExponent) != kExponent) {
    AppendFinite(std::bit_cast<double>(bits), this);
  } else if ((bits & kFraction) != 0) {
    AppendNan(bits >> 63 != 0, bits & kFraction, 0x0008000000000000u, this);
  } else {
    Text(bits >> 63 != 0 ? "-inf" : "inf");
  }
}

void AppendEscapedBytes(absl::Span<const uint8_t> bytes, PrintBuffer* out) {
  constexpr size_t kChunk = 1024;
  while (!bytes.empty()) {
    const absl::Span<const uint8_t> chunk = bytes.subspan(0, kChunk);
    char* to = out->Open(kChunk * 3 + sizeof(EscapedByte::text));
    for (uint8_t byte : chunk) {
      std::memcpy(to, kEscapedBytes[byte].text, sizeof(EscapedByte::text));
      to += kEscapedBytes[byte].size;
    }
    out->Close(to);
    bytes.remove_prefix(chunk.size());
  }
}

void AppendNameString(absl::string_view text, PrintBuffer* out) {
  out->Char('"');
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i]);
    const int size = Utf8Size(lead);
    if (size == 1) {
      out->Text({kEscapedBytes[lead].text, kEscapedBytes[lead].size});
    } else {
      uint32_t c = lead & (0x7f >> size);
      for (int j = 1; j < size; ++j) c = c << 6 | (text[i + j] & 0x3f);
      if (IsObeyed(c)) {
        for (int j = 0; j < size; ++j) {
          const auto byte = static_cast<uint8_t>(text[i + j]);
          out->Text({kEscapedBytes[byte].text, kEscapedBytes[byte].size});
        }
      } else {
        out->Text(text.substr(i, size));
      }
    }
    i += size;
  }
  out->Char('"');
}

bool IsPlainId(absl::string_view text) {
  for (char c : text) {
    if (!kIdCharacters[static_cast<uint8_t>(c)]) return false;
  }
  return !text.empty();
}

}  // namespace weft::wasm
