// An engine, a store and modules from text, for tests.
#ifndef WEFT_EXEC_TESTING_H_
#define WEFT_EXEC_TESTING_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "exec/api.h"
#include "gtest/gtest.h"

namespace weft::exec::testing {

// Parses and compiles; the errors of both.
absl::StatusOr<Module> CompileText(const Engine& engine,
                                   absl::string_view text);

class ExecTest : public ::testing::Test {
 protected:
  explicit ExecTest(const EngineOptions& engine_options = {},
                    const StoreOptions& store_options = {})
      : engine_(engine_options),
        store_(Store::New(engine_, store_options).value()),
        linker_(engine_) {}

  // Fails the test when it does not compile.
  Module Compile(absl::string_view text);
  // Compiles and instantiates with what the linker knows; fails the test when
  // that fails or traps.
  Instance Instantiate(absl::string_view text);
  // The message of the error that linking ends with; "" when it does not.
  std::string LinkError(absl::string_view text);
  // The trap that instantiating ends with.
  TrapKind InstantiateTrap(absl::string_view text);

  // Calls the export; fails the test when that cannot be done.
  CallResult Call(const Instance& instance, absl::string_view name,
                  std::vector<Val> args = {}, size_t num_results = 0);
  // The same for one i32 or i64 result; fails the test when there is none.
  uint64_t Call1(const Instance& instance, absl::string_view name,
                 std::vector<Val> args = {});
  // The results of the last Call.
  const std::vector<Val>& results() const { return results_; }
  // The value of an exported global.
  Val GlobalOf(const Instance& instance, absl::string_view name);

  Engine engine_;
  std::unique_ptr<Store> store_;
  Linker linker_;

 private:
  std::vector<Val> results_;
};

}  // namespace weft::exec::testing

#endif  // WEFT_EXEC_TESTING_H_
