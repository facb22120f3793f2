// Exceptions, new and legacy, through the SSA form and back.
#include <vector>

#include "gtest/gtest.h"
#include "ir/testing/code.h"
#include "ir/testing/same_behaviour.h"

namespace weft::ir {
namespace {

using testing::Code;
using testing::ExpectSame;
using testing::kFuncTrace;
using testing::kI32;
using testing::kI64;
using testing::kTagEmpty;
using testing::kTagI32;
using testing::kTagI32I64;
using testing::NonNull;
using testing::Op;
using testing::Types;
using wasm::HeapType;
using Catch = wasm::CatchClause;

// Arguments that let the trace function throw each tag, and return.
const std::vector<std::vector<uint64_t>> kThrowing = {
    {0}, {5}, {1000}, {1001}, {1002}};

Code TraceLocal(uint32_t local) {
  return Code().Get(local).Do(Op::kCall, kFuncTrace);
}

struct Clause {
  Catch::Kind kind;
  uint32_t tag;
  Types values;
};

const Clause kClauses[] = {
    {Catch::kCatch, kTagEmpty, {}},
    {Catch::kCatch, kTagI32, {kI32}},
    {Catch::kCatch, kTagI32I64, {kI32, kI64}},
    {Catch::kCatchRef, kTagEmpty, {NonNull(HeapType::kExn)}},
    {Catch::kCatchRef, kTagI32, {kI32, NonNull(HeapType::kExn)}},
    {Catch::kCatchAll, wasm::kNoIndex, {}},
    {Catch::kCatchAllRef, wasm::kNoIndex, {NonNull(HeapType::kExn)}}};

absl::Status TryRoundTrip(testing::TestModule* test, const Code& code) {
  const uint32_t func = test->AddFunc({kI32}, {kI32}, {kI32}, code);
  absl::Status status = test->Build();
  if (!status.ok()) return status;
  std::vector<uint8_t> out;
  return testing::SettledRoundTrip(test->module(), func, &out);
}

// Every kind of clause to a block. A local that the handler reads is assigned
// before and in the try.
TEST(HandlersTest, ClausesToBlocks) {
  for (const Clause& clause : kClauses) {
    testing::TestModule test;
    const uint32_t type = test.Type({}, clause.values);
    Code code;
    code.I32(1).Set(1);
    if (clause.values.empty()) {
      code.Block();
    } else {
      code.OpenType(Op::kBlock, type);
    }
    code.TryTable({{clause.kind, clause.tag, 0}});
    code.I32(2).Set(1).Do(TraceLocal(0)).I32(3).Set(1).End();
    code.I32(70).Do(Op::kReturn).End();
    for (size_t i = clause.values.size(); i > 0; --i) code.Drop();
    code.Get(1);
    const absl::Status status = TryRoundTrip(&test, code);
    EXPECT_TRUE(status.ok()) << status;
    if (clause.values.empty()) {
      ExpectSame({{kI32}, {kI32}, {kI32}, code}, kThrowing);
    }
  }
}

// The same to a loop, which tries again with what was caught.
TEST(HandlersTest, ClausesToLoops) {
  for (const Clause& clause : kClauses) {
    testing::TestModule test;
    const uint32_t type = test.Type(clause.values, {kI32});
    test.Type({}, clause.values);
    Code code;
    code.Block();
    for (auto value = clause.values.begin(); value != clause.values.end();
         ++value) {
      if (*value == kI32) {
        code.I32(11);
      } else if (*value == kI64) {
        code.I64(12);
      } else {
        code.RefNull(HeapType::kExn).Do(Op::kRefAsNonNull);
      }
    }
    if (clause.values.empty()) {
      code.Loop(kI32);
    } else {
      code.OpenType(Op::kLoop, type);
    }
    for (size_t i = clause.values.size(); i > 0; --i) code.Drop();
    code.Get(1).I32(1).Add().Set(1).Do(TraceLocal(1));
    code.Get(1).I32(3).Do(Op::kI32GtU).BrIf(1);
    code.TryTable({{clause.kind, clause.tag, 0}}).Do(TraceLocal(0)).End();
    code.Get(1).End().Do(Op::kReturn).End().I32(99);
    const absl::Status status = TryRoundTrip(&test, code);
    EXPECT_TRUE(status.ok()) << status;
    if (clause.values.empty()) {
      ExpectSame({{kI32}, {kI32}, {kI32}, code}, kThrowing);
    }
  }
}

// A label that takes values in as well: the module need not have a type for
// the values alone, and then lowering must say so.
TEST(HandlersTest, ClauseToBlockWithParameters) {
  testing::TestModule test;
  const uint32_t type = test.Type({kI64}, {kI32, kI64});
  Code code;
  code.I64(4).OpenType(Op::kBlock, type).Drop();
  code.TryTable({{Catch::kCatch, kTagI32I64, 0}}).Do(TraceLocal(0)).End();
  code.I32(1).I64(2).End().Drop();
  const absl::Status status = TryRoundTrip(&test, code);
  EXPECT_TRUE(status.ok() || absl::IsResourceExhausted(status)) << status;
}

TEST(HandlersTest, SeveralClausesAndNestedTables) {
  Code code;
  code.Block().Block(kI32);
  code.TryTable(
      {{Catch::kCatch, kTagI32, 0}, {Catch::kCatchAll, wasm::kNoIndex, 1}});
  code.I32(7).Set(1);
  code.Block().TryTable({{Catch::kCatch, kTagEmpty, 0}});
  code.I32(8).Set(1).Do(TraceLocal(0)).End().End();
  code.I32(9).Set(1).Do(TraceLocal(0)).End();
  code.I32(1).End().Do(Op::kCall, kFuncTrace).End().Get(1);
  ExpectSame({{kI32}, {kI32}, {kI32}, code}, kThrowing);
}

TEST(HandlersTest, ThrowToOwnTable) {
  Code code;
  code.Block(kI32).TryTable({{Catch::kCatch, kTagI32, 0}});
  code.Get(0).If().Get(0).Do(Op::kThrow, kTagI32).End().End();
  code.I32(50).End().I32(1).Add();
  ExpectSame({{kI32}, {kI32}, {}, code}, kThrowing);
}

TEST(HandlersTest, ThrowRefFromHandler) {
  Code code;
  code.Block(NonNull(HeapType::kExn));
  code.TryTable({{Catch::kCatchAllRef, wasm::kNoIndex, 0}});
  code.Do(TraceLocal(0)).End().I32(3).Do(Op::kReturn).End();
  code.I32(44).Do(Op::kCall, kFuncTrace).Do(Op::kThrowRef);
  ExpectSame({{kI32}, {kI32}, {}, code}, kThrowing);
}

// -- Legacy -------------------------------------------------------------------

TEST(HandlersTest, LegacyCatchReadsLocals) {
  Code code;
  code.I32(1).Set(1).Open(Op::kTry, kI32);
  code.I32(2).Set(1).Do(TraceLocal(0)).I32(3).Set(1).I32(10);
  code.Do(Op::kCatch, kTagI32).Get(1).Add();
  code.Do(Op::kCatch, kTagEmpty).Get(1).I32(100).Add();
  code.Do(Op::kCatchAll).I32(4).Set(1).I32(1000).End();
  code.Get(1).I32(10000).Do(Op::kI32Mul).Add();
  ExpectSame({{kI32}, {kI32}, {kI32}, code}, kThrowing);
}

TEST(HandlersTest, LegacyRethrow) {
  Code code;
  code.Open(Op::kTry).Open(Op::kTry).Do(TraceLocal(0));
  code.Do(Op::kCatchAll).I32(21).Do(Op::kCall, kFuncTrace);
  // From a try inside of the arm, past that try.
  code.Open(Op::kTry).I32(22).Do(Op::kCall, kFuncTrace).Do(Op::kRethrow, 1);
  code.Do(Op::kCatch, kTagEmpty).I32(23).Set(1).End().End();
  code.Do(Op::kCatch, kTagI32).Set(1).End().Get(1);
  ExpectSame({{kI32}, {kI32}, {kI32}, code}, kThrowing);
}

TEST(HandlersTest, LegacyDelegate) {
  // To the next try, past one, and out of the function.
  for (uint32_t depth = 0; depth < 3; ++depth) {
    Code code;
    code.Open(Op::kTry).Open(Op::kTry).Open(Op::kTry);
    code.I32(5).Set(1).Do(TraceLocal(0)).Do(Op::kDelegate, depth);
    code.Do(Op::kCatchAll).I32(31).Do(Op::kCall, kFuncTrace).End();
    code.Do(Op::kCatchAll).I32(32).Do(Op::kCall, kFuncTrace).End();
    code.Get(1);
    ExpectSame({{kI32}, {kI32}, {kI32}, code}, kThrowing);
  }
}

TEST(HandlersTest, LegacyDelegateToBlock) {
  Code code;
  code.Open(Op::kTry).Block().Open(Op::kTry);
  code.Do(TraceLocal(0)).Do(Op::kDelegate, 0).End();
  code.Do(Op::kCatch, kTagI32).Set(1).End().Get(1);
  ExpectSame({{kI32}, {kI32}, {kI32}, code}, kThrowing);
}

TEST(HandlersTest, LegacyBranchesOutOfTryAndArms) {
  Code code;
  code.Block(kI32).Open(Op::kTry);
  code.Do(TraceLocal(0)).I32(60).Get(0).BrIf(1).Drop();
  code.Do(Op::kCatch, kTagI32).Br(1);
  code.Do(Op::kCatchAll).I32(62).Br(1).End();
  code.I32(63).End();
  ExpectSame({{kI32}, {kI32}, {}, code}, kThrowing);
}

TEST(HandlersTest, LegacyTryInLoop) {
  Code code;
  code.Loop().Open(Op::kTry);
  code.Get(1).I32(1).Add().Set(1).Do(TraceLocal(0)).Do(Op::kCatchAll);
  code.Get(1).I32(4).Do(Op::kI32LtU).BrIf(1).End().End().Get(1);
  ExpectSame({{kI32}, {kI32}, {kI32}, code}, kThrowing);
}

}  // namespace
}  // namespace weft::ir
