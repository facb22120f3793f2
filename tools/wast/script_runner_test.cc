#include "tools/wast/script_runner.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace weft::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ScriptReport RunText(absl::string_view text,
                     const ScriptRunOptions& options = {}) {
  ScriptReport report;
  RunScript(text, "folder", "f.wast", options, &report);
  return report;
}

// "check expected/passed/failed/not run", in order.
std::vector<std::string> Rows(const ScriptReport& report) {
  std::vector<std::string> rows;
  for (const auto& [key, counts] : report.rows()) {
    EXPECT_EQ(key.first, "folder");
    rows.push_back(absl::StrCat(key.second, " ", counts.expected, "/",
                                counts.passed, "/", counts.failed, "/",
                                counts.not_run));
  }
  return rows;
}

// The reason of the only failure.
std::string Reason(absl::string_view text,
                   const ScriptRunOptions& options = {}) {
  const ScriptReport report = RunText(text, options);
  EXPECT_EQ(report.failures().size(), 1u) << text;
  return report.failures().empty() ? "" : report.failures()[0].reason;
}

constexpr absl::string_view kInvalid = "(module (func (result i32)))";

TEST(ScriptRunnerTest, CountsByDirective) {
  const ScriptReport report = RunText(absl::StrCat(
      "(module (func)) (module binary \"\\00asm\\01\\00\\00\\00\")",
      "(assert_invalid ", kInvalid, " \"x\")",
      "(assert_malformed (module quote \"(func\") \"x\")",
      "(assert_malformed (module binary \"\\00asm\") \"x\")",
      "(assert_unlinkable (module (import \"a\" \"b\" (func))) \"x\")",
      "(assert_trap (module (func) (start 0)) \"x\")",
      "(register \"m\") (invoke \"f\") (assert_return (invoke \"f\"))",
      "(thread $T (invoke \"g\")) (wait $T)"));
  EXPECT_THAT(
      Rows(report),
      ElementsAre("action 2/0/0/2", "assert_invalid 1/1/0/0",
                  "assert_malformed binary 1/1/0/0",
                  "assert_malformed quote 1/1/0/0", "assert_return 1/0/0/1",
                  "assert_trap 1/0/0/1", "assert_trap's module 1/1/0/0",
                  "assert_unlinkable 1/0/0/1",
                  "assert_unlinkable's module 1/1/0/0", "module 2/2/0/0",
                  "register 1/0/0/1", "thread 1/0/0/1", "wait 1/0/0/1"));
  EXPECT_EQ(report.total().passed, 7u);
  EXPECT_EQ(report.total().failed, 0u);
  EXPECT_EQ(report.total().not_run, 8u);
}

TEST(ScriptRunnerTest, FailuresHaveFileAndLine) {
  const ScriptReport report = RunText(absl::StrCat(
      "\n", kInvalid, "\n(assert_invalid (module) \"type mismatch\")"));
  ASSERT_EQ(report.failures().size(), 2u);
  EXPECT_EQ(report.failures()[0].file, "f.wast");
  EXPECT_EQ(report.failures()[0].line, 2u);
  EXPECT_EQ(report.failures()[0].check, "module");
  EXPECT_THAT(report.failures()[0].reason,
              HasSubstr("the module is not valid: "));
  EXPECT_EQ(report.failures()[1].line, 3u);
  EXPECT_EQ(report.failures()[1].reason,
            "expected \"type mismatch\", but the module is valid");
  EXPECT_THAT(Rows(report),
              ElementsAre("assert_invalid 1/0/1/0", "module 1/0/1/0"));
}

TEST(ScriptRunnerTest, EachKindOfFailureHasItsPlace) {
  // Malformed is not invalid, nor the other way round.
  EXPECT_THAT(Reason("(assert_invalid (module quote \"(func\") \"x\")"),
              HasSubstr("does not parse"));
  EXPECT_THAT(Reason("(assert_malformed (module quote "
                     "\"(func (result i32))\") \"x\")"),
              HasSubstr("is not valid"));
  EXPECT_THAT(Reason("(assert_malformed (module quote \"\") \"x\")"),
              HasSubstr("the module is valid"));
  EXPECT_THAT(Reason("(assert_malformed_custom (module quote \"\") \"x\")"),
              HasSubstr("the module is valid"));
  EXPECT_THAT(
      Reason(absl::StrCat("(assert_invalid_custom ", kInvalid, " \"x\")")),
      HasSubstr("is not valid"));
  EXPECT_THAT(Reason("(assert_invalid_custom (module) \"x\")"),
              HasSubstr("the module is valid"));
}

TEST(ScriptRunnerTest, CustomSections) {
  // A name section that is cut off.
  const absl::string_view names =
      "(module binary \"\\00asm\\01\\00\\00\\00\\00\\06\\04name\\01\")";
  EXPECT_THAT(Rows(RunText(absl::StrCat(
                  names, "(assert_malformed_custom ", names, " \"x\")",
                  "(assert_invalid_custom ", names, " \"x\")"))),
              ElementsAre("assert_invalid_custom 1/1/0/0",
                          "assert_malformed_custom 1/1/0/0", "module 1/1/0/0"));
}

TEST(ScriptRunnerTest, FeaturesCount) {
  // A shared memory.
  const absl::string_view text =
      "(assert_invalid (module binary \"\\00asm\\01\\00\\00\\00"
      "\\05\\04\\01\\03\\00\\00\") \"x\")";
  EXPECT_THAT(Reason(text), HasSubstr("the module is valid"));
  ScriptRunOptions options;
  options.features.Remove(wasm::Feature::kThreads);
  EXPECT_EQ(RunText(text, options).total().passed, 1u);
}

TEST(ScriptRunnerTest, LimitsAreNoVerdict) {
  // Two million locals.
  EXPECT_THAT(Reason("(assert_invalid (module binary \"\\00asm\\01\\00\\00\\00"
                     "\\01\\04\\01\\60\\00\\00\\03\\02\\01\\00"
                     "\\0a\\09\\01\\07\\01\\80\\89\\7a\\7f\\0b\\0b\") \"x\")"),
              HasSubstr("limit locals"));
}

TEST(ScriptRunnerTest, UnreadableScriptsFail) {
  const ScriptReport report = RunText("(module) (nonsense)");
  EXPECT_THAT(Rows(report), ElementsAre("script 1/0/1/0"));
  EXPECT_THAT(report.failures()[0].reason,
              HasSubstr("f.wast:1:10: error: expected a directive"));
}

TEST(ScriptRunnerTest, ModulesInAssertionsAreChecked) {
  const ScriptReport report =
      RunText(absl::StrCat("(assert_unlinkable ", kInvalid, " \"x\")"));
  EXPECT_THAT(Rows(report), ElementsAre("assert_unlinkable 1/0/0/1",
                                        "assert_unlinkable's module 1/0/1/0"));
}

// Fails what is called "bad", cannot run what is called "new".
class FakeExecutor : public ScriptExecutor {
 public:
  explicit FakeExecutor(std::vector<wasm::Directive::Kind>* seen)
      : seen_(*seen) {}

  absl::Status Execute(const wasm::Script& script, size_t index) override {
    const wasm::Directive& directive = script.directives[index];
    seen_.push_back(directive.kind);
    if (directive.action.name == "bad") {
      return absl::FailedPreconditionError("it is bad");
    }
    if (directive.action.name == "new") {
      return absl::UnimplementedError("too new");
    }
    return absl::OkStatus();
  }

 private:
  std::vector<wasm::Directive::Kind>& seen_;
};

TEST(ScriptRunnerTest, ExecutorsAreAsked) {
  std::vector<wasm::Directive::Kind> seen;
  ScriptRunOptions options;
  options.make_executor = [&seen] {
    return std::make_unique<FakeExecutor>(&seen);
  };
  const ScriptReport report =
      RunText(absl::StrCat("(module) ", kInvalid, " (invoke \"ok\")",
                           "(assert_return (get \"bad\")) (invoke \"new\")",
                           "(assert_unlinkable (module) \"x\")",
                           "(assert_invalid ", kInvalid, " \"x\")",
                           "(thread $T (invoke \"bad\") (invoke \"bad\"))"),
              options);
  EXPECT_THAT(Rows(report),
              ElementsAre("action 2/1/0/1", "assert_invalid 1/1/0/0",
                          "assert_return 1/0/1/0", "assert_unlinkable 1/1/0/0",
                          "assert_unlinkable's module 1/1/0/0",
                          "module 2/1/1/0", "thread 1/1/0/0"));
  ASSERT_EQ(report.failures().size(), 2u);
  EXPECT_EQ(report.failures()[1].reason, "it is bad");
  using wasm::Directive;
  EXPECT_THAT(seen,
              ElementsAre(Directive::kModule, Directive::kAction,
                          Directive::kAssertReturn, Directive::kAction,
                          Directive::kAssertUnlinkable, Directive::kThread));
}

}  // namespace
}  // namespace weft::tools
