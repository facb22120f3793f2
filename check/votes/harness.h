// A host and a caller for a module, as modules: any engine can run them, and
// does the same with them.
//
// The host has all that the subject imports from "env", under the same names.
// Its functions log their arguments and the state they see, return constants
// of a seeded sequence, and now and then write, grow, throw, trap or call the
// subject. The driver imports the host as "host" and the subject as "guest";
// its functions "0", "1", ... call exports of the subject and log how that
// ended, traps aside.
#ifndef WEFT_CHECK_VOTES_HARNESS_H_
#define WEFT_CHECK_VOTES_HARNESS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "check/votes/module_maker.h"
#include "ir/wasm/module.h"

namespace weft::check::votes {

// The export "log" of the host is a memory: at 0 the bytes of the log as an
// i32, from kLogBegin on the log.
inline constexpr uint32_t kLogBegin = 16;
// A longer one traps.
inline constexpr uint32_t kMaxLogBytes = (1 << 20) - 64;
// "state" of host and driver is a function of an i32: it logs what each can
// see, with contents of memories if that is not zero.

struct Harness {
  std::vector<uint8_t> host;
  std::vector<uint8_t> driver;
  uint32_t steps = 0;
};

// A harness for `subject` and all that stands for it. Equal arguments give
// equal bytes on every machine.
// Errors: Unimplemented for imports of other modules than "env", of one name,
// or of types without a value that a host can make.
absl::StatusOr<Harness> MakeHarness(const wasm::Module& subject, uint64_t seed);

// Parts of it.
struct Callee {
  std::string name;
  wasm::TypeIndex type;
};
// Exported functions whose arguments can be made, not more than a few.
std::vector<Callee> CalleesOf(const wasm::Module& subject);
absl::StatusOr<std::vector<uint8_t>> MakeHost(const wasm::Module& subject,
                                              uint64_t seed);
absl::StatusOr<Harness> MakeDriver(const wasm::Module& subject, uint64_t seed);

}  // namespace weft::check::votes

#endif  // WEFT_CHECK_VOTES_HARNESS_H_
