// How many threads a command uses.
#ifndef WEFT_TOOLS_JOBS_H_
#define WEFT_TOOLS_JOBS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace weft::tools {

// The cores that this process may run on, at least 1 and at most what
// ParseJobs accepts.
int CoresAllowed();

// The value of --jobs. Errors: InvalidArgument.
absl::StatusOr<int> ParseJobs(absl::string_view text);

// Sets the member `jobs` of the options of a command.
template <typename T>
absl::Status SetJobs(absl::string_view text, T& options) {
  const absl::StatusOr<int> jobs = ParseJobs(text);
  if (!jobs.ok()) return jobs.status();
  options.jobs = *jobs;
  return absl::OkStatus();
}

}  // namespace weft::tools

#endif  // WEFT_TOOLS_JOBS_H_
