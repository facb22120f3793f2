// Which calls of which exports a check makes.
#ifndef WEFT_CHECK_PLAN_H_
#define WEFT_CHECK_PLAN_H_

#include <cstdint>
#include <vector>

#include "check/diff.h"
#include "check/interface.h"
#include "check/session.h"

namespace weft::check {

// One session and what is special about it.
struct PlannedSession {
  Manner manner = Manner::kVaried;
  uint64_t seed = 0;
  std::vector<PlannedCall> calls;
};

// The calls that `options` gives; all exports in order with zeros and a polite
// host; all exports in another
// order with other arguments and a wilder host; some exports on fresh
// instances. Orders and seeds depend on names and options, never on positions.
// REQUIRES: `options` outlives the plan.
std::vector<PlannedSession> PlanSessions(const Interface& interface,
                                         const DiffOptions& options);

}  // namespace weft::check

#endif  // WEFT_CHECK_PLAN_H_
