#include "check/values.h"

#include <bit>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "exec/value_text.h"
#include "ir/wasm/type_text.h"

namespace weft::check {
namespace {

using exec::Val;
using wasm::ValueType;

uint64_t Integer(int bits, ByteSource& source) {
  const uint64_t mask = ~uint64_t{0} >> (64 - bits);
  const uint64_t power = uint64_t{1}
                         << source.Below(static_cast<uint32_t>(bits));
  switch (source.Below(10)) {
    case 0:
      return 0;
    case 1:
      return source.Below(4);
    case 2:
      return (0 - uint64_t{1} - source.Below(3)) & mask;
    case 3:
      return source.Below(256);
    case 4:  // An address.
      return source.Below(65536 / 8) * 8;
    case 5:
      return power;
    case 6:
      return (power - 1) & mask;
    case 7:
      return (0 - power) & mask;
    case 8:  // The sign bit and what surrounds it.
      return ((uint64_t{1} << (bits - 1)) - 1 + source.Below(3)) & mask;
    default:
      return source.Bits(bits);
  }
}

template <typename F>
F Float(ByteSource& source) {
  constexpr F kEdges[] = {F{1},
                          F{-1},
                          F{0.5},
                          F{1.5},
                          F{2.5},
                          F{-0.5},
                          F{1e10},
                          F{127.5},
                          F{255},
                          F{65536},
                          F{2147483648.0},
                          F{-2147483648.0},
                          F{4294967296.0},
                          F{9223372036854775808.0},
                          F{-9223372036854775808.0},
                          F{18446744073709551616.0}};
  switch (source.Below(8)) {
    case 0:
      return source.OneIn(2) ? F{0} : F{-0.0};
    case 1:
      return source.Pick(kEdges);
    case 2:
      return static_cast<F>(source.Below(100)) - F{50};
    case 3:
      return static_cast<F>(static_cast<int64_t>(source.Bits(40))) / F{1024};
    case 4:
      return std::numeric_limits<F>::infinity() *
             (source.OneIn(2) ? F{1} : F{-1});
    case 5:
      return source.OneIn(2) ? std::numeric_limits<F>::max()
                             : std::numeric_limits<F>::denorm_min();
    case 6:
      return source.OneIn(2) ? std::numeric_limits<F>::quiet_NaN() : F{3};
    default: {
      const auto sign = source.OneIn(2) ? F{1} : F{-1};
      return sign *
             std::ldexp(F{1} + static_cast<F>(source.Bits(20)) / F{1048576},
                        static_cast<int>(source.Below(120)) - 60);
    }
  }
}

}  // namespace

uint64_t InterestingBits(ValueType::Kind kind, ByteSource& source) {
  switch (kind) {
    case ValueType::kI32:
      return Integer(32, source);
    case ValueType::kF32:
      return std::bit_cast<uint32_t>(Float<float>(source));
    case ValueType::kF64:
      return std::bit_cast<uint64_t>(Float<double>(source));
    case ValueType::kV128:
      switch (source.Below(4)) {
        case 0:
          return std::bit_cast<uint64_t>(Float<double>(source));
        case 1:
          return Integer(32, source) | Integer(32, source) << 32;
        case 2:
          return Integer(8, source) * 0x0101010101010101u;
        default:
          return Integer(64, source);
      }
    case ValueType::kI64:
    case ValueType::kNone:
    case ValueType::kRef:
    case ValueType::kBottom:
      break;
  }
  return Integer(64, source);
}

Val InterestingNumber(ValueType::Kind kind, ByteSource& source) {
  const uint64_t bits = InterestingBits(kind, source);
  switch (kind) {
    case ValueType::kI32:
      return Val::I32(static_cast<uint32_t>(bits));
    case ValueType::kF32:
      return Val::F32Bits(static_cast<uint32_t>(bits));
    case ValueType::kF64:
      return Val::F64Bits(bits);
    case ValueType::kV128:
      return Val::V128(bits, InterestingBits(kind, source));
    case ValueType::kI64:
    case ValueType::kNone:
    case ValueType::kRef:
    case ValueType::kBottom:
      break;
  }
  return Val::I64(bits);
}

std::string NumberText(const Val& value) {
  return absl::StrCat(wasm::ValueTypeText(value.kind()), " ",
                      exec::NumberText(value));
}

}  // namespace weft::check
