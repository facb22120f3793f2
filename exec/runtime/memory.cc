#include "exec/runtime/memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "exec/runtime/guard_support.h"

namespace weft::exec {
namespace {

// Larger than any address space; sizes beyond fail without asking.
constexpr uint64_t kMaxBytes = uint64_t{1} << 47;
// Up to here explicit memories of sanitizer builds lie on the heap.
constexpr uint64_t kMaxHeapBytes = 16 << 20;

// Mappings come in these.
uint64_t RoundUp(uint64_t bytes) { return (bytes + 4095) & ~uint64_t{4095}; }

// The largest number of pages that the address type can express; of 32-bit
// memories with pages of one byte the last cannot be counted.
uint64_t AddressablePages(const wasm::MemoryType& type) {
  const uint64_t addresses = type.limits.is_64
                                 ? ~uint64_t{0} >> type.page_size_log2
                                 : (uint64_t{1} << 32) >> type.page_size_log2;
  return type.limits.is_64 ? addresses
                           : std::min<uint64_t>(addresses, 0xffffffffu);
}

uint8_t* Map(uint64_t bytes, int protection) {
  void* base =
      mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return base == MAP_FAILED ? nullptr : static_cast<uint8_t*>(base);
}

}  // namespace

LinearMemory::LinearMemory(const wasm::MemoryType& type, GrowthBudget* budget)
    : type_(type), budget_(budget) {
  max_pages = AddressablePages(type);
  if (type.limits.has_max) max_pages = std::min(max_pages, type.limits.max);
  page_size_log2 = type.page_size_log2;
  is_64 = type.limits.is_64;
  is_shared = type.limits.is_shared;
}

LinearMemory::~LinearMemory() {
  const uint64_t size = bytes.load(std::memory_order_relaxed);
  if (budget_ != nullptr) budget_->memory_bytes -= size;
  if (pool_ != nullptr) {
    pool_->Return(reservation_);
  } else if (is_shared) {
    if (reserved_ != 0) munmap(base, reserved_);
  } else if (mapped_) {
    munmap(base, capacity_);
  } else {
    std::free(base);
  }
}

absl::StatusOr<std::unique_ptr<LinearMemory>> LinearMemory::New(
    const wasm::MemoryType& type, MemoryPool* pool, GrowthBudget* budget) {
  const uint64_t pages = type.limits.min;
  if (pages > kMaxBytes >> type.page_size_log2) {
    return absl::ResourceExhaustedError(
        absl::StrCat("memory of ", pages, " pages exceeds the address space"));
  }
  const uint64_t size = pages << type.page_size_log2;
  if (budget != nullptr && !budget->TakeMemory(size)) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "limit max-memory: ", size, " bytes more than ", budget->memory_bytes,
        " exceed ", budget->max_memory_bytes));
  }
  std::unique_ptr<LinearMemory> memory(new LinearMemory(type, budget));
  memory->bytes.store(size, std::memory_order_relaxed);
  if (!memory->Init(size, pool)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the system has no memory of ", size, " bytes to give"));
  }
  return memory;
}

bool LinearMemory::Init(uint64_t size, MemoryPool* pool) {
  if (pool != nullptr && !is_64 && page_size_log2 >= 12 &&
      pool->Take(size, &reservation_)) {
    pool_ = pool;
    base = reservation_.base;
    bounds = Bounds::kGuard;
    return true;
  }
  if (is_shared) {
    if (max_pages > kMaxBytes >> page_size_log2) return false;
    const uint64_t reserved =
        std::max<uint64_t>(RoundUp(max_pages << page_size_log2), 4096);
    base = Map(reserved, PROT_NONE);
    if (base == nullptr) return false;
    reserved_ = reserved;
    return GrowTo(size);
  }
  return GrowTo(size);
}

uint64_t LinearMemory::Grow(uint64_t delta) {
  std::unique_lock<std::mutex> lock(mutex_, std::defer_lock);
  if (is_shared) lock.lock();
  const uint64_t old_bytes = bytes.load(std::memory_order_relaxed);
  const uint64_t old_pages = old_bytes >> page_size_log2;
  // Numbers of 32-bit memories are zero-extended, so that nothing overflows
  // before it is compared.
  if (delta > max_pages - old_pages) return kGrowFailed;
  const uint64_t new_pages = old_pages + delta;
  if (new_pages > kMaxBytes >> page_size_log2) return kGrowFailed;
  const uint64_t new_bytes = new_pages << page_size_log2;
  const uint64_t more = new_bytes - old_bytes;
  if (budget_ != nullptr && !budget_->TakeMemory(more)) return kGrowFailed;
  if (!GrowTo(new_bytes)) {
    if (budget_ != nullptr) budget_->memory_bytes -= more;
    return kGrowFailed;
  }
  bytes.store(new_bytes, std::memory_order_release);
  return old_pages;
}

bool LinearMemory::GrowTo(uint64_t size) {
  if (pool_ != nullptr) return MemoryPool::SetAccessible(size, &reservation_);
  if (!is_shared) return GrowExplicit(size);
  const uint64_t new_capacity = RoundUp(size);
  if (new_capacity > capacity_) {
    if (mprotect(base + capacity_, new_capacity - capacity_,
                 PROT_READ | PROT_WRITE) != 0) {
      return false;
    }
    capacity_ = new_capacity;
  }
  return true;
}

bool LinearMemory::GrowExplicit(uint64_t size) {
  if (size == 0 || size <= capacity_) return true;
  if (WEFT_SANITIZED && size <= kMaxHeapBytes) {
    // Exactly the size: what lies behind is out of bounds to the sanitizer.
    auto* grown = static_cast<uint8_t*>(std::calloc(1, size));
    if (grown == nullptr) return false;
    if (capacity_ != 0) std::memcpy(grown, base, capacity_);
    std::free(base);
    base = grown;
    capacity_ = size;
    return true;
  }
  const uint64_t new_capacity = RoundUp(size);
  if (mapped_) {
    void* moved = mremap(base, capacity_, new_capacity, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED) return false;
    base = static_cast<uint8_t*>(moved);
  } else {
    uint8_t* grown = Map(new_capacity, PROT_READ | PROT_WRITE);
    if (grown == nullptr) return false;
    if (capacity_ != 0) std::memcpy(grown, base, capacity_);
    std::free(base);
    base = grown;
    mapped_ = true;
  }
  capacity_ = new_capacity;
  return true;
}

}  // namespace weft::exec
