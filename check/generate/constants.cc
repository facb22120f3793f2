// Constants.
#include "check/generate/plan.h"

namespace weft::check::generate {

using wasm::Op;
using wasm::ValueType;

namespace {

// A power of two, one less, one more, or its negative, of `bits` bits.
uint64_t NearPowerOfTwo(int bits, ByteSource& source) {
  const uint64_t power = uint64_t{1} << source.Below(bits);
  switch (source.Below(4)) {
    case 0:
      return power;
    case 1:
      return power - 1;
    case 2:
      return power + 1;
    default:
      return ~power + 1;
  }
}

}  // namespace

uint32_t InterestingI32(ByteSource& source) {
  static constexpr uint32_t kValues[] = {
      0,          1,          0xffffffff, 2,          3,          4,
      7,          8,          16,         31,         32,         33,
      0xff,       0x100,      0xffff,     0x10000,    0x7fffffff, 0x80000000,
      0x80000001, 0xffffff80, 0xffff8000, 0x7f,       0x7fff,     0xfffffffe,
      0x55555555, 0xaaaaaaaa, 0xff00ff00, 0x00ff0000, 24,         15};
  const uint32_t kind = source.Below(8);
  if (kind < 3) return source.Below(9);
  if (kind < 6) return source.Pick(kValues);
  if (kind < 7) return static_cast<uint32_t>(NearPowerOfTwo(32, source));
  return static_cast<uint32_t>(source.Bits(32));
}

uint64_t InterestingI64(ByteSource& source) {
  static constexpr uint64_t kValues[] = {0,
                                         1,
                                         ~uint64_t{0},
                                         2,
                                         8,
                                         31,
                                         32,
                                         33,
                                         63,
                                         64,
                                         65,
                                         0xff,
                                         0xffff,
                                         0xffffffff,
                                         0x100000000,
                                         0x7fffffff,
                                         0x80000000,
                                         0xffffffff80000000,
                                         0xffffffff7fffffff,
                                         0x7fffffffffffffff,
                                         0x8000000000000000,
                                         0x8000000000000001,
                                         0xff00ff00ff00ff00,
                                         0xffffffff00000000,
                                         48,
                                         56};
  const uint32_t kind = source.Below(8);
  if (kind < 2) return source.Below(9);
  if (kind < 5) return source.Pick(kValues);
  if (kind < 6) return NearPowerOfTwo(64, source);
  if (kind < 7) {
    return static_cast<uint64_t>(
        static_cast<int64_t>(static_cast<int32_t>(InterestingI32(source))));
  }
  return source.Bits(64);
}

uint32_t InterestingF32(ByteSource& source) {
  static constexpr uint32_t kValues[] = {
      0x00000000,  // 0
      0x80000000,  // -0
      0x3f800000,  // 1
      0xbf800000,  // -1
      0x3f000000,  // 0.5
      0x40000000,  // 2
      0x40490fdb,  // pi
      0x4f000000,  // 2^31
      0xcf000000,  // -2^31
      0x4f800000,  // 2^32
      0x5f000000,  // 2^63
      0x4b800001,  // 2^24 + 2
      0x00000001,  // the least subnormal
      0x007fffff,  // the greatest
      0x00800000,  // the least normal
      0x7f7fffff,  // the greatest
      0x7f800000,  // infinity
      0xff800000,  // -infinity
      0x7fc00000,  // NaN
      0xffc00000,  // -NaN
      0x7fa00000,  // a signaling NaN
      0x7fc12345,  // a NaN with a payload
  };
  // NaNs are the last four.
  return source.OneIn(8) ? static_cast<uint32_t>(source.Bits(32))
                         : kValues[source.Below(source.OneIn(6) ? 22 : 18)];
}

uint64_t InterestingF64(ByteSource& source) {
  static constexpr uint64_t kValues[] = {
      0x0000000000000000,  // 0
      0x8000000000000000,  // -0
      0x3ff0000000000000,  // 1
      0xbff0000000000000,  // -1
      0x3fe0000000000000,  // 0.5
      0x4000000000000000,  // 2
      0x400921fb54442d18,  // pi
      0x41e0000000000000,  // 2^31
      0xc1e0000000000000,  // -2^31
      0x41f0000000000000,  // 2^32
      0x43e0000000000000,  // 2^63
      0x43f0000000000000,  // 2^64
      0x4340000000000001,  // 2^53 + 2
      0x0000000000000001,  // the least subnormal
      0x000fffffffffffff,  // the greatest
      0x0010000000000000,  // the least normal
      0x7fefffffffffffff,  // the greatest
      0x47efffffe0000000,  // the greatest f32
      0x7ff0000000000000,  // infinity
      0xfff0000000000000,  // -infinity
      0x7ff8000000000000,  // NaN
      0xfff8000000000000,  // -NaN
      0x7ff4000000000000,  // a signaling NaN
      0x7ff8000012345678,  // a NaN with a payload
  };
  return source.OneIn(8) ? source.Bits(64)
                         : kValues[source.Below(source.OneIn(6) ? 24 : 20)];
}

void WriteConstant(ValueType type, ByteSource& source, wasm::ByteWriter* out) {
  switch (type.kind()) {
    case ValueType::kI32:
      WriteOpcode(Op::kI32Const, out);
      out->S64(static_cast<int32_t>(InterestingI32(source)));
      return;
    case ValueType::kI64:
      WriteOpcode(Op::kI64Const, out);
      out->S64(static_cast<int64_t>(InterestingI64(source)));
      return;
    case ValueType::kF32:
      WriteOpcode(Op::kF32Const, out);
      out->Fixed32(InterestingF32(source));
      return;
    case ValueType::kF64:
      WriteOpcode(Op::kF64Const, out);
      out->Fixed64(InterestingF64(source));
      return;
    case ValueType::kV128: {
      WriteOpcode(Op::kV128Const, out);
      const bool same = source.OneIn(2);
      const uint64_t low =
          source.OneIn(3) ? InterestingF64(source) : InterestingI64(source);
      out->Fixed64(low);
      out->Fixed64(same ? low : InterestingI64(source));
      return;
    }
    case ValueType::kNone:
    case ValueType::kRef:
    case ValueType::kBottom:
      return;
  }
}

void WriteOpcode(Op op, wasm::ByteWriter* out) {
  const wasm::OpInfo& info = wasm::InfoOf(op);
  if (info.prefix == 0) {
    out->Byte(static_cast<uint8_t>(info.code));
  } else {
    out->Byte(info.prefix);
    out->U32(info.code);
  }
}

}  // namespace weft::check::generate
