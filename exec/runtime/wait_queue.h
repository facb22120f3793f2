// Threads that wait on addresses of one shared memory (threads proposal, wait
// and notify).
#ifndef WEFT_EXEC_RUNTIME_WAIT_QUEUE_H_
#define WEFT_EXEC_RUNTIME_WAIT_QUEUE_H_

#include <cstdint>
#include <mutex>

#include "absl/functional/function_ref.h"
#include "exec/runtime/interrupter.h"

namespace weft::exec {

// Thread-safe. Waits at one address are woken in the order in which they came.
class WaitQueue {
 public:
  enum class Result : uint32_t { kNotified = 0, kNotEqual = 1, kTimedOut = 2 };

  // Sleeps at `address` when `is_expected`, called in the one order with all
  // waits and notifications of this address, returns true. Ends when notified,
  // at `deadline` (SteadyTime::max() for none), or when `interrupter`, the
  // calling store's, is interrupted: then the result is kTimedOut.
  Result Wait(uint64_t address, absl::FunctionRef<bool()> is_expected,
              SteadyTime deadline, Interrupter& interrupter);

  // Wakes up to `count` waits at `address`; how many.
  uint32_t Notify(uint64_t address, uint32_t count);

 private:
  // Lies on the waiting thread's stack; a bucket's mutex guards it.
  struct Waiter {
    uint64_t address;
    Interrupter* interrupter;
    Waiter* next = nullptr;
    Waiter* previous = nullptr;
    bool queued = true;
    bool notified = false;  // Guarded by the interrupter.
  };
  struct Bucket {
    std::mutex mutex;
    Waiter* first = nullptr;
    Waiter* last = nullptr;
  };

  Bucket& BucketOf(uint64_t address) {
    return buckets_[(address >> 2) % kNumBuckets];
  }
  static void Append(Bucket& bucket, Waiter* waiter);
  static void Remove(Bucket& bucket, Waiter* waiter);

  static constexpr int kNumBuckets = 16;
  Bucket buckets_[kNumBuckets];
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_WAIT_QUEUE_H_
