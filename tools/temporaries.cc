#include "tools/temporaries.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

namespace weft::tools {
namespace {

enum SlotState : int { kFree, kClaimed, kArmed };

struct Slot {
  std::atomic<int> state;
  char path[PATH_MAX];
};

// An output and its statistics, and a file and a child for each of 256 jobs;
// the others are spare.
constexpr int kSlots = 260;
constinit Slot slots[kSlots] = {};
constinit std::atomic<int> children[kSlots] = {};  // 0: none.

void RemoveAndDie(int signal_number) {
  RemoveTemporaries();
  // SA_RESETHAND has put the default action back.
  raise(signal_number);
}

}  // namespace

int RememberTemporary(const std::string& path) {
  if (path.size() >= PATH_MAX) return -1;
  for (int i = 0; i < kSlots; ++i) {
    int free = kFree;
    if (!slots[i].state.compare_exchange_strong(free, kClaimed)) continue;
    std::memcpy(slots[i].path, path.c_str(), path.size() + 1);
    slots[i].state.store(kArmed);
    return i;
  }
  return -1;
}

void ForgetTemporary(int slot) {
  if (slot >= 0) slots[slot].state.store(kFree);
}

int RememberChild(int process_group) {
  for (int i = 0; i < kSlots; ++i) {
    int none = 0;
    if (children[i].compare_exchange_strong(none, process_group)) return i;
  }
  return -1;
}

void ForgetChild(int slot) {
  if (slot >= 0) children[slot].store(0);
}

void RemoveTemporaries() {
  const int saved_errno = errno;
  for (std::atomic<int>& child : children) {
    const int group = child.load();
    if (group > 0) kill(-group, SIGKILL);
  }
  for (Slot& slot : slots) {
    if (slot.state.load() == kArmed) unlink(slot.path);
  }
  errno = saved_errno;
}

void InstallSignalHandlers() {
  struct sigaction action = {};
  action.sa_handler = RemoveAndDie;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  sigemptyset(&action.sa_mask);
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU}) {
    struct sigaction old = {};
    if (sigaction(number, nullptr, &old) == 0 && old.sa_handler != SIG_IGN) {
      sigaction(number, &action, nullptr);
    }
  }
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigemptyset(&ignore.sa_mask);
  for (int number : {SIGPIPE, SIGXFSZ}) sigaction(number, &ignore, nullptr);
}

}  // namespace weft::tools
