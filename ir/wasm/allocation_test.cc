// Memory follows the bytes of the input, not the counts that it declares.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "ir/wasm/testing.h"

namespace {

// Bytes that operator new has handed out since the last reset.
size_t g_allocated = 0;

}  // namespace

void* operator new(size_t size) {
  g_allocated += size;
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  return memory;
}
void* operator new[](size_t size) { return operator new(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

namespace weft::wasm {
namespace {

using testing::Body;
using testing::Bytes;
using testing::Check;
using testing::Concat;
using testing::ModuleBuilder;
using testing::Vec;

// A validator's own tables included.
constexpr size_t kFixed = 100000;

void ExpectSmall(const Bytes& bytes) {
  g_allocated = 0;
  const absl::Status status = Check(bytes);
  EXPECT_FALSE(status.ok()) << ::testing::PrintToString(bytes);
  EXPECT_LT(g_allocated, kFixed + 200 * bytes.size()) << status;
}

TEST(AllocationTest, DeclaredCountsCostNothing) {
  // The largest counts that pass as numbers: four billion, a million.
  for (const Bytes& count :
       {Bytes{0xff, 0xff, 0xff, 0xff, 0x0f}, Bytes{0xc0, 0x84, 0x3d}}) {
    for (uint8_t id = 1; id <= 13; ++id) {
      ExpectSmall(ModuleBuilder().Section(id, count).Build());
      ExpectSmall(
          ModuleBuilder().Section(id, Concat({count, {0, 0, 0}})).Build());
    }
    for (const Bytes& type :
         {Concat({{0x4e}, count}), Concat({{0x60}, count}),
          Concat({{0x60, 0}, count}), Concat({{0x5f}, count})}) {
      ExpectSmall(ModuleBuilder().Section(1, Vec({type})).Build());
    }
    ExpectSmall(ModuleBuilder().Section(9, Concat({{1, 1, 0}, count})).Build());
    ExpectSmall(
        ModuleBuilder().Section(9, Concat({{1, 5, 0x70}, count})).Build());
    for (const Bytes& operators :
         {Concat({{0x0e}, count}), Concat({{0x1c}, count}),
          Concat({{0x1f, 0x40}, count}), Concat({{0, 0xfb, 8, 1}, count})}) {
      ExpectSmall(ModuleBuilder()
                      .Section(1, Vec({{0x60, 0, 0}}))
                      .Section(3, Vec({{0}}))
                      .Section(10, Vec({Body(operators)}))
                      .Build());
    }
    ExpectSmall(ModuleBuilder()
                    .Section(1, Vec({{0x60, 0, 0}}))
                    .Section(3, Vec({{0}}))
                    .Section(10, Vec({Body({0x0b}, count)}))
                    .Build());
  }
}

}  // namespace
}  // namespace weft::wasm
