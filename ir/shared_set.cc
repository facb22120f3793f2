#include "ir/shared_set.h"

#include <algorithm>

namespace weft::ir {

void SetPool::Reset(uint32_t universe) {
  nodes_.resize(1);
  references_.resize(1);
  free_.clear();
  work_ = 0;
  height_ = 0;
  for (uint64_t covered = uint64_t{1} << kLeafBits; covered < universe;
       covered <<= kKidBits) {
    ++height_;
  }
}

bool SetPool::IsEmpty(uint32_t node) const {
  const auto& words = nodes_[node].words;
  return std::all_of(std::begin(words), std::end(words),
                     [](uint64_t word) { return word == 0; });
}

bool SetPool::IncludesLeaf(uint32_t node, uint32_t other) const {
  uint64_t missing = 0;
  for (size_t w = 0; w < std::size(nodes_[0].words); ++w) {
    missing |= nodes_[other].words[w] & ~nodes_[node].words[w];
  }
  return missing == 0;
}

uint32_t SetPool::NewNode() {
  if (free_.empty()) {
    nodes_.push_back(Node{});
    references_.push_back(1);
    return static_cast<uint32_t>(nodes_.size() - 1);
  }
  const uint32_t node = free_.back();
  free_.pop_back();
  nodes_[node] = Node{};
  references_[node] = 1;
  return node;
}

void SetPool::Release(uint32_t node, uint32_t height) {
  if (node == 0 || --references_[node] != 0) return;
  if (height > 0) {
    for (uint32_t kid : nodes_[node].kids) Release(kid, height - 1);
  }
  free_.push_back(node);
}

// A node with the content of `node` that nobody else holds, in its place.
uint32_t SetPool::Own(uint32_t node, uint32_t height) {
  if (node == 0) return NewNode();
  if (references_[node] == 1) return node;
  ++work_;
  const uint32_t copy = NewNode();
  nodes_[copy] = nodes_[node];
  if (height > 0) {
    for (uint32_t kid : nodes_[copy].kids) Retain(kid);
  }
  --references_[node];
  return copy;
}

uint32_t SetPool::Insert(uint32_t node, uint32_t height, uint32_t i) {
  node = Own(node, height);
  if (height == 0) {
    nodes_[node].words[i >> 6 & 7] |= uint64_t{1} << (i & 63);
    return node;
  }
  const uint32_t k = KidOf(i, height);
  const uint32_t kid = Insert(nodes_[node].kids[k], height - 1, i);
  nodes_[node].kids[k] = kid;
  return node;
}

// REQUIRES: i is an element.
uint32_t SetPool::Erase(uint32_t node, uint32_t height, uint32_t i) {
  node = Own(node, height);
  if (height == 0) {
    nodes_[node].words[i >> 6 & 7] &= ~(uint64_t{1} << (i & 63));
  } else {
    const uint32_t k = KidOf(i, height);
    const uint32_t kid = Erase(nodes_[node].kids[k], height - 1, i);
    nodes_[node].kids[k] = kid;
    if (kid != 0) return node;
  }
  if (!IsEmpty(node)) return node;
  Release(node, height);
  return 0;
}

uint32_t SetPool::Union(uint32_t node, uint32_t other, uint32_t height,
                        bool* grew) {
  if (other == 0 || node == other) return node;
  if (node == 0) {
    Retain(other);
    *grew = true;
    return other;
  }
  ++work_;
  if (height == 0) {
    if (IncludesLeaf(node, other)) return node;
    *grew = true;
    node = Own(node, height);
    for (size_t w = 0; w < std::size(nodes_[0].words); ++w) {
      nodes_[node].words[w] |= nodes_[other].words[w];
    }
    return node;
  }
  for (uint32_t k = 0; k < 1 << kKidBits; ++k) {
    const uint32_t mine = nodes_[node].kids[k];
    const uint32_t theirs = nodes_[other].kids[k];
    if (theirs == 0 || mine == theirs) continue;
    const bool owned = references_[node] == 1;
    if (!owned) Retain(mine);
    bool kid_grew = false;
    const uint32_t kid = Union(mine, theirs, height - 1, &kid_grew);
    *grew |= kid_grew;
    if (owned) {
      nodes_[node].kids[k] = kid;
      continue;
    }
    // Copied only when there is something to add.
    if (!kid_grew) {
      Release(kid, height - 1);
      continue;
    }
    node = Own(node, height);
    Release(nodes_[node].kids[k], height - 1);
    nodes_[node].kids[k] = kid;
  }
  return node;
}

bool SharedSet::Contains(uint32_t i) const {
  uint32_t node = root_;
  for (uint32_t height = pool_->height_; height > 0; --height) {
    node = pool_->nodes_[node].kids[SetPool::KidOf(i, height)];
  }
  return (pool_->nodes_[node].words[i >> 6 & 7] >> (i & 63) & 1) != 0;
}

}  // namespace weft::ir
