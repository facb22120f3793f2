// Names and sets of fusions.
#include "absl/status/statusor.h"
#include "exec/fusion.h"
#include "gtest/gtest.h"

namespace weft::exec {
namespace {

TEST(FusionSetTest, IsAllOrNoneOrAllButSome) {
  const FusionSet all = true;
  const FusionSet none = false;
  EXPECT_TRUE(static_cast<bool>(all));
  EXPECT_FALSE(static_cast<bool>(none));
  FusionSet fewer = all;
  for (int i = 0; i < kFusionCount; ++i) {
    const auto fusion = static_cast<Fusion>(i);
    EXPECT_TRUE(all.Has(fusion));
    EXPECT_FALSE(none.Has(fusion));
    EXPECT_TRUE(fewer.Has(fusion));
    fewer = fewer.Without(fusion);
    EXPECT_FALSE(fewer.Has(fusion));
  }
  EXPECT_EQ(fewer, none);
}

TEST(FusionSetTest, IsReadByNames) {
  EXPECT_EQ(*AllFusionsBut(""), FusionSet(false));
  for (int i = 0; i < kFusionCount; ++i) {
    const auto fusion = static_cast<Fusion>(i);
    EXPECT_EQ(*AllFusionsBut(NameOf(fusion)), FusionSet(true).Without(fusion));
  }
  EXPECT_EQ(*AllFusionsBut("steps,sums"),
            FusionSet(true).Without(Fusion::kSteps).Without(Fusion::kSums));
}

TEST(FusionSetTest, UnknownNamesAreRefused) {
  for (const char* names : {"stepz", "steps,", ",", "steps, sums"}) {
    const auto set = AllFusionsBut(names);
    ASSERT_FALSE(set.ok()) << names;
    EXPECT_EQ(set.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(set.status().message().find("zero-tests"), std::string::npos);
  }
}

}  // namespace
}  // namespace weft::exec
