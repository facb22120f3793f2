#include "tools/bench/closed_module.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/printer.h"
#include "ir/wasm/validator.h"

namespace weft::tools {
namespace {

using testing::HasSubstr;
using testing::Not;

// The text of the module that CloseModule makes of `text`, or its error's.
std::string Closed(absl::string_view text) {
  const auto bytes = wasm::ParseModuleText(text);
  if (!bytes.ok()) return std::string(bytes.status().message());
  const auto closed = CloseModule(*bytes);
  if (!closed.ok()) return std::string(closed.status().message());
  const auto module = wasm::ReadModule(*closed);
  EXPECT_TRUE(module.ok()) << module.status();
  EXPECT_TRUE(wasm::ValidateAll(*module).ok());
  return *wasm::PrintModuleText(*module);
}

TEST(ClosedModuleTest, ClockQuadruples) {
  const std::string text = Closed(R"((module
      (import "env" "clock_ms" (func $clock (result i32)))
      (func (export "run") (result i32) (call $clock))))");
  EXPECT_THAT(text, Not(HasSubstr("import")));
  EXPECT_THAT(text, HasSubstr("(global (;0;) (mut i32) (i32.const 16))"));
  EXPECT_THAT(text, HasSubstr("(i32.shl (global.get 0) (i32.const 2))"));
  EXPECT_THAT(text, HasSubstr("call 0"));
  EXPECT_THAT(text, HasSubstr("(export \"run\" (func 1))"));
  EXPECT_THAT(text, HasSubstr("(export \"weft_nothing\" (func 2))"));
}

TEST(ClosedModuleTest, OthersReturnZeros) {
  const std::string text = Closed(R"((module
      (import "a" "b" (func (param i32) (result i32 i64 f32 f64)))
      (import "a" "c" (func (param f32)))))");
  EXPECT_THAT(text, Not(HasSubstr("import")));
  for (const char* type : {"i32", "i64", "f32", "f64"}) {
    EXPECT_THAT(text, HasSubstr(std::string(type) + ".const 0"));
  }
}

TEST(ClosedModuleTest, RefusesWhatItCannotReplace) {
  EXPECT_THAT(Closed(R"((module (import "a" "m" (memory 1))))"),
              HasSubstr("more than functions"));
  EXPECT_THAT(Closed(R"((module (import "a" "f" (func (result funcref)))))"),
              HasSubstr("references"));
}

}  // namespace
}  // namespace weft::tools
