// What loads and stores make of bytes: little-endian, extended by the
// operator's sign, wrapped; lanes; bits of NaNs kept.
#include "exec/numerics/memory_access.h"

#include <bit>
#include <cstdint>

#include "gtest/gtest.h"

namespace weft::exec {
namespace {

using wasm::Op;

// Bytes whose top bits show whether a load extends signs, at an odd address.
struct Bytes {
  alignas(16) uint8_t pad[1] = {0};
  uint8_t at[16] = {0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88,
                    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};
};

template <Op op>
auto LoadBytes() {
  const Bytes bytes;
  return LoadOp<op>::FromBytes(bytes.at);
}

TEST(LoadTest, IntegersAreExtended) {
  EXPECT_EQ(LoadBytes<Op::kI32Load>(), 0x84838281u);
  EXPECT_EQ(LoadBytes<Op::kI32Load8S>(), 0xffffff81u);
  EXPECT_EQ(LoadBytes<Op::kI32Load8U>(), 0x81u);
  EXPECT_EQ(LoadBytes<Op::kI32Load16S>(), 0xffff8281u);
  EXPECT_EQ(LoadBytes<Op::kI32Load16U>(), 0x8281u);
  EXPECT_EQ(LoadBytes<Op::kI64Load>(), 0x8887868584838281u);
  EXPECT_EQ(LoadBytes<Op::kI64Load8S>(), 0xffffffffffffff81u);
  EXPECT_EQ(LoadBytes<Op::kI64Load8U>(), 0x81u);
  EXPECT_EQ(LoadBytes<Op::kI64Load16S>(), 0xffffffffffff8281u);
  EXPECT_EQ(LoadBytes<Op::kI64Load16U>(), 0x8281u);
  EXPECT_EQ(LoadBytes<Op::kI64Load32S>(), 0xffffffff84838281u);
  EXPECT_EQ(LoadBytes<Op::kI64Load32U>(), 0x84838281u);
}

TEST(LoadTest, AtomicOnesAreUnsigned) {
  EXPECT_EQ(LoadBytes<Op::kI32AtomicLoad>(), 0x84838281u);
  EXPECT_EQ(LoadBytes<Op::kI32AtomicLoad8U>(), 0x81u);
  EXPECT_EQ(LoadBytes<Op::kI32AtomicLoad16U>(), 0x8281u);
  EXPECT_EQ(LoadBytes<Op::kI64AtomicLoad>(), 0x8887868584838281u);
  EXPECT_EQ(LoadBytes<Op::kI64AtomicLoad8U>(), 0x81u);
  EXPECT_EQ(LoadBytes<Op::kI64AtomicLoad16U>(), 0x8281u);
  EXPECT_EQ(LoadBytes<Op::kI64AtomicLoad32U>(), 0x84838281u);
  EXPECT_TRUE(LoadOp<Op::kI64AtomicLoad32U>::kAtomic);
  EXPECT_FALSE(LoadOp<Op::kI64Load32U>::kAtomic);
}

TEST(LoadTest, FloatsKeepSignallingNans) {
  EXPECT_EQ(std::bit_cast<uint32_t>(LoadOp<Op::kF32Load>::FromCell(0x7f800001)),
            0x7f800001u);
  EXPECT_EQ(
      std::bit_cast<uint64_t>(LoadOp<Op::kF64Load>::FromCell(0xfff0000000000001)),
      0xfff0000000000001u);
}

TEST(LoadTest, VectorsAreExtendedSplatAndFilledWithZeros) {
  EXPECT_EQ(LoadBytes<Op::kV128Load>(),
            V128::FromBits(0x8887868584838281, 0x0807060504030201));
  EXPECT_EQ(LoadBytes<Op::kV128Load8x8S>(),
            V128::FromBits(0xff84ff83ff82ff81, 0xff88ff87ff86ff85));
  EXPECT_EQ(LoadBytes<Op::kV128Load8x8U>(),
            V128::FromBits(0x0084008300820081, 0x0088008700860085));
  EXPECT_EQ(LoadBytes<Op::kV128Load16x4S>(),
            V128::FromBits(0xffff8483ffff8281, 0xffff8887ffff8685));
  EXPECT_EQ(LoadBytes<Op::kV128Load16x4U>(),
            V128::FromBits(0x0000848300008281, 0x0000888700008685));
  EXPECT_EQ(LoadBytes<Op::kV128Load32x2S>(),
            V128::FromBits(0xffffffff84838281, 0xffffffff88878685));
  EXPECT_EQ(LoadBytes<Op::kV128Load32x2U>(),
            V128::FromBits(0x84838281, 0x88878685));
  EXPECT_EQ(LoadBytes<Op::kV128Load8Splat>(),
            V128::FromBits(0x8181818181818181, 0x8181818181818181));
  EXPECT_EQ(LoadBytes<Op::kV128Load16Splat>(),
            V128::FromBits(0x8281828182818281, 0x8281828182818281));
  EXPECT_EQ(LoadBytes<Op::kV128Load32Splat>(),
            V128::FromBits(0x8483828184838281, 0x8483828184838281));
  EXPECT_EQ(LoadBytes<Op::kV128Load64Splat>(),
            V128::FromBits(0x8887868584838281, 0x8887868584838281));
  EXPECT_EQ(LoadBytes<Op::kV128Load32Zero>(), V128::FromBits(0x84838281, 0));
  EXPECT_EQ(LoadBytes<Op::kV128Load64Zero>(),
            V128::FromBits(0x8887868584838281, 0));
}

template <Op op>
V128 LoadLane(uint8_t lane) {
  const Bytes bytes;
  return LoadOp<op>::FromBytes(bytes.at, V128::FromBits(0, 0), lane);
}

TEST(LoadTest, LanesReplaceOneOnly) {
  EXPECT_EQ(LoadLane<Op::kV128Load8Lane>(15), V128::FromBits(0, 0x81ull << 56));
  EXPECT_EQ(LoadLane<Op::kV128Load16Lane>(1), V128::FromBits(0x82810000, 0));
  EXPECT_EQ(LoadLane<Op::kV128Load32Lane>(2), V128::FromBits(0, 0x84838281));
  EXPECT_EQ(LoadLane<Op::kV128Load64Lane>(1),
            V128::FromBits(0, 0x8887868584838281));
}

constexpr uint64_t kUntouched = 0xeeeeeeeeeeeeeeee;

template <Op op>
V128 StoreBytes(typename StoreOp<op>::Value value) {
  alignas(16) uint8_t bytes[17];
  V128::FromBits(kUntouched, kUntouched).Store(bytes + 1);
  StoreOp<op>::ToBytes(value, bytes + 1);
  return V128::Load(bytes + 1);
}

TEST(StoreTest, IntegersAreWrapped) {
  constexpr uint64_t kValue = 0x8877665544332211;
  const auto low = [](uint64_t bits) {
    return V128::FromBits(bits, kUntouched);
  };
  EXPECT_EQ(StoreBytes<Op::kI32Store>(0x44332211), low(0xeeeeeeee44332211));
  EXPECT_EQ(StoreBytes<Op::kI32Store8>(0x44332211), low(0xeeeeeeeeeeeeee11));
  EXPECT_EQ(StoreBytes<Op::kI32Store16>(0x44332211), low(0xeeeeeeeeeeee2211));
  EXPECT_EQ(StoreBytes<Op::kI64Store>(kValue), low(kValue));
  EXPECT_EQ(StoreBytes<Op::kI64Store8>(kValue), low(0xeeeeeeeeeeeeee11));
  EXPECT_EQ(StoreBytes<Op::kI64Store16>(kValue), low(0xeeeeeeeeeeee2211));
  EXPECT_EQ(StoreBytes<Op::kI64Store32>(kValue), low(0xeeeeeeee44332211));
  EXPECT_EQ(StoreOp<Op::kI32AtomicStore>::ToCell(0x44332211), 0x44332211u);
  EXPECT_EQ(StoreOp<Op::kI32AtomicStore8>::ToCell(0x44332211), 0x11);
  EXPECT_EQ(StoreOp<Op::kI32AtomicStore16>::ToCell(0x44332211), 0x2211);
  EXPECT_EQ(StoreOp<Op::kI64AtomicStore>::ToCell(kValue), kValue);
  EXPECT_EQ(StoreOp<Op::kI64AtomicStore8>::ToCell(kValue), 0x11);
  EXPECT_EQ(StoreOp<Op::kI64AtomicStore16>::ToCell(kValue), 0x2211);
  EXPECT_EQ(StoreOp<Op::kI64AtomicStore32>::ToCell(kValue), 0x44332211u);
  EXPECT_TRUE(StoreOp<Op::kI64AtomicStore32>::kAtomic);
}

TEST(StoreTest, FloatsKeepSignallingNans) {
  EXPECT_EQ(
      StoreOp<Op::kF32Store>::ToCell(std::bit_cast<float>(uint32_t{0x7f800001})),
      0x7f800001u);
  EXPECT_EQ(StoreOp<Op::kF64Store>::ToCell(
                std::bit_cast<double>(uint64_t{0x7ff0000000000001})),
            0x7ff0000000000001u);
}

TEST(StoreTest, VectorsAndLanes) {
  const V128 value = V128::FromBits(0x8877665544332211, 0x0123456789abcdef);
  EXPECT_EQ(StoreBytes<Op::kV128Store>(value), value);
  EXPECT_EQ(StoreOp<Op::kV128Store8Lane>::ToCell(value, 9), 0xcd);
  EXPECT_EQ(StoreOp<Op::kV128Store16Lane>::ToCell(value, 3), 0x8877);
  EXPECT_EQ(StoreOp<Op::kV128Store32Lane>::ToCell(value, 3), 0x01234567u);
  EXPECT_EQ(StoreOp<Op::kV128Store64Lane>::ToCell(value, 1), 0x0123456789abcdefu);
  uint8_t bytes[3] = {0xee, 0xee, 0xee};
  StoreOp<Op::kV128Store8Lane>::ToBytes(value, 1, bytes + 1);
  EXPECT_EQ(bytes[0], 0xee);
  EXPECT_EQ(bytes[1], 0x22);
  EXPECT_EQ(bytes[2], 0xee);
}

}  // namespace
}  // namespace weft::exec
