// Memory for the bytecode of a module's functions, which live and end together.
#ifndef WEFT_EXEC_BYTECODE_CODE_ARENA_H_
#define WEFT_EXEC_BYTECODE_CODE_ARENA_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "exec/runtime/types.h"

namespace weft::exec {

// Thread-safe. What it gives out lives as long as the arena. Large stretches
// are mapped in huge pages where the system has them: the first touch of each
// small page would cost as much as translating half of what fits in.
class CodeArena {
 public:
  CodeArena() = default;
  ~CodeArena();
  CodeArena(const CodeArena&) = delete;
  CodeArena& operator=(const CodeArena&) = delete;

  // `count` cells, not initialized.
  Cell* Allocate(size_t count);

  // About so many cells will be asked for soon. Memory that is not touched
  // costs addresses alone.
  void Expect(size_t count);

 private:
  struct Mapping {
    void* begin = nullptr;
    size_t bytes = 0;
  };

  // Makes room for `count` cells at next_.
  void AddChunk(size_t count);
  bool Map(size_t count);

  std::mutex mutex_;
  std::vector<std::unique_ptr<Cell[]>> chunks_;
  std::vector<Mapping> mappings_;
  Cell* next_ = nullptr;  // The free rest of the last chunk,
  size_t left_ = 0;       // in cells.
  size_t last_chunk_ = 0;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_BYTECODE_CODE_ARENA_H_
