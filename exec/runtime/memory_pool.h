// Address space for guarded memories, kept for reuse.
#ifndef WEFT_EXEC_RUNTIME_MEMORY_POOL_H_
#define WEFT_EXEC_RUNTIME_MEMORY_POOL_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace weft::exec {

// The range that a guarded memory reserves: every 32-bit address plus 32-bit
// offset plus 16 bytes lies in it.
inline constexpr uint64_t kReservedBytes = (uint64_t{8} << 30) + (64 << 10);

// A reservation: kReservedBytes from `base`, of which the first
// `accessible` bytes can be read and written.
struct Reservation {
  uint8_t* base = nullptr;
  uint64_t accessible = 0;
};

// Thread-safe; one per engine.
//
// A reservation that comes back is emptied: its first 64 KiB by writing zeros,
// for that is cheaper than giving pages back and faulting them in again, the
// rest by madvise. It keeps what was accessible, so that a new memory of the
// same size costs no other system call.
class MemoryPool {
 public:
  // At most `max_reservations` are handed out at a time, and at most
  // `max_free` kept.
  explicit MemoryPool(int max_reservations, int max_free);
  ~MemoryPool();
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;

  // A reservation whose first `bytes` are accessible and zero, and nothing
  // else. False when the build cannot guard, the limit is reached or the system
  // refuses: then memories are explicit. REQUIRES: `bytes` <= 4 GiB.
  bool Take(uint64_t bytes, Reservation* out);

  // Gives one back that Take made.
  void Return(const Reservation& reservation);

  // Makes the first `bytes` accessible and nothing else; false, with the
  // reservation as it was, when the system refuses. REQUIRES: `bytes` <= 4 GiB.
  static bool SetAccessible(uint64_t bytes, Reservation* reservation);

  // Reservations handed out, and kept.
  int used() const;
  int free() const;

 private:
  bool Reserve(Reservation* out);
  static void Release(const Reservation& reservation);

  const int max_reservations_;
  const int max_free_;
  mutable std::mutex mutex_;
  int used_ = 0;
  std::vector<Reservation> free_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_MEMORY_POOL_H_
