// What of a module can be observed: the analysis behind remove-unused.
#ifndef WEFT_PASSES_LIVENESS_H_
#define WEFT_PASSES_LIVENESS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "ir/wasm/module.h"
#include "passes/module_state.h"
#include "passes/summary.h"

namespace weft::passes {

// Marks with a worklist over the entities of all index spaces, linear in the
// uses of bodies that can run. remove_unused.h says from which roots.
//
// A function is live when anything live mentions it, and can run when it may be
// called: directly, by the host, through a reference that a body takes, or
// through a table. Entries of a table that only call_indirect reads can be
// called with the types of those calls alone.
class Liveness {
 public:
  Liveness(const ModuleState& state, const ModuleSummary& summary);

  // Marks all that is live. Errors: those of the operator reader.
  absl::Status Run();

  bool live(IndexSpace space, uint32_t index) const {
    return live_[static_cast<int>(space)][index];
  }
  bool can_run(wasm::FuncIndex func) const { return can_run_[func]; }
  // Whether anything reads the entries of the segment.
  bool elem_is_read(uint32_t index) const { return elem_is_read_[index]; }
  bool data_is_read(uint32_t index) const { return data_is_read_[index]; }
  // Whether an operator that can run needs the data count section.
  bool needs_data_count() const { return needs_data_count_; }
  // Functions that bodies that can run take references of but that nothing
  // live outside of bodies mentions; ascending.
  std::vector<wasm::FuncIndex> UndeclaredFuncs() const;

 private:
  enum class Work : uint8_t { kEntity, kBody, kEntries };
  struct Item {
    Work work;
    IndexSpace space;
    uint32_t index;
  };

  void MarkRoots();
  bool IsRootElem(const wasm::ElemSegment& segment) const;
  bool IsRootData(const wasm::DataSegment& segment) const;
  void Mark(IndexSpace space, uint32_t index);
  void MarkUse(UseKind kind, uint32_t index);
  void MarkType(wasm::ValueType type);
  // Makes it live, and lets it run: now, or when a call has its type.
  void LetRun(wasm::FuncIndex func);
  void LetRunIfCalled(wasm::FuncIndex func);
  void RunCalledFuncs();
  bool IsCalled(wasm::TypeIndex type) const;
  // Entries of `table` go where they may be called with any type.
  void LetEscape(wasm::TableIndex table);
  void ReadElem(uint32_t index);
  absl::Status MarkExpr(const wasm::ConstExpr& expr, bool entries_run);
  absl::Status Visit(Item item);
  absl::Status VisitEntity(IndexSpace space, uint32_t index);
  void VisitBody(wasm::FuncIndex index);
  absl::Status VisitTable(wasm::TableIndex index);
  void VisitMemory(wasm::MemoryIndex index);
  void VisitType(wasm::TypeIndex index);
  absl::Status VisitElem(uint32_t index);
  absl::Status VisitEntries(uint32_t index);
  absl::Status VisitData(uint32_t index);
  void Declare(wasm::FuncIndex func) {
    is_declared_[state_.Resolve(IndexSpace::kFuncs, func)] = true;
  }

  const ModuleState& state_;
  const wasm::Module& module_;
  const ModuleSummary& summary_;
  std::vector<bool> live_[kIndexSpaces];
  std::vector<bool> can_run_;  // By function.
  std::vector<bool> escapes_;  // By table.
  std::vector<bool> elem_is_read_;
  std::vector<bool> data_is_read_;
  std::vector<bool> is_declared_;  // By function: mentioned outside of bodies.
  std::vector<bool> is_taken_;     // By function: ref.func in a reached body.
  bool needs_data_count_ = false;
  // Active segments by table and memory.
  std::vector<std::vector<uint32_t>> elems_of_;
  std::vector<std::vector<uint32_t>> datas_of_;
  // Canonical types of calls through tables; and functions that run as soon as
  // there is a call with their type, by their canonical types.
  std::vector<bool> is_called_;
  std::vector<std::vector<wasm::FuncIndex>> waiting_;
  std::vector<wasm::TypeIndex> waiting_types_;  // With waiting functions.
  std::vector<Item> worklist_;
  std::vector<ExprUse> expr_uses_;  // Scratch.
};

}  // namespace weft::passes

#endif  // WEFT_PASSES_LIVENESS_H_
