// A test of a command: a folder of its own, and what the command printed.
#ifndef WEFT_TOOLS_TESTING_COMMAND_TEST_H_
#define WEFT_TOOLS_TESTING_COMMAND_TEST_H_

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "tools/environment.h"
#include "tools/testing/captured_output.h"

namespace weft::tools {

class CommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = absl::StrCat(::testing::TempDir(), "/commandXXXXXX");
    ASSERT_NE(mkdtemp(dir_.data()), nullptr);
  }

  // Writes a file into the folder and returns its path.
  std::string Put(absl::string_view name, const std::vector<uint8_t>& bytes) {
    const std::string path = Path(name);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return path;
  }
  std::string PutText(absl::string_view name, absl::string_view text) {
    return Put(name, {text.begin(), text.end()});
  }

  std::vector<uint8_t> Get(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string Path(absl::string_view name) {
    return absl::StrCat(dir_, "/", name);
  }

  CapturedOutput files_;
  Environment env_ = {.files = &files_};
  std::string dir_;
};

}  // namespace weft::tools

#endif  // WEFT_TOOLS_TESTING_COMMAND_TEST_H_
