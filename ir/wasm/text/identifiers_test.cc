// Scopes of identifiers, and the name section that they make.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ir/wasm/names.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/testing.h"

namespace weft::wasm {
namespace {

using testing::ParseError;
using testing::SameBinary;

std::string Show(const NameMap& map) {
  return absl::StrJoin(map, " ", [](std::string* out, const auto& entry) {
    absl::StrAppend(out, entry.index, "=", entry.name);
  });
}

std::string Show(const IndirectNameMap& map) {
  return absl::StrJoin(map, "; ", [](std::string* out, const auto& entry) {
    absl::StrAppend(out, entry.index, ": ", Show(entry.names));
  });
}

// Every subsection that is there, in order.
std::string NamesOf(absl::string_view text) {
  const auto bytes = ParseModuleText(text);
  if (!bytes.ok()) return std::string(bytes.status().message());
  const auto module = ReadModule(*bytes);
  if (!module.ok()) return std::string(module.status().message());
  if (module->customs.empty()) return "none";
  const CustomSection& custom = module->customs.back();
  EXPECT_EQ(custom.name, "name");
  EXPECT_EQ(module->customs.size(), 1u);
  const auto names = ParseNames(custom.bytes, custom.offset);
  if (!names.ok()) return std::string(names.status().message());
  std::vector<std::string> parts;
  const auto add = [&](absl::string_view what, const std::string& shown) {
    if (!shown.empty()) parts.push_back(absl::StrCat(what, " ", shown));
  };
  if (names->has_module) add("module", absl::StrCat("'", names->module, "'"));
  add("funcs", Show(names->funcs));
  add("locals", Show(names->locals));
  add("labels", Show(names->labels));
  add("types", Show(names->types));
  add("tables", Show(names->tables));
  add("memories", Show(names->memories));
  add("globals", Show(names->globals));
  add("elems", Show(names->elems));
  add("datas", Show(names->datas));
  add("fields", Show(names->fields));
  add("tags", Show(names->tags));
  return absl::StrJoin(parts, "\n");
}

TEST(NameSectionTest, NoNamesNoSection) {
  EXPECT_EQ(NamesOf("(module (func (param i32) (local i64)) (memory 1))"),
            "none");
}

TEST(NameSectionTest, EveryKind) {
  EXPECT_EQ(
      NamesOf("(module $M (import \"\" \"\" (func $i (param $p i32)))"
              "(import \"\" \"\" (table $it 1 funcref))"
              "(import \"\" \"\" (memory $im 1))"
              "(import \"\" \"\" (global $ig i32))"
              "(import \"\" \"\" (tag $ie))"
              "(type (func)) (type $t (struct (field i32) (field $f i32)))"
              "(func) (func $g (param i32) (param $x i32) (local $y i32)"
              "  (local i64) (local $z i64) block $a loop block $b end end end)"
              "(table $u 1 funcref) (memory $m 1) (global $v i32 i32.const 0)"
              "(tag $e) (elem func) (elem $s func) (data $d \"\"))"),
      "module 'M'\n"
      "funcs 0=i 2=g\n"
      "locals 0: 0=p; 2: 1=x 2=y 4=z\n"
      "labels 2: 0=a 2=b\n"
      "types 1=t\n"
      "tables 0=it 1=u\n"
      "memories 0=im 1=m\n"
      "globals 0=ig 1=v\n"
      "elems 1=s\n"
      "datas 0=d\n"
      "fields 1: 1=f\n"
      "tags 0=ie 1=e");
}

TEST(NameSectionTest, LabelsCountBlocksInTheirOrder) {
  EXPECT_EQ(NamesOf("(func (block (loop $l)) (try_table $t) (if $i (nop)"
                    " (then (block $in)) (else)) (try (do (block $do))))"
                    "(func block $x end)"),
            "labels 0: 1=l 2=t 3=i 4=in 6=do; 1: 0=x");
  // The condition comes before its if.
  EXPECT_EQ(NamesOf("(func (if $i (block $c (result i32) (nop)) (then)))"),
            "labels 0: 0=c 1=i");
}

TEST(NameSectionTest, NameAnnotations) {
  EXPECT_EQ(NamesOf("(module $M (@name \"any name\")"
                    "(type $t (@name \"a type\") (func))"
                    "(func (@name \"f\") (param $x (@name \"\") i32)"
                    "  (local (@name \"l\") i64) (block (@name \"b\")))"
                    "(func $g) (global $g (@name \"\\\"\\u{e4}\") i32"
                    " (i32.const 0))"
                    "(memory (@name \"m\") 1) (data (@name \"d\"))"
                    "(elem (@name \"e\") func) (tag (@name \"t\"))"
                    "(type (struct (field (@name \"a b\") i32)))"
                    "(table (@name \"t\") 1 funcref))"),
            "module 'any name'\n"
            "funcs 0=f 1=g\n"
            "locals 0: 0= 1=l\n"
            "labels 0: 0=b\n"
            "types 0=a type\n"
            "tables 0=t\n"
            "memories 0=m\n"
            "globals 0=\"\xc3\xa4\n"
            "elems 0=e\n"
            "datas 0=d\n"
            "fields 1: 0=a b\n"
            "tags 0=t");
}

TEST(NameSectionTest, QuotedIdentifiers) {
  EXPECT_EQ(NamesOf("(func $\"a b\") (func $\"\\u{20ac}\\\"\") (func $\"c\")"),
            "funcs 0=a b 1=\xe2\x82\xac\" 2=c");
}

TEST(NameSectionTest, ParametersOfTypesHaveNoNames) {
  EXPECT_EQ(NamesOf("(type (func (param $x i32))) (func (type 0))"), "none");
}

TEST(IdentifiersTest, MayBeUsedBeforeTheyAreBound) {
  EXPECT_TRUE(SameBinary(
      "(start $f) (export \"e\" (func $f)) (elem (table $t) (i32.const 0)"
      " func $f) (data (memory $m) (global.get $g)) (func $f (type $y)"
      " (call $f) (global.get $g) (throw $e) (data.drop $d) (elem.drop $s))"
      "(tag $e) (data $d) (elem $s func) (table $t 1 funcref) (memory $m 1)"
      "(global $g i32 (i32.const 0)) (type $y (func))",
      "(type (func)) (tag) (table 1 funcref) (memory 1)"
      "(global i32 i32.const 0) (export \"e\" (func 0)) (start 0)"
      "(elem (i32.const 0) 0) (data (global.get 0)) (elem func) (data)"
      "(func call 0 global.get 0 throw 0 data.drop 1 elem.drop 1)"));
}

TEST(IdentifiersTest, QuotedAndPlainAreOne) {
  EXPECT_TRUE(SameBinary("(func $\"f\\67\" (call $fg) (call $\"\\u{66}g\"))",
                         "(func call 0 call 0)"));
  EXPECT_EQ(ParseError("(func $f) (func $\"\\66\")"),
            "1:17: duplicate function identifier $\"\\66\"");
  EXPECT_EQ(ParseError("(func block $\"a\" end $a)"), "");
}

TEST(IdentifiersTest, Duplicates) {
  for (absl::string_view text :
       {"(func $a) (func $a)", "(func (import \"\" \"\" (func $a)))",
        "(import \"\" \"\" (func $a)) (func $a)", "(memory $a 1) (memory $a 1)",
        "(table $a 1 funcref) (table $a 1 funcref)",
        "(global $a i32 i32.const 0) (global $a i32 i32.const 0)",
        "(tag $a) (tag $a)", "(elem $a func) (elem $a func)",
        "(data $a) (data $a)", "(type $a (func)) (type $a (func))",
        "(rec (type $a (func)) (type $a (func)))",
        "(type (struct (field $a i32) (field $a i32)))",
        "(func (param $a i32) (param $a i32))",
        "(func (param $a i32) (local $a i32))",
        "(func (local $a i32) (local $a i32))"}) {
    EXPECT_NE(ParseError(text), "") << text;
  }
  // Spaces of their own.
  EXPECT_EQ(ParseError("(func $a (param $a i32) (block $a)) (memory $a 1)"
                       "(type $a (struct (field $a i32)))"
                       "(type $b (struct (field $a i32)))"
                       "(func (param $a i32))"),
            "");
}

TEST(IdentifiersTest, Unknown) {
  EXPECT_EQ(ParseError("(func call $f)"), "1:12: unknown function $f");
  EXPECT_EQ(ParseError("(func (type $t))"), "1:13: unknown type $t");
  EXPECT_EQ(ParseError("(func local.get $x)"), "1:17: unknown local $x");
  EXPECT_EQ(ParseError("(func br $l)"), "1:10: unknown label $l");
  EXPECT_EQ(ParseError("(type $t (struct)) (func struct.get $t $f)"),
            "1:40: unknown field $f");
  EXPECT_EQ(ParseError("(export \"\" (memory $m))"), "1:20: unknown memory $m");
  EXPECT_EQ(ParseError("(func (global.get $\"a b\"))"),
            "1:19: unknown global $\"a b\"");
}

TEST(IdentifiersTest, FieldsBelongToTheirType) {
  EXPECT_TRUE(SameBinary(
      "(type $a (struct (field $x i32) (field $y i32)))"
      "(type $b (struct (field $y i32) (field $x i32)))"
      "(func struct.get $a $x struct.get $b $x struct.set 0 $y)",
      "(type (struct (field i32 i32))) (type (struct (field i32 i32)))"
      "(func struct.get 0 0 struct.get 1 1 struct.set 0 1)"));
}

TEST(LabelsTest, InnermostFirst) {
  EXPECT_TRUE(SameBinary(
      "(func block $a block $b br $a br $b block $a br $a br $b end br $a"
      " br_table $a $b end br $a end)",
      "(func block block br 1 br 0 block br 0 br 1 end br 1 br_table 1 0 end"
      " br 0 end)"));
}

TEST(LabelsTest, EndWithTheirBlock) {
  EXPECT_EQ(ParseError("(func block $a end br $a)"), "1:23: unknown label $a");
  EXPECT_EQ(ParseError("(func (block $a) (br $a))"), "1:22: unknown label $a");
  EXPECT_EQ(ParseError("(func (if $a (br $a) (then)))"),
            "1:18: unknown label $a");
  EXPECT_EQ(ParseError("(func (if $a (nop) (then (br $a)) (else (br $a))))"),
            "");
  EXPECT_EQ(ParseError("(func (try $a (do) (delegate $a)))"),
            "1:30: unknown label $a");
  EXPECT_EQ(ParseError("(func (block $a (try_table $b (catch_all $b))))"),
            "1:42: unknown label $b");
  EXPECT_EQ(ParseError("(func (block $a)) (func (br $a))"),
            "1:29: unknown label $a");
}

TEST(LabelsTest, RepeatedAtElseAndEnd) {
  EXPECT_EQ(ParseError("(func block $a end $a loop $b end $b nop if $c else $c"
                       " end $c try $d end $d try_table $e end $e)"),
            "");
  EXPECT_EQ(ParseError("(func block $a end $b)"),
            "1:20: label $b is not that of the block");
  EXPECT_EQ(ParseError("(func block end $b)"),
            "1:17: label $b is not that of the block");
  EXPECT_EQ(ParseError("(func block $b block end $b end)"),
            "1:26: label $b is not that of the block");
  EXPECT_EQ(ParseError("(func if $a else $b end)"),
            "1:18: label $b is not that of the block");
}

}  // namespace
}  // namespace weft::wasm
