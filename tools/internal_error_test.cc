// How a process ends that met a defect of weft.
#include "tools/internal_error.h"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>

#include "base/check.h"
#include "gtest/gtest.h"
#include "tools/environment.h"
#include "tools/temporaries.h"

namespace weft::tools {
namespace {

using ::testing::ExitedWithCode;
using ::testing::KilledBySignal;

class InternalErrorTest : public ::testing::Test {
 protected:
  // A file as weft opt has one beside its output.
  std::string Temporary() {
    const std::string path = ::testing::TempDir() + "/internal_error_test." +
                             std::to_string(getpid());
    std::ofstream(path) << "half";
    return path;
  }
  // What main does, and an output that is being written.
  void Prepare(const std::string& temporary) {
    InstallInternalErrorHandlers();
    RememberTemporary(temporary);
  }
  bool Exists(const std::string& path) {
    return access(path.c_str(), F_OK) == 0;
  }
};

TEST_F(InternalErrorTest, FailedCheck) {
  const std::string temporary = Temporary();
  EXPECT_EXIT(
      {
        Prepare(temporary);
        WEFT_CHECK(1 + 1 == 3);
      },
      ExitedWithCode(kExitInternal),
      "^weft: internal error: tools/internal_error_test.cc:[0-9]+: broken "
      "invariant: 1 \\+ 1 == 3\n$");
  EXPECT_FALSE(Exists(temporary));
}

TEST_F(InternalErrorTest, LibraryThatAborts) {
  const std::string temporary = Temporary();
  EXPECT_EXIT(
      {
        Prepare(temporary);
        std::abort();
      },
      ExitedWithCode(kExitInternal), "weft: internal error: aborted\n$");
  EXPECT_FALSE(Exists(temporary));
}

TEST_F(InternalErrorTest, LibraryThatTerminates) {
  EXPECT_EXIT(
      {
        InstallInternalErrorHandlers();
        std::terminate();
      },
      ExitedWithCode(kExitInternal), "weft: internal error: aborted\n$");
}

TEST_F(InternalErrorTest, CrashRemovesTemporaries) {
  struct sigaction old = {};
  sigaction(SIGSEGV, nullptr, &old);
  if (old.sa_handler != SIG_DFL) GTEST_SKIP() << "a sanitizer handles it";
  const std::string temporary = Temporary();
  EXPECT_EXIT(
      {
        Prepare(temporary);
        raise(SIGSEGV);
      },
      KilledBySignal(SIGSEGV), "");
  EXPECT_FALSE(Exists(temporary));
}

TEST_F(InternalErrorTest, WithoutHandlersACheckAborts) {
  EXPECT_EXIT(WEFT_CHECK(1 + 1 == 3), KilledBySignal(SIGABRT),
              "internal_error_test.cc:[0-9]+: broken invariant: 1 \\+ 1 == 3");
}

}  // namespace
}  // namespace weft::tools
