#include "tools/wast_command.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/testing/command_test.h"

namespace weft::tools {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class WastCommandTest : public CommandTest {
 protected:
  void MakeFolder(absl::string_view name) {
    ASSERT_EQ(mkdir(Path(name).c_str(), 0755), 0);
  }
};

TEST_F(WastCommandTest, TableAndLastLine) {
  const std::string path =
      PutText("a.wast",
              "(module (global (export \"g\") i32 (i32.const 1)))\n"
              "(assert_invalid (module (start 0)) \"x\") (get \"g\")");
  EXPECT_EQ(RunWast(env_, {path}), kExitOk);
  const std::string pad(dir_.size() - 6, ' ');
  EXPECT_EQ(
      files_.out(),
      absl::StrCat(
          "folder", pad,
          "  directive       expected    passed    failed   not run\n", dir_,
          "  action                 1         1         0         0\n", dir_,
          "  assert_invalid         1         1         0         0\n", dir_,
          "  module                 1         1         0         0\n",
          "3 passed, 0 failed, 0 not run\n"));
  EXPECT_EQ(files_.err(), "");
}

TEST_F(WastCommandTest, FailuresAndExitCode) {
  const std::string path =
      PutText("a.wast", "\n(assert_invalid (module) \"m\\n\")");
  EXPECT_EQ(RunWast(env_, {path}), kExitInvalid);
  EXPECT_THAT(files_.out(),
              EndsWith(absl::StrCat(path,
                                    ":2: assert_invalid: expected \"m\\n\", "
                                    "but the module is valid\n"
                                    "0 passed, 1 failed, 0 not run\n")));
}

TEST_F(WastCommandTest, Folders) {
  PutText("b.wast", "(module)");
  PutText("other.txt", "(nonsense)");
  MakeFolder("sub");
  PutText("sub/a.wast", "(module)");
  MakeFolder("sub/custom-descriptors");
  PutText("sub/custom-descriptors/x.wast", "(nonsense)");
  PutText("sub/custom-descriptors/y.wast", "(nonsense)");
  EXPECT_EQ(RunWast(env_, {dir_}), kExitOk);
  EXPECT_THAT(files_.out(), HasSubstr(absl::StrCat(dir_, "/sub  module")));
  EXPECT_THAT(files_.out(),
              HasSubstr(absl::StrCat("excluded: ", dir_,
                                     "/sub/custom-descriptors, 2 files: the "
                                     "proposal is not supported\n")));
  EXPECT_THAT(files_.out(), EndsWith("2 passed, 0 failed, 0 not run\n"));
}

TEST_F(WastCommandTest, ExclusionsCanBeNamed) {
  MakeFolder("custom-descriptors");
  const std::string path = PutText("custom-descriptors/x.wast", "(module)");
  EXPECT_EQ(RunWast(env_, {path}), kExitOk);
  EXPECT_EQ(RunWast(env_, {Path("custom-descriptors")}), kExitOk);
  EXPECT_THAT(files_.out(), Not(HasSubstr("excluded")));
}

TEST_F(WastCommandTest, Json) {
  PutText("a.wast", "(module) (get \"g\")\n(module (start 0))");
  MakeFolder("custom-descriptors");
  PutText("custom-descriptors/x.wast", "");
  EXPECT_EQ(RunWast(env_, {dir_, "--json", "--static"}), kExitInvalid);
  const nlohmann::json document =
      nlohmann::json::parse(files_.out(), nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(document.is_object());
  EXPECT_EQ(document["schema"], 1);
  EXPECT_EQ(document["passed"], 1);
  EXPECT_EQ(document["failed"], 1);
  EXPECT_EQ(document["not_run"], 1);
  ASSERT_EQ(document["rows"].size(), 2u);
  EXPECT_EQ(document["rows"][1]["folder"], dir_);
  EXPECT_EQ(document["rows"][1]["directive"], "module");
  EXPECT_EQ(document["rows"][1]["expected"], 2);
  EXPECT_EQ(document["rows"][1]["failed"], 1);
  EXPECT_EQ(document["excluded"][0]["files"], 1);
  EXPECT_EQ(document["failures"][0]["line"], 2);
  EXPECT_THAT(document["failures"][0]["reason"].get<std::string>(),
              HasSubstr("not valid"));
}

TEST_F(WastCommandTest, Errors) {
  EXPECT_EQ(RunWast(env_, {}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("no script given"));
  EXPECT_EQ(RunWast(env_, {"-", "-"}), kExitUsage);
  EXPECT_EQ(RunWast(env_, {"--features=x", "a"}), kExitUsage);
  EXPECT_EQ(files_.out(), "");
  MakeFolder("empty");
  EXPECT_EQ(RunWast(env_, {Path("empty")}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("empty: no .wast files in there\n"));
  // The others run nevertheless.
  EXPECT_EQ(RunWast(env_, {Path("none"), PutText("a.wast", "(module)")}),
            kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("none: cannot open"));
  EXPECT_THAT(files_.out(), EndsWith("1 passed, 0 failed, 0 not run\n"));
  EXPECT_EQ(RunWast(env_, {"--help"}), kExitOk);
}

}  // namespace
}  // namespace weft::tools
