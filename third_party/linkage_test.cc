// One small use of each external library, through its canonical label.
#include <brotli/decode.h>
#include <brotli/encode.h>
#include <openssl/sha.h>
#include <z3++.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/types/span.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "re2/re2.h"
#include "third_party/parallel_for.h"
#include "toml++/toml.h"

// Defined where mimalloc is the allocator.
extern "C" bool mi_is_in_heap_region(const void* p) __attribute__((weak));

ABSL_FLAG(int, linkage_test_level, 2, "a flag");

namespace weft {
namespace {

using ::testing::ElementsAre;

const std::string& Text() {
  static const std::string& text = *new std::string(
      absl::StrCat(std::string(1000, 'a'), std::string(1000, 'b')));
  return text;
}

absl::StatusOr<int> Half(int n) {
  if (n % 2 != 0) return absl::InvalidArgumentError("odd");
  return n / 2;
}

TEST(LinkageTest, AbseilStatusAndStrings) {
  EXPECT_EQ(*Half(4), 2);
  EXPECT_EQ(Half(3).status().ToString(), "INVALID_ARGUMENT: odd");
  EXPECT_EQ(absl::StrFormat("%04x", 0xbeef), "beef");
  const std::vector<std::string> parts = absl::StrSplit("a,b", ',');
  EXPECT_THAT(parts, ElementsAre("a", "b"));
  EXPECT_EQ(absl::MakeSpan(parts).subspan(1).front(), "b");
}

TEST(LinkageTest, AbseilContainersRandomFlagsAndTime) {
  absl::BitGen random;
  absl::flat_hash_map<std::string, int> map;
  for (int i = 0; i < 100; ++i) map[absl::StrCat(i)] = i;
  EXPECT_EQ(map.at("42"), 42);
  EXPECT_LT(absl::Uniform(random, 0, 10), 10);
  EXPECT_EQ(absl::GetFlag(FLAGS_linkage_test_level), 2);
  EXPECT_NE(absl::FindCommandLineFlag("linkage_test_level"), nullptr);
  EXPECT_GT(absl::Now(), absl::UnixEpoch());
}

// In one thread: the installed Abseil is not instrumented, so that
// ThreadSanitizer does not see that absl::Mutex orders threads. Our own code
// takes std::mutex for that reason.
TEST(LinkageTest, AbseilMutex) {
  absl::Mutex mutex;
  absl::MutexLock lock(&mutex);
  mutex.AssertHeld();
}

TEST(LinkageTest, StandardMutexBetweenThreads) {
  std::mutex mutex;
  int count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1000; ++j) {
        const std::lock_guard<std::mutex> lock(mutex);
        ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(count, 4000);
}

TEST(LinkageTest, Re2) {
  int number = 0;
  EXPECT_TRUE(RE2::FullMatch("func 17", R"(func (\d+))", &number));
  EXPECT_EQ(number, 17);
}

TEST(LinkageTest, ParallelForRunsEveryIterationOnce) {
  for (const int threads : {1, 4}) {
    for (int round = 0; round < 50; ++round) {
      std::vector<int> squares(10000);
      std::atomic<int> calls = 0;
      ParallelFor(squares.size(), threads, [&](std::size_t i) {
        squares[i] += static_cast<int>(i * i) + round;
        calls.fetch_add(1, std::memory_order_relaxed);
      });
      EXPECT_EQ(calls, 10000);
      EXPECT_EQ(squares[99], 9801 + round);
    }
  }
}

TEST(LinkageTest, MimallocIsTheAllocatorWhereItIsLinked) {
  if (mi_is_in_heap_region == nullptr) {
    GTEST_SKIP() << "sanitizers use the system's allocator";
  }
  void* from_malloc = std::malloc(100);
  int* from_new = new int(1);
  EXPECT_TRUE(mi_is_in_heap_region(from_malloc));
  EXPECT_TRUE(mi_is_in_heap_region(from_new));
  delete from_new;
  std::free(from_malloc);
}

TEST(LinkageTest, JsonWithoutExceptions) {
  const auto json = nlohmann::json::parse(R"({"n": [1, 2]})", nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  EXPECT_EQ(json["n"][1], 2);
  EXPECT_TRUE(nlohmann::json::parse("{", nullptr, false).is_discarded());
}

TEST(LinkageTest, TomlWithoutExceptions) {
  const toml::parse_result good = toml::parse("[gate]\nsize = 3\n");
  ASSERT_TRUE(good.succeeded());
  EXPECT_EQ(good.table()["gate"]["size"].value_or(0), 3);
  EXPECT_FALSE(toml::parse("[gate").succeeded());
}

TEST(LinkageTest, Compressors) {
  const std::string& text = Text();
  std::string out(4096, '\0');

  std::size_t size = out.size();
  ASSERT_TRUE(BrotliEncoderCompress(
      BROTLI_DEFAULT_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC,
      text.size(), reinterpret_cast<const std::uint8_t*>(text.data()), &size,
      reinterpret_cast<std::uint8_t*>(out.data())));
  std::string back(text.size(), '\0');
  std::size_t back_size = back.size();
  ASSERT_EQ(BrotliDecoderDecompress(
                size, reinterpret_cast<const std::uint8_t*>(out.data()),
                &back_size, reinterpret_cast<std::uint8_t*>(back.data())),
            BROTLI_DECODER_RESULT_SUCCESS);
  EXPECT_EQ(back, text);

  uLongf zlib_size = out.size();
  EXPECT_EQ(compress(reinterpret_cast<Bytef*>(out.data()), &zlib_size,
                     reinterpret_cast<const Bytef*>(text.data()), text.size()),
            Z_OK);
  EXPECT_LT(zlib_size, text.size());
  EXPECT_LT(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3),
            text.size());
}

TEST(LinkageTest, Sha256) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(nullptr, 0, digest.data());
  EXPECT_EQ(digest[0], 0xe3);
}

TEST(LinkageTest, Z3ProvesARewrite) {
  z3::context context;
  const z3::expr x = context.bv_const("x", 32);
  z3::solver solver(context);
  solver.add(x + x != z3::shl(x, 1));
  EXPECT_EQ(solver.check(), z3::unsat);
}

}  // namespace
}  // namespace weft
