// Which entities of a module mention which.
#ifndef WEFT_CHECK_REDUCE_MENTIONS_H_
#define WEFT_CHECK_REDUCE_MENTIONS_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "check/reduce/subject.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"

namespace weft::check::reducing {

enum class Space : uint8_t {
  kTypes,
  kFuncs,
  kTables,
  kMemories,
  kTags,
  kGlobals,
  kElems,
  kDatas,
  kCount,
};

inline constexpr int kSpaces = static_cast<int>(Space::kCount);

// The space that imports and exports of `kind` are in.
Space SpaceOf(wasm::ExternalKind kind);

size_t SizeOf(const wasm::Module& module, Space space);

// Calls `mention` for each index of another entity in the immediates of `op`.
void ForEachMention(const wasm::Operator& op,
                    absl::FunctionRef<void(Space, uint32_t)> mention);

// The mentions of one module. Entities are numbered through, space by space.
class Mentions {
 public:
  // Linear in the module. REQUIRES: it is valid.
  explicit Mentions(const wasm::Module& module);

  uint32_t IdOf(Space space, uint32_t index) const {
    return first_[static_cast<int>(space)] + index;
  }
  uint32_t size() const { return first_[kSpaces]; }

  // By id: whether it is exported, the start function or an active segment,
  // or mentioned, directly or not, by one that is.
  std::vector<bool> Reached() const;
  // By id: whether another entity or an export mentions it, or it is the start
  // function.
  std::vector<bool> Mentioned() const;

 private:
  void AddFunctions(const wasm::Module& module);
  void AddState(const wasm::Module& module);
  void AddSegments(const wasm::Module& module);
  void AddTypes(const wasm::Module& module);
  void AddRoots(const wasm::Module& module);
  void Add(Space space, uint32_t index) { to_.push_back(IdOf(space, index)); }
  void Add(wasm::ValueType type);
  void Add(const wasm::Module& module, const wasm::ConstExpr& expr);
  void AddCode(const wasm::Module& module, wasm::ByteSpan code,
               uint32_t offset);
  // Ends the mentions of the next entity.
  void Next() { ends_.push_back(static_cast<uint32_t>(to_.size())); }

  uint32_t first_[kSpaces + 1] = {};
  std::vector<uint32_t> to_;    // Ids mentioned, entity after entity.
  std::vector<uint32_t> ends_;  // By id, of its mentions in to_.
  std::vector<uint32_t> roots_;
  std::vector<uint32_t> exported_;  // And the start function.
};

// Leaves out the entities of `space` for which `removed` is true; nothing that
// stays may mention them. Recursion groups shrink.
void RemoveEntities(Space space, const std::vector<bool>& removed,
                    Draft* draft);

}  // namespace weft::check::reducing

#endif  // WEFT_CHECK_REDUCE_MENTIONS_H_
