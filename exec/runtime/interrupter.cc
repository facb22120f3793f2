#include "exec/runtime/interrupter.h"

#include <utility>

namespace weft::exec {

void Interrupter::Interrupt(TrapKind kind) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (context_ == nullptr) return;
  // The first of two stays.
  uint32_t none = 0;
  context_->interrupt.compare_exchange_strong(none,
                                              static_cast<uint32_t>(kind));
  context_->stack_end.store(nullptr);
  woken_.notify_all();
}

void Interrupter::Reset(bool delivered) {
  // What comes from now on is for the next call.
  if (context_->interrupt.load() == 0) return;
  std::lock_guard<std::mutex> lock(mutex_);
  const uint32_t kind = context_->interrupt.load();
  if (kind == static_cast<uint32_t>(TrapKind::kInterrupted) && !delivered) {
    return;
  }
  context_->interrupt.store(0);
  context_->stack_end.store(context_->stack_limit);
}

void Interrupter::Detach() {
  std::lock_guard<std::mutex> lock(mutex_);
  context_ = nullptr;
}

void Interrupter::Wait(const bool& done, SteadyTime deadline) {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto finished = [&] {
    return done || context_->interrupt.load(std::memory_order_relaxed) != 0;
  };
  if (deadline == SteadyTime::max()) {
    woken_.wait(lock, finished);
  } else {
    woken_.wait_until(lock, deadline, finished);
  }
}

void Interrupter::Wake(bool* done) {
  std::lock_guard<std::mutex> lock(mutex_);
  *done = true;
  woken_.notify_all();
}

DeadlineTimer::~DeadlineTimer() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

DeadlineTimer::Id DeadlineTimer::Add(SteadyTime time,
                                     std::shared_ptr<Interrupter> target) {
  std::lock_guard<std::mutex> lock(mutex_);
  const Id id(time, next_++);
  pending_.emplace(id, std::move(target));
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { Run(); });
  } else if (time < wakes_) {
    wakes_ = time;
    changed_.notify_all();
  }
  return id;
}

void DeadlineTimer::Cancel(Id id) {
  // Run interrupts with the mutex held, hence nothing strikes after this.
  std::lock_guard<std::mutex> lock(mutex_);
  pending_.erase(id);
}

void DeadlineTimer::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stop_) {
    if (pending_.empty()) {
      wakes_ = SteadyTime::max();
      changed_.wait(lock);
      continue;
    }
    const auto first = pending_.begin();
    const SteadyTime time = first->first.first;
    if (std::chrono::steady_clock::now() < time) {
      wakes_ = time;
      changed_.wait_until(lock, time);
      continue;
    }
    first->second->Interrupt(TrapKind::kDeadlineExceeded);
    pending_.erase(first);
  }
}

}  // namespace weft::exec
