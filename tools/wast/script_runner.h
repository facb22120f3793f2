// Runs test scripts: which directives hold and which do not.
//
// What needs no execution is decided here: that modules are valid, and that
// those of assertions are malformed or invalid. All else goes to a
// ScriptExecutor and counts as not run without one.
#ifndef WEFT_TOOLS_WAST_SCRIPT_RUNNER_H_
#define WEFT_TOOLS_WAST_SCRIPT_RUNNER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/features.h"
#include "ir/wasm/text/script.h"

namespace weft::tools {

// Executes the directives of one script, in their order. Modules are valid.
class ScriptExecutor {
 public:
  virtual ~ScriptExecutor() = default;

  // Carries out directive `index` of `script`: defines and instantiates
  // modules, performs actions, checks what assertions demand. Called for all
  // but assert_malformed, assert_invalid and their custom variants, and not for
  // a thread's own directives, which the executor takes from the script.
  // Errors: Unimplemented when the directive cannot be run (it counts as not
  // run), anything else when it does not hold; the message says why.
  virtual absl::Status Execute(const wasm::Script& script, size_t index) = 0;
};

struct ScriptRunOptions {
  wasm::FeatureSet features = wasm::FeatureSet::All();
  // Makes the executor of each script; null: nothing is executed.
  std::function<std::unique_ptr<ScriptExecutor>()> make_executor;
};

// Checks of one kind in one folder.
struct ScriptCounts {
  uint64_t expected = 0;
  uint64_t passed = 0;
  uint64_t failed = 0;
  uint64_t not_run = 0;
};

struct ScriptFailure {
  std::string file;
  uint32_t line = 0;
  std::string check;
  std::string reason;
};

// What scripts came to.
class ScriptReport {
 public:
  enum class Outcome : uint8_t { kPassed, kFailed, kNotRun };

  // By folder and kind of check, in alphabetical order. Kinds are the names of
  // directives, with the form of the module behind "assert_malformed"; modules
  // inside of assertions are checks of their own ("assert_trap's module"), and
  // so are scripts that cannot be read ("script").
  using Rows = std::map<std::pair<std::string, std::string>, ScriptCounts>;

  void Add(absl::string_view folder, absl::string_view check, Outcome outcome);
  void AddFailure(absl::string_view folder, ScriptFailure failure);

  const Rows& rows() const { return rows_; }
  const ScriptCounts& total() const { return total_; }
  const std::vector<ScriptFailure>& failures() const { return failures_; }

 private:
  Rows rows_;
  ScriptCounts total_;
  std::vector<ScriptFailure> failures_;
};

// Runs the script `text`, called `file` in messages, and adds what it comes to
// under `folder`.
void RunScript(absl::string_view text, absl::string_view folder,
               absl::string_view file, const ScriptRunOptions& options,
               ScriptReport* report);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_WAST_SCRIPT_RUNNER_H_
