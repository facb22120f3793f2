#include "exec/fault_handler.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <thread>
#include <vector>

#include "exec/interpreter/guarded_access.h"
#include "exec/runtime/guard_support.h"
#include "exec/runtime/memory_pool.h"
#include "gtest/gtest.h"

namespace weft::exec {
namespace {

#if WEFT_CAN_GUARD

// A guarded memory of one page.
class FaultHandlerTest : public ::testing::Test {
 protected:
  static constexpr uint64_t kBytes = 65536;

  void SetUp() override {
    ASSERT_TRUE(InstallFaultHandler());
    ASSERT_TRUE(pool_.Take(kBytes, &reservation_));
  }
  void TearDown() override { pool_.Return(reservation_); }

  template <typename Memory, typename Result>
  [[gnu::noinline]] bool Load(uint64_t address, Result* out) {
    return GuardedLoad<Memory>(reservation_.base, address, out);
  }
  template <typename Memory>
  [[gnu::noinline]] bool Store(uint64_t address, Memory value) {
    return GuardedStore<Memory>(reservation_.base, address, value);
  }

  // Stores and loads `value` where it ends with the memory, and one byte on.
  template <typename Memory, typename Result>
  void CheckEdge(Memory value, Result expected) {
    Result result{};
    const uint64_t last = kBytes - sizeof(Memory);
    EXPECT_TRUE(Store<Memory>(last, value));
    EXPECT_TRUE((Load<Memory, Result>(last, &result)));
    EXPECT_EQ(std::memcmp(&result, &expected, sizeof(Result)), 0);
    Result untouched = expected;
    EXPECT_FALSE((Load<Memory, Result>(last + 1, &untouched)));
    EXPECT_EQ(std::memcmp(&untouched, &expected, sizeof(Result)), 0);
    EXPECT_FALSE(Store<Memory>(last + 1, value));
    EXPECT_FALSE(Store<Memory>(kBytes, value));
    // The farthest that address and offset can reach.
    const uint64_t far = 2 * uint64_t{0xffffffff};
    EXPECT_FALSE((Load<Memory, Result>(far, &untouched)));
    EXPECT_FALSE(Store<Memory>(far, value));
  }

  MemoryPool pool_{4, 4};
  Reservation reservation_;
};

TEST_F(FaultHandlerTest, IntegersTrapAtTheEnd) {
  CheckEdge<uint8_t, uint32_t>(0x80, 0x80);
  CheckEdge<int8_t, uint32_t>(-2, 0xfffffffeu);
  CheckEdge<int8_t, uint64_t>(-2, 0xfffffffffffffffeu);
  CheckEdge<uint16_t, uint64_t>(0x8001, 0x8001);
  CheckEdge<int16_t, uint32_t>(-3, 0xfffffffdu);
  CheckEdge<int16_t, uint64_t>(-3, 0xfffffffffffffffdu);
  CheckEdge<uint32_t, uint32_t>(0x80000001u, 0x80000001u);
  CheckEdge<uint32_t, uint64_t>(0x80000001u, 0x80000001u);
  CheckEdge<int32_t, uint64_t>(-4, 0xfffffffffffffffcu);
  CheckEdge<uint64_t, uint64_t>(0x123456789abcdef0u, 0x123456789abcdef0u);
}

TEST_F(FaultHandlerTest, FloatsAndVectorsTrapAtTheEnd) {
  // A signalling NaN must come through as it is.
  float snan;
  const uint32_t bits = 0x7fa00001;
  std::memcpy(&snan, &bits, 4);
  CheckEdge<float, float>(snan, snan);
  CheckEdge<double, double>(-0.5, -0.5);
  const __m128i vector = _mm_set_epi32(1, -2, 3, -4);
  CheckEdge<__m128i, __m128i>(vector, vector);
  CheckEdge<uint32_t, __m128i>(0x80000001u,
                               _mm_set_epi32(0, 0, 0, -0x7fffffff));
  CheckEdge<uint64_t, __m128i>(0x8000000100000002u,
                               _mm_set_epi32(0, 0, -0x7fffffff, 2));
}

TEST_F(FaultHandlerTest, DroppedLoadTraps) {
  uint64_t dropped;
  EXPECT_TRUE((Load<uint8_t, uint64_t>(kBytes - 1, &dropped)));
  EXPECT_FALSE((Load<uint8_t, uint64_t>(kBytes, &dropped)));
}

TEST_F(FaultHandlerTest, PartlyOutOfBoundsStoreWritesNothing) {
  ASSERT_TRUE(Store<uint64_t>(kBytes - 8, 0x1111111111111111u));
  EXPECT_FALSE(Store<uint64_t>(kBytes - 4, 0x2222222222222222u));
  uint64_t value = 0;
  ASSERT_TRUE((Load<uint64_t, uint64_t>(kBytes - 8, &value)));
  EXPECT_EQ(value, 0x1111111111111111u);
}

TEST_F(FaultHandlerTest, PageStraddlingAccessWorks) {
  for (uint64_t at = 4090; at < 4102; ++at) {
    uint64_t value = 0;
    ASSERT_TRUE(Store<uint64_t>(at, 0x0102030405060708u + at));
    ASSERT_TRUE((Load<uint64_t, uint64_t>(at, &value)));
    EXPECT_EQ(value, 0x0102030405060708u + at);
  }
}

TEST_F(FaultHandlerTest, EveryThreadTraps) {
  std::vector<std::thread> threads;
  std::vector<int> traps(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      EnsureSignalStack();
      uint64_t value;
      for (int i = 0; i < 1000; ++i) {
        if (!Load<uint32_t, uint64_t>(kBytes + i, &value)) ++traps[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(traps, std::vector<int>(4, 1000));
}

TEST_F(FaultHandlerTest, OtherReservationsAndUnmappedMemoryAreTold) {
  Reservation other;
  ASSERT_TRUE(pool_.Take(0, &other));
  uint64_t value;
  EXPECT_FALSE(GuardedLoad<uint8_t>(other.base, 0, &value));
  pool_.Return(other);
}

// A fault of ours outside of all reservations is a defect and must not go on.
TEST_F(FaultHandlerTest, GuardedAccessOutsideOfReservationsCrashes) {
  void* foreign =
      mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(foreign, MAP_FAILED);
  uint64_t value;
  EXPECT_EXIT(GuardedLoad<uint8_t>(static_cast<uint8_t*>(foreign), 0, &value),
              ::testing::KilledBySignal(SIGSEGV), "");
  munmap(foreign, 4096);
}

// A fault of the host's inside of a reservation is a defect, too.
TEST_F(FaultHandlerTest, HostAccessToReservationCrashes) {
  volatile uint8_t* beyond = reservation_.base + kBytes;
  EXPECT_EXIT(*beyond, ::testing::KilledBySignal(SIGSEGV), "");
}

TEST_F(FaultHandlerTest, HostFaultElsewhereCrashesWithItsSignal) {
  volatile uint8_t* null = nullptr;
  EXPECT_EXIT(*null = 1, ::testing::KilledBySignal(SIGSEGV), "");
  char name[] = "/tmp/weft_fault_test.XXXXXX";
  EXPECT_EXIT(
      {
        // Beyond the end of a mapped file.
        const int file = mkstemp(name);
        unlink(name);
        auto* map = static_cast<volatile uint8_t*>(
            mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, file, 0));
        std::exit(*map);
      },
      ::testing::KilledBySignal(SIGBUS), "");
}

TEST_F(FaultHandlerTest, SignalSentByAProcessEndsIt) {
  EXPECT_EXIT(
      {
        kill(getpid(), SIGSEGV);
        pause();
      },
      ::testing::KilledBySignal(SIGSEGV), "");
}

// The rest runs in processes of their own, where the handler is not installed
// yet: gtest starts them anew.
class ChainTest : public ::testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

void ExitWithInfo(int, siginfo_t* info, void*) {
  _exit(info->si_addr == reinterpret_cast<void*>(16) ? 42 : 43);
}
void ExitPlain(int) { _exit(44); }

TEST_F(ChainTest, PreviousHandlerWithInfoIsCalled) {
  EXPECT_EXIT(
      {
        struct sigaction action = {};
        action.sa_sigaction = ExitWithInfo;
        action.sa_flags = SA_SIGINFO;
        sigaction(SIGSEGV, &action, nullptr);
        InstallFaultHandler();
        *reinterpret_cast<volatile uint8_t*>(16) = 1;
      },
      ::testing::ExitedWithCode(42), "");
}

TEST_F(ChainTest, PreviousPlainHandlerIsCalled) {
  EXPECT_EXIT(
      {
        std::signal(SIGSEGV, ExitPlain);
        InstallFaultHandler();
        *reinterpret_cast<volatile uint8_t*>(16) = 1;
      },
      ::testing::ExitedWithCode(44), "");
}

TEST_F(ChainTest, IgnoredSignalsStayIgnoredAndFaultsDoNot) {
  EXPECT_EXIT(
      {
        std::signal(SIGSEGV, SIG_IGN);
        InstallFaultHandler();
        kill(getpid(), SIGSEGV);
        _exit(7);
      },
      ::testing::ExitedWithCode(7), "");
  EXPECT_EXIT(
      {
        std::signal(SIGSEGV, SIG_IGN);
        InstallFaultHandler();
        *reinterpret_cast<volatile uint8_t*>(16) = 1;
      },
      ::testing::KilledBySignal(SIGSEGV), "");
}

#else

TEST(FaultHandlerTest, RefusesWhereTheBuildCannotGuard) {
  EXPECT_FALSE(InstallFaultHandler());
  Reservation reservation;
  MemoryPool pool(1, 1);
  EXPECT_FALSE(pool.Take(65536, &reservation));
}

#endif

}  // namespace
}  // namespace weft::exec
