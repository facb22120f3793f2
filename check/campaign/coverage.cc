#include "check/campaign/coverage.h"

#include <utility>

#include "ir/wasm/locals.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/reader.h"

namespace weft::check {
namespace {

void Mark(wasm::ByteSpan code, wasm::FeatureSet features,
          std::vector<bool>* present) {
  wasm::OperatorReader reader(code, 0, features);
  wasm::Operator op;
  while (!reader.done() && reader.TryRead(&op)) {
    (*present)[static_cast<size_t>(op.op)] = true;
  }
}

}  // namespace

void Coverage::Add(absl::Span<const uint8_t> bytes,
                   const passes::OptimizeReport& report) {
  const auto module =
      wasm::ReadModule(bytes, {.features = wasm::FeatureSet::All()});
  if (!module.ok()) return;
  std::vector<bool> present(wasm::kOpCount);
  for (size_t i = module->num_imported_funcs; i < module->funcs.size(); ++i) {
    wasm::ByteReader reader(module->funcs[i].body, 0);
    std::vector<wasm::LocalGroup> groups;
    if (!wasm::ReadLocals(&reader, module->features, &groups).ok()) continue;
    Mark(reader.rest(), module->features, &present);
  }
  bool changed[kPasses] = {};
  for (const passes::PassReport& pass : report.passes) {
    if (pass.changes > 0) changed[static_cast<size_t>(pass.pass)] = true;
  }
  for (size_t op = 0; op < present.size(); ++op) {
    if (!present[op]) continue;
    uint64_t* const row = &cells_[op * (kPasses + 1)];
    for (int pass = 0; pass < kPasses; ++pass) row[pass] += changed[pass];
    ++row[kPasses];
  }
}

void Coverage::Add(const Coverage& other) {
  for (size_t i = 0; i < cells_.size(); ++i) cells_[i] += other.cells_[i];
}

}  // namespace weft::check
