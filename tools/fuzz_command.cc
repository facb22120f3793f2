#include "tools/fuzz_command.h"

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "check/campaign/investigate.h"
#include "check/campaign/ledger.h"
#include "check/campaign/workers.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"
#include "tools/command_output.h"
#include "tools/file_io.h"
#include "tools/fuzz_options.h"
#include "tools/fuzz_report.h"
#include "tools/module_input.h"
#include "tools/progress.h"

namespace weft::tools {
namespace {

// Larger ones are slow to run and to reduce.
constexpr size_t kMaxCorpusModule = 64 << 10;
constexpr uint64_t kMaxLedger = 1 << 28;
// Between two writes of the ledger.
constexpr double kLedgerSeconds = 20;
// Between two live lines.
constexpr double kLineSeconds = 1;

volatile sig_atomic_t interrupted = 0;

void NoteInterrupt(int) { interrupted = 1; }

// One campaign; its steps in the order in which they are called.
class FuzzRun {
 public:
  FuzzRun(const Environment& env, FuzzOptions options)
      : env_(env),
        options_(std::move(options)),
        name_(CampaignName(options_)),
        ledger_(name_) {}

  int Run() {
    if (!CheckOutputs() || !ReadCorpus()) return exit_code_;
    if (options_.pair >= 0) return CheckOne();
    if (!ReadLedger()) return exit_code_;
    struct sigaction action = {};
    action.sa_handler = NoteInterrupt;
    sigaction(SIGINT, &action, nullptr);
    const absl::Status status = check::RunWorkers(Workers());
    EraseLine();
    if (!status.ok()) return Fail("processes", status);
    return Finish();
  }

 private:
  int Fail(const std::string& what, const absl::Status& status) {
    exit_code_ = FileError(env_, what, status);
    return exit_code_;
  }

  // Both complain when they fail.
  bool Write(const std::string& path, const std::string& text);
  bool CheckOutputs();
  bool ReadCorpus();
  bool ReadLedger();
  bool SaveLedger();
  check::WorkerOptions Workers();
  std::optional<uint64_t> NextBlock();
  bool Done(uint64_t block, const check::CampaignReport& report);
  bool Tick(const check::LiveCounts& counts);
  void EraseLine();
  bool WriteFindings();
  int Finish();
  int CheckOne();

  const Environment& env_;
  FuzzOptions options_;
  const std::string name_;
  const double start_ = SteadySeconds();
  check::Ledger ledger_;
  uint64_t next_ = 0;   // Block of the shard, counted within it.
  uint64_t given_ = 0;  // Blocks of the shard given out or done before.
  double saved_ = SteadySeconds();
  double line_ = SteadySeconds();
  bool line_visible_ = false;
  std::set<std::string> written_;
  int exit_code_ = kExitOk;
};

bool FuzzRun::Write(const std::string& path, const std::string& text) {
  exit_code_ = WriteTextOutput(env_, path, [&text](std::string* out) {
    *out = text;
    return kExitOk;
  });
  return exit_code_ == kExitOk;
}

// What cannot be written is to be known before hours are spent.
bool FuzzRun::CheckOutputs() {
  std::error_code error;
  if (!options_.out.empty() &&
      !std::filesystem::is_directory(options_.out, error)) {
    Fail(options_.out, absl::NotFoundError("not a directory"));
    return false;
  }
  if (options_.report.empty()) return true;
  const absl::Status report =
      OutputFile::Resolve(*env_.files, options_.report).status();
  if (!report.ok()) Fail(options_.report, report);
  return report.ok();
}

// Takes the modules that are valid, in the order of their names.
bool FuzzRun::ReadCorpus() {
  if (options_.corpus.empty()) return true;
  std::error_code error;
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(options_.corpus, error)) {
    const std::string extension = entry.path().extension();
    if (extension == ".wasm" || extension == ".wat") {
      paths.push_back(entry.path());
    }
  }
  if (error) {
    Fail(options_.corpus, absl::NotFoundError(error.message()));
    return false;
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    absl::StatusOr<ModuleInput> input =
        ReadModuleInput(*env_.files, path, options_.features);
    if (!input.ok() || input->bytes.size() > kMaxCorpusModule) continue;
    const auto module =
        wasm::ReadModule(input->bytes, {.features = options_.features});
    if (!module.ok() || !wasm::ValidateAll(*module, 1).ok()) continue;
    options_.pairs.corpus.push_back(std::move(input->bytes));
  }
  if (!options_.pairs.corpus.empty()) return true;
  Fail(options_.corpus,
       absl::NotFoundError("no valid module of 64 KiB or less"));
  return false;
}

bool FuzzRun::ReadLedger() {
  if (options_.ledger.empty()) return true;
  const auto bytes = ReadWholeFile(*env_.files, options_.ledger, kMaxLedger);
  if (absl::IsNotFound(bytes.status())) return SaveLedger();
  if (!bytes.ok()) {
    Fail(options_.ledger, bytes.status());
    return false;
  }
  auto ledger = check::Ledger::Parse(
      {reinterpret_cast<const char*>(bytes->data()), bytes->size()}, name_);
  if (!ledger.ok()) {
    Fail(options_.ledger, ledger.status());
    return false;
  }
  ledger_ = *std::move(ledger);
  return true;
}

bool FuzzRun::SaveLedger() {
  if (options_.ledger.empty()) return true;
  saved_ = SteadySeconds();
  return Write(options_.ledger, ledger_.Text());
}

std::optional<uint64_t> FuzzRun::NextBlock() {
  while (options_.count == 0 || given_ * check::kBlockPairs < options_.count) {
    const uint64_t block = next_++ * options_.shards + options_.shard;
    ++given_;
    if (!ledger_.done(block)) return block;
  }
  return std::nullopt;
}

bool FuzzRun::Done(uint64_t block, const check::CampaignReport& report) {
  ledger_.Add(block, report);
  if (!report.findings.empty() && !WriteFindings()) return false;
  return SteadySeconds() - saved_ < kLedgerSeconds || SaveLedger();
}

bool FuzzRun::Tick(const check::LiveCounts& counts) {
  const double now = SteadySeconds();
  if (interrupted != 0) return false;
  if (env_.stderr_is_terminal && !options_.quiet &&
      now - line_ >= kLineSeconds) {
    line_ = now;
    line_visible_ = true;
    PrintError(env_, absl::StrCat("\r\x1b[K", FuzzLine(counts, now - start_)));
  }
  return options_.seconds == 0 || now - start_ < options_.seconds;
}

void FuzzRun::EraseLine() {
  if (line_visible_) PrintError(env_, "\r\x1b[K");
}

check::WorkerOptions FuzzRun::Workers() {
  check::WorkerOptions out;
  out.pairs = options_.pairs;
  out.processes = options_.jobs;
  out.next_block = [this] { return NextBlock(); };
  out.done = [this](uint64_t block, const check::CampaignReport& report) {
    return Done(block, report);
  };
  out.tick = [this](const check::LiveCounts& counts) { return Tick(counts); };
  return out;
}

bool FuzzRun::WriteFindings() {
  if (options_.out.empty()) return true;
  for (const check::Finding& finding : ledger_.report().findings) {
    const std::string path =
        absl::StrCat(options_.out, "/", FindingName(finding));
    if (!written_.insert(path).second) continue;
    if (!Write(path, check::TestCaseText(finding))) return false;
  }
  return true;
}

int FuzzRun::Finish() {
  if (exit_code_ != kExitOk) return exit_code_;
  const check::CampaignReport& report = ledger_.report();
  if (!SaveLedger() || !WriteFindings()) return exit_code_;
  if (!options_.report.empty() &&
      !Write(options_.report, FuzzJson(report, name_))) {
    return exit_code_;
  }
  if (!options_.quiet) {
    const int printed = Print(env_, FuzzSummary(report));
    if (printed != kExitOk) return printed;
  }
  return report.defects[0] == report.pairs ? kExitOk : kExitInvalid;
}

int FuzzRun::CheckOne() {
  const check::Pair pair =
      check::MakePair(options_.pairs, static_cast<uint64_t>(options_.pair));
  check::PairChecker checker(options_.pairs);
  const check::Defect defect = checker.Check(pair).defect;
  check::Finding finding;
  if (defect == check::Defect::kNone) {
    finding.seed = options_.pairs.seed;
    finding.number = pair.number;
    finding.pipeline = pair.pipeline;
    finding.module = pair.before;
  } else {
    finding = check::Investigate(options_.pairs, pair, defect, {});
  }
  if (!options_.out.empty()) {
    const std::string path =
        absl::StrCat(options_.out, "/", FindingName(finding));
    if (!Write(path, check::TestCaseText(finding))) return exit_code_;
  }
  const int printed =
      Print(env_, absl::StrCat("pair ", pair.number, ", ",
                               check::PipelineText(pair.pipeline), ": ",
                               check::DefectText(defect), "\n", finding.what,
                               finding.what.empty() ? "" : "\n"));
  if (printed != kExitOk) return printed;
  return defect == check::Defect::kNone ? kExitOk : kExitInvalid;
}

}  // namespace

int RunFuzz(const Environment& env, absl::Span<const absl::string_view> args) {
  absl::StatusOr<FuzzOptions> options = ParseFuzzOptions(args);
  if (!options.ok()) return UsageError(env, options.status().message());
  if (options->help) return Print(env, FuzzHelp());
  return FuzzRun(env, *std::move(options)).Run();
}

}  // namespace weft::tools
