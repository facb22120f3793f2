// Which operators and passes a campaign has put to use.
#ifndef WEFT_CHECK_CAMPAIGN_COVERAGE_H_
#define WEFT_CHECK_CAMPAIGN_COVERAGE_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "ir/wasm/op.h"
#include "passes/optimize.h"
#include "passes/pass.h"

namespace weft::check {

// Counts of pairs.
class Coverage {
 public:
  static constexpr int kPasses = static_cast<int>(passes::PassId::kCount);

  Coverage() : cells_(static_cast<size_t>(wasm::kOpCount) * (kPasses + 1)) {}

  // A pair whose module before is `module` and whose optimization reported
  // that.
  void Add(absl::Span<const uint8_t> module,
           const passes::OptimizeReport& report);
  void Add(const Coverage& other);

  // Pairs whose module had `op`.
  uint64_t modules(wasm::Op op) const { return At(op, kPasses); }
  // Among them, those in which `pass` changed something.
  uint64_t changed(wasm::Op op, passes::PassId pass) const {
    return At(op, static_cast<int>(pass));
  }

  // All counts in a row, and back. Wrong numbers of them are ignored.
  const std::vector<uint64_t>& cells() const { return cells_; }
  void set_cells(std::vector<uint64_t> cells) {
    if (cells.size() == cells_.size()) cells_ = std::move(cells);
  }

 private:
  uint64_t At(wasm::Op op, int column) const {
    return cells_[static_cast<size_t>(op) * (kPasses + 1) +
                  static_cast<size_t>(column)];
  }

  std::vector<uint64_t> cells_;
};

}  // namespace weft::check

#endif  // WEFT_CHECK_CAMPAIGN_COVERAGE_H_
