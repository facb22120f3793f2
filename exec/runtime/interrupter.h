// Ends what a store runs from other threads: interrupts, deadlines, and the
// waits that they have to wake.
#ifndef WEFT_EXEC_RUNTIME_INTERRUPTER_H_
#define WEFT_EXEC_RUNTIME_INTERRUPTER_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "exec/runtime/context.h"
#include "exec/trap.h"

namespace weft::exec {

using SteadyTime = std::chrono::steady_clock::time_point;

// One per store, shared with whoever may interrupt it; outlives the store when
// they do.
class Interrupter {
 public:
  // `context` lives until Detach.
  explicit Interrupter(Context* context) : context_(context) {}

  // Asks the guest to leave with the trap `kind`. While no guest runs, an
  // interrupt stays and ends the next call, a deadline does not. Wakes a wait.
  // Nothing behind Detach. Any thread.
  void Interrupt(TrapKind kind);

  // The store's thread, when its outermost activation has ended: forgets a
  // deadline, and an interrupt if `delivered`.
  void Reset(bool delivered);

  // The store is gone.
  void Detach();

  // The store's thread: sleeps until `done` (written under Lock), an interrupt
  // is there, or `deadline` has passed.
  void Wait(const bool& done, SteadyTime deadline);

  // Sets `*done`, which a Wait may be watching, and wakes it. Any thread.
  void Wake(bool* done);

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  Context* context_;
};

// A thread that interrupts stores at their deadlines; it runs from the first
// one on. One per engine. Thread-safe.
class DeadlineTimer {
 public:
  using Id = std::pair<SteadyTime, uint64_t>;

  DeadlineTimer() = default;
  // Joins the thread.
  ~DeadlineTimer();

  // At `time`, interrupts `target` with DeadlineExceeded unless canceled.
  Id Add(SteadyTime time, std::shared_ptr<Interrupter> target);

  // When it returns the deadline has struck or never will.
  void Cancel(Id id);

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Id, std::shared_ptr<Interrupter>> pending_;
  // When the thread looks again by itself. Deadlines that are canceled leave it
  // too early, so that calls with later ones need not wake the thread.
  SteadyTime wakes_ = SteadyTime::max();
  uint64_t next_ = 0;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_INTERRUPTER_H_
