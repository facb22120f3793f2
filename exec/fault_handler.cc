// The table of guarded accesses is copied from the section weft_traps and
// sorted when the handler is installed; the handler finds an instruction by
// binary search and a reservation by a scan of a plain array. It takes no lock
// and calls nothing that is not async-signal-safe.
#include "exec/fault_handler.h"

#include "exec/interpreter/guarded_access.h"
#include "exec/runtime/guard_support.h"

#if WEFT_CAN_GUARD

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>

// Begin and end of the section in this program or library, as the linker
// defines them; both null in a program without guarded accesses.
extern "C" {
[[gnu::weak, gnu::visibility("hidden")]]
extern const weft::exec::TrapSite __start_weft_traps[];
[[gnu::weak, gnu::visibility("hidden")]]
extern const weft::exec::TrapSite __stop_weft_traps[];
}

namespace weft::exec {
namespace {

struct Site {
  uintptr_t instruction;
  uintptr_t landing;
};

struct Reservation {
  std::atomic<uintptr_t> begin{0};  // 0: free.
  std::atomic<uintptr_t> end{0};
};

// Written under `mutex`, read by the handler.
struct State {
  std::mutex mutex;
  bool tried = false;
  bool installed = false;
  const Site* sites = nullptr;
  size_t num_sites = 0;
  struct sigaction previous_segv = {};
  struct sigaction previous_bus = {};
  std::atomic<int> num_reservations{0};  // Used or free, in a row.
  Reservation reservations[kMaxReservations];
};

constinit State g_state;

uintptr_t AddressOf(const int32_t& relative) {
  return reinterpret_cast<uintptr_t>(&relative) +
         static_cast<uintptr_t>(static_cast<intptr_t>(relative));
}

// The landing of the guarded access at `pc`, 0 when there is none.
uintptr_t FindLanding(uintptr_t pc) {
  const Site* begin = g_state.sites;
  const Site* end = begin + g_state.num_sites;
  const Site* site = std::lower_bound(
      begin, end, pc,
      [](const Site& a, uintptr_t b) { return a.instruction < b; });
  return site != end && site->instruction == pc ? site->landing : 0;
}

bool IsReserved(uintptr_t address) {
  const int count = g_state.num_reservations.load(std::memory_order_acquire);
  for (int i = 0; i < count; ++i) {
    const Reservation& r = g_state.reservations[i];
    if (address >= r.begin.load(std::memory_order_relaxed) &&
        address < r.end.load(std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

// What would have happened without us.
void Chain(int signal, siginfo_t* info, void* context) {
  const struct sigaction& previous =
      signal == SIGBUS ? g_state.previous_bus : g_state.previous_segv;
  const bool ignored =
      (previous.sa_flags & SA_SIGINFO) == 0 && previous.sa_handler == SIG_IGN;
  const bool is_default =
      (previous.sa_flags & SA_SIGINFO) == 0 && previous.sa_handler == SIG_DFL;
  // Sent by a process, not by the processor.
  const bool sent = info->si_code <= 0;
  if (ignored && sent) return;
  if (is_default || ignored) {
    // The access is repeated and now ends the process; what was sent is sent
    // again, and delivered when we have returned.
    struct sigaction action = {};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);
    if (sent) raise(signal);
    return;
  }
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &previous.sa_mask, &before);
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    previous.sa_sigaction(signal, info, context);
  } else {
    previous.sa_handler(signal);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Handle(int signal, siginfo_t* info, void* context) {
  auto* user = static_cast<ucontext_t*>(context);
  greg_t& pc = user->uc_mcontext.gregs[REG_RIP];
  if (info->si_code > 0) {
    const uintptr_t landing = FindLanding(static_cast<uintptr_t>(pc));
    if (landing != 0 &&
        IsReserved(reinterpret_cast<uintptr_t>(info->si_addr))) {
      pc = static_cast<greg_t>(landing);
      return;
    }
  }
  Chain(signal, info, context);
}

void CollectSites() {
  const TrapSite* begin = __start_weft_traps;
  const size_t count =
      begin == nullptr ? 0 : static_cast<size_t>(__stop_weft_traps - begin);
  Site* sites = new Site[count];
  for (size_t i = 0; i < count; ++i) {
    sites[i] = {AddressOf(begin[i].instruction), AddressOf(begin[i].landing)};
  }
  std::sort(sites, sites + count, [](const Site& a, const Site& b) {
    return a.instruction < b.instruction;
  });
  g_state.sites = sites;
  g_state.num_sites = count;
}

// The calling thread's signal stack; taken away and freed when it ends.
class SignalStack {
 public:
  SignalStack() {
    stack_t current;
    if (sigaltstack(nullptr, &current) != 0) return;
    if ((current.ss_flags & SS_DISABLE) == 0) return;
    void* memory = mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) return;
    stack_t stack = {};
    stack.ss_sp = memory;
    stack.ss_size = kSize;
    if (sigaltstack(&stack, nullptr) == 0) {
      memory_ = memory;
    } else {
      munmap(memory, kSize);
    }
  }
  ~SignalStack() {
    if (memory_ == nullptr) return;
    stack_t current;
    if (sigaltstack(nullptr, &current) == 0 && current.ss_sp == memory_) {
      stack_t off = {};
      off.ss_flags = SS_DISABLE;
      sigaltstack(&off, nullptr);
    }
    munmap(memory_, kSize);
  }

 private:
  static constexpr size_t kSize = 64 << 10;

  void* memory_ = nullptr;
};

}  // namespace

bool InstallFaultHandler() {
  std::lock_guard<std::mutex> lock(g_state.mutex);
  if (g_state.tried) return g_state.installed;
  g_state.tried = true;
  CollectSites();
  struct sigaction action = {};
  action.sa_sigaction = Handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  // What stood before is known before our handler can run.
  if (sigaction(SIGSEGV, nullptr, &g_state.previous_segv) != 0 ||
      sigaction(SIGBUS, nullptr, &g_state.previous_bus) != 0 ||
      sigaction(SIGSEGV, &action, nullptr) != 0) {
    return false;
  }
  if (sigaction(SIGBUS, &action, nullptr) != 0) {
    sigaction(SIGSEGV, &g_state.previous_segv, nullptr);
    return false;
  }
  g_state.installed = true;
  return true;
}

bool RegisterReservation(const void* begin, size_t size) {
  std::lock_guard<std::mutex> lock(g_state.mutex);
  const int count = g_state.num_reservations.load(std::memory_order_relaxed);
  int i = 0;
  while (i < count &&
         g_state.reservations[i].begin.load(std::memory_order_relaxed) != 0) {
    ++i;
  }
  if (i == kMaxReservations) return false;
  const auto address = reinterpret_cast<uintptr_t>(begin);
  g_state.reservations[i].end.store(address + size, std::memory_order_relaxed);
  g_state.reservations[i].begin.store(address, std::memory_order_relaxed);
  if (i == count) {
    g_state.num_reservations.store(count + 1, std::memory_order_release);
  }
  return true;
}

void UnregisterReservation(const void* begin) {
  std::lock_guard<std::mutex> lock(g_state.mutex);
  const int count = g_state.num_reservations.load(std::memory_order_relaxed);
  for (int i = 0; i < count; ++i) {
    Reservation& r = g_state.reservations[i];
    if (r.begin.load(std::memory_order_relaxed) ==
        reinterpret_cast<uintptr_t>(begin)) {
      r.end.store(0, std::memory_order_relaxed);
      r.begin.store(0, std::memory_order_relaxed);
      return;
    }
  }
}

void EnsureSignalStack() {
  // The one object with a destructor per thread: the system keeps its address.
  thread_local SignalStack stack;
  static_cast<void>(stack);
}

}  // namespace weft::exec

#else  // WEFT_CAN_GUARD

namespace weft::exec {

bool InstallFaultHandler() { return false; }
bool RegisterReservation(const void*, size_t) { return false; }
void UnregisterReservation(const void*) {}
void EnsureSignalStack() {}

}  // namespace weft::exec

#endif  // WEFT_CAN_GUARD
