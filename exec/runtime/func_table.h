// The functions of a store that can be referred to: what Context::funcs points
// to.
#ifndef WEFT_EXEC_RUNTIME_FUNC_TABLE_H_
#define WEFT_EXEC_RUNTIME_FUNC_TABLE_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "exec/runtime/context.h"
#include "exec/runtime/types.h"

namespace weft::exec {

// One per store. Entries are never removed and have stable addresses.
class FuncTable {
 public:
  // Keeps `context`->funcs right. At most `limit` functions.
  FuncTable(Context* context, uint32_t limit)
      : context_(context), limit_(limit < kMaxFuncs ? limit : kMaxFuncs) {}
  FuncTable(const FuncTable&) = delete;
  FuncTable& operator=(const FuncTable&) = delete;

  // Adds a copy of `func` and sets its handle; null when the limit is reached.
  FuncInst* Add(const FuncInst& func);

  // REQUIRES: `ref` is of this table.
  FuncInst* Get(Ref ref) const { return pointers_[FuncRefIndex(ref)]; }
  uint32_t size() const { return static_cast<uint32_t>(pointers_.size()); }

 private:
  static constexpr uint32_t kMaxFuncs = 1u << 29;

  Context* const context_;
  const uint32_t limit_;
  std::deque<FuncInst> funcs_;
  std::vector<FuncInst*> pointers_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_RUNTIME_FUNC_TABLE_H_
