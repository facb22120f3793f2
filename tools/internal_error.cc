#include "tools/internal_error.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "base/check.h"
#include "tools/environment.h"
#include "tools/temporaries.h"

namespace weft::tools {
namespace {

void DieOfCheck(const char* file, int line, const char* text) {
  char message[1000];
  std::snprintf(message, sizeof(message),
                "internal error: %s:%d: broken invariant: %s", file, line,
                text);
  DieOfInternalError(message);
}

void DieOfAbort(int) { DieOfInternalError("internal error: aborted"); }

void DieOfCrash(int signal_number) {
  RemoveTemporaries();
  // SA_RESETHAND has put the default action back.
  raise(signal_number);
}

}  // namespace

void DieOfInternalError(const char* message) {
  RemoveTemporaries();
  char line[1024];
  const size_t length = strnlen(message, 1000);
  std::memcpy(line, "weft: ", 6);
  std::memcpy(line + 6, message, length);
  line[6 + length] = '\n';
  const ssize_t ignored = write(STDERR_FILENO, line, length + 7);
  (void)ignored;
  _exit(kExitInternal);
}

void InstallInternalErrorHandlers() {
  SetCheckHandler(DieOfCheck);
  struct sigaction action = {};
  action.sa_handler = DieOfAbort;
  sigemptyset(&action.sa_mask);
  sigaction(SIGABRT, &action, nullptr);
  action.sa_handler = DieOfCrash;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    struct sigaction old = {};
    // Sanitizers have theirs.
    if (sigaction(number, nullptr, &old) == 0 && old.sa_handler == SIG_DFL) {
      sigaction(number, &action, nullptr);
    }
  }
}

}  // namespace weft::tools
