#include "check/votes/vote_case.h"

#include <utility>

#include "check/operators.h"
#include "ir/wasm/op.h"
#include "ir/wasm/reader.h"
#include "nlohmann/json.hpp"
#include "passes/optimize.h"

namespace weft::check::votes {
namespace {

// An engine keeps the types of all modules.
constexpr uint64_t kCasesPerEngine = 256;
// Other signs and other payloads.
constexpr exec::NanBits kOtherNans = {0xffe12345, 0xfffc123456789abc};

exec::EngineOptions EngineOptions() {
  exec::EngineOptions options;
  options.metering = true;
  options.canonical_nans = true;
  return options;
}

absl::Status FillIn(const exec::Engine& engine, const PairOptions& options,
                    VoteCase* out) {
  passes::OptimizeOptions optimize;
  optimize.passes = out->pipeline.passes;
  optimize.features = options.features;
  optimize.for_size = out->pipeline.for_size;
  optimize.fallback = out->pipeline.fallback;
  auto after = passes::Optimize(out->before, optimize, nullptr);
  if (!after.ok()) return after.status();
  out->after = *std::move(after);
  const wasm::ReadOptions read = {.features = options.features};
  const auto module = wasm::ReadModule(out->before, read);
  if (!module.ok()) return module.status();
  const auto module_after = wasm::ReadModule(out->after, read);
  if (!module_after.ok()) return module_after.status();
  if (MixesExceptions(*module_after) && !MixesExceptions(*module)) {
    return absl::InternalError("after mixes generations of exceptions");
  }
  auto harness = MakeHarness(*module, Mix(options.seed, out->number));
  if (!harness.ok()) return harness.status();
  out->harness = *std::move(harness);
  auto vote = RunInHarness(engine, out->before, out->harness);
  if (!vote.ok()) return vote.status();
  out->vote = *std::move(vote);
  out->skip = out->vote.skip;
  if (!out->skip.empty()) return absl::OkStatus();
  const auto other =
      RunInHarness(engine, out->before, out->harness, kOtherNans);
  if (!other.ok()) return other.status();
  if (*other != out->vote) out->skip = "nan";
  return absl::OkStatus();
}

template <typename T>
void Append(const T& bytes, std::string* out) {
  out->append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace

bool MixesExceptions(const wasm::Module& module) {
  bool legacy = false;
  bool current = false;
  for (const wasm::Op op : OperatorsOf(module)) {
    const wasm::Feature feature = wasm::InfoOf(op).feature;
    legacy = legacy || feature == wasm::Feature::kLegacyExceptions;
    current = current || op == wasm::Op::kTryTable || op == wasm::Op::kThrowRef;
  }
  return legacy && current;
}

CaseMaker::CaseMaker(const PairOptions& options) : options_(options) {}

VoteCase CaseMaker::Make(uint64_t number) {
  if (made_++ % kCasesPerEngine == 0) engine_.emplace(EngineOptions());
  Pair pair = MakePair(options_, number);
  VoteCase out;
  out.number = number;
  out.before = std::move(pair.before);
  out.pipeline = std::move(pair.pipeline);
  const absl::Status filled = FillIn(*engine_, options_, &out);
  if (absl::IsUnimplemented(filled)) {
    out.skip = std::string(filled.message());
  } else if (absl::IsResourceExhausted(filled)) {
    out.skip = "limit";
  } else if (!filled.ok()) {
    out.error = std::string(filled.message());
  }
  return out;
}

void AppendRecord(const VoteCase& vote_case, std::string* out) {
  const Harness& harness = vote_case.harness;
  const nlohmann::ordered_json json = {
      {"number", vote_case.number},
      {"pipeline", PipelineText(vote_case.pipeline)},
      {"skip", vote_case.skip},
      {"error", vote_case.error},
      {"steps", harness.steps},
      {"ends", vote_case.vote.ends},
      {"lengths",
       {vote_case.before.size(), vote_case.after.size(), harness.host.size(),
        harness.driver.size(), vote_case.vote.log.size()}}};
  const std::string text = json.dump();
  for (int shift = 0; shift < 32; shift += 8) {
    out->push_back(static_cast<char>(text.size() >> shift));
  }
  Append(text, out);
  Append(vote_case.before, out);
  Append(vote_case.after, out);
  Append(harness.host, out);
  Append(harness.driver, out);
  Append(vote_case.vote.log, out);
}

}  // namespace weft::check::votes
