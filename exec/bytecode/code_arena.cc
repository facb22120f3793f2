// Cells are taken one behind the other from chunks, each larger than the one
// before it.
#include "exec/bytecode/code_arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>

namespace weft::exec {
namespace {

constexpr size_t kLeastChunk = 1024;            // In cells: 8 KiB.
constexpr size_t kMostChunk = size_t{1} << 17;  // 1 MiB, unless expected.
constexpr size_t kHugePage = size_t{2} << 20;

}  // namespace

CodeArena::~CodeArena() {
  for (const Mapping& mapping : mappings_) {
    munmap(mapping.begin, mapping.bytes);
  }
}

Cell* CodeArena::Allocate(size_t count) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (count > left_) {
    // What is large gets memory of its own, so that no rest of a chunk that
    // is larger than a quarter is left unused.
    if (count > last_chunk_ / 4 && count >= kLeastChunk) {
      chunks_.emplace_back(new Cell[count]);
      return chunks_.back().get();
    }
    AddChunk(std::clamp(2 * last_chunk_, kLeastChunk, kMostChunk));
  }
  Cell* const cells = next_;
  next_ += count;
  left_ -= count;
  return cells;
}

void CodeArena::Expect(size_t count) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (count <= left_) return;
  if (count * sizeof(Cell) >= kHugePage && Map(count)) return;
  AddChunk(std::max(kLeastChunk, count));
}

void CodeArena::AddChunk(size_t count) {
  chunks_.emplace_back(new Cell[count]);
  next_ = chunks_.back().get();
  left_ = last_chunk_ = count;
}

// Without the memory, or the system's consent, all is as before.
bool CodeArena::Map(size_t count) {
  const size_t bytes =
      (count * sizeof(Cell) + kHugePage - 1) / kHugePage * kHugePage;
  const size_t all = bytes + kHugePage;  // Some is lost to alignment.
  void* const begin = mmap(nullptr, all, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (begin == MAP_FAILED) return false;
  const auto address = reinterpret_cast<uintptr_t>(begin);
  const uintptr_t aligned = (address + kHugePage - 1) / kHugePage * kHugePage;
  mappings_.push_back({begin, all});
  next_ = reinterpret_cast<Cell*>(aligned);
  left_ = bytes / sizeof(Cell);
  last_chunk_ = kMostChunk / 2;
#ifdef MADV_HUGEPAGE
  madvise(next_, bytes, MADV_HUGEPAGE);
#endif
  return true;
}

}  // namespace weft::exec
