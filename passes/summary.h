// What each function body refers to, found by one scan over its operators.
#ifndef WEFT_PASSES_SUMMARY_H_
#define WEFT_PASSES_SUMMARY_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/wasm/module.h"

namespace weft::passes {

// How a body refers to an entity.
enum class UseKind : uint8_t {
  kCall,     // Functions: call and return_call.
  kRefFunc,  // Functions.
  // Types. Signed ones are encoded as s33 (block types, heap types, types of
  // locals), whose one-byte form ends at 63 instead of 127.
  kType,
  kIndirectType,  // Of call_indirect and return_call_indirect.
  kSignedType,
  kGlobalGet,
  kGlobalSet,
  kTable,
  kTableCall,  // call_indirect and table.size: no entry leaves the table.
  kMemory,
  kTag,
  kElem,  // Everything but elem.drop.
  kElemDrop,
  kData,  // Everything but data.drop.
  kDataDrop,
  kCount,
};

inline constexpr int kUseKinds = static_cast<int>(UseKind::kCount);

// `count` mentions of the entity `index`.
struct Use {
  uint32_t index = 0;
  uint32_t count = 0;

  friend bool operator==(const Use&, const Use&) = default;
};

// Facts of one body. Its uses lie in the module's pool: those of kind k from
// (k == 0 ? begin : ends[k - 1]) to ends[k], ascending by index, no index
// twice.
struct FunctionSummary {
  uint32_t begin = 0;
  uint32_t ends[kUseKinds] = {};
  uint32_t operators = 0;  // Including the final `end`.
  // Of locals and operators, without indices of functions, types by their
  // canonical representative: equal bodies up to callees have equal hashes.
  uint64_t hash = 0;
};

class ModuleSummary {
 public:
  // Uses of one kind in the body of `func`; empty for imports.
  absl::Span<const Use> Uses(wasm::FuncIndex func, UseKind kind) const {
    const FunctionSummary& f = funcs_[func];
    const int k = static_cast<int>(kind);
    const uint32_t begin = k == 0 ? f.begin : f.ends[k - 1];
    return absl::MakeConstSpan(pool_).subspan(begin, f.ends[k] - begin);
  }
  uint32_t operators(wasm::FuncIndex func) const {
    return funcs_[func].operators;
  }
  uint64_t hash(wasm::FuncIndex func) const { return funcs_[func].hash; }
  // Of all bodies.
  uint64_t total_operators() const;

 private:
  friend absl::StatusOr<ModuleSummary> SummarizeModule(
      const wasm::Module& module, int threads);

  std::vector<FunctionSummary> funcs_;  // By function index.
  std::vector<Use> pool_;
};

// Scans every body, on `threads` threads; the result does not depend on their
// number. Memory: 80 bytes a function and 8 a use.
// Errors: those of the operator reader, for the body with the lowest index.
absl::StatusOr<ModuleSummary> SummarizeModule(const wasm::Module& module,
                                              int threads);

// A mention outside of bodies.
struct ExprUse {
  UseKind kind;
  uint32_t index;
};

// Appends what the constant expression refers to, in order.
absl::Status AppendExprUses(const wasm::Module& module,
                            const wasm::ConstExpr& expr,
                            std::vector<ExprUse>* uses);

// Appends the type that `type` mentions, if it mentions one (kSignedType).
void AppendTypeUse(wasm::ValueType type, std::vector<ExprUse>* uses);

}  // namespace weft::passes

#endif  // WEFT_PASSES_SUMMARY_H_
