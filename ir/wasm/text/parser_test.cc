// What module fields and their abbreviations stand for.
#include "ir/wasm/text/parser.h"

#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/match.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/testing.h"

namespace weft::wasm {
namespace {

using testing::ParseError;
using testing::SameBinary;

TEST(ParserTest, EmptyModules) {
  for (absl::string_view text : {"(module)", "", "(module $m)", "(;c;)(module)",
                                 "(@a) (module) (@a)", "(module (@a b))"}) {
    auto bytes = ParseModuleText(text);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    EXPECT_EQ(std::vector<uint8_t>(bytes->begin(), bytes->begin() + 8),
              (std::vector<uint8_t>{0, 'a', 's', 'm', 1, 0, 0, 0}));
    EXPECT_EQ(bytes->size(), absl::StrContains(text, "$m") ? 19u : 8u);
  }
}

TEST(ParserTest, FieldsNeedNoModuleAround) {
  EXPECT_TRUE(SameBinary("(func (export \"f\")) (memory 1)",
                         "(module (memory 1) (func (export \"f\")))"));
}

TEST(ParserTest, InlineExports) {
  EXPECT_TRUE(SameBinary(
      "(func (export \"a\") (export \"b\") (nop))"
      "(table (export \"t\") 1 funcref) (memory (export \"m\") 1)"
      "(global (export \"g\") i32 (i32.const 1)) (tag (export \"e\"))",
      "(func nop) (table 1 funcref) (memory 1) (global i32 i32.const 1) (tag)"
      "(export \"a\" (func 0)) (export \"b\" (func 0)) (export \"t\" (table 0))"
      "(export \"m\" (memory 0)) (export \"g\" (global 0))"
      "(export \"e\" (tag 0))"));
}

TEST(ParserTest, InlineImports) {
  EXPECT_TRUE(SameBinary(
      "(func (export \"x\") (import \"m\" \"f\") (param i32))"
      "(table (import \"m\" \"t\") i64 1 2 externref)"
      "(memory (import \"m\" \"m\") 1 2 shared)"
      "(global (import \"m\" \"g\") (mut i64))"
      "(tag (import \"m\" \"e\") (param f32))",
      "(import \"m\" \"f\" (func (param i32)))"
      "(import \"m\" \"t\" (table i64 1 2 externref))"
      "(import \"m\" \"m\" (memory 1 2 shared))"
      "(import \"m\" \"g\" (global (mut i64)))"
      "(import \"m\" \"e\" (tag (param f32))) (export \"x\" (func 0))"));
}

TEST(ParserTest, InlineElements) {
  EXPECT_TRUE(SameBinary("(func) (func) (table funcref (elem 0 1 0))",
                         "(func) (func) (table 3 3 funcref)"
                         "(elem (table 0) (i32.const 0) func 0 1 0)"));
  EXPECT_TRUE(SameBinary(
      "(func) (table i64 funcref (elem (ref.func 0) (item ref.null func)))",
      "(func) (table i64 2 2 funcref)"
      "(elem (i64.const 0) funcref (item ref.func 0) (ref.null func))"));
  EXPECT_TRUE(
      SameBinary("(type $t (func)) (func) (table (ref null $t) (elem 0))",
                 "(type $t (func)) (func) (table 1 1 (ref null $t))"
                 "(elem (i32.const 0) (ref null $t) (ref.func 0))"));
  // The segment of the table counts.
  EXPECT_TRUE(SameBinary(
      "(elem $a func) (table 1 funcref) (table funcref (elem))"
      "(elem $b func) (func elem.drop $b)",
      "(elem func) (table 1 funcref) (table 0 0 funcref)"
      "(elem (table 1) (i32.const 0) func) (elem func) (func elem.drop 2)"));
}

TEST(ParserTest, InlineData) {
  EXPECT_TRUE(SameBinary("(memory (data \"ab\" \"\" \"c\"))",
                         "(memory 1 1) (data (i32.const 0) \"abc\")"));
  EXPECT_TRUE(SameBinary("(memory i64 (data))",
                         "(memory i64 0 0) (data (i64.const 0) \"\")"));
  EXPECT_TRUE(SameBinary("(memory (pagesize 1) (data \"abc\"))",
                         "(memory 3 3 (pagesize 1)) (data (offset i32.const 0)"
                         " \"abc\")"));
  EXPECT_TRUE(SameBinary(
      "(memory 1) (memory (data \"x\")) (data $d \"y\") (func data.drop $d)",
      "(memory 1) (memory 1 1) (data (memory 1) (i32.const 0) \"x\")"
      "(data \"y\") (func data.drop 1)"));
}

TEST(ParserTest, Segments) {
  EXPECT_TRUE(SameBinary("(func $f) (table 1 funcref) (elem (i32.const 0) $f)",
                         "(func) (table 1 funcref)"
                         "(elem (table 0) (offset i32.const 0) func 0)"));
  EXPECT_TRUE(SameBinary("(func) (table 1 funcref) (elem 0 (i32.const 0) 0)",
                         "(func) (table 1 funcref)"
                         "(elem (offset (i32.const 0)) func 0)"));
  EXPECT_TRUE(SameBinary("(memory 1) (data 0 (i32.const 0) \"a\")",
                         "(memory 1) (data (offset i32.const 0) \"a\")"));
  EXPECT_TRUE(
      SameBinary("(elem declare func) (elem (ref null extern))"
                 "(elem externref) (elem funcref (ref.null nofunc))",
                 "(elem $a declare func) (elem $b externref)"
                 "(elem $c (ref null extern))"
                 "(elem $d funcref (item (ref.null nofunc)))"));
}

TEST(ParserTest, TypeAbbreviations) {
  EXPECT_TRUE(SameBinary(
      "(type (func (param anyref eqref i31ref structref arrayref nullref"
      "  funcref nullfuncref externref nullexternref exnref nullexnref)))",
      "(type (func (param (ref null any) (ref null eq)) (param)"
      "  (param (ref null i31) (ref null struct)) (param (ref null array))"
      "  (param (ref null none) (ref null func) (ref null nofunc)"
      "  (ref null extern) (ref null noextern) (ref null exn)"
      "  (ref null noexn))))"));
  EXPECT_TRUE(SameBinary(
      "(type $s (struct (field i8 (mut i16)) (field) (field $x (mut i32))))"
      "(rec (type $a (array (ref $b))) (type $b (sub final $s (struct))))",
      "(rec (type (sub final (struct (field i8) (field (mut i16))"
      "  (field (mut i32))))))"
      "(rec (type (sub final (array (ref 2)))) (type (sub final 0 "
      "(struct))))"));
  EXPECT_FALSE(SameBinary("(type (sub (func)))", "(type (func))"));
  EXPECT_FALSE(SameBinary("(type (func)) (type (func))",
                          "(rec (type (func)) (type (func)))"));
}

TEST(ParserTest, TypeUsesAddTypesInTheOrderOfTheText) {
  EXPECT_TRUE(SameBinary(
      "(func (param i32) (block (param i64) drop) (call_indirect (param f32)))"
      "(func (param f64)) (func (param i64)) (type (func (result i32)))"
      "(table 1 funcref)",
      "(type (func (result i32))) (type (func (param i32)))"
      "(type (func (param i64))) (type (func (param f32)))"
      "(type (func (param f64)))"
      "(func (type 1) (block (type 2) drop) (call_indirect (type 3)))"
      "(func (type 4)) (func (type 2)) (table 1 funcref)"));
  // Groups and sub types are other types; the smallest equal one is taken.
  EXPECT_TRUE(
      SameBinary("(type (sub (func))) (rec (type (func)) (type (func)))"
                 "(type (func)) (type (func)) (func)",
                 "(type (sub (func))) (rec (type (func)) (type (func)))"
                 "(type (func)) (type (func)) (func (type 3))"));
  EXPECT_TRUE(SameBinary("(func) (type (func (param i32)))",
                         "(type (func (param i32))) (type (func))"
                         "(func (type 1))"));
}

TEST(ParserTest, TypeUsesMustAgree) {
  EXPECT_EQ(ParseError("(type (func (param i32))) (func (type 0) (param i64))"),
            "1:33: parameters and results are not those of type 0");
  EXPECT_EQ(ParseError("(type (func (param i32)))\n"
                       "(func (type 0) (param i32) (result i32))"),
            "2:7: parameters and results are not those of type 0");
  EXPECT_EQ(ParseError("(func (type 0) (param i32))"), "1:7: unknown type 0");
  EXPECT_EQ(ParseError("(func (result i32) (param i32))"),
            "1:21: expected an instruction, found 'param'");
  EXPECT_EQ(ParseError("(type (func (param i32))) (func (type 0) (param i32))"
                       "(func (type 0) (param) (result))"),
            "");
}

TEST(ParserTest, LocalsOfATypeCount) {
  EXPECT_TRUE(
      SameBinary("(func (type $t) (local $x i32) (local.get $x) drop)"
                 "(type $t (func (param i32 i64)))",
                 "(type (func (param i32 i64)))"
                 "(func (type 0) (local i32) (local.get 2) drop)"));
  EXPECT_TRUE(
      SameBinary("(func (local i32) (local i32 i64) (local) (local i64))",
                 "(func (local i32 i32 i64 i64))"));
}

TEST(ParserTest, DataCountWhereABodyNeedsIt) {
  const auto has_data_count = [](absl::string_view text) {
    auto bytes = ParseModuleText(text);
    if (!bytes.ok()) return false;
    auto module = ReadModule(*bytes);
    return module.ok() && module->has_data_count;
  };
  EXPECT_FALSE(has_data_count("(data \"a\")"));
  EXPECT_FALSE(has_data_count("(memory 1) (data (i32.const 0) \"a\") (func)"));
  EXPECT_TRUE(has_data_count("(data \"a\") (func (data.drop 0))"));
  EXPECT_TRUE(has_data_count("(data \"a\") (@weft.data_count)"));
  EXPECT_TRUE(has_data_count(
      "(type (array i8)) (data \"a\") (func (param i32) (drop (array.new_data 0"
      " 0 (local.get 0) (local.get 0))))"));
}

TEST(ParserTest, MemoriesAndTables) {
  EXPECT_TRUE(SameBinary("(memory i32 1) (table i32 1 funcref)",
                         "(memory 1) (table 1 funcref)"));
  EXPECT_TRUE(SameBinary("(memory 1 (pagesize 65536))", "(memory 1)"));
  EXPECT_EQ(ParseError("(memory 1 (pagesize 3))"),
            "1:21: page size must be a power of two");
  EXPECT_EQ(ParseError("(memory 4294967296)"), "");  // Well-formed.
  EXPECT_EQ(ParseError("(memory 18446744073709551616)"),
            "1:9: a number out of range: 18446744073709551616");
  EXPECT_EQ(ParseError("(table 1 funcref (ref.null func))"), "");
  EXPECT_EQ(ParseError("(table 1 i32)"),
            "1:10: expected a reference type, found 'i32'");
}

TEST(ParserTest, InitializersOfTablesMayBeFlat) {
  EXPECT_TRUE(SameBinary("(table 1 funcref ref.func $f) (func $f)",
                         "(table 1 funcref (ref.func 0)) (func)"));
  EXPECT_TRUE(
      SameBinary("(import \"\" \"\" (global $\"a g\" i32))"
                 "(table $t 1 (ref i31) global.get $\"a g\" ref.i31)",
                 "(import \"\" \"\" (global i32))"
                 "(table 1 (ref i31) (ref.i31 (global.get 0)))"));
}

TEST(ParserTest, ImportsComeFirst) {
  EXPECT_EQ(ParseError("(func) (import \"\" \"\" (func))"),
            "1:16: import after a definition");
  EXPECT_EQ(ParseError("(memory 1) (global (import \"\" \"\") i32)"),
            "1:12: import after a definition");
  EXPECT_EQ(ParseError("(type (func)) (export \"\" (func 0))"
                       "(func (import \"\" \"\"))"),
            "");
}

TEST(ParserTest, ImportFields) {
  EXPECT_EQ(ParseError("(import \"\" \"\" (func (export \"\")))"),
            "1:21: expected ')', found '(export'");
  EXPECT_EQ(ParseError("(import \"\" \"\" (func (import \"\" \"\")))"),
            "1:21: expected ')', found '(import'");
  EXPECT_EQ(ParseError("(import \"\" \"\" (func) (func))"),
            "1:22: expected ')', found '(func'");
  EXPECT_EQ(ParseError("(import \"\" \"\" (func nop))"),
            "1:21: expected ')', found 'nop'");
  EXPECT_EQ(ParseError("(import \"\" \"\" (global i32 (i32.const 0)))"),
            "1:27: expected ')', found '(i32.const'");
  EXPECT_EQ(ParseError("(import \"\" \"\" (memory (data)))"),
            "1:23: expected a number, found '(data'");
  EXPECT_EQ(ParseError("(import \"\" \"\" (table funcref (elem)))"),
            "1:22: expected a number, found 'funcref'");
  EXPECT_EQ(ParseError("(import \"\" \"\" (type (func)))"),
            "1:15: expected what is imported, such as '(func ...', found "
            "'(type'");
}

TEST(ParserTest, OneStart) {
  EXPECT_EQ(ParseError("(func $f) (start $f)"), "");
  EXPECT_EQ(ParseError("(func) (start 0) (start 0)"),
            "1:25: more than one start function");
}

}  // namespace
}  // namespace weft::wasm
