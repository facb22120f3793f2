#include "tools/options.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"

namespace weft::tools {
namespace {

struct Settings {
  std::string log;
};

constexpr Option<Settings> kTable[] = {
    {{"-O", "[LEVEL]", "level"},
     [](absl::string_view value, Settings& s) {
       absl::StrAppend(&s.log, "O", value, ";");
       return absl::OkStatus();
     }},
    {{"-j, --jobs", "N", "threads"},
     [](absl::string_view value, Settings& s) {
       if (value == "0") return absl::InvalidArgumentError("at least 1");
       absl::StrAppend(&s.log, "j", value, ";");
       return absl::OkStatus();
     }},
    {{"-o, --output", "FILE", "file"},
     [](absl::string_view value, Settings& s) {
       absl::StrAppend(&s.log, "o", value, ";");
       return absl::OkStatus();
     }},
    {{"--print-ir", "[PASS]", "text\nof two lines"},
     [](absl::string_view value, Settings& s) {
       absl::StrAppend(&s.log, "p", value, ";");
       return absl::OkStatus();
     }},
    {{"--quiet", "", "silence"},
     [](absl::string_view, Settings& s) {
       absl::StrAppend(&s.log, "q;");
       return absl::OkStatus();
     }},
    {{"--secret", "", ""},
     [](absl::string_view, Settings& s) {
       absl::StrAppend(&s.log, "s;");
       return absl::OkStatus();
     }},
};

// The settings in their order, the positional arguments behind a bar; or the
// error.
std::string Parse(const std::vector<absl::string_view>& args) {
  Settings settings;
  const absl::StatusOr<std::vector<std::string>> positional =
      ParseOptions<Settings>(kTable, args, settings);
  if (!positional.ok()) return std::string(positional.status().message());
  return absl::StrCat(settings.log, "|", absl::StrJoin(*positional, ","));
}

TEST(OptionsTest, AcceptsAllSpellings) {
  EXPECT_EQ(Parse({"-O3", "-Oz", "-O"}), "O3;Oz;O;|");
  EXPECT_EQ(Parse({"-j2", "-j", "3", "--jobs=4", "--jobs", "5"}),
            "j2;j3;j4;j5;|");
  EXPECT_EQ(Parse({"-oOUT", "-o", "-", "--output=a=b"}), "oOUT;o-;oa=b;|");
  EXPECT_EQ(Parse({"--print-ir", "x", "--print-ir=gvn"}), "p;pgvn;|x");
  EXPECT_EQ(Parse({"--secret", "--quiet"}), "s;q;|");
}

TEST(OptionsTest, AcceptsAnyOrder) {
  EXPECT_EQ(Parse({"in", "-o", "out", "-", "--quiet"}), "oout;q;|in,-");
  EXPECT_EQ(Parse({"--quiet", "--", "--quiet", "-o"}), "q;|--quiet,-o");
  EXPECT_EQ(Parse({""}), "|");
  EXPECT_EQ(Parse({}), "|");
}

TEST(OptionsTest, TakesDashedFileNames) {
  EXPECT_EQ(Parse({"-o", "-weird.wasm"}), "o-weird.wasm;|");
  EXPECT_EQ(Parse({"-o", "--weird.wasm"}), "o--weird.wasm;|");
}

TEST(OptionsTest, NamesTheNearestOption) {
  EXPECT_EQ(Parse({"--quite"}),
            "unknown option '--quite'; the nearest is '--quiet' (--help lists "
            "all)");
  EXPECT_EQ(Parse({"--job=3"}),
            "unknown option '--job'; the nearest is '--jobs' (--help lists "
            "all)");
  // Hidden options are not offered.
  EXPECT_EQ(Parse({"--secre"}),
            "unknown option '--secre'; the nearest is '--jobs' (--help lists "
            "all)");
}

TEST(OptionsTest, RefusesWrongValues) {
  EXPECT_EQ(Parse({"-o"}), "-o needs FILE");
  EXPECT_EQ(Parse({"--jobs"}), "--jobs needs N");
  EXPECT_EQ(Parse({"--jobs", "--quiet"}),
            "--jobs needs N, but the option --quiet follows");
  EXPECT_EQ(Parse({"--quiet=yes"}), "--quiet takes no value, but got 'yes'");
  EXPECT_EQ(Parse({"-j0"}), "--jobs=0: at least 1");
}

TEST(OptionsTest, HelpIsMadeFromTheTable) {
  EXPECT_EQ(OptionHelp(TextsOf<Settings>(kTable)),
            "  -O[LEVEL]               level\n"
            "  -j, --jobs=N            threads\n"
            "  -o, --output=FILE       file\n"
            "  --print-ir[=PASS]       text\n"
            "                          of two lines\n"
            "  --quiet                 silence\n");
}

}  // namespace
}  // namespace weft::tools
