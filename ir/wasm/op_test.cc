#include "ir/wasm/op.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace weft::wasm {
namespace {

Op OpAt(int i) { return static_cast<Op>(i); }

TEST(OpTest, CodesLeadBackToTheirRows) {
  for (int i = 0; i < kOpCount; ++i) {
    const OpInfo& info = InfoOf(OpAt(i));
    EXPECT_EQ(OpFromCode(info.prefix, info.code), OpAt(i)) << info.text;
  }
}

TEST(OpTest, UnknownCodes) {
  EXPECT_EQ(OpFromCode(0, 0x27), Op::kCount);
  EXPECT_EQ(OpFromCode(0, 0xfb), Op::kCount);
  EXPECT_EQ(OpFromCode(0xfc, 0x12), Op::kCount);
  EXPECT_EQ(OpFromCode(0xfd, 0x114), Op::kCount);
  EXPECT_EQ(OpFromCode(0xfe, 0xffffffff), Op::kCount);
  EXPECT_EQ(OpFromCode(0x10, 0), Op::kCount);
}

TEST(OpTest, TextIsUniqueButForKnownAliases) {
  std::map<std::string, int> count;
  for (int i = 0; i < kOpCount; ++i) {
    ++count[std::string(InfoOf(OpAt(i)).text)];
  }
  std::set<std::string> shared;
  for (const auto& [text, n] : count) {
    if (n > 1) shared.insert(text);
  }
  EXPECT_EQ(shared, (std::set<std::string>{"ref.cast", "ref.test", "select"}));
}

TEST(OpTest, TextLeadsToTheFirstRow) {
  for (int i = kOpCount - 1; i >= 0; --i) {
    const Op found = OpFromText(InfoOf(OpAt(i)).text);
    EXPECT_EQ(InfoOf(found).text, InfoOf(OpAt(i)).text);
    EXPECT_LE(static_cast<int>(found), i);
  }
  EXPECT_EQ(OpFromText("select"), Op::kSelect);
  EXPECT_EQ(OpFromText("ref.cast"), Op::kRefCast);
  EXPECT_EQ(OpFromText("i32.ad"), Op::kCount);
  EXPECT_EQ(OpFromText(""), Op::kCount);
}

// Enumerators are the camel case of the text, which the rows spell out.
TEST(OpTest, NamesFollowText) {
  const std::map<Op, std::string> exceptions = {{Op::kSelectTyped, "Select"},
                                                {Op::kRefTestNull, "RefTest"},
                                                {Op::kRefCastNull, "RefCast"}};
  const char* const names[] = {
#define WEFT_OP(name, ...) #name,
#include "ir/wasm/ops.def"
#undef WEFT_OP
  };
  for (int i = 0; i < kOpCount; ++i) {
    std::string camel;
    bool up = true;
    for (char c : InfoOf(OpAt(i)).text) {
      if (c == '.' || c == '_') {
        up = true;
      } else {
        camel.push_back(up ? static_cast<char>(std::toupper(c)) : c);
        up = false;
      }
    }
    auto exception = exceptions.find(OpAt(i));
    EXPECT_EQ(camel,
              exception == exceptions.end() ? names[i] : exception->second);
  }
}

TEST(OpTest, ColumnsAgree) {
  for (int i = 0; i < kOpCount; ++i) {
    const OpInfo& info = InfoOf(OpAt(i));
    SCOPED_TRACE(std::string(info.text));
    const bool has_mem_arg = !info.immediates.empty() &&
                             info.immediates[0] == ImmediateKind::kMemArg;
    EXPECT_EQ(has_mem_arg, info.access_bytes != 0);
    if (info.op_class != OpClass::kSimple) {
      EXPECT_EQ(info.num_params, 0);
      EXPECT_EQ(info.num_results, 0);
    }
    EXPECT_EQ(info.result, info.results[0]);
    EXPECT_EQ(info.num_results == 0, info.result == ValueType::kNone);
    if (has_mem_arg) {
      EXPECT_TRUE(info.address_params & 1);
      EXPECT_TRUE(info.effects & (kReadsMemory | kWritesMemory));
      EXPECT_TRUE(info.traps & kTrapMemory);
    }
    if (info.prefix == 0xfe) {
      EXPECT_TRUE(info.effects & kAtomic);
      EXPECT_EQ(info.feature, Feature::kThreads);
    }
    EXPECT_FALSE(info.spec.empty());
    EXPECT_NE(info.feature, Feature::kCount);
  }
}

TEST(OpTest, SpotChecks) {
  const OpInfo& add = InfoOf(Op::kI32Add);
  EXPECT_EQ(add.text, "i32.add");
  EXPECT_EQ(add.num_params, 2);
  EXPECT_EQ(add.params[1], ValueType::kI32);
  EXPECT_EQ(add.effects, kPure);
  EXPECT_EQ(InfoOf(Op::kI64DivU).traps, kTrapDivide);
  EXPECT_EQ(InfoOf(Op::kF64Sqrt).effects, kNanBits);
  EXPECT_EQ(InfoOf(Op::kF32Neg).effects, kPure);
  EXPECT_EQ(InfoOf(Op::kF32x4RelaxedMadd).effects, kRelaxed | kNanBits);
  EXPECT_EQ(InfoOf(Op::kI64Add128).num_results, 2);
  EXPECT_EQ(InfoOf(Op::kI64Add128).results[1], ValueType::kI64);
  EXPECT_EQ(InfoOf(Op::kV128Load32Zero).access_bytes, 4);
  EXPECT_EQ(InfoOf(Op::kMemoryFill).address_params, 0b101);
  EXPECT_TRUE(InfoOf(Op::kMemoryGrow).address_result);
  EXPECT_EQ(InfoOf(Op::kI32AtomicRmw8AddU).code, 0x20u);
  EXPECT_EQ(InfoOf(Op::kI64AtomicRmw32CmpxchgU).code, 0x4eu);
  EXPECT_EQ(InfoOf(Op::kF64x2ConvertLowI32x4U).code, 0xffu);
  EXPECT_EQ(InfoOf(Op::kI32x4RelaxedDotI8x16I7x16AddS).code, 0x113u);
  EXPECT_EQ(InfoOf(Op::kI31GetU).code, 0x1eu);
}

TEST(FeatureTest, NamesAndFlags) {
  for (int i = 0; i < kFeatureCount; ++i) {
    const auto feature = static_cast<Feature>(i);
    EXPECT_EQ(FeatureFromName(FeatureName(feature)), feature);
    EXPECT_EQ(FeatureFromName(FeatureFlag(feature)), feature);
    EXPECT_TRUE(FeatureSet::All().Has(feature));
  }
  EXPECT_EQ(FeatureFromName("bulk-memory-opt"), Feature::kBulkMemory);
  EXPECT_EQ(FeatureFromName("nonsense"), Feature::kCount);
  EXPECT_TRUE(FeatureSet().Has(Feature::kMvp));
  EXPECT_TRUE(FeatureSet().Remove(Feature::kMvp).Has(Feature::kMvp));
  FeatureSet some;
  some.Add(Feature::kGc);
  EXPECT_TRUE(FeatureSet::All().HasAll(some));
  EXPECT_FALSE(FeatureSet::Mvp().HasAll(some));
}

}  // namespace
}  // namespace weft::wasm
