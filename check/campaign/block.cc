#include "check/campaign/block.h"

#include <time.h>

#include <utility>

#include "check/campaign/investigate.h"

namespace weft::check {
namespace {

double ProcessorSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace

CampaignReport RunBlock(const BlockOptions& options, uint64_t first,
                        uint64_t count, BlockProgress* progress) {
  BlockProgress unused;
  if (progress == nullptr) progress = &unused;
  CampaignReport report;
  std::map<std::string, int> known = options.known;
  PairChecker checker(options.pairs);
  for (uint64_t number = first; number < first + count; ++number) {
    progress->number.store(number, std::memory_order_relaxed);
    const double start = ProcessorSeconds();
    const Pair pair = MakePair(options.pairs, number);
    const PairResult result = checker.Check(pair);
    report.Add(pair, result);
    report.seconds += ProcessorSeconds() - start;
    progress->pairs.fetch_add(1, std::memory_order_relaxed);
    if (result.useful()) {
      progress->useful.fetch_add(1, std::memory_order_relaxed);
    }
    if (result.defect == Defect::kNone) continue;
    progress->defects.fetch_add(1, std::memory_order_relaxed);
    progress->investigating.store(true, std::memory_order_relaxed);
    bool wanted = false;
    InvestigateOptions investigate;
    investigate.seconds = options.reduce_seconds;
    investigate.reduces = [&](const std::string& pass) {
      wanted = known[pass]++ < options.max_findings_per_pass;
      return wanted;
    };
    Finding finding =
        Investigate(options.pairs, pair, result.defect, investigate);
    if (result.defect == Defect::kNotReproducible) {  // Never reduced.
      wanted = known[finding.pass]++ < options.max_findings_per_pass;
    }
    if (wanted) {
      report.findings.push_back(std::move(finding));
    }
    progress->investigating.store(false, std::memory_order_relaxed);
  }
  return report;
}

}  // namespace weft::check
