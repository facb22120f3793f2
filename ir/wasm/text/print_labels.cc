#include "ir/wasm/text/print_labels.h"

namespace weft::wasm {

void LabelScope::Begin(const IdSpace* ids) {
  ids_ = ids;
  has_names_ = !ids->empty();
  depth_ = 0;
  num_blocks_ = 0;
  stack_.clear();
  name_of_block_.clear();
  innermost_.clear();
  numbers_.clear();
  if (!has_names_) return;
  for (const TextId& id : *ids) {
    uint32_t name = kUnnamed;
    if (!id.id.empty()) {
      const auto next = static_cast<uint32_t>(numbers_.size());
      name = numbers_.emplace(id.id, next).first->second;
    }
    name_of_block_.push_back(name);
  }
  innermost_.resize(numbers_.size(), 0);
}

void LabelScope::PushNamed(uint32_t block) {
  Entry entry;
  entry.block = block;
  if (block < name_of_block_.size()) entry.name = name_of_block_[block];
  ++depth_;
  if (entry.name != kUnnamed) {
    entry.hidden = innermost_[entry.name];
    innermost_[entry.name] = depth_;
  }
  stack_.push_back(entry);
}

void LabelScope::PopNamed() {
  const Entry& entry = stack_.back();
  if (entry.name != kUnnamed) innermost_[entry.name] = entry.hidden;
  stack_.pop_back();
}

void LabelScope::AppendNamed(uint32_t depth, PrintBuffer* out) const {
  if (depth < depth_) {
    const uint32_t place = depth_ - 1 - depth;
    const Entry& entry = stack_[place];
    if (entry.name != kUnnamed && innermost_[entry.name] == place + 1) {
      return AppendIndex(*ids_, entry.block, out);
    }
  }
  out->Decimal(depth);
}

}  // namespace weft::wasm
