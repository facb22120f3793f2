// What is emitted and what is not, as the listing tells.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "exec/testing.h"

namespace weft::exec {
namespace {

struct Translated {
  std::vector<std::string> lines;  // "name operands", without the cell.
  std::vector<std::string> names;
  uint32_t cells = 0;

  int Count(absl::string_view prefix) const {
    return static_cast<int>(
        std::count_if(names.begin(), names.end(), [&](const std::string& name) {
          return absl::StartsWith(name, prefix);
        }));
  }
};

// The code of the last function among `fields`.
Translated Translate(const std::string& fields, const EngineOptions& options) {
  Translated out;
  const Engine engine(options);
  const auto module =
      testing::CompileText(engine, absl::StrCat("(module ", fields, ")"));
  EXPECT_TRUE(module.ok()) << module.status();
  if (!module.ok()) return out;
  const auto last = static_cast<uint32_t>(module->wasm().funcs.size() - 1);
  const auto listing = module->Bytecode(last);
  EXPECT_TRUE(listing.ok()) << listing.status();
  if (!listing.ok()) return out;
  out.cells = listing->cells;
  for (const ListedInstruction& instruction : listing->instructions) {
    out.names.push_back(instruction.name);
    out.lines.push_back(absl::StrCat(instruction.name, " ",
                                     absl::StrJoin(instruction.operands, " ")));
  }
  return out;
}

// Fused or not, metered or not.
class CodeTest : public ::testing::TestWithParam<int> {
 protected:
  Translated Of(const std::string& fields) {
    EngineOptions options;
    options.fuse = (GetParam() & 1) == 0;
    options.metering = (GetParam() & 2) != 0;
    return Translate(fields, options);
  }
};

INSTANTIATE_TEST_SUITE_P(All, CodeTest, ::testing::Range(0, 4));

TEST_P(CodeTest, NothingStandsForWhatCannotBeReached) {
  const Translated without = Of("(func (param i32) (br 0))");
  EXPECT_EQ(Of(R"((func (param i32) (br 0)
                    (drop (i32.add)) (local.set 0) (loop (br 0))))")
                .lines,
            without.lines);
  EXPECT_EQ(Of(R"((func (param i32) (br 0)
                    (block (if (i32.const 1) (then (br 1)) (else (return)))
                      (br_if 0 (i32.const 0)))
                    (call 0 (i32.const 1))))")
                .lines,
            without.lines);
  EXPECT_EQ(Of(R"((tag $t) (func (param i32) (br 0)
                    (block $h (try_table (catch $t $h) (throw $t)))
                    (try (do (throw $t)) (catch $t (rethrow 0)) (catch_all))
                    (try (do) (delegate 0))
                    (select (i32.const 1)) (unreachable)))")
                .lines,
            without.lines);
}

TEST_P(CodeTest, ArmsThatEndDoNotJumpBehindTheIf) {
  // Neither arm's end is reached: nor is what follows.
  const Translated code = Of(R"((func (param i32) (result i32)
    (if (local.get 0)
      (then (return (i32.const 1)))
      (else (return (i32.const 2))))
    (i32.const 3)))");
  EXPECT_EQ(code.Count("return"), 2);
  EXPECT_EQ(code.Count("br"), 1) << absl::StrJoin(code.lines, "\n");
}

TEST_P(CodeTest, ValuesInPlaceAreNotMoved) {
  // What a call leaves, and what a block gives on, is where it belongs.
  const Translated code = Of(R"((func $g (result i32 i64 f32) (unreachable))
    (func (result i32 i64 f32)
      (block (result i32 i64 f32)
        (loop (result i32 i64 f32)
          (call $g)
          (br 1)))))");
  EXPECT_EQ(code.Count("copy"), 0) << absl::StrJoin(code.lines, "\n");
}

TEST_P(CodeTest, OneLandingPerLabel) {
  // Seven targets, two labels whose values have to move, one that returns.
  const Translated code = Of(R"((func (param i32) (result i32)
    (block $a (result i32)
      (block $b (result i32)
        (i64.const 1)
        (i32.const 5)
        (br_table $a $b 2 $b $a 2 $a (local.get 0)))
      (i32.eqz))
    (i32.clz)))");
  const size_t table = std::find_if(code.names.begin(), code.names.end(),
                                    [](const std::string& name) {
                                      return absl::StartsWith(name, "br_table");
                                    }) -
                       code.names.begin();
  ASSERT_LT(table, code.names.size());
  // Two landings, each a move and a jump, and a return. Behind them stand the
  // ends of the blocks, with a charge each under metering.
  std::vector<std::string> behind;
  for (size_t i = table + 1; i < code.names.size(); ++i) {
    if (code.names[i] != "charge") behind.push_back(code.names[i]);
  }
  EXPECT_EQ(std::count(behind.begin(), behind.end(), "br"), 2)
      << absl::StrJoin(code.lines, "\n");
}

TEST_P(CodeTest, ManyValuesMoveTogether) {
  std::string results;
  std::string values;
  for (int i = 0; i < 400; ++i) {
    absl::StrAppend(&results, i % 3 == 0 ? " anyref" : " i64");
    absl::StrAppend(&values, i % 3 == 0 ? "(ref.null any)" : "(i64.const 1)");
  }
  std::string branches;
  for (int i = 0; i < 100; ++i) branches += "(br_if $out (local.get 0))";
  const Translated code =
      Of(absl::StrCat("(func (param i32) (block $out (result", results,
                      ") (i32.const 1) (ref.null any) ", values, branches,
                      "(unreachable)) (unreachable))"));
  // Each branch skips two moves and a jump.
  EXPECT_EQ(code.Count("copy_range"), 200);
  EXPECT_LT(code.cells, 4000u);
}

TEST_P(CodeTest, ChargesStandWhereBlocksOfOperatorsBegin) {
  const Translated code = Of(R"((func (param i32) (result i32)
    (local.set 0 (i32.const 1))
    (loop $l
      (br_if $l (i32.eqz (local.get 0))))
    (if (local.get 0) (then (nop)) (else (local.set 0 (i32.const 2))))
    (local.get 0)))");
  if ((GetParam() & 2) == 0) {
    EXPECT_EQ(code.Count("charge"), 0);
    return;
  }
  std::vector<std::string> charges;
  for (const std::string& line : code.lines) {
    if (absl::StartsWith(line, "charge")) charges.push_back(line);
  }
  // Before the loop; its body; the condition of if, which begins behind the
  // branch; the else arm; the end. The then arm costs nothing.
  EXPECT_EQ(charges,
            std::vector<std::string>({"charge #2", "charge #3", "charge #2",
                                      "charge #2", "charge #1"}))
      << absl::StrJoin(code.lines, "\n");
}

TEST(FusedCodeTest, ReadsAndConstantsEmitNothing) {
  EXPECT_EQ(Translate(R"((func (param i32 i32) (result i32)
                           (i32.sub (local.get 1) (local.get 0))))",
                      {})
                .lines,
            std::vector<std::string>({"i32.sub:ss @2 @1 @0", "return_acc "}));
  EXPECT_EQ(Translate(R"((func (param i32) (result i32)
                           (drop (local.get 0)) (drop (i32.const 1))
                           (i32.const 5)))",
                      {})
                .lines,
            std::vector<std::string>({"return_const #0x5"}));
}

TEST(FusedCodeTest, AnAssignmentTakesItsProducersResult) {
  const Translated code = Translate(R"((func (param i64 i64)
      (local.set 0 (i64.mul (local.get 0) (local.get 1)))))",
                                    {});
  EXPECT_EQ(code.Count("copy"), 0);
  EXPECT_EQ(code.lines[0], "i64.mul:ss @0 @0 @1");
  // Not across a label, behind which another value may be meant.
  const Translated joined = Translate(R"((func (param i64 i32)
      (local.set 0
        (block (result i64)
          (drop (br_if 0 (i64.const 1) (local.get 1)))
          (i64.mul (local.get 0) (local.get 0))))))",
                                      {});
  EXPECT_EQ(joined.Count("copy"), 1) << absl::StrJoin(joined.lines, "\n");
}

TEST(FusedCodeTest, PendingReadsAreCopiedBeforeTheirLocalChanges) {
  // Two reads of one local are pending, one of another is not touched.
  const Translated code = Translate(R"((func (param i32 i32)
      (local.get 0) (local.get 1) (local.get 0)
      (local.set 0 (i32.const 9))
      (drop) (drop) (drop)))",
                                    {});
  EXPECT_EQ(code.Count("copy"), 2) << absl::StrJoin(code.lines, "\n");
  // Nothing is pending any more: nothing is copied.
  const Translated none = Translate(R"((func (param i32)
      (drop (local.get 0))
      (local.set 0 (i32.const 9))))",
                                    {});
  EXPECT_EQ(none.Count("copy"), 0);
}

TEST(FusedCodeTest, ComparisonsBecomeBranches) {
  const auto one_branch = [](absl::string_view condition) {
    const Translated code =
        Translate(absl::StrCat("(func (param i32 i64) (if ", condition,
                               " (then (unreachable))))"),
                  {});
    // The branch, `unreachable` and the return.
    EXPECT_EQ(code.names.size(), 3u) << absl::StrJoin(code.lines, "\n");
  };
  one_branch("(i32.lt_s (local.get 0) (i32.const 9))");
  one_branch("(i64.ne (local.get 1) (i64.const 0))");
  one_branch("(i32.eqz (local.get 0))");
  one_branch("(i64.eqz (local.get 1))");
  one_branch("(i32.eqz (i64.gt_u (local.get 1) (i64.const 3)))");
  one_branch("(local.get 0)");
}

TEST(UnfusedCodeTest, EachOperatorIsForItself) {
  const Translated code = Translate(R"((memory 1)
    (func (param i32 f64) (result f64)
      (local.set 0 (i32.add (local.get 0) (i32.const 5)))
      (i32.store (local.get 0) (i32.const 7))
      (loop $l
        (br_if $l (i32.lt_u (i32.load offset=8
                              (i32.add (local.get 0) (local.get 0)))
                            (i32.const 3))))
      (f64.add (f64.mul (local.get 1) (f64.const 2)) (local.get 1))))",
                                    {.fuse = false});
  for (const std::string& name : code.names) {
    // Operands in slots alone, no accumulators, no comparisons in branches.
    EXPECT_FALSE(absl::StrContains(name, "acc")) << name;
    const size_t colon = name.find(':');
    if (colon == std::string::npos) continue;
    // Accesses to memory are "checked." where bounds are explicit.
    absl::string_view form = absl::string_view(name).substr(colon + 1);
    absl::ConsumePrefix(&form, "checked.");
    EXPECT_TRUE(form == "ss" || form == "s") << name;
  }
  EXPECT_EQ(code.Count("const"), 4);
  EXPECT_EQ(code.Count("copy"), 7) << absl::StrJoin(code.lines, "\n");
}

TEST(FarCodeTest, OnlyParametersAreNear) {
  const std::string fields = R"((func (param i32) (result i32) (local i32)
      (local.set 1 (local.get 0))
      (i32.mul (local.get 1) (local.get 1))))";
  const Translated near = Translate(fields, {});
  EXPECT_EQ(near.Count("copy_to"), 0);
  const Translated far = Translate(fields, {.far_slots = true});
  EXPECT_GE(far.Count("copy_to_near"), 1) << absl::StrJoin(far.lines, "\n");
  EXPECT_GE(far.Count("copy_to_far"), 1) << absl::StrJoin(far.lines, "\n");
}

}  // namespace
}  // namespace weft::exec
