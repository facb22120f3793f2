// OptimizeOptions::print_ir and print_after.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "passes/optimize.h"
#include "passes/testing/module_bytes.h"

namespace weft::passes {
namespace {

using testing::Bytes;

// Twenty exported functions that drop the sum of their index and one, those
// with an odd index long ones.
Bytes Module() {
  testing::ModuleBytes module;
  std::vector<Bytes> funcs, exports, bodies;
  for (uint32_t i = 0; i < 20; ++i) {
    funcs.push_back(testing::U32(0));
    exports.push_back(
        testing::Export("f" + std::to_string(i), wasm::ExternalKind::kFunc, i));
    Bytes code;
    for (uint32_t n = i % 2 == 0 ? 1 : 30; n > 0; --n) {
      code = testing::Join({code,
                            {0x41},
                            testing::S32(static_cast<int32_t>(i)),
                            {0x41, 1, 0x6a, 0x1a}});
    }
    bodies.push_back(testing::Body(code));
  }
  return module.Add(wasm::SectionId::kType, {testing::FuncType()})
      .Add(wasm::SectionId::kFunction, funcs)
      .Add(wasm::SectionId::kExport, exports)
      .Add(wasm::SectionId::kCode, bodies)
      .bytes();
}

std::string Printed(const std::string& passes, const std::string& after,
                    int threads, uint64_t seed) {
  OptimizeOptions options;
  options.passes = *ParsePasses(passes);
  options.threads = threads;
  options.schedule_seed = seed;
  std::string text;
  options.print_ir = [&](absl::string_view part) {
    text.append(part.data(), part.size());
  };
  options.print_after = after;
  EXPECT_TRUE(Optimize(Module(), options, nullptr).ok());
  return text;
}

TEST(PrintIrTest, AfterLift) {
  const std::string text = Printed("gvn,dce", "", 1, 0);
  EXPECT_EQ(text.substr(0, text.find(";; function 1\n")),
            ";; function 0\n"
            "func () -> () {\n"
            "  %0 = i32.const 0\n"
            "  %1 = i32.const 1\n"
            "  %2 = i32.add %0 %1\n"
            "  exit\n"
            "}\n");
}

TEST(PrintIrTest, AfterAPassEachTimeItRuns) {
  const std::string text = Printed("dce,gvn,dce", "dce", 1, 0);
  const std::string once =
      ";; function 0, after dce\n"
      "func () -> () {\n"
      "  exit\n"
      "}\n";
  EXPECT_EQ(text.substr(0, 2 * once.size()), once + once);
  EXPECT_EQ(Printed("gvn", "dce", 1, 0), "");
}

TEST(PrintIrTest, SameForEverySchedule) {
  const std::string text = Printed("gvn,dce", "gvn", 1, 0);
  size_t at = 0;
  for (int i = 0; i < 20; ++i) {
    const size_t next =
        text.find(";; function " + std::to_string(i) + ", after gvn\n");
    ASSERT_NE(next, std::string::npos);
    EXPECT_GE(next, at);
    at = next;
  }
  for (uint64_t seed = 0; seed < 4; ++seed) {
    EXPECT_EQ(Printed("gvn,dce", "gvn", 3, seed), text);
  }
}

}  // namespace
}  // namespace weft::passes
