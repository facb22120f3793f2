#include "tools/strip_command.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/testing.h"
#include "tools/testing/command_test.h"

namespace weft::tools {
namespace {

using ::testing::HasSubstr;
using wasm::testing::Bytes;
using wasm::testing::ModuleBuilder;

class StripCommandTest : public CommandTest {
 protected:
  // A type section that is longer than it has to be, with custom sections
  // around it.
  static Bytes ModuleWith(const std::vector<std::string>& names) {
    ModuleBuilder builder;
    for (size_t i = 0; i < names.size(); ++i) {
      if (i == 1) builder.Raw({1, 0x84, 0, 1, 0x60, 0, 0});
      builder.Custom(names[i], {1, 2, 3});
    }
    if (names.size() < 2) builder.Raw({1, 0x84, 0, 1, 0x60, 0, 0});
    return builder.Build();
  }

  // Which of `names` remain after stripping with `options`.
  void ExpectRemain(const std::vector<std::string>& names,
                    std::vector<absl::string_view> options,
                    const std::vector<std::string>& remaining) {
    const std::string in = Put("in.wasm", ModuleWith(names));
    const std::string out = Path("out.wasm");
    options.insert(options.end(), {in, "-o", out, "-q"});
    ASSERT_EQ(RunStrip(env_, options), kExitOk) << files_.err();
    ModuleBuilder expected;
    for (size_t i = 0; i < names.size(); ++i) {
      if (i == 1) expected.Raw({1, 0x84, 0, 1, 0x60, 0, 0});
      for (const std::string& name : remaining) {
        if (name == names[i]) expected.Custom(name, {1, 2, 3});
      }
    }
    EXPECT_EQ(Get(out), expected.Build());
  }

  const std::vector<std::string> all_ = {
      "name",       "producers", ".debug_info",
      "mine",       "dylink.0",  "sourceMappingURL",
      ".debug_str", "yours",     "metadata.code.branch_hint"};
};

TEST_F(StripCommandTest, KeepsWhatHasMeaning) {
  ExpectRemain(all_, {}, {"dylink.0", "metadata.code.branch_hint"});
}

TEST_F(StripCommandTest, All) {
  ExpectRemain(all_, {"--all"}, {});
  ExpectRemain(all_, {"--all", "--keep=mine"}, {"mine"});
}

TEST_F(StripCommandTest, Keep) {
  ExpectRemain(all_, {"--keep", "name", "-k", ".debug_*"},
               {"name", ".debug_info", "dylink.0", ".debug_str",
                "metadata.code.branch_hint"});
}

TEST_F(StripCommandTest, ChosenSections) {
  ExpectRemain(
      all_, {"--names"},
      {"producers", ".debug_info", "mine", "dylink.0", "sourceMappingURL",
       ".debug_str", "yours", "metadata.code.branch_hint"});
  ExpectRemain(all_, {"--debug"},
               {"name", "producers", "mine", "dylink.0", "yours",
                "metadata.code.branch_hint"});
  ExpectRemain(all_, {"--only=metadata.*", "--only", "mine"},
               {"name", "producers", ".debug_info", "dylink.0",
                "sourceMappingURL", ".debug_str", "yours"});
  ExpectRemain(all_, {"--debug", "--keep=.debug_str", "--names"},
               {"producers", "mine", "dylink.0", ".debug_str", "yours",
                "metadata.code.branch_hint"});
}

TEST_F(StripCommandTest, InPlaceWithSummary) {
  const std::string path = Put("m.wasm", ModuleWith({"name", "name"}));
  EXPECT_EQ(RunStrip(env_, {path, "-o", path}), kExitOk);
  EXPECT_EQ(Get(path), ModuleWith({}));
  EXPECT_EQ(files_.err(),
            absl::StrCat(path,
                         ": 35 to 15 bytes (-57.1 %), 2 custom sections "
                         "removed\n"));
}

TEST_F(StripCommandTest, ObjectsAreRefused) {
  for (const char* name : {"linking", "reloc.CODE"}) {
    const std::string path = Put("m.wasm", ModuleWith({"name", name}));
    EXPECT_EQ(RunStrip(env_, {path, "-o", path}), kExitInvalid);
    EXPECT_EQ(Get(path), ModuleWith({"name", name}));
  }
  EXPECT_THAT(files_.err(), HasSubstr("relocatable object"));
}

TEST_F(StripCommandTest, Errors) {
  const std::string path = PutText("m.wasm", "\1asm");
  EXPECT_EQ(RunStrip(env_, {path, "-o", path}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("magic number missing"));
  EXPECT_EQ(RunStrip(env_, {path, "-o", Path("none/x")}), kExitInvalid);
  EXPECT_EQ(RunStrip(env_, {path}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("add -o FILE"));
  EXPECT_EQ(RunStrip(env_, {path, path, "-o", path}), kExitUsage);
  EXPECT_EQ(RunStrip(env_, {"-o", path}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("weft strip IN -o OUT"));
  EXPECT_EQ(RunStrip(env_, {path, "-o", path, "--all", "--names"}), kExitUsage);
  EXPECT_EQ(Get(path).size(), 4u);
  EXPECT_EQ(RunStrip(env_, {"--help"}), kExitOk);
  EXPECT_THAT(files_.out(), HasSubstr("--keep=NAME"));
}

}  // namespace
}  // namespace weft::tools
