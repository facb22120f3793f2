// What the executor does where address space is short, as under `ulimit -v`.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "exec/runtime/guard_support.h"
#include "exec/testing.h"

namespace weft::exec {
namespace {

// Leaves the process `bytes` more than it uses.
void LimitAddressSpace(uint64_t bytes) {
  uint64_t pages = 0;
  FILE* statm = std::fopen("/proc/self/statm", "r");
  if (statm == nullptr || std::fscanf(statm, "%lu", &pages) != 1) _exit(90);
  std::fclose(statm);
  const uint64_t limit = pages * 4096 + bytes;
  const rlimit wanted = {limit, limit};
  if (setrlimit(RLIMIT_AS, &wanted) != 0) _exit(91);
}

// Exits with 0 when all went well, else with the number of what did not.
[[noreturn]] void RunInShortSpace() {
  LimitAddressSpace(64 << 20);
  Engine engine;
  // Gets less than it asks for.
  auto store = Store::New(engine, {.max_stack = uint64_t{1} << 36});
  if (!store.ok()) _exit(1);
  auto module = testing::CompileText(engine, R"(
    (module (memory (export "m") 2 20) (table 3 funcref)
      (type $s (struct (field i32)))
      (global (export "g") (ref $s) (struct.new $s (i32.const 1)))
      (data (i32.const 65535) "xy")))");
  if (!module.ok()) _exit(2);
  auto made = Instance::New(**store, *module, {});
  if (!made.ok() || !made->start.returned()) _exit(3);
  const Memory memory = made->instance.GetMemory(**store, "m").value();
  if (memory.bounds(**store).value() != Bounds::kExplicit) _exit(4);
  if (memory.data(**store).value()[65536] != 'y') _exit(5);
  if (!memory.Grow(**store, 3).ok()) _exit(6);
  if (memory.data(**store).value()[65536] != 'y') _exit(7);
  // More than there is.
  auto large = testing::CompileText(engine, "(module (memory 30000))");
  const auto failed = Instance::New(**store, *large, {});
  if (failed.status().code() != absl::StatusCode::kResourceExhausted) _exit(8);
  _exit(0);
}

TEST(AddressSpaceTest, ShortSpaceIsEnough) {
  if (WEFT_SANITIZED) GTEST_SKIP() << "sanitizers need the address space";
  EXPECT_EXIT(RunInShortSpace(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace weft::exec
