// Cases for outside engines: a pair of modules with a harness, and what the
// executor says the first of them does.
#ifndef WEFT_CHECK_VOTES_VOTE_CASE_H_
#define WEFT_CHECK_VOTES_VOTE_CASE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/campaign/pair.h"
#include "check/votes/harness.h"
#include "check/votes/run.h"
#include "ir/wasm/module.h"

namespace weft::check::votes {

struct VoteCase {
  uint64_t number = 0;  // Of the pair.
  Bytes before;
  Bytes after;
  Pipeline pipeline;
  Harness harness;
  Vote vote;  // Of the module before.
  // Why it says nothing, or empty. "nan": what it does depends on bits that
  // engines choose.
  std::string skip;
  // A defect of ours, by itself: the optimizer or the executor refuses a
  // module, or after has both generations of exceptions while before does not
  // (some engines refuse such modules).
  std::string error;
};

// Whether bodies of `module` use operators of both generations of exceptions.
bool MixesExceptions(const wasm::Module& module);

// Makes cases; used by one thread.
class CaseMaker {
 public:
  explicit CaseMaker(const PairOptions& options);

  VoteCase Make(uint64_t number);

 private:
  const PairOptions options_;
  std::optional<exec::Engine> engine_;
  uint64_t made_ = 0;
};

// The case in a form that is easy to read: the length of a JSON text as 32 bits
// little-endian, the text, and the modules before, after, host and driver and
// the log, whose lengths the text has.
void AppendRecord(const VoteCase& vote_case, std::string* out);

}  // namespace weft::check::votes

#endif  // WEFT_CHECK_VOTES_VOTE_CASE_H_
