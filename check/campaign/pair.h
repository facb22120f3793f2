// Pairs: a module, and what the optimizer makes of it.
#ifndef WEFT_CHECK_CAMPAIGN_PAIR_H_
#define WEFT_CHECK_CAMPAIGN_PAIR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "check/diff.h"
#include "ir/wasm/features.h"
#include "passes/optimize.h"
#include "passes/pass.h"

namespace weft::check {

using Bytes = std::vector<uint8_t>;

struct Pipeline {
  std::vector<passes::PassId> passes;
  bool for_size = true;
  bool fallback = false;
};

// As options of `weft opt`: "--passes=gvn,dce --no-fallback".
std::string PipelineText(const Pipeline& pipeline);

// Where modules and pipelines come from.
struct PairOptions {
  // Of the campaign; pair `n` depends on it and on n alone.
  uint64_t seed = 1;
  // Modules are of about this size or less.
  uint32_t max_bytes = 1024;
  wasm::FeatureSet features = wasm::FeatureSet::All();
  // In place of random ones.
  std::optional<Pipeline> pipeline = std::nullopt;
  // Valid modules to change and recombine; half of all modules come from these
  // when there are any.
  std::vector<Bytes> corpus = {};
  // Compare each module with itself, translated with and without fusion.
  bool fusion = false;
  // Fuel of a call of the module before.
  uint64_t fuel = 100000;
};

struct Pair {
  uint64_t number = 0;
  Bytes before;
  Pipeline pipeline;
};

// Pair `number`. `steer` are bytes that decide first; see ByteSource.
Pair MakePair(const PairOptions& options, uint64_t number,
              absl::Span<const uint8_t> steer = {});

// What can be wrong with a pair.
enum class Defect : uint8_t {
  kNone,
  kDifferent,        // The module after does something else.
  kInvalidBody,      // A body came out invalid and was left as it was.
  kError,            // The optimizer, or the executor, refused a valid module.
  kNotReproducible,  // The same input gave other bytes.
  kCrash,            // A check failed, or the process died.
  kHang,             // It did not come to an end.
};

// "different", ...
absl::string_view DefectText(Defect defect);

struct PairResult {
  Defect defect = Defect::kNone;
  std::string message;   // What kError is about.
  bool changed = false;  // The optimizer changed bytes.
  DiffResult diff;
  passes::OptimizeReport report;

  // Worth being counted: changed, at least 100 operators ran, not poisoned.
  bool useful() const {
    return changed && diff.operators >= 100 &&
           diff.verdict != Verdict::kPoisoned;
  }
};

// Optimizes and compares. Used by one thread.
class PairChecker {
 public:
  explicit PairChecker(const PairOptions& options);

  PairResult Check(const Pair& pair);
  // The same for any module and pipeline.
  PairResult Check(absl::Span<const uint8_t> before, const Pipeline& pipeline);

 private:
  const PairOptions& options_;
  Differ differ_;
  uint64_t checked_ = 0;
};

}  // namespace weft::check

#endif  // WEFT_CHECK_CAMPAIGN_PAIR_H_
