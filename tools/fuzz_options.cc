#include "tools/fuzz_options.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/feature_list.h"
#include "tools/jobs.h"
#include "tools/option_setters.h"
#include "tools/options.h"

namespace weft::tools {
namespace {

absl::Status SetCount(absl::string_view text, FuzzOptions& options) {
  if (!absl::SimpleAtoi(text, &options.count) || options.count == 0) {
    return absl::InvalidArgumentError("not a number of pairs");
  }
  return absl::OkStatus();
}

absl::Status SetSeed(absl::string_view text, FuzzOptions& options) {
  if (!absl::SimpleAtoi(text, &options.pairs.seed)) {
    return absl::InvalidArgumentError("not a number");
  }
  return absl::OkStatus();
}

absl::Status SetPair(absl::string_view text, FuzzOptions& options) {
  if (!absl::SimpleAtoi(text, &options.pair) || options.pair < 0) {
    return absl::InvalidArgumentError("not the number of a pair");
  }
  return absl::OkStatus();
}

absl::Status SetSize(absl::string_view text, FuzzOptions& options) {
  if (!absl::SimpleAtoi(text, &options.pairs.max_bytes) ||
      options.pairs.max_bytes < 64 || options.pairs.max_bytes > 1 << 20) {
    return absl::InvalidArgumentError("not a number of bytes from 64 to 1 MiB");
  }
  return absl::OkStatus();
}

absl::Status SetShard(absl::string_view text, FuzzOptions& options) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &options.shard) ||
      !absl::SimpleAtoi(parts[1], &options.shards) || options.shard < 1 ||
      options.shard > options.shards) {
    return absl::InvalidArgumentError("not of the form I/N with 1 <= I <= N");
  }
  --options.shard;
  return absl::OkStatus();
}

absl::Status SetPasses(absl::string_view text, FuzzOptions& options) {
  auto passes = passes::ParsePasses(text);
  if (!passes.ok()) return passes.status();
  options.pairs.pipeline = {*std::move(passes), true, false};
  return absl::OkStatus();
}

absl::Status SetLevel(absl::string_view text, FuzzOptions& options) {
  auto passes = passes::PipelineOf(text);
  if (!passes.ok()) return passes.status();
  options.pairs.pipeline = {*std::move(passes), text == "s" || text == "z",
                            false};
  return absl::OkStatus();
}

absl::Status SetFusion(absl::string_view, FuzzOptions& options) {
  options.pairs.fusion = true;
  return absl::OkStatus();
}

constexpr Option<FuzzOptions> kOptions[] = {
    {{"--time", "S", "stop after so many seconds"},
     SetSeconds<&FuzzOptions::seconds>},
    {{"--count", "N",
      "stop when N pairs of this shard are done, rounded up to\n"
      "thousands; those that the ledger has count"},
     SetCount},
    {{"--seed", "N", "of the campaign (default: 1)"}, SetSeed},
    {{"--shard", "I/N", "the I-th of N disjoint parts of the campaign"},
     SetShard},
    {{"--ledger", "FILE",
      "what is done is written there; a campaign goes on\n"
      "where its ledger ends"},
     SetPath<&FuzzOptions::ledger>},
    {{"-j, --jobs", "N", "processes (default: one per core)"},
     SetJobs<FuzzOptions>},
    {{"--size", "BYTES", "of generated modules, at most about (default: 1024)"},
     SetSize},
    {{"--corpus", "DIR", "also change and recombine the modules in DIR"},
     SetPath<&FuzzOptions::corpus>},
    {{"--passes", "LIST", "optimize with these, in place of random pipelines"},
     SetPasses},
    {{"-O, --level", "L", "the same, with those of a level"}, SetLevel},
    {{"--fusion", "",
      "compare the executor with itself: with and without\n"
      "fusion of operators"},
     SetFusion},
    {{"--features", "LIST", kFeaturesHelp}, SetFeatures<FuzzOptions>},
    {{"--out", "DIR", "write a test case for each finding there"},
     SetPath<&FuzzOptions::out>},
    {{"--report", "FILE", "write all figures there, as JSON"},
     SetPath<&FuzzOptions::report>},
    {{"--pair", "N",
      "check one pair again, reduce it if it has a defect, and\n"
      "write its module to --out"},
     SetPair},
    {{"-q, --quiet", "", "print nothing; the exit code tells"},
     Set<&FuzzOptions::quiet>},
    {{"-h, --help", "", "print this and end"}, Set<&FuzzOptions::help>},
};

}  // namespace

absl::StatusOr<FuzzOptions> ParseFuzzOptions(
    absl::Span<const absl::string_view> args) {
  FuzzOptions options;
  options.jobs = CoresAllowed();
  const absl::StatusOr<std::vector<std::string>> positional =
      ParseOptions<FuzzOptions>(kOptions, args, options);
  if (!positional.ok()) return positional.status();
  if (!positional->empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("weft fuzz takes no file: '", positional->front(), "'"));
  }
  options.pairs.features = options.features;
  return options;
}

std::string FuzzHelp() {
  return absl::StrCat(
      "weft fuzz [options]\n\n"
      "Makes random modules, optimizes them with random pipelines, runs both\n"
      "and compares. What differs is reduced to a small test case. Goes on\n"
      "until a limit or Ctrl-C.\n\n",
      OptionHelp(TextsOf<FuzzOptions>(kOptions)),
      "\nExit codes: 0 nothing found, 1 something found or a file cannot be\n"
      "read or written, 2 wrong arguments, 70 a defect of weft or no memory\n"
      "left.\n");
}

std::string CampaignName(const FuzzOptions& options) {
  std::string name = absl::StrCat("seed ", options.pairs.seed, ", size ",
                                  options.pairs.max_bytes);
  if (options.pairs.fusion) absl::StrAppend(&name, ", fusion");
  if (options.pairs.pipeline) {
    absl::StrAppend(&name, ", ", check::PipelineText(*options.pairs.pipeline));
  }
  if (!options.corpus.empty()) {
    absl::StrAppend(&name, ", corpus ", options.corpus);
  }
  return name;
}

}  // namespace weft::tools
