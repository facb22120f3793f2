// How often blocks of operators were executed, of one module in one store.
#ifndef WEFT_EXEC_RUNTIME_BLOCK_COUNTS_H_
#define WEFT_EXEC_RUNTIME_BLOCK_COUNTS_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "absl/container/flat_hash_map.h"

namespace weft::exec {

struct BlockCounts {
  struct Free {
    void operator()(uint64_t* p) const { std::free(p); }
  };

  // For code of so many bytes. A number per byte is more than there are blocks,
  // but pages that are never touched take no memory; null if there is none.
  explicit BlockCounts(size_t code_bytes)
      : entered(static_cast<uint64_t*>(
            std::calloc(code_bytes + 1, sizeof(uint64_t)))) {}

  // By the place of a block's first operator that costs something, in bytes
  // from the begin of the module's first body; see exec/translate/metering.h.
  std::unique_ptr<uint64_t[], Free> entered;
  // How often the operator there was the last one of its block that ran.
  absl::flat_hash_map<uint32_t, uint64_t> trapped;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_BLOCK_COUNTS_H_
