#include "exec/runtime/stack_region.h"

#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <iterator>

namespace weft::exec {
namespace {

// How many ranges a pool keeps, and how much memory of each.
constexpr size_t kMaxFree = 64;
constexpr uint64_t kKeptBytes = 256 << 10;

struct Range {
  uintptr_t low = 0;
  uintptr_t high = 0;
};

Range NativeStack() {
  Range range;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return range;
  void* address = nullptr;
  size_t size = 0;
  if (pthread_attr_getstack(&attributes, &address, &size) == 0) {
    range.low = reinterpret_cast<uintptr_t>(address);
    range.high = range.low + size;
  }
  pthread_attr_destroy(&attributes);
  return range;
}

}  // namespace

StackPool::~StackPool() {
  for (const Range& range : free_) munmap(range.begin, range.bytes);
}

void* StackPool::Take(uint64_t bytes) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto it =
        std::find_if(free_.rbegin(), free_.rend(),
                     [bytes](const Range& r) { return r.bytes == bytes; });
    if (it != free_.rend()) {
      void* const begin = it->begin;
      free_.erase(std::next(it).base());
      return begin;
    }
  }
  void* const begin = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return begin == MAP_FAILED ? nullptr : begin;
}

void StackPool::Return(void* begin, uint64_t bytes) {
  if (bytes > kKeptBytes) {
    madvise(static_cast<uint8_t*>(begin) + kKeptBytes, bytes - kKeptBytes,
            MADV_DONTNEED);
  }
  Range range{begin, bytes};
  {
    std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(range);
    if (free_.size() <= kMaxFree) return;
    range = free_.front();
    free_.erase(free_.begin());
  }
  munmap(range.begin, range.bytes);
}

StackRegion::~StackRegion() {
  if (begin_ != nullptr) pool_->Return(begin_, bytes_);
}

bool StackRegion::Reserve(uint64_t bytes, uint64_t least) {
  const auto round = [](uint64_t n) { return (n + 4095) & ~uint64_t{4095}; };
  for (bytes = round(bytes); bytes >= least; bytes = round(bytes / 2)) {
    void* const begin = pool_->Take(bytes);
    if (begin != nullptr) {
      begin_ = begin;
      bytes_ = bytes;
      return true;
    }
    if (bytes <= 4096) break;
  }
  return false;
}

bool NativeStackHas(size_t bytes) {
  // Asked once per thread: for the main thread it reads /proc.
  thread_local const Range range = NativeStack();
  const auto here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  if (here < range.low || here >= range.high) return true;
  return here - range.low >= bytes;
}

}  // namespace weft::exec
