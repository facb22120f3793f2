// What is folded, what stays flat, and how it is laid out. Bodies are given
// flat; what is printed must be the expected lines and parse back to the same
// bytes.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/printer.h"

namespace weft::wasm {
namespace {

using testing::Bytes;

constexpr absl::string_view kHead = R"((module
  (type (;0;) (func))
  (type (;1;) (func (result i32 i32)))
  (type (;2;) (func (param i32) (result i32)))
  (type (;3;) (func (param i32 i32) (result i32)))
  (type (;4;) (func (param i32 i32 i32)))
  (type (;5;) (func (param i32)))
  (import "" "v" (func (;0;) (type 0)))
  (import "" "two" (func (;1;) (type 1) (result i32 i32)))
  (import "" "add" (func (;2;) (type 3) (param i32 i32) (result i32)))
  (memory (;0;) 1)
  (tag (;0;) (type 2) (param i32) (result i32))
  (func (;3;) (type 4) (param i32 i32 i32)
)";

// Lines of `body`, which is flat, as they are printed folded.
std::string Fold(absl::string_view body) {
  const absl::StatusOr<Bytes> bytes =
      ParseModuleText(absl::StrCat(kHead, body, "))"));
  if (!bytes.ok()) return std::string(bytes.status().message());
  const absl::StatusOr<Module> module = ReadModule(*bytes);
  if (!module.ok()) return module.status().ToString();
  std::string folded;
  for (bool flat : {true, false}) {
    PrintTextOptions options;
    options.folded = !flat;
    const absl::StatusOr<std::string> text = PrintModuleText(*module, options);
    if (!text.ok()) return text.status().ToString();
    const absl::StatusOr<Bytes> again = ParseModuleText(*text);
    EXPECT_TRUE(again.ok()) << again.status() << *text;
    if (again.ok()) {
      EXPECT_EQ(*again, *bytes) << *text;
    }
    folded = *text;
  }
  EXPECT_EQ(folded.substr(0, kHead.size()), kHead);
  folded = folded.substr(kHead.size());
  EXPECT_EQ(folded.substr(folded.size() - 6), "  )\n)\n");
  folded.resize(folded.size() - 6);
  // Without the indentation of a body.
  return absl::StrReplaceAll(absl::StrCat("\n", folded), {{"\n    ", "\n"}});
}

TEST(PrintFoldingTest, EnclosesOperands) {
  EXPECT_EQ(Fold("local.get 0 i32.const 1 i32.add local.set 1"), R"(
(local.set 1 (i32.add (local.get 0) (i32.const 1)))
)");
}

TEST(PrintFoldingTest, BreaksLongLines) {
  EXPECT_EQ(
      Fold(
          "local.get 0 i32.const 1000000 i32.add local.get 1 i32.const 2000000 "
          "i32.mul i32.xor local.get 2 i32.const 3000000 i32.sub i32.and "
          "local.set 0"),
      R"(
(local.set 0
  (i32.and
    (i32.xor
      (i32.add (local.get 0) (i32.const 1000000))
      (i32.mul (local.get 1) (i32.const 2000000)))
    (i32.sub (local.get 2) (i32.const 3000000))))
)");
}

TEST(PrintFoldingTest, PutsStatementsOnTheirLines) {
  EXPECT_EQ(Fold("nop call 0 local.get 0 drop return"), R"(
(nop)
(call 0)
(drop (local.get 0))
(return)
)");
}

TEST(PrintFoldingTest, LeavesValuesFlatThatCrossStatements) {
  EXPECT_EQ(Fold("local.get 0 call 0 i32.const 1 i32.add drop"), R"(
(local.get 0)
(call 0)
(i32.const 1)
i32.add
drop
)");
}

TEST(PrintFoldingTest, LeavesSeveralResultsFlat) {
  EXPECT_EQ(Fold("local.get 0 call 1 i32.add i32.add local.set 0"), R"(
(local.get 0)
(call 1)
i32.add
i32.add
local.set 0
)");
  // The operand of the second is not the first's.
  EXPECT_EQ(Fold("call 1 local.set 0 local.get 1 i32.eqz drop drop"), R"(
(call 1)
local.set 0
(drop (i32.eqz (local.get 1)))
drop
)");
}

TEST(PrintFoldingTest, LeavesUnreachableCodeFlat) {
  EXPECT_EQ(Fold("unreachable i32.add drop i32.const 1 br 0"), R"(
(unreachable)
i32.add
drop
(i32.const 1)
(br 0)
)");
}

TEST(PrintFoldingTest, FoldsBlocks) {
  EXPECT_EQ(Fold("block loop br 0 end end block end"), R"(
(block
  (loop
    (br 0)
  )
)
(block)
)");
}

TEST(PrintFoldingTest, FoldsBlocksIntoOperators) {
  EXPECT_EQ(Fold("local.get 0 block (result i32) i32.const 1 end i32.add drop"),
            R"(
(drop
  (i32.add
    (local.get 0)
    (block (result i32)
      (i32.const 1)
    )))
)");
}

TEST(PrintFoldingTest, TakesNoOperandsFromOutsideOfABlock) {
  EXPECT_EQ(Fold("local.get 0 block i32.eqz drop end drop"), R"(
(local.get 0)
(block
  i32.eqz
  drop
)
drop
)");
}

TEST(PrintFoldingTest, LeavesParametersOfBlocksFlat) {
  EXPECT_EQ(
      Fold("local.get 0 local.get 1 block (param i32) (result i32) i32.eqz end "
           "i32.add drop"),
      R"(
(local.get 0)
(local.get 1)
(block (type 2) (param i32) (result i32)
  i32.eqz
)
i32.add
drop
)");
}

TEST(PrintFoldingTest, FoldsIf) {
  EXPECT_EQ(Fold("local.get 0 if call 0 else nop end local.get 0 if end"), R"(
(if (local.get 0)
  (then
    (call 0)
  )
  (else
    (nop)
  )
)
(if (local.get 0)
  (then)
)
)");
}

TEST(PrintFoldingTest, KeepsEmptyElse) {
  EXPECT_EQ(Fold("local.get 0 if else end"), R"(
(if (local.get 0)
  (then)
  (else)
)
)");
}

TEST(PrintFoldingTest, FoldsIfWithResult) {
  EXPECT_EQ(Fold("local.get 0 if (result i32) i32.const 1 else i32.const 2 end "
                 "local.set 1"),
            R"(
(local.set 1
  (if (result i32) (local.get 0)
    (then
      (i32.const 1)
    )
    (else
      (i32.const 2)
    )
  ))
)");
}

TEST(PrintFoldingTest, BreaksConditionsThatDoNotFit) {
  EXPECT_EQ(Fold("block (result i32) i32.const 1 end if call 0 end"), R"(
(if
  (block (result i32)
    (i32.const 1)
  )
  (then
    (call 0)
  )
)
)");
}

TEST(PrintFoldingTest, LeavesIfFlatWithoutItsCondition) {
  EXPECT_EQ(Fold("local.get 0 call 0 if call 0 else nop end "
                 "local.get 0 local.get 1 if (param i32) drop end"),
            R"(
(local.get 0)
(call 0)
if
  (call 0)
else
  (nop)
end
(local.get 0)
(local.get 1)
if (type 5) (param i32)
  drop
end
)");
}

TEST(PrintFoldingTest, FoldsTryTable) {
  EXPECT_EQ(Fold("block (result i32) try_table (catch 0 0) call 0 end "
                 "i32.const 1 end drop"),
            R"(
(drop
  (block (result i32)
    (try_table (catch 0 0)
      (call 0)
    )
    (i32.const 1)
  ))
)");
}

TEST(PrintFoldingTest, LeavesLegacyTryFlat) {
  EXPECT_EQ(Fold("try (result i32) i32.const 1 catch 0 catch_all i32.const 2 "
                 "end drop try call 0 delegate 0"),
            R"(
try (result i32)
  (i32.const 1)
catch 0
catch_all
  (i32.const 2)
end
drop
try
  (call 0)
delegate 0
)");
}

TEST(PrintFoldingTest, KnowsWhatBranchesTake) {
  EXPECT_EQ(Fold("block (result i32) local.get 0 local.get 1 br_if 0 end drop "
                 "block (result i32) local.get 0 local.get 1 br_table 0 0 end "
                 "drop local.get 0 br_if 0 loop local.get 1 br 0 end"),
            R"(
(drop
  (block (result i32)
    (br_if 0 (local.get 0) (local.get 1))
  ))
(drop
  (block (result i32)
    (br_table 0 0 (local.get 0) (local.get 1))
  ))
(br_if 0 (local.get 0))
(loop
  (local.get 1)
  (br 0)
)
)");
}

TEST(PrintFoldingTest, FoldsCalls) {
  EXPECT_EQ(Fold("i32.const 1 i32.const 2 call 2 i32.const 3 call 2 drop"), R"(
(drop (call 2 (call 2 (i32.const 1) (i32.const 2)) (i32.const 3)))
)");
}

TEST(PrintFoldingTest, PrintsHintsBeforeBranches) {
  constexpr absl::string_view kUnlikely =
      "(@metadata.code.branch_hint \"\\00\")";
  EXPECT_EQ(Fold(absl::StrCat("block (result i32) local.get 0 local.get 1 ",
                              kUnlikely, " br_if 0 end drop local.get 0 ",
                              kUnlikely, " if end")),
            R"(
(drop
  (block (result i32)
    (@metadata.code.branch_hint "\00")
    (br_if 0 (local.get 0) (local.get 1))
  ))
(@metadata.code.branch_hint "\00")
(if (local.get 0)
  (then)
)
)");
}

TEST(PrintFoldingTest, PrintsHintsWithinOperands) {
  EXPECT_EQ(Fold("block (result i32) local.get 0 local.get 1 "
                 "(@metadata.code.branch_hint \"\\01\") br_if 0 drop "
                 "i32.const 1 end drop"),
            R"(
(drop
  (block (result i32)
    (drop
      (@metadata.code.branch_hint "\01")
      (br_if 0 (local.get 0) (local.get 1)))
    (i32.const 1)
  ))
)");
}

}  // namespace
}  // namespace weft::wasm
