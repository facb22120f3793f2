#include "check/campaign/isolate.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"

namespace weft::check {
namespace {

constexpr size_t kMaxWords = 500;

// The first line in `file` with a letter in it; sanitizers begin with a rule.
std::string FirstLine(int file) {
  char buffer[4096];
  const ssize_t size = pread(file, buffer, sizeof(buffer), 0);
  std::string line;
  for (ssize_t i = 0; i < size; ++i) {
    if (buffer[i] != '\n') {
      line.push_back(buffer[i]);
      continue;
    }
    if (line.find_first_not_of("= ") != std::string::npos) break;
    line.clear();
  }
  if (line.size() > kMaxWords) line.resize(kMaxWords);
  return line;
}

}  // namespace

IsolatedEnd RunIsolated(const std::function<int()>& body, double hang_seconds) {
  IsolatedEnd end;
  const int errors = memfd_create("errors", MFD_CLOEXEC);
  const pid_t child = fork();
  if (child == 0) {
    if (errors >= 0) dup2(errors, STDERR_FILENO);
    _exit(body());
  }
  if (child > 0) {
    const auto deadline = std::chrono::steady_clock::now() +
                          std::chrono::duration<double>(hang_seconds);
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() > deadline) {
        end.kind = IsolatedEnd::Kind::kHang;
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        break;
      }
      std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
    if (end.kind != IsolatedEnd::Kind::kHang) {
      const bool exited = WIFEXITED(status);
      end.kind =
          exited ? IsolatedEnd::Kind::kExited : IsolatedEnd::Kind::kSignal;
      end.number = exited ? WEXITSTATUS(status) : WTERMSIG(status);
    }
  }
  if (errors >= 0) {
    end.words = FirstLine(errors);
    close(errors);
  }
  return end;
}

std::string EndText(const IsolatedEnd& end) {
  if (!end.words.empty()) return end.words;
  switch (end.kind) {
    case IsolatedEnd::Kind::kNotStarted:
      return "no process to try it in";
    case IsolatedEnd::Kind::kExited:
      return absl::StrCat("exit code ", end.number);
    case IsolatedEnd::Kind::kSignal:
      return absl::StrCat("signal ", end.number, " (", strsignal(end.number),
                          ")");
    case IsolatedEnd::Kind::kHang:
      return "hangs";
  }
  return "";
}

}  // namespace weft::check
