// A module between passes: its sections as read, bodies as encoded bytes, and
// the edits of its index spaces that wait for Link (passes/link.h).
#ifndef WEFT_PASSES_MODULE_STATE_H_
#define WEFT_PASSES_MODULE_STATE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"
#include "passes/summary.h"

namespace weft::passes {

enum class IndexSpace : uint8_t {
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

inline constexpr int kIndexSpaces = static_cast<int>(IndexSpace::kCount);

// The space that imports and exports of `kind` are in.
IndexSpace SpaceOf(wasm::ExternalKind kind);

// The custom section whose hints a ModuleState holds, function by function.
inline constexpr absl::string_view kHintSection = "metadata.code.branch_hint";

// Whether the locals of a replaced body are those of the old one, so that
// names by local index still hold.
enum class BodyLocals : uint8_t { kSame, kRenumbered };

// How the module passes run. Nothing of it changes what they decide.
struct ModulePassOptions {
  int threads = 1;  // At least 1.
};

// Every index in the module, in bodies and in the methods below is one of the
// *source* module, or of an entity appended behind it; nothing moves before
// Link. An entity is *kept* unless it was removed or merged into another.
class ModuleState {
 public:
  // Borrows from the bytes that `module` was read from; they must outlive it.
  explicit ModuleState(wasm::Module module);
  ModuleState(ModuleState&&) = default;
  ModuleState& operator=(ModuleState&&) = default;

  const wasm::Module& module() const { return module_; }
  // For changing entities in place and for appending types, segments and other
  // defined entities. Bodies change through ReplaceBody alone.
  wasm::Module& mutable_module() { return module_; }

  // --- Bodies ---------------------------------------------------------------

  // Gives defined function `func` another body (local declarations, operators
  // and the final `end`, without the size; source indices) and the hints of
  // its branches.
  // Thread-safe for different functions, but not beside other methods.
  void ReplaceBody(wasm::FuncIndex func, std::vector<uint8_t> body,
                   BodyLocals locals, std::vector<wasm::BranchHint> hints = {});
  bool is_replaced(wasm::FuncIndex func) const {
    return body_flags_[func] != 0;
  }
  // Whether any ReplaceBody of `func` said kRenumbered.
  bool has_new_locals(wasm::FuncIndex func) const {
    return (body_flags_[func] & kNewLocals) != 0;
  }

  // Hints about branches of the body as it is, by ascending offset.
  absl::Span<const wasm::BranchHint> hints(wasm::FuncIndex func) const {
    return hints_.empty() ? absl::Span<const wasm::BranchHint>() : hints_[func];
  }
  // What is wrong with the module's section of hints; there are none then.
  const absl::Status& hints_status() const { return hints_status_; }

  // The summary of all bodies as they are; made on `threads` threads when a
  // body has changed since the last call. Valid until the next ReplaceBody.
  // Errors: as SummarizeModule.
  absl::StatusOr<const ModuleSummary*> Summary(int threads);

  // --- Index spaces
  // -----------------------------------------------------------

  // Number of entities in the source space, appended ones included.
  size_t size(IndexSpace space) const;
  // Whether `index` is an import of its space.
  bool is_import(IndexSpace space, uint32_t index) const;

  // What stands for `index` now: itself, the one that it was merged into, or
  // kNoIndex when that was removed.
  uint32_t Resolve(IndexSpace space, uint32_t index) const;
  bool is_kept(IndexSpace space, uint32_t index) const {
    return Resolve(space, index) == index;
  }
  // REQUIRES: nothing kept refers to `index`; exports of it have been taken
  // out of the module. Types: the whole recursion group goes.
  void Remove(IndexSpace space, uint32_t index);
  // Lets `into` stand for `index`. REQUIRES: both are kept; into < index.
  void Merge(IndexSpace space, uint32_t index, uint32_t into);

  // Order of the kept entities on output; source indices. Those that are not
  // listed come behind it by index, those that are not kept are skipped, and
  // imports precede the others whatever the order says.
  // REQUIRES: types come group by group, each whole and ascending, references
  // backward; globals of initializers precede their users.
  void SetOrder(IndexSpace space, std::vector<uint32_t> order);
  // Kept entities in output order.
  std::vector<uint32_t> OutputOrder(IndexSpace space) const;

  // Source index to representative for all spaces; an index that was removed
  // stays itself. Empty vectors where nothing is merged.
  wasm::IndexMaps MakeResolvedMaps() const;
  // Source index to output index for all spaces. Empty vectors for identity.
  wasm::IndexMaps MakeOutputMaps() const;

  // --- Storage
  // ----------------------------------------------------------------

  // Keeps `bytes` for as long as this object lives.
  wasm::ByteSpan Own(std::vector<uint8_t> bytes);
  // A constant expression `i32.const offset` or `i64.const offset`.
  wasm::ConstExpr MakeOffset(uint64_t offset, bool is_64);

 private:
  static constexpr uint8_t kReplaced = 1;
  static constexpr uint8_t kNewLocals = 2;
  static constexpr uint8_t kStale = 4;  // Not in summary_ yet.

  struct Edits {
    std::vector<uint32_t> replacement;  // Empty: every index itself.
    std::vector<uint32_t> order;        // Empty: by index.
  };

  absl::Status ReadHints(const wasm::CustomSection& section);

  const Edits& edits(IndexSpace space) const {
    return edits_[static_cast<int>(space)];
  }
  std::vector<uint32_t>& ReplacementOf(IndexSpace space);

  wasm::Module module_;
  std::vector<std::vector<uint8_t>> bodies_;  // By function; empty: as read.
  std::vector<uint8_t> body_flags_;
  std::vector<std::vector<wasm::BranchHint>> hints_;  // By function, or empty.
  absl::Status hints_status_;
  Edits edits_[kIndexSpaces];
  std::deque<std::vector<uint8_t>> owned_;
  std::unique_ptr<ModuleSummary> summary_;
};

}  // namespace weft::passes

#endif  // WEFT_PASSES_MODULE_STATE_H_
