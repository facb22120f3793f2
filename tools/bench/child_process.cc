#include "tools/bench/child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace weft::tools {
namespace {

constexpr int kCannotStart = 127;

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) +
         1e-6 * static_cast<double>(time.tv_usec);
}

// In the child, which has one thread: becomes the program.
[[noreturn]] void Become(char* const* command, const ChildOptions& options) {
  const int log = open(options.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (log < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0) {
    _exit(kCannotStart);
  }
  if (options.core >= 0) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(static_cast<size_t>(options.core), &cores);
    if (sched_setaffinity(0, sizeof(cores), &cores) != 0) _exit(kCannotStart);
  }
  const auto seconds = static_cast<rlim_t>(options.max_cpu_seconds);
  const rlimit limit = {seconds, seconds};
  if (setrlimit(RLIMIT_CPU, &limit) != 0) _exit(kCannotStart);
  execv(command[0], command);
  _exit(kCannotStart);
}

std::string LastLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::string last;
  while (std::getline(file, line)) {
    if (!line.empty()) last = line;
  }
  return last;
}

}  // namespace

int LastCore() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof(cores), &cores) != 0) return -1;
  for (int i = CPU_SETSIZE - 1; i >= 0; --i) {
    if (CPU_ISSET(static_cast<size_t>(i), &cores)) return i;
  }
  return -1;
}

absl::StatusOr<Usage> RunChild(const std::vector<std::string>& command,
                               const ChildOptions& options) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child < 0) return absl::AbortedError("cannot fork");
  if (child == 0) Become(arguments.data(), options);
  int status = 0;
  rusage usage = {};
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) return absl::AbortedError("cannot wait");
  }
  const std::chrono::duration<double> wall =
      std::chrono::steady_clock::now() - start;
  if (!WIFEXITED(status)) {
    return absl::AbortedError(
        absl::StrCat("killed by signal ", WTERMSIG(status)));
  }
  if (WEXITSTATUS(status) != 0) {
    return absl::AbortedError(absl::StrCat("exit code ", WEXITSTATUS(status),
                                           ": ", LastLine(options.log)));
  }
  return Usage{.user_seconds = Seconds(usage.ru_utime),
               .system_seconds = Seconds(usage.ru_stime),
               .wall_seconds = wall.count(),
               .peak_bytes = static_cast<uint64_t>(usage.ru_maxrss) * 1024};
}

}  // namespace weft::tools
