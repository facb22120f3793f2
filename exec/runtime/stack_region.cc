#include "exec/runtime/stack_region.h"

#include <pthread.h>
#include <sys/mman.h>

namespace weft::exec {
namespace {

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

StackRegion::~StackRegion() {
  if (begin_ != nullptr) munmap(begin_, bytes_);
}

bool StackRegion::Reserve(uint64_t bytes, uint64_t least) {
  const auto round = [](uint64_t n) { return (n + 4095) & ~uint64_t{4095}; };
  for (bytes = round(bytes); bytes >= least; bytes = round(bytes / 2)) {
    void* begin = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (begin != MAP_FAILED) {
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
