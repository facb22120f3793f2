// Labels in scope while a body is printed.
#ifndef WEFT_IR_WASM_TEXT_PRINT_LABELS_H_
#define WEFT_IR_WASM_TEXT_PRINT_LABELS_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/text/print_buffer.h"
#include "ir/wasm/text/print_names.h"

namespace weft::wasm {

// Labels by their depth. An identifier refers to the innermost label that has
// it, so a label behind an equal one goes by its depth. All in O(1).
class LabelScope {
 public:
  // Begins a body whose labels are named so, in the order of their blocks.
  // Borrows `ids`.
  void Begin(const IdSpace* ids);

  // Enters the next block, and leaves the innermost.
  void Push() {
    const uint32_t block = num_blocks_++;
    if (has_names_) {
      PushNamed(block);
    } else {
      ++depth_;
    }
  }
  // REQUIRES: depth() > 0.
  void Pop() {
    --depth_;
    if (has_names_) PopNamed();
  }

  // The identifier of the block that Push will enter next.
  const TextId& NextId() const {
    return num_blocks_ < ids_->size() ? (*ids_)[num_blocks_] : kNoId;
  }

  // Appends a reference to the label `depth` outward from the innermost.
  void Append(uint32_t depth, PrintBuffer* out) const {
    if (has_names_) {
      AppendNamed(depth, out);
    } else {
      out->Decimal(depth);
    }
  }

  uint32_t depth() const { return depth_; }
  // Blocks entered since Begin.
  uint32_t num_blocks() const { return num_blocks_; }

 private:
  static constexpr uint32_t kUnnamed = 0xffffffffu;
  static constexpr TextId kNoId = {};

  struct Entry {
    uint32_t name = kUnnamed;
    uint32_t block = 0;
    uint32_t hidden = 0;  // What innermost_[name] was.
  };

  void PushNamed(uint32_t block);
  void PopNamed();
  void AppendNamed(uint32_t depth, PrintBuffer* out) const;

  const IdSpace* ids_ = nullptr;
  bool has_names_ = false;
  uint32_t depth_ = 0;
  uint32_t num_blocks_ = 0;
  // With names only.
  std::vector<Entry> stack_;
  std::vector<uint32_t> name_of_block_;
  std::vector<uint32_t> innermost_;  // By name: 1 + place in stack_; 0: none.
  absl::flat_hash_map<absl::string_view, uint32_t> numbers_;
};

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_PRINT_LABELS_H_
