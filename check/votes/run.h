// The executor's vote: what a subject does in its harness.
#ifndef WEFT_CHECK_VOTES_RUN_H_
#define WEFT_CHECK_VOTES_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "check/votes/harness.h"
#include "exec/engine.h"
#include "exec/store.h"

namespace weft::check::votes {

// Whether the state after step `step` is logged with contents of memories.
constexpr bool LooksAtMemories(uint32_t step, uint32_t steps, bool trapped) {
  return trapped || step % 4 == 3 || step + 1 == steps;
}

struct Vote {
  // How instantiation ended, then the steps; those behind a failed
  // instantiation are missing. Empty for a return, "exception", or the message
  // of a trap.
  std::vector<std::string> ends;
  std::vector<uint8_t> log;
  // Why it says nothing: a limit that was met, or empty.
  std::string skip;

  friend bool operator==(const Vote&, const Vote&) = default;
};

// Runs `subject`. `engine` meters; arithmetic makes the NaNs `nans`.
// Errors: those of the modules, which are defects of the harness or, for the
// driver, tell that the subject's exports are not those it was made for.
absl::StatusOr<Vote> RunInHarness(const exec::Engine& engine,
                                  absl::Span<const uint8_t> subject,
                                  const Harness& harness,
                                  const exec::NanBits& nans = {});

}  // namespace weft::check::votes

#endif  // WEFT_CHECK_VOTES_RUN_H_
