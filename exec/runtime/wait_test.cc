// Wait and notify, interrupts and deadlines, on real threads.
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "exec/runtime/context.h"
#include "exec/runtime/interrupter.h"
#include "exec/runtime/memory.h"
#include "exec/runtime/memory_ops.h"
#include "exec/trap.h"
#include "gtest/gtest.h"

namespace weft::exec {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::unique_ptr<LinearMemory> NewShared() {
  wasm::MemoryType type;
  type.limits = {.min = 1, .max = 2, .has_max = true, .is_shared = true};
  return LinearMemory::New(type, nullptr, nullptr).value();
}

// What a store has.
struct Guest {
  Context context;
  std::shared_ptr<Interrupter> interrupter =
      std::make_shared<Interrupter>(&context);

  Guest() { context.interrupter = interrupter.get(); }
};

uint32_t* Cell(LinearMemory& memory, uint64_t address) {
  return reinterpret_cast<uint32_t*>(memory.base + address);
}

TEST(WaitTest, ChecksBoundsAlignmentAndSharing) {
  Guest guest;
  const auto memory = NewShared();
  uint32_t result = 77;
  const auto wait32 = [&](LinearMemory& m, uint64_t address, uint64_t offset) {
    return AtomicWait32(guest.context, m, address, offset, 1, 0, &result);
  };
  EXPECT_EQ(wait32(*memory, 65536, 0), TrapKind::kOutOfBoundsMemoryAccess);
  EXPECT_EQ(wait32(*memory, 65535, 0), TrapKind::kOutOfBoundsMemoryAccess);
  EXPECT_EQ(wait32(*memory, 8, ~uint64_t{0} - 4),
            TrapKind::kOutOfBoundsMemoryAccess);
  EXPECT_EQ(wait32(*memory, 2, 0), TrapKind::kUnalignedAtomic);
  EXPECT_EQ(wait32(*memory, 1, 3), TrapKind::kNone);
  EXPECT_EQ(result, 1u);
  EXPECT_EQ(AtomicWait64(guest.context, *memory, 4, 0, 1, 0, &result),
            TrapKind::kUnalignedAtomic);
  EXPECT_EQ(AtomicNotify(guest.context, *memory, 2, 0, 1, &result),
            TrapKind::kUnalignedAtomic);
  EXPECT_EQ(AtomicNotify(guest.context, *memory, 65536, 0, 0, &result),
            TrapKind::kOutOfBoundsMemoryAccess);
  wasm::MemoryType type;
  type.limits.min = 1;
  const auto unshared = LinearMemory::New(type, nullptr, nullptr).value();
  EXPECT_EQ(wait32(*unshared, 0, 0), TrapKind::kExpectedSharedMemory);
  EXPECT_EQ(AtomicNotify(guest.context, *unshared, 0, 0, 1, &result),
            TrapKind::kNone);
  EXPECT_EQ(result, 0u);
}

TEST(WaitTest, NotEqualAndTimeout) {
  Guest guest;
  const auto memory = NewShared();
  uint32_t result = 77;
  EXPECT_EQ(AtomicWait32(guest.context, *memory, 0, 0, 5, -1, &result),
            TrapKind::kNone);
  EXPECT_EQ(result, 1u);
  const auto begin = steady_clock::now();
  EXPECT_EQ(AtomicWait64(guest.context, *memory, 0, 0, 0, 20'000'000, &result),
            TrapKind::kNone);
  EXPECT_EQ(result, 2u);
  EXPECT_GE(steady_clock::now() - begin, milliseconds(20));
  EXPECT_EQ(AtomicWait32(guest.context, *memory, 0, 0, 0, 0, &result),
            TrapKind::kNone);
  EXPECT_EQ(result, 2u);
}

TEST(WaitTest, NotifyWakesAsManyAsAskedAtItsAddressOnly) {
  const auto memory = NewShared();
  std::atomic<int> woken{0};
  std::atomic<int> others{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&, i] {
      Guest guest;
      uint32_t result = 77;
      // The last waits elsewhere, in the same bucket.
      const uint64_t address = i == 4 ? 4 * 16 : 0;
      EXPECT_EQ(
          AtomicWait32(guest.context, *memory, address, 0, 0, -1, &result),
          TrapKind::kNone);
      EXPECT_EQ(result, 0u);
      ++(i == 4 ? others : woken);
    });
  }
  Guest guest;
  const auto notify = [&](uint64_t address, uint32_t count) {
    uint32_t result = 77;
    EXPECT_EQ(AtomicNotify(guest.context, *memory, address, 0, count, &result),
              TrapKind::kNone);
    return result;
  };
  uint32_t sum = 0;
  while (sum < 2) sum += notify(0, 2 - sum);
  while (woken < 2) std::this_thread::yield();
  std::this_thread::sleep_for(milliseconds(5));
  EXPECT_EQ(woken, 2);
  while (sum < 4) sum += notify(0, 0xffffffffu);
  while (woken < 4) std::this_thread::yield();
  EXPECT_EQ(others, 0);
  while (notify(4 * 16, 1) == 0) std::this_thread::yield();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(others, 1);
  EXPECT_EQ(notify(0, 10), 0u);
}

// A mutex as a guest would write it: 0 free, 1 taken, 2 taken with waiters.
TEST(WaitTest, EightThreadMutex) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 500;
  const auto memory = NewShared();
  uint64_t counter = 0;  // Guarded by the guest's mutex alone.
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      Guest guest;
      uint32_t* lock = Cell(*memory, 0);
      for (int i = 0; i < kRounds; ++i) {
        uint32_t seen = 0;
        if (!__atomic_compare_exchange_n(lock, &seen, 1, false,
                                         __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
          while (__atomic_exchange_n(lock, 2, __ATOMIC_SEQ_CST) != 0) {
            uint32_t result;
            ASSERT_EQ(
                AtomicWait32(guest.context, *memory, 0, 0, 2, -1, &result),
                TrapKind::kNone);
          }
        }
        ++counter;
        if (__atomic_exchange_n(lock, 0, __ATOMIC_SEQ_CST) == 2) {
          uint32_t result;
          ASSERT_EQ(AtomicNotify(guest.context, *memory, 0, 0, 1, &result),
                    TrapKind::kNone);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter, uint64_t{kThreads} * kRounds);
}

TEST(WaitTest, InterruptEndsAWaitSoon) {
  Guest guest;
  const auto memory = NewShared();
  std::thread other([interrupter = guest.interrupter] {
    std::this_thread::sleep_for(milliseconds(20));
    interrupter->Interrupt(TrapKind::kInterrupted);
  });
  const auto begin = steady_clock::now();
  uint32_t result = 77;
  EXPECT_EQ(AtomicWait32(guest.context, *memory, 0, 0, 0, -1, &result),
            TrapKind::kInterrupted);
  EXPECT_LT(steady_clock::now() - begin, milliseconds(20 + 50 + 200));
  other.join();
  // Nobody is left in the queue.
  EXPECT_EQ(AtomicNotify(guest.context, *memory, 0, 0, 1, &result),
            TrapKind::kNone);
  EXPECT_EQ(result, 0u);
}

TEST(DeadlineTest, EndsWaitsAndFills) {
  Guest guest;
  DeadlineTimer timer;
  const auto memory = NewShared();
  timer.Add(steady_clock::now() + milliseconds(10), guest.interrupter);
  uint32_t result = 77;
  EXPECT_EQ(AtomicWait32(guest.context, *memory, 0, 0, 0, -1, &result),
            TrapKind::kDeadlineExceeded);
  guest.interrupter->Reset(true);
  EXPECT_EQ(guest.context.interrupt.load(), 0u);
  timer.Add(steady_clock::now() + milliseconds(10), guest.interrupter);
  TrapKind trap = TrapKind::kNone;
  while (trap == TrapKind::kNone) {
    trap = MemoryFill(guest.context, *memory, 0, 1, 65536);
  }
  EXPECT_EQ(trap, TrapKind::kDeadlineExceeded);
}

TEST(DeadlineTest, CanceledDeadlinesDoNotStrike) {
  Guest guest;
  DeadlineTimer timer;
  // Out of order, so that the timer has to look again.
  const auto now = steady_clock::now();
  const auto late = timer.Add(now + milliseconds(50), guest.interrupter);
  const auto early = timer.Add(now + milliseconds(1), guest.interrupter);
  timer.Cancel(late);
  timer.Cancel(early);
  guest.interrupter->Reset(false);
  std::this_thread::sleep_for(milliseconds(60));
  EXPECT_EQ(guest.context.interrupt.load(), 0u);
}

TEST(InterrupterTest, WhatStaysAndWhatGoes) {
  Guest guest;
  Slot slots[1];
  guest.context.stack_limit = slots;
  guest.context.stack_end = slots;
  guest.interrupter->Interrupt(TrapKind::kInterrupted);
  guest.interrupter->Interrupt(TrapKind::kDeadlineExceeded);
  EXPECT_EQ(guest.context.interrupt.load(),
            static_cast<uint32_t>(TrapKind::kInterrupted));
  EXPECT_EQ(guest.context.stack_end.load(), nullptr);
  // Nobody was stopped by it yet.
  guest.interrupter->Reset(false);
  EXPECT_NE(guest.context.interrupt.load(), 0u);
  guest.interrupter->Reset(true);
  EXPECT_EQ(guest.context.interrupt.load(), 0u);
  EXPECT_EQ(guest.context.stack_end.load(), slots);
  guest.interrupter->Interrupt(TrapKind::kDeadlineExceeded);
  guest.interrupter->Reset(false);
  EXPECT_EQ(guest.context.interrupt.load(), 0u);
  guest.interrupter->Detach();
  guest.interrupter->Interrupt(TrapKind::kInterrupted);
  EXPECT_EQ(guest.context.interrupt.load(), 0u);
}

}  // namespace
}  // namespace weft::exec
