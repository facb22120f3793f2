#include "tools/jobs.h"

#include <sched.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace weft::tools {
namespace {

constexpr int kMaxJobs = 256;

}  // namespace

int CoresAllowed() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof(cores), &cores) != 0) return 1;
  return std::clamp(CPU_COUNT(&cores), 1, kMaxJobs);
}

absl::StatusOr<int> ParseJobs(absl::string_view text) {
  int jobs = 0;
  if (!absl::SimpleAtoi(text, &jobs) || jobs < 1 || jobs > kMaxJobs) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a number from 1 to ", kMaxJobs));
  }
  return jobs;
}

}  // namespace weft::tools
