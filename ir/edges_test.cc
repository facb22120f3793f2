// Branches, loops and their values through the SSA form and back.
#include <vector>

#include "gtest/gtest.h"
#include "ir/testing/code.h"
#include "ir/testing/same_behaviour.h"

namespace weft::ir {
namespace {

using testing::Code;
using testing::ExpectSame;
using testing::kFuncOne;
using testing::kFuncPair;
using testing::kFuncTrace;
using testing::kGlobalI32;
using testing::kI32;
using testing::kI64;
using testing::kTypeOne;
using testing::kTypePair;
using testing::NonNull;
using testing::Nullable;
using testing::Op;
using testing::TestBody;
using testing::ValueType;
using wasm::HeapType;

const std::vector<std::vector<uint64_t>> kSome = {{0}, {1}, {2}, {3}, {7}};

Code Trace(int32_t value) {
  return Code().I32(value).Do(Op::kCall, kFuncTrace);
}
Code TraceLocal(uint32_t local) {
  return Code().Get(local).Do(Op::kCall, kFuncTrace);
}
// local += value.
Code Increase(uint32_t local, int32_t value) {
  return Code().Get(local).I32(value).Add().Set(local);
}

TEST(EdgesTest, BrWithValueAndLocals) {
  ExpectSame({{kI32},
              {kI32},
              {kI32},
              Code()
                  .Block(kI32)
                  .I32(7)
                  .Set(1)
                  .Get(0)
                  .If()
                  .I32(8)
                  .Set(1)
                  .I32(9)
                  .Br(1)
                  .End()
                  .I32(10)
                  .End()
                  .Get(1)
                  .Add()},
             kSome);
}

TEST(EdgesTest, BrIfKeepsItsValue) {
  ExpectSame({{kI32},
              {kI32},
              {},
              Code().Block(kI32).I32(20).Get(0).BrIf(0).I32(1).Add().End()},
             kSome);
}

TEST(EdgesTest, ValueHeldUnderStatementsAndAcrossBrIf) {
  ExpectSame({{kI32},
              {kI32},
              {},
              Code()
                  .Block(kI32)
                  .Get(0)
                  .Do(Op::kCall, kFuncOne)
                  .Do(Trace(1))
                  .I32(5)
                  .Get(0)
                  .BrIf(0)
                  .Drop()
                  .Do(Trace(2))
                  .Get(0)
                  .Do(Op::kCall, kFuncOne)
                  .Do(Op::kI32Mul)
                  .End()},
             kSome);
}

TEST(EdgesTest, BrTableWithLocals) {
  ExpectSame({{kI32},
              {kI32},
              {kI32, kI32},
              Code()
                  .Block()
                  .Block()
                  .Block()
                  .I32(1)
                  .Set(1)
                  .I32(2)
                  .Set(2)
                  .Get(0)
                  .BrTable({0, 1, 2, 0, 1})
                  .End()
                  .Do(Increase(1, 10))
                  .End()
                  .Do(Increase(1, 100))
                  .Get(1)
                  .Set(2)
                  .End()
                  .Get(1)
                  .Get(2)
                  .I32(1000)
                  .Do(Op::kI32Mul)
                  .Add()},
             kSome);
}

TEST(EdgesTest, BrTableWithValuesToBlocksAndFunction) {
  ExpectSame({{kI32},
              {kI32},
              {kI32},
              Code()
                  .Block(kI32)
                  .Block(kI32)
                  .I32(5)
                  .Get(0)
                  .BrTable({0, 1, 2, 0})
                  .End()
                  .Set(1)
                  .Do(Increase(1, 10))
                  .Get(1)
                  .End()
                  .I32(100)
                  .Add()},
             kSome);
}

// A loop takes no values from the stack: one of the edges needs a detour.
TEST(EdgesTest, BrTableWithValuesToLoopAndBlock) {
  ExpectSame({{kI32},
              {kI32},
              {kI32},
              Code()
                  .Block(kI32)
                  .I32(0)
                  .OpenType(Op::kLoop, kTypeOne)
                  .I32(3)
                  .Add()
                  .Tee(1)
                  .Get(1)
                  .Get(0)
                  .Do(Op::kI32GtU)
                  .BrTable({0, 1, 2})
                  .End()
                  .End()
                  .I32(1000)
                  .Add()},
             kSome);
}

// Two targets want different values in one and the same local.
TEST(EdgesTest, BrTableWithConflictingCopies) {
  ExpectSame({{kI32},
              {kI32},
              {kI32, kI32},
              Code()
                  .I32(4)
                  .Set(1)
                  .Block()
                  .Loop()
                  .Get(1)
                  .Set(2)
                  .Do(Increase(1, 1))
                  .Do(TraceLocal(2))
                  .Get(1)
                  .I32(9)
                  .Do(Op::kI32GtU)
                  .Get(0)
                  .Add()
                  .BrTable({0, 1, 1})
                  .End()
                  .End()
                  .Get(1)
                  .I32(100)
                  .Do(Op::kI32Mul)
                  .Get(2)
                  .Add()},
             {{0}, {1}, {2}});
}

TEST(EdgesTest, SwapInLoop) {
  ExpectSame({{kI32},
              {kI32},
              {kI32, kI32, kI32},
              Code()
                  .I32(1)
                  .Set(1)
                  .I32(2)
                  .Set(2)
                  .Loop()
                  .Get(1)
                  .Get(2)
                  .Set(1)
                  .Set(2)
                  .Do(Increase(3, 1))
                  .Get(3)
                  .Get(0)
                  .Do(Op::kI32LtU)
                  .BrIf(0)
                  .End()
                  .Get(1)
                  .I32(10)
                  .Do(Op::kI32Mul)
                  .Get(2)
                  .Add()},
             kSome);
}

TEST(EdgesTest, RotationOfThreeInLoop) {
  ExpectSame({{kI32},
              {kI32},
              {kI32, kI32, kI32, kI32},
              Code()
                  .I32(1)
                  .Set(1)
                  .I32(2)
                  .Set(2)
                  .I32(3)
                  .Set(3)
                  .Loop()
                  .Get(1)
                  .Get(2)
                  .Set(1)
                  .Get(3)
                  .Set(2)
                  .Set(3)
                  .Do(Increase(4, 1))
                  .Get(4)
                  .Get(0)
                  .Do(Op::kI32LtU)
                  .BrIf(0)
                  .End()
                  .Get(1)
                  .I32(100)
                  .Do(Op::kI32Mul)
                  .Get(2)
                  .I32(10)
                  .Do(Op::kI32Mul)
                  .Add()
                  .Get(3)
                  .Add()},
             kSome);
}

// The old value of a parameter is read behind the branch that gives the next.
TEST(EdgesTest, LostCopy) {
  ExpectSame({{kI32},
              {kI32},
              {kI32, kI32},
              Code()
                  .Loop()
                  .Get(1)
                  .Set(2)
                  .Do(Increase(1, 1))
                  .Get(1)
                  .Get(0)
                  .Do(Op::kI32LtU)
                  .BrIf(0)
                  .End()
                  .Get(2)},
             kSome);
}

TEST(EdgesTest, LostCopyAsLoopParameter) {
  ExpectSame({{kI32},
              {kI32},
              {kI32, kI32},
              Code()
                  .I32(0)
                  .OpenType(Op::kLoop, kTypeOne)
                  .Tee(1)
                  .I32(1)
                  .Add()
                  .Do(Increase(2, 1))
                  .Get(2)
                  .Get(0)
                  .Do(Op::kI32LtU)
                  .BrIf(0)
                  .End()
                  .Get(1)
                  .I32(100)
                  .Do(Op::kI32Mul)
                  .Add()},
             kSome);
}

TEST(EdgesTest, MultiValueBlock) {
  ExpectSame({{kI32},
              {kI32},
              {},
              Code()
                  .Get(0)
                  .OpenType(Op::kBlock, kTypePair)
                  .Do(Op::kCall, kFuncPair)
                  .Get(0)
                  .BrIf(0)
                  .Do(Op::kI32Sub)
                  .I32(6)
                  .End()
                  .Do(Op::kI32Mul)},
             kSome);
}

TEST(EdgesTest, MultiValueIfWithParameter) {
  ExpectSame({{kI32},
              {kI32},
              {},
              Code()
                  .I32(12)
                  .Get(0)
                  .OpenType(Op::kIf, kTypePair)
                  .Do(Op::kCall, kFuncPair)
                  .Else()
                  .I32(3)
                  .End()
                  .Do(Op::kI32Sub)},
             kSome);
}

TEST(EdgesTest, LoopResult) {
  ExpectSame({{kI32},
              {kI32},
              {kI32},
              Code()
                  .I32(5)
                  .Loop(kI32)
                  .Do(Increase(1, 1))
                  .Get(1)
                  .Get(0)
                  .Do(Op::kI32LtU)
                  .BrIf(0)
                  .Get(1)
                  .Do(Op::kCall, kFuncOne)
                  .End()
                  .Do(Op::kI32Mul)},
             kSome);
}

TEST(EdgesTest, LoopResultsOfTwoLoops) {
  ExpectSame({{kI32},
              {kI32},
              {kI32},
              Code()
                  .Loop(kI32)
                  .Loop(kI32)
                  .Do(Increase(1, 1))
                  .Get(1)
                  .Get(0)
                  .Do(Op::kI32LtU)
                  .BrIf(1)
                  .Get(1)
                  .I32(2)
                  .Do(Op::kI32LtU)
                  .BrIf(0)
                  .Get(1)
                  .End()
                  .I32(7)
                  .Do(Op::kI32Mul)
                  .End()},
             kSome);
}

// local.get x, assigned again before the value is used.
TEST(EdgesTest, StaleLocalReads) {
  ExpectSame({{kI32},
              {kI32},
              {},
              Code()
                  .Get(0)
                  .Get(0)
                  .I32(1)
                  .Add()
                  .Set(0)
                  .Get(0)
                  .I32(10)
                  .Set(0)
                  .Do(Op::kI32Mul)
                  .Get(0)
                  .Do(Op::kI32Sub)},
             kSome);
}

TEST(EdgesTest, StaleReadAcrossIf) {
  ExpectSame(
      {{kI32},
       {kI32},
       {},
       Code().Get(0).Get(0).If().I32(50).Set(0).End().Get(0).Do(Op::kI32Sub)},
      kSome);
}

TEST(EdgesTest, StaleReadAcrossLoop) {
  ExpectSame({{kI32},
              {kI32},
              {kI32},
              Code()
                  .Get(1)
                  .Loop()
                  .Do(Increase(1, 1))
                  .Get(1)
                  .Get(0)
                  .Do(Op::kI32LtU)
                  .BrIf(0)
                  .End()
                  .Get(1)
                  .Do(Op::kI32Sub)},
             kSome);
}

// Unreachable code behind every terminator, in a block that wants a value.
TEST(EdgesTest, CodeBehindTerminators) {
  const Code terminators[] = {Code().Do(Op::kUnreachable),
                              Code().I32(1).Br(0),
                              Code().I32(2).Br(1),
                              Code().I32(2).I32(0).BrTable({0, 1}),
                              Code().I32(3).Do(Op::kReturn),
                              Code().I32(3).Do(Op::kReturnCall, kFuncOne),
                              Code().I32(4).Do(Op::kThrow, testing::kTagI32)};
  for (const Code& terminator : terminators) {
    const Code dead = Code()
                          .Do(terminator)
                          .Do(Trace(1))
                          .Block(kI32)
                          .I32(4)
                          .Br(0)
                          .End()
                          .Set(0)
                          .Do(Op::kI32Add)
                          .Loop()
                          .Br(0)
                          .End();
    const Code code =
        Code().Block(kI32).Block(kI32).Do(dead).End().Do(Trace(2)).End();
    // A tail call is beyond the tests' interpreter.
    const bool runs = &terminator != &terminators[5];
    ExpectSame({{kI32}, {kI32}, {}, code}, runs ? kSome : decltype(kSome)());
  }
}

// A loop without end, and a block that is left only by return, where a value
// is wanted.
TEST(EdgesTest, DeadEndsInsideOfBlocksWithValue) {
  ExpectSame({{kI32},
              {kI32},
              {kI32},
              Code()
                  .Block(kI32)
                  .Loop(kI32)
                  .Do(Increase(1, 1))
                  .Get(1)
                  .Get(1)
                  .Get(0)
                  .Do(Op::kI32GtU)
                  .BrIf(1)
                  .Drop()
                  .Br(0)
                  .End()
                  .End()},
             kSome);
  ExpectSame({{kI32},
              {kI32, kI32},
              {},
              Code()
                  .Get(0)
                  .If(kI32)
                  .Block(kI32)
                  .I32(1)
                  .I32(2)
                  .Do(Op::kReturn)
                  .End()
                  .Else()
                  .I32(3)
                  .End()
                  .I32(4)},
             kSome);
}

TEST(EdgesTest, BrOnNullWithExtraValue) {
  const ValueType any = Nullable(HeapType::kAny);
  for (int kind = 0; kind < 2; ++kind) {
    Code value;
    if (kind == 0) {
      value.RefNull(HeapType::kAny);
    } else {
      value.I32(5).Do(Op::kRefI31);
    }
    ExpectSame({{kI32},
                {kI32},
                {any},
                Code()
                    .Do(value)
                    .Set(1)
                    .Block(kI32)
                    .Get(0)
                    .Get(1)
                    .Do(Op::kBrOnNull, 0)
                    .Heap(Op::kRefCast, HeapType::kI31)
                    .Do(Op::kI31GetU)
                    .Add()
                    .End()},
               kSome);
  }
}

// block (result i32 (ref any)), with one value more than the branch brings.
TEST(EdgesTest, ReferenceBranchesWithExtraValue) {
  const ValueType any = Nullable(HeapType::kAny);
  const ValueType i31 = NonNull(HeapType::kI31);
  const Code branches[] = {Code().BrCast(Op::kBrOnCast, 0, any, i31).Drop(),
                           Code()
                               .BrCast(Op::kBrOnCastFail, 1, any, i31)
                               .Do(Op::kI31GetU)
                               .Do(Op::kCall, kFuncTrace)};
  for (int which = 0; which < 2; ++which) {
    for (int null = 0; null < 2; ++null) {
      Code value;
      if (null == 1) {
        value.RefNull(HeapType::kAny);
      } else {
        value.I32(5).Do(Op::kRefI31);
      }
      testing::TestModule types;
      Code code;
      code.Block(any);
      code.Block(i31).Get(0).Drop().Do(value).Do(branches[which]);
      code.I32(77).Do(Op::kRefI31).End().Drop();
      code.RefNull(HeapType::kAny).End().Do(Op::kRefIsNull);
      ExpectSame({{kI32}, {kI32}, {}, code}, kSome);
    }
  }
}

// The value that a branch supplies by itself arrives at a loop.
TEST(EdgesTest, ReferenceBranchesToLoop) {
  const ValueType any = Nullable(HeapType::kAny);
  const ValueType i31 = NonNull(HeapType::kI31);
  for (int cast = 0; cast < 2; ++cast) {
    testing::TestModule test;
    const uint32_t loop = test.Type({i31}, {kI32});
    Code code;
    code.Get(0).Do(Op::kRefI31).OpenType(Op::kLoop, loop);
    // Counts down through the reference.
    code.Do(Op::kI31GetU).Tee(0).Do(Op::kCall, kFuncTrace);
    code.Get(0).If(any).Get(0).I32(1).Do(Op::kI32Sub).Do(Op::kRefI31);
    code.Else().RefNull(HeapType::kAny).End();
    if (cast == 0) {
      code.BrCast(Op::kBrOnCast, 0, any, i31).Drop();
    } else {
      code.Heap(Op::kRefCastNull, HeapType::kI31).Do(Op::kBrOnNonNull, 0);
    }
    code.I32(5).End();
    const uint32_t func = test.AddFunc({kI32}, {kI32}, {}, code);
    ASSERT_TRUE(test.Build().ok());
    std::vector<uint8_t> out;
    const absl::Status status =
        testing::SettledRoundTrip(test.module(), func, &out);
    EXPECT_TRUE(status.ok()) << status;
  }
}

// A non-nullable local that is assigned and read in different blocks.
TEST(EdgesTest, NonNullableLocals) {
  const ValueType i31 = NonNull(HeapType::kI31);
  ExpectSame({{kI32},
              {kI32},
              {i31},
              Code()
                  .Get(0)
                  .Do(Op::kRefI31)
                  .Set(1)
                  .Block()
                  .Get(0)
                  .BrIf(0)
                  .I32(9)
                  .Do(Op::kRefI31)
                  .Set(1)
                  .End()
                  .Loop()
                  .Get(1)
                  .Do(Op::kI31GetU)
                  .Do(Op::kCall, kFuncTrace)
                  .Get(1)
                  .Do(Op::kI31GetU)
                  .I32(1)
                  .Add()
                  .Do(Op::kRefI31)
                  .Set(1)
                  .Get(1)
                  .Do(Op::kI31GetU)
                  .I32(9)
                  .Do(Op::kI32LtU)
                  .BrIf(0)
                  .End()
                  .Get(1)
                  .Do(Op::kI31GetU)},
             kSome);
}

}  // namespace
}  // namespace weft::ir
