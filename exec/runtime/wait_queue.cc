// Buckets of doubly linked lists, as in a futex. A bucket's mutex orders the
// comparison of the waiter's value with notifications, which is what makes a
// wake-up between the two impossible. Locks are taken bucket first, then the
// waiter's interrupter.
#include "exec/runtime/wait_queue.h"

namespace weft::exec {

void WaitQueue::Append(Bucket& bucket, Waiter* waiter) {
  waiter->previous = bucket.last;
  (bucket.last == nullptr ? bucket.first : bucket.last->next) = waiter;
  bucket.last = waiter;
}

void WaitQueue::Remove(Bucket& bucket, Waiter* waiter) {
  (waiter->previous == nullptr ? bucket.first : waiter->previous->next) =
      waiter->next;
  (waiter->next == nullptr ? bucket.last : waiter->next->previous) =
      waiter->previous;
  waiter->queued = false;
}

WaitQueue::Result WaitQueue::Wait(uint64_t address,
                                  absl::FunctionRef<bool()> is_expected,
                                  SteadyTime deadline,
                                  Interrupter& interrupter) {
  Bucket& bucket = BucketOf(address);
  Waiter waiter{.address = address, .interrupter = &interrupter};
  {
    std::lock_guard<std::mutex> lock(bucket.mutex);
    if (!is_expected()) return Result::kNotEqual;
    Append(bucket, &waiter);
  }
  interrupter.Wait(waiter.notified, deadline);
  std::lock_guard<std::mutex> lock(bucket.mutex);
  if (!waiter.queued) return Result::kNotified;
  Remove(bucket, &waiter);
  return Result::kTimedOut;
}

uint32_t WaitQueue::Notify(uint64_t address, uint32_t count) {
  Bucket& bucket = BucketOf(address);
  std::lock_guard<std::mutex> lock(bucket.mutex);
  uint32_t woken = 0;
  Waiter* next = nullptr;
  for (Waiter* waiter = bucket.first; waiter != nullptr && woken < count;
       waiter = next) {
    next = waiter->next;
    if (waiter->address != address) continue;
    Remove(bucket, waiter);
    waiter->interrupter->Wake(&waiter->notified);
    ++woken;
  }
  return woken;
}

}  // namespace weft::exec
