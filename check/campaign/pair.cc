#include "check/campaign/pair.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "check/generate/generate.h"
#include "check/mutate/mutate.h"
#include "check/random.h"
#include "ir/wasm/reader.h"

namespace weft::check {
namespace {

using passes::PassId;

// One pair in so many is optimized twice, in another order of its bodies.
constexpr uint64_t kReproducePeriod = 64;

Pipeline RandomPipeline(ByteSource& source) {
  Pipeline pipeline;
  pipeline.for_size = source.OneIn(2);
  pipeline.fallback = source.OneIn(8);
  if (source.OneIn(2)) {
    static constexpr absl::string_view kLevels[] = {"1", "2", "3",
                                                    "4", "s", "z"};
    auto passes = passes::PipelineOf(source.Pick(kLevels));
    if (passes.ok()) pipeline.passes = *std::move(passes);
    return pipeline;
  }
  const absl::Span<const PassId> all = passes::AllPasses();
  for (uint32_t n = 1 + source.Below(8); n > 0; --n) {
    pipeline.passes.push_back(source.Pick(all));
  }
  return pipeline;
}

// A changed module of the corpus; the module itself where nothing can be
// changed.
Bytes Mutated(const PairOptions& options, ByteSource& source) {
  const Bytes& from = source.Pick(absl::MakeConstSpan(options.corpus));
  const auto module = wasm::ReadModule(from, {.features = options.features});
  if (!module.ok()) return from;
  // Few results are not valid.
  for (int attempt = 0; attempt < 4; ++attempt) {
    auto changed = Mutate(*module, {}, source);
    if (changed.ok()) return *std::move(changed);
  }
  return from;
}

DiffOptions DiffOptionsFor(const PairOptions& options) {
  DiffOptions out;
  out.runs = 3;
  out.fresh_instances = 1;
  out.fuel = options.fuel;
  out.max_calls = 80;
  out.max_memory = 16 << 20;
  out.max_heap = 8 << 20;
  out.max_stack = 256 << 10;
  out.look_bytes = 16 << 10;
  out.features = options.features;
  out.fuse_after = !options.fusion;
  return out;
}

}  // namespace

std::string PipelineText(const Pipeline& pipeline) {
  std::string text =
      absl::StrCat("--passes=", passes::ToString(pipeline.passes));
  if (!pipeline.fallback) absl::StrAppend(&text, " --no-fallback");
  if (!pipeline.for_size) absl::StrAppend(&text, " --for-speed");
  return text;
}

absl::string_view DefectText(Defect defect) {
  switch (defect) {
    case Defect::kNone:
      return "none";
    case Defect::kDifferent:
      return "different";
    case Defect::kInvalidBody:
      return "invalid-body";
    case Defect::kError:
      return "error";
    case Defect::kNotReproducible:
      return "not-reproducible";
    case Defect::kCrash:
      return "crash";
    case Defect::kHang:
      return "hang";
  }
  return "";
}

Pair MakePair(const PairOptions& options, uint64_t number,
              absl::Span<const uint8_t> steer) {
  ByteSource source(Mix(options.seed, number), steer);
  Pair pair;
  pair.number = number;
  if (!options.corpus.empty() && source.OneIn(2)) {
    pair.before = Mutated(options, source);
    pair.pipeline =
        options.pipeline ? *options.pipeline : RandomPipeline(source);
    return pair;
  }
  GenerateOptions generate;
  generate.features = options.features;
  generate.max_bytes =
      std::max<uint32_t>(64, options.max_bytes >> source.Below(3));
  generate.canonicalize_nans = !source.OneIn(32);
  pair.before = Generate(generate, source);
  pair.pipeline = options.pipeline ? *options.pipeline : RandomPipeline(source);
  return pair;
}

PairChecker::PairChecker(const PairOptions& options)
    : options_(options), differ_(DiffOptionsFor(options)) {}

PairResult PairChecker::Check(const Pair& pair) {
  return Check(pair.before, pair.pipeline);
}

PairResult PairChecker::Check(absl::Span<const uint8_t> before,
                              const Pipeline& pipeline) {
  PairResult result;
  passes::OptimizeOptions optimize;
  optimize.passes = pipeline.passes;
  optimize.features = options_.features;
  optimize.for_size = pipeline.for_size;
  optimize.fallback = pipeline.fallback;
  Bytes after(before.begin(), before.end());
  if (!options_.fusion) {
    auto optimized = passes::Optimize(before, optimize, &result.report);
    if (!optimized.ok()) {
      result.defect = Defect::kError;
      result.message = std::string(optimized.status().message());
      return result;
    }
    after = *std::move(optimized);
    if (result.report.bodies_invalid > 0) {
      result.defect = Defect::kInvalidBody;
      return result;
    }
    if (++checked_ % kReproducePeriod == 0) {
      optimize.schedule_seed = checked_;
      auto again = passes::Optimize(before, optimize, nullptr);
      if (!again.ok() || *again != after) {
        result.defect = Defect::kNotReproducible;
        return result;
      }
    }
  }
  result.changed = options_.fusion || !std::equal(after.begin(), after.end(),
                                                  before.begin(), before.end());
  auto diff = differ_.Diff(before, after);
  if (!diff.ok()) {
    result.defect = Defect::kError;
    result.message = std::string(diff.status().message());
    return result;
  }
  result.diff = *std::move(diff);
  if (result.diff.verdict == Verdict::kDifferent) {
    result.defect = Defect::kDifferent;
  }
  return result;
}

}  // namespace weft::check
