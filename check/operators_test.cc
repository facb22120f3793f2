#include "check/operators.h"

#include <vector>

#include "gtest/gtest.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"

namespace weft::check {
namespace {

using wasm::Op;

TEST(OperatorsTest, ListsWhatBodiesHave) {
  const auto bytes = wasm::ParseModuleText(R"((module
    (import "env" "f" (func))
    (global i64 (i64.const 1))
    (func (param i32) (result i32) (local f64)
      (i32.add (local.get 0) (i32.const 2)))
    (func (call 0) (call 0))))");
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  const auto module = wasm::ReadModule(*bytes);
  ASSERT_TRUE(module.ok());
  EXPECT_EQ(OperatorsOf(*module),
            (std::vector<Op>{Op::kEnd, Op::kCall, Op::kLocalGet, Op::kI32Const,
                             Op::kI32Add}));
  std::vector<uint64_t> counts(wasm::kOpCount);
  CountOperators(*module, absl::MakeSpan(counts));
  CountOperators(*module, absl::MakeSpan(counts));
  EXPECT_EQ(counts[static_cast<size_t>(Op::kCall)], 4u);
  EXPECT_EQ(counts[static_cast<size_t>(Op::kEnd)], 4u);
  EXPECT_EQ(counts[static_cast<size_t>(Op::kI64Const)], 0u);
}

}  // namespace
}  // namespace weft::check
