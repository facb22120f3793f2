// Every row of the operator table goes through the SSA form and comes out as
// it went in.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ir/testing/code.h"
#include "ir/testing/op_cases.h"
#include "ir/wasm/locals.h"

namespace weft::ir {
namespace {

using testing::Listing;
using testing::Op;
using testing::OpCase;
using testing::TestModule;
using wasm::InfoOf;
using wasm::OpClass;
using wasm::Operator;

// Operators whose immediates name labels or say the type of a block.
bool IsStructured(Op op) {
  for (wasm::ImmediateKind kind : InfoOf(op).immediates) {
    if (kind == wasm::ImmediateKind::kBlockType ||
        kind == wasm::ImmediateKind::kLabel ||
        kind == wasm::ImmediateKind::kLocal ||
        kind == wasm::ImmediateKind::kLabelTable) {
      return true;
    }
  }
  return false;
}

std::vector<uint8_t> Encoded(const Operator& op) {
  wasm::ByteWriter out;
  WriteOperator(op, &out);
  return out.Take();
}

bool Contains(const wasm::Module& module, const std::vector<uint8_t>& body,
              const Operator& wanted) {
  wasm::ByteReader reader(body, 0);
  testing::Types locals;
  if (!wasm::ReadLocals(&reader, &locals).ok()) return false;
  wasm::OperatorReader operators(reader.rest(), 0, module.features);
  Operator op;
  while (!operators.done() && operators.Read(&op).ok()) {
    if (op.op != wanted.op) continue;
    if (IsStructured(op.op) || Encoded(op) == Encoded(wanted)) return true;
  }
  return false;
}

class EveryOpTest : public ::testing::TestWithParam<int> {};

TEST_P(EveryOpTest, SurvivesRoundTrip) {
  const Op op = static_cast<Op>(GetParam());
  const std::vector<OpCase> cases = testing::OpCasesFor(op);
  ASSERT_FALSE(cases.empty()) << "the test cannot build " << InfoOf(op).text;
  for (const OpCase& c : cases) {
    TestModule test;
    const uint32_t func = test.AddFunc(c.params, c.results, c.locals, c.code);
    const absl::Status built = test.Build();
    ASSERT_TRUE(built.ok()) << InfoOf(op).text << ": " << built;
    const wasm::Module& module = test.module();
    std::vector<uint8_t> out;
    const absl::Status status = testing::SettledRoundTrip(module, func, &out);
    ASSERT_TRUE(status.ok()) << InfoOf(op).text << ": " << status << "\n"
                             << Listing(module, module.funcs[func].body);
    const bool stays = InfoOf(op).op_class != OpClass::kNop;
    EXPECT_EQ(Contains(module, out, c.op), stays)
        << InfoOf(op).text << "\n"
        << Listing(module, module.funcs[func].body) << "became\n"
        << Listing(module, out);
  }
}

INSTANTIATE_TEST_SUITE_P(AllRows, EveryOpTest,
                         ::testing::Range(0, wasm::kOpCount));

}  // namespace
}  // namespace weft::ir
