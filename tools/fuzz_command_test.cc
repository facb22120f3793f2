#include "tools/fuzz_command.h"

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/command_test.h"

namespace weft::tools {
namespace {

using ::testing::HasSubstr;

class FuzzCommandTest : public CommandTest {
 protected:
  std::string Text(const std::string& path) {
    const std::vector<uint8_t> bytes = Get(path);
    return {bytes.begin(), bytes.end()};
  }
};

TEST_F(FuzzCommandTest, LedgerResumes) {
  const std::string ledger = absl::StrCat("--ledger=", Path("ledger"));
  const std::string report = absl::StrCat("--report=", Path("report.json"));
  EXPECT_EQ(RunFuzz(env_, {"--count=1000", "--size=64", ledger, "-j1"}), 0);
  EXPECT_THAT(files_.out(), HasSubstr("1000 pairs: "));
  const std::string once = Text(Path("ledger"));
  // What is done is not done again.
  EXPECT_EQ(RunFuzz(env_, {"--count=1000", "--size=64", ledger, "-j1"}), 0);
  EXPECT_EQ(Text(Path("ledger")), once);
  EXPECT_EQ(RunFuzz(env_, {"--count=2000", "--size=64", ledger, report, "-j1"}),
            0);
  const auto json =
      nlohmann::json::parse(Text(Path("report.json")), nullptr, false);
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["pairs"], 2000);
  EXPECT_EQ(json["defects"]["different"], 0);
  EXPECT_TRUE(json["operators"].contains("i32.add"));
  // Another campaign has another ledger.
  EXPECT_EQ(RunFuzz(env_, {"--count=1000", "--size=128", ledger}),
            kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("another campaign"));
}

TEST_F(FuzzCommandTest, OnePair) {
  EXPECT_EQ(RunFuzz(env_, {"--pair=3", absl::StrCat("--out=", dir_)}), 0);
  EXPECT_THAT(files_.out(), HasSubstr("pair 3, "));
  EXPECT_THAT(Text(Path("none-3.wat")), HasSubstr("(module"));
}

TEST_F(FuzzCommandTest, OutputsAreCheckedFirst) {
  EXPECT_EQ(RunFuzz(env_, {absl::StrCat("--out=", Path("absent"))}),
            kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("not a directory"));
  EXPECT_EQ(RunFuzz(env_, {absl::StrCat("--report=", Path("absent/r.json"))}),
            kExitInvalid);
}

TEST_F(FuzzCommandTest, WrongArguments) {
  for (const char* wrong :
       {"--time=0", "--count=0", "--seed=x", "--shard=0/4", "--shard=5/4",
        "--shard=3", "--size=1", "--passes=nonsense", "-O9", "file"}) {
    EXPECT_EQ(RunFuzz(env_, {wrong}), kExitUsage) << wrong;
  }
  EXPECT_EQ(files_.out(), "");
}

}  // namespace
}  // namespace weft::tools
