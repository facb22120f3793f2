// Cases for outside engines, as check/votes/vote_case.h says.
//
//   vote_cases SEED FIRST COUNT FEATURES FILE
//
// writes the cases of pairs FIRST to FIRST + COUNT - 1 to FILE. FEATURES are
// names of what modules may use, separated by commas; "all" adds all of them,
// and one behind a minus is taken away again: "all,-wide-arithmetic".
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "check/votes/vote_case.h"
#include "ir/wasm/features.h"

namespace weft::check::votes {
namespace {

bool ParseFeatures(absl::string_view text, wasm::FeatureSet* features) {
  for (absl::string_view name : absl::StrSplit(text, ',')) {
    if (name == "all") {
      *features = wasm::FeatureSet::All();
      continue;
    }
    const bool without = absl::ConsumePrefix(&name, "-");
    const wasm::Feature feature = wasm::FeatureFromName(name);
    if (feature == wasm::Feature::kCount) return false;
    if (without) {
      features->Remove(feature);
    } else {
      features->Add(feature);
    }
  }
  return true;
}

int Run(int argc, char** argv) {
  PairOptions options;
  options.features = wasm::FeatureSet::Mvp();
  uint64_t first = 0;
  uint64_t count = 0;
  if (argc != 6 || !absl::SimpleAtoi(argv[1], &options.seed) ||
      !absl::SimpleAtoi(argv[2], &first) ||
      !absl::SimpleAtoi(argv[3], &count) ||
      !ParseFeatures(argv[4], &options.features)) {
    std::fprintf(stderr, "vote_cases SEED FIRST COUNT FEATURES FILE\n");
    return 2;
  }
  std::FILE* file = std::fopen(argv[5], "wb");
  if (file == nullptr) {
    std::perror(argv[5]);
    return 1;
  }
  CaseMaker maker(options);
  for (uint64_t i = first; i < first + count; ++i) {
    std::string record;
    AppendRecord(maker.Make(i), &record);
    std::fwrite(record.data(), 1, record.size(), file);
  }
  const bool failed = std::ferror(file) != 0;
  return std::fclose(file) != 0 || failed ? 1 : 0;
}

}  // namespace
}  // namespace weft::check::votes

int main(int argc, char** argv) { return weft::check::votes::Run(argc, argv); }
