// Layout of fields, from binaries made by hand.
#include "ir/wasm/text/printer.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"

namespace weft::wasm {
namespace {

using testing::Bytes;

std::string Print(const Bytes& bytes, const PrintTextOptions& options = {}) {
  const absl::StatusOr<Module> module = ReadModule(bytes);
  if (!module.ok()) return module.status().ToString();
  const absl::StatusOr<std::string> text = PrintModuleText(*module, options);
  return text.ok() ? *text : text.status().ToString();
}

TEST(PrinterTest, PrintsAnEmptyModule) {
  EXPECT_EQ(Print(testing::ModuleBuilder().Build()), "(module)\n");
}

TEST(PrinterTest, PrintsEveryField) {
  EXPECT_EQ(Print(testing::EverySection()), R"((module $m
  (type (;0;) (func))
  (type (;1;) (func (param i32)))
  (rec
    (type (;2;) (sub (struct (field (mut i8)))))
    (type (;3;) (array (ref null 2)))
  )
  (import "env" "f" (func (;0;) (type 0)))
  (import "env" "g" (global (;0;) i32))
  (import "env" "t" (tag (;0;) (type 1) (param i32)))
  (table (;0;) 1 5 funcref)
  (table (;1;) 2 funcref (ref.func 0))
  (memory (;0;) 1 2)
  (tag (;1;) (type 1) (param i32))
  (global (;1;) (mut i32) (i32.const 100))
  (global (;2;) i32 (global.get 0))
  (export "f" (func $g))
  (export "m" (memory 0))
  (start $g)
  (elem (;0;) (i32.const 0) func $g)
  (elem (;1;) func 2)
  (elem (;2;) (table 1) (i32.const 0) func $g)
  (elem (;3;) declare func 0)
  (elem (;4;) (i32.const 0) funcref (ref.func $g))
  (elem (;5;) funcref (ref.null func))
  (elem (;6;) (table 1) (i32.const 0) funcref (ref.null func))
  (elem (;7;) declare externref (ref.null extern))
  (func $g (type 0)
    (local i32 i64 i64)
    (call 0)
    (data.drop 1)
  )
  (func (;2;) (type 1) (param i32)
    (drop (local.get 0))
  )
  (data (;0;) (i32.const 8) "hi")
  (data (;1;) "x")
  (@custom "before" (before first) "\01\02\03")
  (@custom "between" (after code) "")
)
)");
}

TEST(PrinterTest, PrintsTheSkeleton) {
  EXPECT_THAT(Print(testing::EverySection(), {.skeleton = true}),
              ::testing::HasSubstr(R"(
  (elem (;7;) declare externref ... (;1 items;))
  (func $g (type 0) ...)
  (func (;2;) (type 1) (param i32) ...)
  (data (;0;) (i32.const 8) ... (;2 bytes;))
  (data (;1;) ... (;1 bytes;))
  (@custom "before" (before first) ... (;3 bytes;))
  (@custom "between" (after code) ... (;0 bytes;))
)
)"));
}

TEST(PrinterTest, PrintsOffsets) {
  const Bytes bytes = testing::FunctionModule({}, {}, {0x41, 1, 0x1a});
  EXPECT_THAT(Print(bytes, {.offsets = true}),
              ::testing::HasSubstr("\n    (drop (;@0x38;) (i32.const 1 "
                                   "(;@0x36;)))\n"));
  EXPECT_THAT(Print(bytes, {.folded = false, .offsets = true}),
              ::testing::HasSubstr(
                  "\n    i32.const 1 (;@0x36;)\n    drop (;@0x38;)\n"));
}

TEST(PrinterTest, LeavesNamesOut) {
  const std::string text = Print(testing::EverySection(), {.names = false});
  EXPECT_THAT(text, ::testing::StartsWith("(module\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("\n  (func (;1;) (type 0)\n"));
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("\"name\"")));
}

TEST(PrinterTest, PrintsChosenFunctions) {
  const auto choose = [](absl::string_view wanted) {
    return
        [wanted](FuncIndex, absl::string_view name) { return name == wanted; };
  };
  const Bytes bytes = testing::EverySection();
  EXPECT_EQ(Print(bytes, {.only_functions = choose("g")}), R"((func $g (type 0)
  (local i32 i64 i64)
  (call 0)
  (data.drop 1)
)
)");
  // Without a name, and not exported.
  EXPECT_EQ(Print(bytes, {.only_functions = choose("")}),
            R"((import "env" "f" (func (;0;) (type 0)))
(func (;2;) (type 1) (param i32)
  (drop (local.get 0))
)
)");
  EXPECT_EQ(Print(bytes, {.only_functions = choose("other")}), "");
}

}  // namespace
}  // namespace weft::wasm
