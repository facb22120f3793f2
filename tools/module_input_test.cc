#include "tools/module_input.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/testing.h"
#include "tools/environment.h"
#include "tools/testing/command_test.h"

namespace weft::tools {
namespace {

using ::testing::StartsWith;
using wasm::testing::Bytes;

constexpr Bytes::value_type kHeader[] = {0, 'a', 's', 'm', 1, 0, 0, 0};

class ModuleInputTest : public CommandTest {
 protected:
  absl::StatusOr<ModuleInput> Read(const std::string& path) {
    return ReadModuleInput(files_, path);
  }
};

TEST_F(ModuleInputTest, BinariesAreLeftAlone) {
  // Also when they are malformed, empty or compressed.
  for (const Bytes& bytes :
       {wasm::testing::EverySection(), Bytes{0, 'a', 's', 'm', 9}, Bytes{},
        Bytes{0x1f, 0x8b, 8}, Bytes{'x'}}) {
    const absl::StatusOr<ModuleInput> input = Read(Put("m", bytes));
    ASSERT_TRUE(input.ok()) << input.status();
    EXPECT_EQ(input->bytes, bytes);
    EXPECT_FALSE(input->from_text);
  }
}

TEST_F(ModuleInputTest, ContentDecides) {
  for (const char* text :
       {"(module)", " \n;; comment\n(; x ;)(module)", "(@a)(module)"}) {
    const absl::StatusOr<ModuleInput> input = Read(PutText("m.wasm", text));
    ASSERT_TRUE(input.ok()) << input.status();
    EXPECT_TRUE(input->from_text);
    EXPECT_EQ(input->bytes, Bytes(std::begin(kHeader), std::end(kHeader)));
  }
}

TEST_F(ModuleInputTest, ErrorsOfText) {
  const std::string path = PutText("m.wat", "(module\n  (fnc))");
  const absl::Status status = Read(path).status();
  EXPECT_TRUE(IsTextError(status));
  EXPECT_THAT(std::string(status.message()),
              StartsWith(path + ":2:3: error: "));
  EXPECT_EQ(PlaceOf(status).line, 2);
  EXPECT_EQ(FileError(env_, path, status), kExitInvalid);
  EXPECT_EQ(files_.err(), std::string(status.message()) + "\n");
}

TEST_F(ModuleInputTest, FeaturesOfText) {
  const std::string path =
      PutText("m.wat", "(module (func (drop (i32.extend8_s (i32.const 1)))))");
  EXPECT_TRUE(Read(path).ok());
  EXPECT_TRUE(absl::IsUnimplemented(
      ReadModuleInput(files_, path, wasm::FeatureSet::Mvp()).status()));
}

TEST_F(ModuleInputTest, ComponentsAndMissingFiles) {
  const std::string component =
      PutText("c", absl::string_view("\0asm\x0d\0\1\0", 8));
  EXPECT_TRUE(absl::IsUnimplemented(Read(component).status()));
  EXPECT_TRUE(absl::IsNotFound(Read(Path("none")).status()));
  EXPECT_FALSE(Read(dir_).ok());
}

}  // namespace
}  // namespace weft::tools
