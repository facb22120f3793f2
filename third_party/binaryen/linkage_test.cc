// Shows that Binaryen's C API links with our code and optimizes.
#include "binaryen-c.h"
#include "gtest/gtest.h"

namespace weft {
namespace {

TEST(BinaryenTest, FoldsAnAddition) {
  BinaryenModuleRef module = BinaryenModuleCreate();
  BinaryenExpressionRef sum =
      BinaryenBinary(module, BinaryenAddInt32(),
                     BinaryenConst(module, BinaryenLiteralInt32(40)),
                     BinaryenConst(module, BinaryenLiteralInt32(2)));
  BinaryenFunctionRef function = BinaryenAddFunction(
      module, "f", BinaryenTypeNone(), BinaryenTypeInt32(), nullptr, 0, sum);
  BinaryenAddFunctionExport(module, "f", "f");
  ASSERT_TRUE(BinaryenModuleValidate(module));
  BinaryenModuleOptimize(module);
  BinaryenExpressionRef body = BinaryenFunctionGetBody(function);
  ASSERT_EQ(BinaryenExpressionGetId(body), BinaryenConstId());
  EXPECT_EQ(BinaryenConstGetValueI32(body), 42);
  BinaryenModuleDispose(module);
}

}  // namespace
}  // namespace weft
