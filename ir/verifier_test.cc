// What the verifier accepts and refuses, by functions in the text form and by
// damage done to one.
#include "ir/verifier.h"

#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "ir/testing/code.h"
#include "ir/text_parser.h"

namespace weft::ir {
namespace {

using testing::TestModule;

class VerifierTest : public ::testing::Test {
 protected:
  VerifierTest() { EXPECT_TRUE(test_.Build().ok()); }

  // The verifier's first line for a function with these lines, "" when it
  // accepts. Its locals: two parameters, an i64, a pinned i32, an anyref and a
  // (ref any).
  std::string Error(const std::string& lines) {
    const std::string text =
        "func (i32, i32) -> (i32) {\n"
        "locals i64, i32, anyref, (ref any)\n"
        "pinned 3\n"
        "%0 = param 0\n"
        "%1@x1 = param 1\n" +
        lines + "}\n";
    const absl::Status parsed = ParseFunction(test_.module(), text, &f_);
    EXPECT_TRUE(parsed.ok()) << parsed << "\n" << text;
    return FirstLine(Verify(test_.module(), f_));
  }

  static std::string FirstLine(const absl::Status& status) {
    const std::string message(status.message());
    const std::string prefix = "the SSA form is broken: ";
    if (message.rfind(prefix, 0) != 0) return message;
    return message.substr(prefix.size(), message.find('\n') - prefix.size());
  }

  TestModule test_;
  Function f_;
};

TEST_F(VerifierTest, Accepts) {
  EXPECT_EQ(Error("exit [%0]\n"), "");
  EXPECT_EQ(Error("unreachable\n"), "");
  EXPECT_EQ(Error(R"(
      %2 = default 2
      loop ^1 (%3@x1: i32 = %1, %4: i64 = %2) {
        br_if ^1 %0 [%0, %2]
        %5 = local.get 3
        local.set 3 %5
        exit
      }
      block ^2 {
        if ^3 %3 {
          br ^2 [%5, %5]
        } else {
          exit
        }
        br_table %5 (^2 ^0 ^2) ^2 [%0, %1] ^0 [%1]
      } -> (%6@x0: i32, %7: i32)
      return [%7]
  )"),
            "");
}

TEST_F(VerifierTest, ShowsThePlace) {
  EXPECT_EQ(Error("%2 = i32.eqz %0\n%3 = i64.eqz %2\nexit [%3]\n"),
            "operand 0 has type i32, wanted is i64");
  const absl::Status status = Verify(test_.module(), f_);
  EXPECT_NE(status.message().find("    %2: i32 = i32.eqz %0\n"
                                  " >  %3: i32 = i64.eqz %2\n"
                                  "    %4 = exit #0 %3\n"),
            std::string::npos)
      << status;
}

TEST_F(VerifierTest, EndsOfBodies) {
  EXPECT_EQ(Error("%2 = i32.eqz %0\n"),
            "the body's end is reached, but nothing closes it");
  EXPECT_EQ(Error("unreachable\nexit [%0]\n"),
            "a terminator does not stand last");
  EXPECT_EQ(Error("block ^1 {\n}\nexit [%0]\n"),
            "a body is empty, so that its end is reached");
  EXPECT_EQ(Error("block ^1 {\nunreachable\n}\nexit [%0]\n"),
            "something follows a region whose end is not reached");
  EXPECT_EQ(Error("loop ^1 {\nbr ^1\n}\nexit [%0]\n"),
            "something follows a region whose end is not reached");
  EXPECT_EQ(Error("block ^1 {\nunreachable\n}\n"), "");
  EXPECT_EQ(Error("block ^1 {\nexit\n}\n"),
            "the body's end is reached, but nothing closes it");
  EXPECT_EQ(Error("block ^1 {\nunreachable\n} -> (%2: i32)\nexit [%2]\n"),
            "something follows a region whose end is not reached");
}

TEST_F(VerifierTest, Types) {
  EXPECT_EQ(Error("%2 = i64.const 1\nexit [%2]\n"),
            "edge 0, argument 0 has type i64, wanted is i32");
  EXPECT_EQ(Error("%2 = default 2\nbr_if ^0 %2 [%0]\nexit [%0]\n"),
            "operand 0 has type i64, wanted is i32");
  EXPECT_EQ(Error("%2: i64 = i32.eqz %0\nexit [%0]\n"),
            "result 0 has type i32, wanted is i64");
  EXPECT_EQ(Error("%2 = default 2\n%3 = select %0 %2 %1\nexit [%0]\n"),
            "operand 1 has type i64, wanted is i32");
  EXPECT_EQ(Error("%2 = ref.null any\n%3 = select %2 %2 %1\nexit [%0]\n"),
            "operand 0 has type anyref, wanted is a number or vector");
  EXPECT_EQ(Error("%2 = ref.is_null %0\nexit [%2]\n"),
            "operand 0 has type i32, wanted is a reference");
  EXPECT_EQ(Error("%2@x2 = i32.eqz %0\nexit [%2]\n"),
            "its source local cannot hold it");
  EXPECT_EQ(Error("%2@x3 = i32.eqz %0\nexit [%2]\n"),
            "its source local is pinned");
  // A value may be more than its local and its operator say.
  EXPECT_EQ(Error("%2@x4: (ref i31) = ref.i31 %0\nexit [%0]\n"), "");
  EXPECT_EQ(Error("%2@x4: anyref = ref.i31 %0\nexit [%0]\n"), "");
}

TEST_F(VerifierTest, ImplicitValues) {
  EXPECT_EQ(Error(R"(
      %2 = default 4
      block ^1 {
        br_on_non_null ^1 %2
        unreachable
      } -> (%3: (ref i31))
      exit [%0]
  )"),
            "edge 0, argument 0 has type (ref any), wanted is (ref i31)");
  EXPECT_EQ(Error(R"(
      block ^1 {
        try_table ^2 [catch 1 ^1] {
          exit
        }
        exit [%0, %0]
      } -> (%3: i32, %4: i32)
      exit [%0]
  )"),
            "edge 0 supplies 1 values by itself, its target takes 2");
  EXPECT_EQ(Error(R"(
      block ^1 {
        try_table ^2 [catch 1 ^1] {
          exit
        }
        exit [%0]
      } -> (%3: i32)
      exit [%3]
  )"),
            "");
}

TEST_F(VerifierTest, Dominance) {
  EXPECT_EQ(Error(R"(
      if ^1 %0 {
        %2 = i32.eqz %0
        exit
      } else {
        exit
      }
      exit [%2]
  )"),
            "%3 does not dominate its use");
  EXPECT_EQ(Error(R"(
      block ^1 {
        br_if ^1 %0
        %2 = i32.eqz %0
        exit
      }
      exit [%2]
  )"),
            "%4 does not dominate its use");
  // No way around it.
  EXPECT_EQ(Error(R"(
      block ^1 {
        %2 = i32.eqz %0
        br_if ^1 %0
        exit
      }
      exit [%2]
  )"),
            "");
  EXPECT_EQ(Error(R"(
      %2 = default 4
      block ^1 {
        %3 = br_on_null ^1 %2
        exit
      }
      %4 = ref.is_null %3
      exit [%4]
  )"),
            "%4 is there only where it falls through");
  EXPECT_EQ(Error("%2 = default 5\n%3 = ref.is_null %2\nexit [%3]\n"),
            "%2 has no default");
}

TEST_F(VerifierTest, TablesAndParameters) {
  EXPECT_EQ(Error(R"(
      block ^1 {
        br_table %0 (^1 ^0) ^1 [%0] ^0 [%1]
      } -> (%2: i32)
      exit [%2]
  )"),
            "targets of br_table receive different label values");
  // A parameter of a local is copied, whatever the others get.
  EXPECT_EQ(Error(R"(
      block ^1 {
        br_table %0 (^1 ^0) ^1 [%0, %1] ^0 [%1]
      } -> (%2@x0: i32, %3: i32)
      exit [%2]
  )"),
            "");
  EXPECT_EQ(Error(R"(
      block ^1 {
        exit [%0, %1]
      } -> (%2: i32, %3@x0: i32)
      exit [%2]
  )"),
            "a parameter of a local follows a label value");
}

TEST_F(VerifierTest, PinnedLocals) {
  EXPECT_EQ(Error("local.set 0 %1\nexit [%0]\n"), "its local is not pinned");
  EXPECT_EQ(Error("%2 = local.get 1\nexit [%0]\n"), "its local is not pinned");
  EXPECT_EQ(Error("%2 = default 3\nexit [%0]\n"), "it reads a pinned local");
  EXPECT_EQ(Error("%2 = i32.const 1\n%3 = default 2\nexit [%0]\n"),
            "an entry value is not at function entry");
}

TEST_F(VerifierTest, LegacyHandlers) {
  EXPECT_EQ(Error(R"(
      try ^1 {
        exit
      } catch 1 (%2: i32) {
        rethrow ^1
      } catch_all {
        exit
      }
      exit [%0]
  )"),
            "");
  EXPECT_EQ(Error("try ^1 {\nrethrow ^1\n} catch_all {\nexit\n}\nexit [%0]\n"),
            "rethrow is not inside of an arm of its try");
  EXPECT_EQ(Error("try ^1 {\nexit\n} catch 1 {\nexit\n}\nexit [%0]\n"),
            "an arm does not begin with the values of its tag");
  EXPECT_EQ(Error("try ^1 {\nexit\n} catch 1 (%2: i64) {\nexit\n}\n"
                  "exit [%0]\n"),
            "the tag has no such value");
  EXPECT_EQ(Error("try ^1 {\nexit\n} catch_all {\nexit\n} catch 0 {\nexit\n}\n"
                  "exit [%0]\n"),
            "catch_all is not the last arm");
}

// Damage that the text cannot say.
TEST_F(VerifierTest, DamagedMemory) {
  const std::string lines = R"(
      %2 = i32.eqz %0
      block ^1 {
        br_if ^1 %2 [%0]
        exit [%1]
      } -> (%3: i32)
      %4, %5 = call 2 %3
      exit [%5]
  )";
  const ValueId eqz(2), block(3), br_if(4), param(6), call(7), result(8);
  struct Damage {
    std::function<void(Function*)> damage;
    std::string error;
  };
  const Damage damages[] = {
      {[&](Function* f) { f->inst(eqz).prev = ValueId(); },
       "its predecessor does not lead to it"},
      {[&](Function* f) { f->inst(eqz).body = BodyId(1); },
       "it names another body"},
      {[&](Function* f) { f->inst(call).next = eqz; },
       "it stands in a list twice"},
      {[&](Function* f) { f->inst(eqz).op = kDeleted; },
       "a deleted instruction is listed"},
      {[&](Function* f) { f->Delete(eqz); },
       "operand %2 is deleted or in no list"},
      {[&](Function* f) { f->inst(block).imm = 0; },
       "the region has another instruction"},
      {[&](Function* f) { f->region(RegionId(1)).kind = RegionKind::kIf; },
       "the region's kind or number of bodies does not fit"},
      {[&](Function* f) { f->body(BodyId(1)).region = RegionId(0); },
       "a body belongs to another region"},
      {[&](Function* f) { f->inst(br_if).imm = 7; },
       "it branches to a region that is not around it"},
      {[&](Function* f) { f->region(RegionId(1)).params.clear(); },
       "too many operands"},
      {[&](Function* f) { f->inst(param).imm = 1; },
       "it is not parameter 0 of its region, which lists it so"},
      {[&](Function* f) {
         f->Unlink(param);
         f->InsertAfter(result, param);
       },
       "parameter 0 is not where it should stand"},
      {[&](Function* f) { f->Delete(result); }, "result 0 does not follow"},
      {[&](Function* f) { f->SetOperands(br_if, {eqz}); },
       "edge 0 lacks arguments"},
      {[&](Function* f) { f->SetOperands(call, {eqz, eqz}); },
       "too many operands"},
      {[&](Function* f) { f->SetOperands(call, {}); }, "operands are missing"},
      {[&](Function* f) { f->inst(call).imm = 77; },
       "an index is out of range"},
  };
  for (const Damage& damage : damages) {
    ASSERT_EQ(Error(lines), "");
    damage.damage(&f_);
    EXPECT_EQ(FirstLine(Verify(test_.module(), f_)), damage.error);
  }
}

}  // namespace
}  // namespace weft::ir
