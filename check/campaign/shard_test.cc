// A part of a campaign as a test: each shard of each run, as Bazel counts them,
// checks a fixed number of pairs of its own.
//
//   WEFT_SHARD_SEED   of the campaign (default: 1)
//   WEFT_SHARD_PAIRS  per shard (default: 100)
//
// `weft fuzz --seed=S --pair=P` checks pair P of campaign S once more.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "absl/strings/numbers.h"
#include "check/campaign/block.h"
#include "check/campaign/investigate.h"

namespace weft::check {
namespace {

// The number in environment variable `name`, `otherwise` without one.
uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return otherwise;
  uint64_t value = 0;
  if (!absl::SimpleAtoi(text, &value)) {
    std::fprintf(stderr, "%s=%s is no number\n", name, text);
    std::exit(2);
  }
  return value;
}

// Tells Bazel that shards are understood.
void TouchStatusFile() {
  const char* const path = std::getenv("TEST_SHARD_STATUS_FILE");
  if (path == nullptr) return;
  if (FILE* const file = std::fopen(path, "w")) std::fclose(file);
}

// The exit code for a block, after printing what was found.
int Check(const PairOptions& pairs, uint64_t first, uint64_t count,
          BlockProgress* progress) {
  BlockOptions options;
  options.pairs = pairs;
  const CampaignReport report = RunBlock(options, first, count, progress);
  for (const Finding& finding : report.findings) {
    std::printf("%s\n", TestCaseText(finding).c_str());
  }
  const uint64_t sound = report.defects[static_cast<size_t>(Defect::kNone)];
  std::printf("%" PRIu64 " pairs from %" PRIu64 ", %" PRIu64 " useful, %" PRIu64
              " defects\n",
              report.pairs, first, report.useful, report.pairs - sound);
  std::fflush(stdout);
  return report.pairs == count && sound == count ? 0 : 1;
}

int Run() {
  TouchStatusFile();
  PairOptions pairs;
  pairs.seed = FromEnvironment("WEFT_SHARD_SEED", 1);
  const uint64_t count = FromEnvironment("WEFT_SHARD_PAIRS", 100);
  const uint64_t shard = FromEnvironment("TEST_SHARD_INDEX", 0);
  const uint64_t shards = FromEnvironment("TEST_TOTAL_SHARDS", 1);
  // Set by --runs_per_test, from 1.
  const uint64_t run = FromEnvironment("TEST_RUN_NUMBER", 1);
  const uint64_t part = (run - 1) * shards + shard;
  std::printf("campaign %" PRIu64 ", shard %" PRIu64 " of %" PRIu64 "\n",
              pairs.seed, shard, shards);
  std::fflush(stdout);
  // Shared, so that the pair is known that ends the process.
  void* const memory =
      mmap(nullptr, sizeof(BlockProgress), PROT_READ | PROT_WRITE,
           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 2;
  auto* const progress = new (memory) BlockProgress;
  const pid_t child = fork();
  if (child < 0) return 2;
  if (child == 0) _exit(Check(pairs, part * count, count, progress));
  int status = 0;
  if (waitpid(child, &status, 0) != child) return 2;
  if (WIFEXITED(status) && WEXITSTATUS(status) <= 1) return WEXITSTATUS(status);
  std::printf("pair %" PRIu64 " ended the process\n", progress->number.load());
  return 1;
}

}  // namespace
}  // namespace weft::check

int main() { return weft::check::Run(); }
