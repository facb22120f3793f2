#include "ir/wasm/text/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ir/wasm/reader.h"

namespace weft::wasm {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Script Read(absl::string_view text) {
  absl::StatusOr<Script> script = ReadScript(text);
  EXPECT_TRUE(script.ok()) << script.status();
  return script.ok() ? *std::move(script) : Script();
}

// The only directive of `text`.
Directive One(absl::string_view text) {
  Script script = Read(text);
  EXPECT_EQ(script.directives.size(), 1u) << text;
  return script.directives.empty() ? Directive()
                                   : std::move(script.directives[0]);
}

std::string ErrorOf(absl::string_view text) {
  const absl::StatusOr<Script> script = ReadScript(text, {.file = "f.wast"});
  EXPECT_FALSE(script.ok()) << text;
  return std::string(script.status().message());
}

bool IsModule(const std::vector<uint8_t>& bytes) {
  return ReadModule(bytes).ok();
}

TEST(ScriptTest, FormsOfModules) {
  const Script script = Read(
      "(module) (module $a (func)) (module $b quote \"(func\" \" )\")\n"
      "(module binary \"\\00asm\" \"\\01\\00\\00\\00\")"
      "(module definition $c binary) (module definition (memory 1))"
      "(module $\"d e\" quote)");
  ASSERT_EQ(script.directives.size(), 7u);
  const ScriptModule::Form forms[] = {
      ScriptModule::kText,   ScriptModule::kText,   ScriptModule::kQuote,
      ScriptModule::kBinary, ScriptModule::kBinary, ScriptModule::kText,
      ScriptModule::kQuote};
  const char* const ids[] = {"", "a", "b", "", "c", "", "d e"};
  for (size_t i = 0; i < 7; ++i) {
    const Directive& directive = script.directives[i];
    EXPECT_EQ(directive.kind, Directive::kModule);
    EXPECT_EQ(directive.line, i < 3 ? 1u : 2u);
    EXPECT_EQ(directive.module.form, forms[i]);
    EXPECT_EQ(directive.module.id, ids[i]);
    EXPECT_EQ(directive.module.is_definition, i == 4 || i == 5);
    EXPECT_TRUE(directive.module.parse_status.ok())
        << directive.module.parse_status;
    EXPECT_EQ(IsModule(directive.module.bytes), i != 4);
    EXPECT_EQ(directive.module.offset, directive.offset);
  }
  EXPECT_EQ(script.directives[4].module.bytes, std::vector<uint8_t>());
  EXPECT_EQ(ReadModule(script.directives[5].module.bytes)->memories.size(), 1u);
}

TEST(ScriptTest, BareFieldsAreAModule) {
  for (const char* text : {"(func) (memory 0)", " (@a x) (func)(memory 0) ;; x",
                           "(memory 0)(func)"}) {
    const Directive directive = One(text);
    EXPECT_EQ(directive.kind, Directive::kModule);
    EXPECT_TRUE(directive.module.parse_status.ok())
        << directive.module.parse_status;
    const absl::StatusOr<Module> module = ReadModule(directive.module.bytes);
    ASSERT_TRUE(module.ok()) << module.status();
    EXPECT_EQ(module->funcs.size(), 1u);
    EXPECT_EQ(module->memories.size(), 1u);
  }
  EXPECT_TRUE(Read("").directives.empty());
  EXPECT_TRUE(Read(" (; nothing ;) ").directives.empty());
}

TEST(ScriptTest, BadModulesKeepTheirErrors) {
  const Script script = Read(
      "(assert_malformed (module quote \"(func\" \"\\n foo)\") \"oops\")\n"
      "(module (func\n  (nope)))\n(module)");
  ASSERT_EQ(script.directives.size(), 3u);
  const ScriptModule& quoted = script.directives[0].module;
  EXPECT_EQ(quoted.parse_status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(quoted.parse_status.message()),
              StartsWith("<input>:1: quoted:2:2: error: "));
  EXPECT_TRUE(quoted.bytes.empty());
  EXPECT_EQ(script.directives[0].text, "oops");
  EXPECT_THAT(std::string(script.directives[1].module.parse_status.message()),
              StartsWith("<input>:3:4: error: "));
  EXPECT_TRUE(script.directives[2].module.parse_status.ok());
}

TEST(ScriptTest, Instances) {
  const Script script =
      Read("(module instance) (module instance $d) (module instance $i $d)");
  ASSERT_EQ(script.directives.size(), 3u);
  const char* const ids[] = {"", "", "i"};
  const char* const definitions[] = {"", "d", "d"};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(script.directives[i].kind, Directive::kInstance);
    EXPECT_EQ(script.directives[i].id, ids[i]);
    EXPECT_EQ(script.directives[i].module_id, definitions[i]);
  }
}

TEST(ScriptTest, Registering) {
  EXPECT_EQ(One("(register \"a\\u{e9}\")").text, "a\xc3\xa9");
  const Directive named = One("(register \"m\" $M)");
  EXPECT_EQ(named.kind, Directive::kRegister);
  EXPECT_EQ(named.text, "m");
  EXPECT_EQ(named.id, "M");
}

TEST(ScriptTest, Actions) {
  const Directive invoke =
      One("(invoke $M \"f\" (i32.const 1) (ref.extern 2))");
  EXPECT_EQ(invoke.kind, Directive::kAction);
  EXPECT_EQ(invoke.action.kind, ScriptAction::kInvoke);
  EXPECT_EQ(invoke.action.instance, "M");
  EXPECT_EQ(invoke.action.name, "f");
  ASSERT_EQ(invoke.action.arguments.size(), 2u);
  EXPECT_EQ(invoke.action.arguments[1].kind, ScriptValue::kRefExtern);
  const Directive get = One("(get \"g\")");
  EXPECT_EQ(get.kind, Directive::kAction);
  EXPECT_EQ(get.action.kind, ScriptAction::kGet);
  EXPECT_EQ(get.action.name, "g");
  EXPECT_EQ(get.action.instance, "");
}

TEST(ScriptTest, AssertionsOfActions) {
  const Directive returns =
      One("(assert_return (get $M \"g\") (i32.const 1) (i32.const 2))");
  EXPECT_EQ(returns.kind, Directive::kAssertReturn);
  EXPECT_EQ(returns.action.kind, ScriptAction::kGet);
  EXPECT_EQ(returns.results.size(), 2u);
  EXPECT_TRUE(One("(assert_return (invoke \"f\"))").results.empty());
  const Directive trap = One("(assert_trap (invoke \"f\") \"why\")");
  EXPECT_EQ(trap.kind, Directive::kAssertTrap);
  EXPECT_EQ(trap.text, "why");
  EXPECT_EQ(One("(assert_exception (invoke \"f\"))").kind,
            Directive::kAssertException);
  EXPECT_EQ(One("(assert_exhaustion (invoke \"f\") \"x\")").kind,
            Directive::kAssertExhaustion);
}

TEST(ScriptTest, AssertionsOfModules) {
  const struct {
    const char* word;
    Directive::Kind kind;
  } kCases[] = {
      {"assert_malformed", Directive::kAssertMalformed},
      {"assert_invalid", Directive::kAssertInvalid},
      {"assert_malformed_custom", Directive::kAssertMalformedCustom},
      {"assert_invalid_custom", Directive::kAssertInvalidCustom},
      {"assert_unlinkable", Directive::kAssertUnlinkable},
      {"assert_trap", Directive::kAssertUninstantiable},
  };
  for (const auto& [word, kind] : kCases) {
    for (const char* module :
         {"(module (func))", "(module quote \"(func)\")", "(module binary)"}) {
      const Directive directive =
          One(absl::StrCat("(", word, " ", module, " \"why\")"));
      EXPECT_EQ(directive.kind, kind);
      EXPECT_EQ(DirectiveName(directive.kind), word);
      EXPECT_EQ(directive.text, "why");
      EXPECT_TRUE(HasModule(directive));
    }
  }
  for (const char* word : {"assert_unlinkable", "assert_trap"}) {
    const Directive directive =
        One(absl::StrCat("(", word, " (module instance $I $D) \"why\")"));
    EXPECT_FALSE(HasModule(directive));
    EXPECT_TRUE(directive.has_module_id);
    EXPECT_EQ(directive.id, "I");
    EXPECT_EQ(directive.module_id, "D");
  }
}

TEST(ScriptTest, Threads) {
  const Script script = Read(
      "(module $Mem)\n"
      "(thread $T (shared (module $Mem)) (shared (module $N))\n"
      "  (register \"m\" $Mem) (invoke \"f\")\n"
      "  (thread $U (invoke \"g\")))\n"
      "(wait $T)");
  ASSERT_EQ(script.directives.size(), 7u);
  const Directive& thread = script.directives[1];
  EXPECT_EQ(thread.kind, Directive::kThread);
  EXPECT_EQ(thread.id, "T");
  EXPECT_EQ(thread.shared, (std::vector<std::string>{"Mem", "N"}));
  EXPECT_EQ(thread.num_directives, 4u);
  EXPECT_EQ(script.directives[4].id, "U");
  EXPECT_EQ(script.directives[4].num_directives, 1u);
  EXPECT_EQ(script.directives[6].kind, Directive::kWait);
  EXPECT_EQ(script.directives[6].id, "T");
  EXPECT_EQ(script.directives[6].line, 5u);
}

TEST(ScriptTest, AnnotationsAreSkipped) {
  const Script script = Read(
      "(@a) ((@b) module (@c) $m (@d x \")\" (y)) (func))\n"
      "(assert_return (@e) (invoke (@f) \"f\") (@g) (i32.const (@h) 1)) (@i)");
  ASSERT_EQ(script.directives.size(), 2u);
  EXPECT_EQ(script.directives[0].module.id, "m");
  EXPECT_EQ(script.directives[1].results.size(), 1u);
}

TEST(ScriptTest, LinesOfAllKinds) {
  const Script script =
      Read("(get \"a\")\n(get \"b\")\r\n\r(get \"c\")(get \"d\")");
  ASSERT_EQ(script.directives.size(), 4u);
  EXPECT_EQ(script.directives[0].line, 1u);
  EXPECT_EQ(script.directives[1].line, 2u);
  EXPECT_EQ(script.directives[2].line, 4u);
  EXPECT_EQ(script.directives[3].line, 4u);
  EXPECT_EQ(script.directives[1].offset, 10u);
}

TEST(ScriptTest, ErrorsSayWhatIsExpected) {
  EXPECT_THAT(ErrorOf("(module)\n (assert_retrun (get \"f\"))"),
              StartsWith("f.wast:2:2: error: expected a directive: module, "));
  EXPECT_THAT(ErrorOf("x"), StartsWith("f.wast:1:1: error: expected a "
                                       "directive, found 'x'"));
  EXPECT_THAT(ErrorOf("()"), HasSubstr("1:2: error: expected a directive"));
  EXPECT_THAT(ErrorOf("(invoke 1)"), HasSubstr("expected a string, found '1'"));
  EXPECT_THAT(ErrorOf("(invoke \"f\" (ref.func 1))"),
              HasSubstr("expected a constant"));
  EXPECT_THAT(ErrorOf("(invoke \"f\" (ref.null))"),
              HasSubstr("expected an abstract heap type"));
  EXPECT_THAT(ErrorOf("(invoke \"\\ff\")"),
              HasSubstr("malformed UTF-8 encoding"));
  EXPECT_THAT(ErrorOf("(get \"f\" (i32.const 1))"), HasSubstr("expected ')'"));
  EXPECT_THAT(ErrorOf("(assert_invalid (get \"f\") \"x\")"),
              HasSubstr("expected '(module ...'"));
  EXPECT_THAT(ErrorOf("(assert_invalid (module))"),
              HasSubstr("expected a string, found ')'"));
  EXPECT_THAT(ErrorOf("(assert_unlinkable (module definition) \"x\")"),
              HasSubstr("found a definition"));
  EXPECT_THAT(ErrorOf("(module binary 5)"), HasSubstr("expected a string"));
  EXPECT_THAT(ErrorOf("(module (func)"), StartsWith("f.wast:1:"));
  EXPECT_THAT(ErrorOf("(thread $T (get \"f\")"), HasSubstr("close the thread"));
  EXPECT_THAT(ErrorOf("(wait)"), HasSubstr("expected an identifier"));
  EXPECT_THAT(ErrorOf("(get \"f\"))"), HasSubstr("found ')'"));
  EXPECT_THAT(ErrorOf("(@ x)"), StartsWith("f.wast:1:1: error: annotation"));
  EXPECT_THAT(ErrorOf("(module) \x01"), HasSubstr("illegal character"));
}

TEST(ScriptTest, DepthCostsNoStack) {
  const size_t depth = 200000;
  std::string text;
  for (size_t i = 0; i < depth; ++i) text += "(thread ";
  EXPECT_THAT(ErrorOf(text), HasSubstr("close the thread"));
  text.append(depth, ')');
  EXPECT_EQ(Read(text).directives.size(), depth);
  text = "(assert_return (get \"f\") ";
  for (size_t i = 0; i < depth; ++i) text += "(either ";
  text += "(i32.const 1)";
  text.append(depth + 1, ')');
  EXPECT_EQ(One(text).results[0].size(), 1u);
}

}  // namespace
}  // namespace weft::wasm
