#include "tools/environment.h"

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "tools/testing/captured_output.h"

namespace weft::tools {
namespace {

TEST(EnvironmentTest, PlacesInModules) {
  const ErrorPlace place = PlaceOf(absl::InvalidArgumentError(
      "unknown type, at offset 4660 in code section"));
  EXPECT_EQ(place.reason, "unknown type");
  EXPECT_TRUE(place.has_offset);
  EXPECT_EQ(place.offset, 0x1234u);
  EXPECT_EQ(place.section, "code section");
  EXPECT_EQ(place.line, 0);
}

TEST(EnvironmentTest, NoPlace) {
  for (const char* message :
       {"cannot open", "x at offset y in z", "x at offset 5"}) {
    const ErrorPlace place = PlaceOf(absl::NotFoundError(message));
    EXPECT_EQ(place.reason, message);
    EXPECT_FALSE(place.has_offset);
  }
  EXPECT_EQ(PlaceOf(MarkTextError(absl::NotFoundError("odd"))).reason, "odd");
}

TEST(EnvironmentTest, PlacesInText) {
  const absl::Status status = MarkTextError(absl::InvalidArgumentError(
      "a:b.wat:12:7: error: expected ), found end\n  (x\n    ^"));
  const ErrorPlace place = PlaceOf(status);
  EXPECT_EQ(place.reason, "expected ), found end");
  EXPECT_EQ(place.line, 12);
  EXPECT_EQ(place.column, 7);
  EXPECT_FALSE(place.has_offset);
  EXPECT_EQ(DescribeFileError("a:b.wat", status),
            "a:b.wat:12:7: error: expected ), found end");
}

TEST(EnvironmentTest, TextErrorsKeepTheirLines) {
  CapturedOutput files;
  const Environment env = {.files = &files};
  EXPECT_EQ(FileError(env, "f",
                      MarkTextError(absl::InvalidArgumentError(
                          "f:1:2: error: e\n(\x1b)\n ^"))),
            kExitInvalid);
  EXPECT_EQ(files.err(), "f:1:2: error: e\n(\\x1b)\n ^\n");
}

}  // namespace
}  // namespace weft::tools
