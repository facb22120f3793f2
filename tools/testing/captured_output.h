// A file system that keeps what is written to standard output and error.
#ifndef WEFT_TOOLS_TESTING_CAPTURED_OUTPUT_H_
#define WEFT_TOOLS_TESTING_CAPTURED_OUTPUT_H_

#include <errno.h>
#include <unistd.h>

#include <string>

#include "tools/file_system.h"

namespace weft::tools {

class CapturedOutput : public PosixFileSystem {
 public:
  ssize_t Write(int fd, const void* buffer, size_t size) override {
    if (fd == STDOUT_FILENO && stdout_error_ != 0) {
      errno = stdout_error_;
      return -1;
    }
    std::string* const text = fd == STDOUT_FILENO   ? &out_
                              : fd == STDERR_FILENO ? &err_
                                                    : nullptr;
    if (text == nullptr) return PosixFileSystem::Write(fd, buffer, size);
    text->append(static_cast<const char*>(buffer), size);
    return static_cast<ssize_t>(size);
  }

  // From now on writing to standard output fails.
  void FailStdout(int error) { stdout_error_ = error; }

  // Forgets what was written.
  void Clear() {
    out_.clear();
    err_.clear();
  }

  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }

 private:
  std::string out_;
  std::string err_;
  int stdout_error_ = 0;
};

}  // namespace weft::tools

#endif  // WEFT_TOOLS_TESTING_CAPTURED_OUTPUT_H_
