// Bodies at the limits: nothing recurses on nesting, nothing is quadratic.
#include <vector>

#include "gtest/gtest.h"
#include "ir/testing/code.h"

namespace weft::ir {
namespace {

using testing::Code;
using testing::kFuncOne;
using testing::kFuncTrace;
using testing::kI32;
using testing::kI64;
using testing::Op;
using testing::TestModule;
using testing::Types;

constexpr int kDepth = 100000;
constexpr uint32_t kLocals = 100000;

absl::Status Handle(const Types& locals, const Code& code) {
  TestModule test;
  const uint32_t func = test.AddFunc({kI32}, {kI32}, locals, code);
  const absl::Status built = test.Build();
  if (!built.ok()) return built;
  std::vector<uint8_t> out;
  return testing::RoundTrip(test.module(), func, test.module().funcs[func].body,
                            &out);
}

// A limit may be reached, but in an orderly way.
void ExpectHandled(const Types& locals, const Code& code) {
  const absl::Status status = Handle(locals, code);
  EXPECT_TRUE(status.ok() || absl::IsResourceExhausted(status)) << status;
}

// No limit is reached.
void ExpectWithinBudgets(const Types& locals, const Code& code) {
  const absl::Status status = Handle(locals, code);
  EXPECT_TRUE(status.ok()) << status;
}

TEST(LargeBodiesTest, DeepBlocks) {
  Code code;
  for (int i = 0; i < kDepth; ++i) code.Block().Get(0).BrIf(0);
  for (int i = 0; i < kDepth; ++i) code.End();
  ExpectHandled({}, code.Get(0));
}

TEST(LargeBodiesTest, DeepBlocksWithValues) {
  Code code;
  for (int i = 0; i < kDepth; ++i) {
    code.Block(kI32).I32(1).Get(0).BrIf(0).Drop();
  }
  code.I32(3);
  for (int i = 0; i < kDepth; ++i) code.End().I32(1).Add();
  ExpectHandled({}, code);
}

TEST(LargeBodiesTest, DeepLoops) {
  Code code;
  for (int i = 0; i < kDepth; ++i) code.Loop().Get(0).BrIf(0);
  for (int i = 0; i < kDepth; ++i) code.End();
  ExpectHandled({}, code.Get(0));
}

TEST(LargeBodiesTest, DeepLoopsWithLocals) {
  Code code;
  for (int i = 0; i < 20000; ++i) {
    code.Loop().Get(1).Get(2).Set(1).Set(2).Get(0).BrIf(0);
  }
  for (int i = 0; i < 20000; ++i) code.End();
  ExpectHandled({kI32, kI32}, code.Get(1));
}

TEST(LargeBodiesTest, DeepBlocksThatAssign) {
  Code code;
  for (int i = 0; i < kDepth; ++i) code.Block();
  for (int i = 0; i < kDepth; ++i) {
    code.Get(0).BrIf(0).Get(0).I32(1).Add().Set(0).End();
  }
  ExpectWithinBudgets({}, code.Get(0));
}

TEST(LargeBodiesTest, DeepLoopsThatCount) {
  Code code;
  for (int i = 0; i < 10000; ++i) code.Loop();
  for (int i = 0; i < 10000; ++i) {
    code.Get(0).I32(1).Add().Tee(0).BrIf(0).End();
  }
  ExpectWithinBudgets({}, code.Get(0));
}

// Each loop has a local that the loops inside of it change, too.
TEST(LargeBodiesTest, DeepLoopsWithLocalsOfTheirOwn) {
  constexpr uint32_t kLoops = 1000;
  Code code;
  Types locals(kLoops, kI32);
  for (uint32_t i = 1; i <= kLoops; ++i) code.Get(i - 1).Set(i).Loop();
  for (uint32_t i = kLoops; i > 0; --i) {
    code.Get(i).Get(kLoops).Add().Tee(i).BrIf(0).End();
  }
  ExpectWithinBudgets(locals, code.Get(1));
}

TEST(LargeBodiesTest, DeepIfs) {
  Code code;
  for (int i = 0; i < kDepth; ++i) code.Get(0).If().I32(i).Set(1);
  for (int i = 0; i < kDepth; ++i) code.Else().I32(i + 1).Set(1).End();
  ExpectHandled({kI32}, code.Get(1));
}

TEST(LargeBodiesTest, DeepTries) {
  Code code;
  for (int i = 0; i < 50000; ++i) code.Open(Op::kTry).I32(1).Set(1);
  code.I32(5).Do(Op::kCall, kFuncTrace);
  for (int i = 0; i < 50000; ++i) code.Do(Op::kCatchAll).I32(i).Set(1).End();
  ExpectHandled({kI32}, code.Get(1));
}

TEST(LargeBodiesTest, DeepExpression) {
  Code code;
  for (int i = 0; i < kDepth; ++i) code.Get(0).Do(Op::kCall, kFuncOne);
  code.I32(0);
  for (int i = 0; i < kDepth; ++i) code.Add();
  ExpectHandled({}, code);
}

TEST(LargeBodiesTest, ManyLocals) {
  Code code;
  Types locals(kLocals - 1, kI32);
  for (uint32_t i = 1; i < kLocals; ++i) code.Get(i - 1).I32(1).Add().Set(i);
  ExpectHandled(locals, code.Get(kLocals - 1));
}

TEST(LargeBodiesTest, ManyLocalsLiveAtOnce) {
  Code code;
  Types locals;
  for (uint32_t i = 1; i < kLocals; ++i) {
    locals.push_back(i % 3 == 0 ? kI64 : kI32);
  }
  for (uint32_t i = 1; i < kLocals; ++i) {
    if (locals[i - 1] == kI64) {
      code.I64(i).Set(i);
    } else {
      code.Get(0).Do(Op::kCall, kFuncOne).Set(i);
    }
  }
  code.Loop().Get(0);
  for (uint32_t i = 1; i < kLocals; i += 3) code.Get(i).Add();
  code.Tee(1).BrIf(0).End();
  ExpectHandled(locals, code.Get(1));
}

TEST(LargeBodiesTest, ManyBranchesToOneLabel) {
  Code code;
  code.Block();
  for (int i = 0; i < kDepth; ++i) code.I32(i).Set(1).Get(0).BrIf(0);
  ExpectHandled({kI32}, code.End().Get(1));
}

TEST(LargeBodiesTest, WideTable) {
  Code code;
  constexpr uint32_t kTargets = 2000;
  std::vector<uint32_t> labels;
  for (uint32_t i = 0; i < kTargets; ++i) {
    code.Block();
    labels.push_back(i);
  }
  code.I32(7).Set(1).Get(0).BrTable(labels);
  for (uint32_t i = 0; i < kTargets; ++i) {
    code.End().Get(1).I32(1).Add().Set(1);
  }
  ExpectHandled({kI32}, code.Get(1));
}

// More edge arguments than 16 bits can count.
TEST(LargeBodiesTest, WideTableWithManyLocals) {
  constexpr uint32_t kTargets = 700;
  constexpr uint32_t kAssigned = 100;
  Code code;
  std::vector<uint32_t> labels;
  for (uint32_t i = 0; i < kTargets; ++i) {
    code.Block();
    labels.push_back(i);
  }
  for (uint32_t local = 1; local <= kAssigned; ++local) {
    code.Get(0).I32(local).Add().Set(local);
  }
  code.Get(0).BrTable(labels);
  for (uint32_t i = 0; i < kTargets; ++i) {
    code.End();
    code.Get(1 + i % kAssigned).Get(0).Add().Set(1 + i * 7 % kAssigned);
  }
  for (uint32_t local = 2; local <= kAssigned; ++local) {
    code.Get(1).Get(local).Add().Set(1);
  }
  ExpectWithinBudgets(Types(kAssigned, kI32), code.Get(1));
}

// Values that no table entry can keep on the stack.
TEST(LargeBodiesTest, WideTableToLoops) {
  Code code;
  constexpr uint32_t kTargets = 300;
  std::vector<uint32_t> labels;
  code.I32(0);
  for (uint32_t i = 0; i < kTargets; ++i) {
    code.OpenType(Op::kLoop, testing::kTypeOne);
    labels.push_back(i);
  }
  code.Get(0).BrTable(labels);
  for (uint32_t i = 0; i < kTargets; ++i) code.End();
  ExpectHandled({}, code);
}

}  // namespace
}  // namespace weft::ir
