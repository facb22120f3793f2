#include "check/campaign/coverage.h"

#include "check/operators.h"
#include "ir/wasm/reader.h"

namespace weft::check {
void Coverage::Add(absl::Span<const uint8_t> bytes,
                   const passes::OptimizeReport& report) {
  const auto module =
      wasm::ReadModule(bytes, {.features = wasm::FeatureSet::All()});
  if (!module.ok()) return;
  bool changed[kPasses] = {};
  for (const passes::PassReport& pass : report.passes) {
    if (pass.changes > 0) changed[static_cast<size_t>(pass.pass)] = true;
  }
  for (const wasm::Op op : OperatorsOf(*module)) {
    uint64_t* const row = &cells_[static_cast<size_t>(op) * (kPasses + 1)];
    for (int pass = 0; pass < kPasses; ++pass) row[pass] += changed[pass];
    ++row[kPasses];
  }
}

void Coverage::Add(const Coverage& other) {
  for (size_t i = 0; i < cells_.size(); ++i) cells_[i] += other.cells_[i];
}

}  // namespace weft::check
