#include "exec/runtime/memory_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "exec/fault_handler.h"
#include "exec/runtime/guard_support.h"

namespace weft::exec {
namespace {

// How much of a returned reservation is zeroed by hand.
constexpr uint64_t kZeroBytes = 64 << 10;

// Host pages.
uint64_t RoundUp(uint64_t bytes) { return (bytes + 4095) & ~uint64_t{4095}; }

}  // namespace

MemoryPool::MemoryPool(int max_reservations, int max_free)
    : max_reservations_(max_reservations), max_free_(max_free) {}

MemoryPool::~MemoryPool() {
  for (const Reservation& reservation : free_) Release(reservation);
}

bool MemoryPool::Reserve(Reservation* out) {
  void* base = mmap(nullptr, kReservedBytes, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) return false;
  if (!RegisterReservation(base, kReservedBytes)) {
    munmap(base, kReservedBytes);
    return false;
  }
  *out = {static_cast<uint8_t*>(base), 0};
  return true;
}

void MemoryPool::Release(const Reservation& reservation) {
  UnregisterReservation(reservation.base);
  munmap(reservation.base, kReservedBytes);
}

bool MemoryPool::Take(uint64_t bytes, Reservation* out) {
  if (!kCanGuard) return false;
  Reservation reservation;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (used_ >= max_reservations_) return false;
    ++used_;
    if (!free_.empty()) {
      reservation = free_.back();
      free_.pop_back();
    }
  }
  if ((reservation.base == nullptr && !Reserve(&reservation)) ||
      !SetAccessible(bytes, &reservation)) {
    if (reservation.base != nullptr) Release(reservation);
    std::lock_guard<std::mutex> lock(mutex_);
    --used_;
    return false;
  }
  *out = reservation;
  return true;
}

void MemoryPool::Return(const Reservation& reservation) {
  const uint64_t zeroed = std::min(reservation.accessible, kZeroBytes);
  bool keep = true;
  if (reservation.accessible > zeroed) {
    keep = madvise(reservation.base + zeroed, reservation.accessible - zeroed,
                   MADV_DONTNEED) == 0;
  }
  if (keep) {
    std::lock_guard<std::mutex> lock(mutex_);
    keep = free_.size() < static_cast<size_t>(max_free_);
  }
  if (keep) std::memset(reservation.base, 0, zeroed);
  std::lock_guard<std::mutex> lock(mutex_);
  --used_;
  if (keep) {
    free_.push_back(reservation);
  } else {
    Release(reservation);
  }
}

bool MemoryPool::SetAccessible(uint64_t bytes, Reservation* reservation) {
  const uint64_t old_bytes = reservation->accessible;
  const uint64_t new_bytes = RoundUp(bytes);
  if (new_bytes > old_bytes) {
    if (mprotect(reservation->base + old_bytes, new_bytes - old_bytes,
                 PROT_READ | PROT_WRITE) != 0) {
      return false;
    }
  } else if (new_bytes < old_bytes) {
    if (mprotect(reservation->base + new_bytes, old_bytes - new_bytes,
                 PROT_NONE) != 0) {
      return false;
    }
  }
  reservation->accessible = new_bytes;
  return true;
}

int MemoryPool::used() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return used_;
}

int MemoryPool::free() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return static_cast<int>(free_.size());
}

}  // namespace weft::exec
