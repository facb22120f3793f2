// The parent hands out blocks and reads reports from pipes; where a child is,
// it sees in shared memory.

#include "check/campaign/workers.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "check/campaign/investigate.h"
#include "check/campaign/ledger.h"

namespace weft::check {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

// What a child does: pairs of a block, or look into one that was a crash.
struct Work {
  uint64_t block = 0;
  uint64_t first = 0;
  uint64_t count = 0;
  Defect crash = Defect::kNone;  // Of pair `first`, to be looked into.
};

struct Child {
  pid_t pid = -1;
  int pipe = -1;
  Work work;
  std::string received;
  BlockProgress* progress = nullptr;
  uint64_t last_number = 0;
  Clock::time_point last_change;

  bool running() const { return pid > 0; }
};

void WriteAll(int fd, const std::string& text) {
  size_t at = 0;
  while (at < text.size()) {
    const ssize_t n = write(fd, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    at += static_cast<size_t>(n);
  }
}

class Pool {
 public:
  explicit Pool(const WorkerOptions& options) : options_(options) {}
  ~Pool() {
    for (Child& child : children_) Kill(child);
    if (shared_ != nullptr) munmap(shared_, shared_size_);
  }

  absl::Status Run();

 private:
  bool MakeShared();
  bool Start(Child& child, const Work& work);
  [[noreturn]] void ChildMain(int fd, const Work& work,
                              BlockProgress* progress);
  // Gives an idle child the next thing to do.
  bool Feed(Child& child);
  void Read(Child& child);
  void Finish(Child& child);
  void CheckHang(Child& child);
  void Kill(Child& child);
  void Crashed(Child& child, Defect defect);
  void Complete(uint64_t block, const CampaignReport& report);
  LiveCounts Counts() const;

  const WorkerOptions& options_;
  std::vector<Child> children_;
  std::vector<Work> retries_;  // The rest of blocks that crashed.
  std::map<uint64_t, CampaignReport> partial_;  // By block.
  std::map<uint64_t, int> parts_;  // Parts of a block that are not done.
  std::map<std::string, int> known_;
  void* shared_ = nullptr;
  size_t shared_size_ = 0;
  bool stop_ = false;
};

bool Pool::MakeShared() {
  const size_t count = children_.size();
  shared_size_ = count * sizeof(BlockProgress);
  shared_ = mmap(nullptr, shared_size_, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared_ == MAP_FAILED) {
    shared_ = nullptr;
    return false;
  }
  auto* const slots = static_cast<BlockProgress*>(shared_);
  for (size_t i = 0; i < count; ++i) {
    children_[i].progress = new (slots + i) BlockProgress;
  }
  return true;
}

void Pool::ChildMain(int fd, const Work& work, BlockProgress* progress) {
  // Ctrl-C is for the parent to handle.
  signal(SIGINT, SIG_IGN);
  CampaignReport report;
  if (work.crash == Defect::kNone) {
    BlockOptions options;
    options.pairs = options_.pairs;
    options.known = known_;
    options.reduce_seconds = options_.reduce_seconds;
    report = RunBlock(options, work.first, work.count, progress);
  } else {
    progress->investigating.store(true);
    InvestigateOptions investigate;
    investigate.isolated = true;
    investigate.seconds = options_.reduce_seconds;
    const Pair pair = MakePair(options_.pairs, work.first);
    report.pairs = 1;
    report.defects[static_cast<size_t>(work.crash)] = 1;
    report.findings.push_back(
        Investigate(options_.pairs, pair, work.crash, investigate));
    progress->investigating.store(false);
  }
  WriteAll(fd, ToJson(report).dump());
  _exit(0);
}

bool Pool::Start(Child& child, const Work& work) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  child.progress->number.store(work.first);
  child.progress->investigating.store(false);
  const pid_t pid = fork();
  if (pid < 0) {
    close(ends[0]);
    close(ends[1]);
    return false;
  }
  if (pid == 0) {
    for (const Child& other : children_) {
      if (other.running()) close(other.pipe);
    }
    close(ends[0]);
    ChildMain(ends[1], work, child.progress);
  }
  close(ends[1]);
  child.pid = pid;
  child.pipe = ends[0];
  child.work = work;
  child.received.clear();
  child.last_number = work.first;
  child.last_change = Clock::now();
  return true;
}

bool Pool::Feed(Child& child) {
  if (!retries_.empty()) {
    const Work work = retries_.back();
    if (!Start(child, work)) return false;
    retries_.pop_back();
    return true;
  }
  const std::optional<uint64_t> block = options_.next_block();
  if (!block) return true;
  parts_[*block] = 1;
  return Start(child,
               {*block, *block * kBlockPairs, kBlockPairs, Defect::kNone});
}

void Pool::Read(Child& child) {
  char buffer[1 << 16];
  const ssize_t n = read(child.pipe, buffer, sizeof(buffer));
  if (n < 0 && errno == EINTR) return;
  if (n > 0) {
    child.received.append(buffer, static_cast<size_t>(n));
    return;
  }
  Finish(child);
}

void Pool::Complete(uint64_t block, const CampaignReport& report) {
  CampaignReport& sum = partial_[block];
  sum.Add(report);
  for (const Finding& finding : report.findings) ++known_[finding.pass];
  if (--parts_[block] > 0) return;
  if (!options_.done(block, sum)) stop_ = true;
  partial_.erase(block);
  parts_.erase(block);
}

// The pairs before the one that crashed are checked again, since their report
// is gone with the process; so are those behind it.
void Pool::Crashed(Child& child, Defect defect) {
  const Work work = child.work;
  if (work.crash != Defect::kNone) {  // Not even looking into it went well.
    CampaignReport report;
    report.pairs = 1;
    report.defects[static_cast<size_t>(work.crash)] = 1;
    Finding& finding = report.findings.emplace_back();
    const Pair pair = MakePair(options_.pairs, work.first);
    finding.defect = work.crash;
    finding.seed = options_.pairs.seed;
    finding.number = work.first;
    finding.pipeline = pair.pipeline;
    finding.module = pair.before;
    Complete(work.block, report);
    return;
  }
  const uint64_t culprit = child.progress->number.load();
  --parts_[work.block];
  const auto add = [&](const Work& part) {
    retries_.push_back(part);
    ++parts_[work.block];
  };
  add({work.block, culprit, 1, defect});
  if (culprit > work.first) {
    add({work.block, work.first, culprit - work.first, Defect::kNone});
  }
  const uint64_t end = work.first + work.count;
  if (culprit + 1 < end) {
    add({work.block, culprit + 1, end - culprit - 1, Defect::kNone});
  }
}

void Pool::Finish(Child& child) {
  close(child.pipe);
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  child.pid = -1;
  absl::StatusOr<CampaignReport> report = absl::InvalidArgumentError("");
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    report = ReportFromJson(Json::parse(child.received, nullptr,
                                        /*allow_exceptions=*/false));
  }
  if (report.ok()) {
    Complete(child.work.block, *report);
  } else {
    Crashed(child, Defect::kCrash);
  }
}

void Pool::Kill(Child& child) {
  if (!child.running()) return;
  kill(child.pid, SIGKILL);
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  close(child.pipe);
  child.pid = -1;
}

void Pool::CheckHang(Child& child) {
  const uint64_t number = child.progress->number.load();
  const auto now = Clock::now();
  if (number != child.last_number) {
    child.last_number = number;
    child.last_change = now;
    return;
  }
  double limit = options_.hang_seconds;
  if (child.progress->investigating.load()) {
    limit = 10 * limit + 4 * options_.reduce_seconds;
  }
  if (std::chrono::duration<double>(now - child.last_change).count() < limit) {
    return;
  }
  Kill(child);
  Crashed(child, Defect::kHang);
}

LiveCounts Pool::Counts() const {
  LiveCounts counts;
  for (const Child& child : children_) {
    counts.pairs += child.progress->pairs.load(std::memory_order_relaxed);
    counts.useful += child.progress->useful.load(std::memory_order_relaxed);
    counts.defects += child.progress->defects.load(std::memory_order_relaxed);
  }
  return counts;
}

absl::Status Pool::Run() {
  children_.resize(static_cast<size_t>(std::max(1, options_.processes)));
  if (!MakeShared()) {
    return absl::ResourceExhaustedError("no memory to share with processes");
  }
  while (!stop_) {
    std::vector<pollfd> polls;
    std::vector<Child*> polled;
    bool failed = false;
    for (Child& child : children_) {
      if (!child.running() && !Feed(child)) failed = true;
      if (!child.running()) continue;
      polls.push_back({child.pipe, POLLIN, 0});
      polled.push_back(&child);
    }
    if (polls.empty()) {
      if (failed) return absl::ResourceExhaustedError("cannot start a process");
      break;
    }
    poll(polls.data(), polls.size(), 200);
    for (size_t i = 0; i < polls.size() && !stop_; ++i) {
      if (polls[i].revents != 0) {
        Read(*polled[i]);
      } else {
        CheckHang(*polled[i]);
      }
    }
    if (!options_.tick(Counts())) break;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunWorkers(const WorkerOptions& options) {
  return Pool(options).Run();
}

}  // namespace weft::check
