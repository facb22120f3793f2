// All module passes with Link over the shared corpus: output is valid, does
// not depend on threads, is never larger, and a second run changes nothing.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ir/wasm/validator.h"
#include "passes/link.h"
#include "passes/merge_duplicate_functions.h"
#include "passes/pack_memory.h"
#include "passes/remove_unused.h"
#include "passes/reorder.h"
#include "passes/testing/corpus.h"
#include "passes/testing/module_bytes.h"

namespace weft::passes {
namespace {

using testing::Bytes;
using testing::Read;

// What each pass changed.
struct Changes {
  uint64_t unused = 0;
  uint64_t merged = 0;
  uint64_t packed = 0;
  uint64_t moved = 0;
};

void RunPasses(int threads, ModuleState* state, Changes* changes) {
  PackMemoryOptions options;
  options.threads = threads;
  const auto add = [](const absl::StatusOr<uint64_t>& result, uint64_t* sum) {
    ASSERT_TRUE(result.ok()) << result.status();
    *sum += *result;
  };
  add(RemoveUnused(options, state), &changes->unused);
  add(MergeDuplicateFunctions(options, state), &changes->merged);
  add(RemoveUnused(options, state), &changes->unused);
  add(PackMemory(options, state), &changes->packed);
  add(Reorder(options, state), &changes->moved);
}

Bytes Optimize(const Bytes& input, int threads, Changes* changes) {
  ModuleState state(Read(input));
  RunPasses(threads, &state, changes);
  LinkOptions options;
  options.threads = threads;
  absl::StatusOr<Linked> linked = Link(state, options);
  EXPECT_TRUE(linked.ok()) << linked.status();
  return linked.ok() ? std::move(linked->bytes) : Bytes();
}

// Keeps `bytes` for other tools to look at.
void Dump(const std::string& name, const Bytes& bytes) {
  const char* folder = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR");
  if (folder == nullptr) return;
  std::ofstream file(std::string(folder) + "/" + name + ".wasm",
                     std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

TEST(ModulePassesCorpusTest, SmallerValidAndDeterministic) {
  const std::vector<testing::CorpusModule> corpus = testing::ReadCorpus();
  if (corpus.empty()) GTEST_SKIP() << "WEFT_SHARED is not set";
  double sum = 0;
  for (const testing::CorpusModule& entry : corpus) {
    SCOPED_TRACE(entry.name);
    const uint64_t before = NonCustomBytes(Read(entry.bytes));
    Changes changes;
    const Bytes output = Optimize(entry.bytes, 2, &changes);
    const wasm::Module module = Read(output);
    const absl::Status valid = wasm::ValidateAll(module, 2);
    EXPECT_TRUE(valid.ok()) << valid;
    const uint64_t after = NonCustomBytes(module);
    EXPECT_LE(after, before);
    Dump(entry.name, output);

    Changes ignored;
    EXPECT_EQ(Optimize(entry.bytes, 1, &ignored), output);
    Changes again;
    EXPECT_EQ(Optimize(output, 2, &again), output);
    EXPECT_EQ(again.unused + again.merged + again.packed + again.moved, 0u);

    const double ratio =
        static_cast<double>(after) / static_cast<double>(before);
    sum += std::log(ratio);
    std::printf(
        "%-26s %8llu -> %8llu  %.4f  unused %llu, merged %llu, "
        "packed %llu, moved %llu\n",
        entry.name.c_str(), static_cast<unsigned long long>(before),
        static_cast<unsigned long long>(after), ratio,
        static_cast<unsigned long long>(changes.unused),
        static_cast<unsigned long long>(changes.merged),
        static_cast<unsigned long long>(changes.packed),
        static_cast<unsigned long long>(changes.moved));
  }
  std::printf("geometric mean %.4f\n",
              std::exp(sum / static_cast<double>(corpus.size())));
}

}  // namespace
}  // namespace weft::passes
