#include "tools/shell_command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tools/temporaries.h"

extern char** environ;

namespace weft::tools {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMaxOutput = size_t{16} << 20;
// How often is looked whether the shell has ended, should something that it
// started keep its output open.
constexpr int kPollMilliseconds = 50;

absl::Status Failure(absl::string_view what, int error) {
  return absl::UnavailableError(absl::StrCat(
      "cannot ", what, ": ", std::generic_category().message(error)));
}

// A running shell and the reading end of its output.
class Shell {
 public:
  Shell() = default;
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;
  ~Shell() {
    if (fd_ >= 0) close(fd_);
  }

  absl::Status Start(const std::string& command) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return Failure("make a pipe", errno);
    fd_ = ends[0];
    const int error = Spawn(command, ends[1]);
    close(ends[1]);
    if (error != 0) return Failure("start /bin/sh", error);
    slot_ = RememberChild(pid_);
    return absl::OkStatus();
  }

  ShellResult Finish(Clock::time_point deadline) {
    ShellResult result;
    bool open = true;
    while (!HasEnded()) {
      if (Clock::now() >= deadline) {
        result.kind = ShellResult::kTimedOut;
        break;
      }
      open = open ? Read(deadline, &result.output) : Rest();
    }
    kill(-pid_, SIGKILL);
    while (open && Read(Clock::now(), &result.output)) {
    }
    ForgetChild(slot_);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    if (result.kind == ShellResult::kTimedOut) return result;
    if (WIFSIGNALED(status)) result.kind = ShellResult::kSignalled;
    result.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return result;
  }

 private:
  int Spawn(const std::string& command, int output) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null",
                                     O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    for (int number : {SIGPIPE, SIGXFSZ}) sigaddset(&defaults, number);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    const char* const arguments[] = {"sh", "-c", command.c_str(), nullptr};
    const int error = posix_spawn(&pid_, "/bin/sh", &files, &attributes,
                                  const_cast<char* const*>(arguments), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
  }

  // Leaves the process to be waited for, so that its group keeps its number.
  bool HasEnded() const {
    siginfo_t info = {};
    const int result = waitid(P_PID, static_cast<id_t>(pid_), &info,
                              WEXITED | WNOHANG | WNOWAIT);
    return result != 0 || info.si_pid != 0;
  }

  // Waits a while for output; false at its end.
  bool Read(Clock::time_point deadline, std::string* output) const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - Clock::now());
    pollfd ready = {fd_, POLLIN, 0};
    const int wait = static_cast<int>(
        std::clamp<int64_t>(left.count() + 1, 0, kPollMilliseconds));
    const int count = poll(&ready, 1, deadline <= Clock::now() ? 0 : wait);
    if (count < 0) return errno == EINTR;
    if (count == 0) return deadline > Clock::now();
    char buffer[65536];
    const ssize_t size = read(fd_, buffer, sizeof(buffer));
    if (size <= 0) return size < 0 && errno == EINTR;
    const size_t room = kMaxOutput - std::min(kMaxOutput, output->size());
    output->append(buffer, std::min(room, static_cast<size_t>(size)));
    return true;
  }

  // It has closed its output and goes on.
  static bool Rest() {
    poll(nullptr, 0, 1);
    return false;
  }

  pid_t pid_ = -1;
  int fd_ = -1;
  int slot_ = -1;
};

}  // namespace

std::string ShellResult::Describe() const {
  switch (kind) {
    case kExited:
      return absl::StrCat("exit status ", code);
    case kSignalled:
      return absl::StrCat("signal ", code);
    case kTimedOut:
      break;
  }
  return "no end within the time";
}

std::string WithPath(absl::string_view command, absl::string_view path) {
  const std::string quoted =
      absl::StrCat("'", absl::StrReplaceAll(path, {{"'", "'\\''"}}), "'");
  std::string out = absl::StrReplaceAll(command, {{"{}", quoted}});
  if (out == command) absl::StrAppend(&out, " ", quoted);
  return out;
}

absl::StatusOr<ShellResult> RunShell(const std::string& command,
                                     double seconds) {
  const Clock::time_point deadline =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(seconds));
  Shell shell;
  absl::Status status = shell.Start(command);
  if (!status.ok()) return status;
  return shell.Finish(deadline);
}

}  // namespace weft::tools
