// Sets of integers that share what they have in common: copying one costs
// nothing, and two that differ little are compared and united in the time
// that the difference takes. Data-flow facts at many places of a large
// function are such sets.
//
// A set is a tree of 64-byte nodes with reference counts; a node that one
// set alone holds is changed in place (Driscoll et al., "Making data
// structures persistent", 1989, by path copying).
#ifndef WEFT_IR_SHARED_SET_H_
#define WEFT_IR_SHARED_SET_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace weft::ir {

// The nodes of sets, and the order of magnitude of their elements.
class SetPool {
 public:
  SetPool() = default;
  SetPool(const SetPool&) = delete;
  SetPool& operator=(const SetPool&) = delete;

  // Sets made from now on hold integers below `universe`.
  // REQUIRES: no set of the pool is left that is not empty.
  void Reset(uint32_t universe);

  // Nodes in use, 64 bytes each.
  size_t num_nodes() const { return nodes_.size() - 1 - free_.size(); }
  // Nodes looked at by operations on whole sets since Reset.
  size_t work() const { return work_; }

 private:
  friend class SharedSet;

  static constexpr uint32_t kLeafBits = 9;
  static constexpr uint32_t kKidBits = 4;

  // Leaves hold bits, nodes above them positions of nodes; 0 is the empty set
  // at every height.
  union alignas(64) Node {
    uint64_t words[1 << kLeafBits >> 6];
    uint32_t kids[1 << kKidBits];
  };

  static uint32_t KidOf(uint32_t i, uint32_t height) {
    return i >> (kLeafBits + kKidBits * (height - 1)) & ((1 << kKidBits) - 1);
  }
  bool IsEmpty(uint32_t node) const;
  bool IncludesLeaf(uint32_t node, uint32_t other) const;
  uint32_t NewNode();
  void Retain(uint32_t node) {
    if (node != 0) ++references_[node];
  }
  // These walk down from a node of the given height, at most 6, and take a
  // reference where they return one.
  void Release(uint32_t node, uint32_t height);
  uint32_t Own(uint32_t node, uint32_t height);
  uint32_t Insert(uint32_t node, uint32_t height, uint32_t i);
  uint32_t Erase(uint32_t node, uint32_t height, uint32_t i);
  uint32_t Union(uint32_t node, uint32_t other, uint32_t height, bool* grew);

  template <typename Visit>
  void ForEachNew(uint32_t from, uint32_t to, uint32_t height, uint32_t base,
                  const Visit& visit) {
    if (to == 0 || from == to) return;
    ++work_;
    if (height == 0) {
      for (uint32_t w = 0; w < 1 << kLeafBits >> 6; ++w) {
        uint64_t bits = nodes_[to].words[w] & ~nodes_[from].words[w];
        for (; bits != 0; bits &= bits - 1) {
          visit(base + w * 64 + static_cast<uint32_t>(__builtin_ctzll(bits)));
        }
      }
      return;
    }
    const uint32_t shift = kLeafBits + kKidBits * (height - 1);
    for (uint32_t k = 0; k < 1 << kKidBits; ++k) {
      // Read anew each time: `visit` may add nodes.
      ForEachNew(nodes_[from].kids[k], nodes_[to].kids[k], height - 1,
                 base + (k << shift), visit);
    }
  }

  uint32_t height_ = 0;
  size_t work_ = 0;
  std::vector<Node> nodes_ = std::vector<Node>(1, Node{});
  std::vector<uint32_t> references_ = std::vector<uint32_t>(1, 0);
  std::vector<uint32_t> free_;
};

// A set of integers of its pool's universe. All sets that meet in an
// operation are of one pool, which lives longer than they do.
class SharedSet {
 public:
  explicit SharedSet(SetPool* pool) : pool_(pool) {}
  SharedSet(const SharedSet& other) : pool_(other.pool_), root_(other.root_) {
    pool_->Retain(root_);
  }
  SharedSet(SharedSet&& other) noexcept
      : pool_(other.pool_), root_(std::exchange(other.root_, 0)) {}
  SharedSet& operator=(SharedSet other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(root_, other.root_);
    return *this;
  }
  ~SharedSet() { clear(); }

  void clear() { pool_->Release(std::exchange(root_, 0), pool_->height_); }
  bool empty() const { return root_ == 0; }
  bool Contains(uint32_t i) const;
  void Insert(uint32_t i) {
    if (!Contains(i)) root_ = pool_->Insert(root_, pool_->height_, i);
  }
  void Erase(uint32_t i) {
    if (Contains(i)) root_ = pool_->Erase(root_, pool_->height_, i);
  }
  // Adds all of `other`; returns whether there was anything to add.
  bool Union(const SharedSet& other) {
    bool grew = false;
    root_ = pool_->Union(root_, other.root_, pool_->height_, &grew);
    return grew;
  }
  // Calls visit(i) for all elements in ascending order; it may change other
  // sets of the pool.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    pool_->ForEachNew(0, root_, pool_->height_, 0, visit);
  }
  // The same for those elements only that `from` lacks.
  template <typename Visit>
  void ForEachNotIn(const SharedSet& from, const Visit& visit) const {
    pool_->ForEachNew(from.root_, root_, pool_->height_, 0, visit);
  }

 private:
  SetPool* pool_;
  uint32_t root_ = 0;
};

}  // namespace weft::ir

#endif  // WEFT_IR_SHARED_SET_H_
