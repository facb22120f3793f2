// Bytes decide about a module and what is done to it; whatever they decide, the
// module means the same before and after.
//
// What is done is one of
//   - a random pipeline of the passes, from the bytes, too
//   - WEFT_FUZZ_PASSES, when that is defined: a list such as "gvn,dce"
//   - P, when the program's file is named pass_fuzz-P: copies of the program
//     fuzz one pass each
// With WEFT_FUZZ_FUSION defined the module is left as it is, and the executor
// is compared with itself without fusion.
#include <errno.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/check.h"
#include "check/campaign/pair.h"
#include "passes/pass.h"

namespace weft::check {
namespace {

std::optional<Pipeline> FixedPipeline() {
#ifdef WEFT_FUZZ_PASSES
  absl::string_view passes = WEFT_FUZZ_PASSES;
#else
  absl::string_view passes = program_invocation_short_name;
  if (!absl::ConsumePrefix(&passes, "pass_fuzz-")) return std::nullopt;
#endif
  auto parsed = passes::ParsePasses(passes);
  WEFT_CHECK(parsed.ok());
  return Pipeline{*std::move(parsed)};
}

PairOptions Options() {
  PairOptions options;
  // As many bytes as a fuzzer changes one by one with effect.
  options.max_bytes = 512;
  options.fuel = 50000;
  options.pipeline = FixedPipeline();
#ifdef WEFT_FUZZ_FUSION
  options.fusion = true;
#endif
  return options;
}

void Run(absl::Span<const uint8_t> bytes) {
  static const auto* const options = new PairOptions(Options());
  static auto* const checker = new PairChecker(*options);
  const Pair pair = MakePair(*options, 0, bytes);
  const PairResult result = checker->Check(pair);
  if (result.defect == Defect::kNone) return;
  const absl::string_view what = DefectText(result.defect);
  std::fprintf(stderr, "%.*s %s: %s %s\nbefore: %s\nafter: %s\n",
               static_cast<int>(what.size()), what.data(),
               PipelineText(pair.pipeline).c_str(), result.message.c_str(),
               result.diff.difference.call.c_str(),
               result.diff.difference.before.c_str(),
               result.diff.difference.after.c_str());
  WEFT_CHECK(result.defect == Defect::kNone);
}

}  // namespace
}  // namespace weft::check

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  weft::check::Run({data, size});
  return 0;
}
