#include "tools/run_options.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tools/executor_options.h"
#include "tools/option_setters.h"
#include "tools/options.h"

namespace weft::tools {
namespace {

// "64M": a number of bytes with K, M, G (powers of 1024) or nothing behind it.
absl::StatusOr<uint64_t> ParseBytes(absl::string_view value) {
  uint64_t unit = 1;
  absl::string_view digits = value;
  if (!digits.empty()) {
    switch (digits.back()) {
      case 'K':
      case 'k':
        unit = uint64_t{1} << 10;
        break;
      case 'M':
      case 'm':
        unit = uint64_t{1} << 20;
        break;
      case 'G':
      case 'g':
        unit = uint64_t{1} << 30;
        break;
      default:
        break;
    }
  }
  if (unit != 1) digits.remove_suffix(1);
  uint64_t number = 0;
  uint64_t bytes = 0;
  if (!absl::SimpleAtoi(digits, &number) ||
      __builtin_mul_overflow(number, unit, &bytes)) {
    return absl::InvalidArgumentError(
        "is no number of bytes, such as 65536, 64M or 2G");
  }
  return bytes;
}

template <uint64_t exec::StoreOptions::* kMember>
absl::Status SetBytes(absl::string_view value, RunOptions& options) {
  const absl::StatusOr<uint64_t> bytes = ParseBytes(value);
  if (!bytes.ok()) return bytes.status();
  options.store.*kMember = *bytes;
  return absl::OkStatus();
}

absl::Status SetFuel(absl::string_view value, RunOptions& options) {
  uint64_t fuel = 0;
  if (!absl::SimpleAtoi(value, &fuel) || fuel >> 63 != 0) {
    return absl::InvalidArgumentError("is no number of operators below 2^63");
  }
  options.fuel = fuel;
  options.engine.metering = true;
  return absl::OkStatus();
}

absl::Status SetStubResults(absl::string_view value, RunOptions& options) {
  uint32_t results = 0;
  if (!absl::SimpleAtoi(value, &results)) {
    return absl::InvalidArgumentError("is no number of 32 bits");
  }
  options.stub_imports = true;
  options.stub_results = results;
  return absl::OkStatus();
}

absl::Status SetBounds(absl::string_view value, RunOptions& options) {
  return ParseBounds(value, &options.engine);
}

absl::Status SetTranslate(absl::string_view value, RunOptions& options) {
  return ParseTranslate(value, &options.engine);
}

absl::Status SetNoFuse(absl::string_view value, RunOptions& options) {
  return ParseNoFuse(value, &options.engine);
}

absl::Status SetDeterministic(absl::string_view, RunOptions& options) {
  options.engine.canonical_nans = true;
  return absl::OkStatus();
}

absl::Status SetGcStress(absl::string_view, RunOptions& options) {
  options.store.gc_stress = true;
  return absl::OkStatus();
}

absl::Status SetStats(absl::string_view, RunOptions& options) {
  options.stats = true;
  options.engine.count_operators = true;
  return absl::OkStatus();
}

absl::Status SetStatsJson(absl::string_view path, RunOptions& options) {
  if (path.empty()) return absl::InvalidArgumentError("empty file name");
  if (path == "-") {
    return absl::InvalidArgumentError(
        "is standard output, where results are printed");
  }
  options.stats_json = std::string(path);
  options.engine.count_operators = true;
  return absl::OkStatus();
}

constexpr Option<RunOptions> kOptions[] = {
    {{"--invoke", "NAME",
      "call this export with the arguments behind the module\n"
      "and print its results (default: _start, if there is one)"},
     SetText<&RunOptions::invoke>},
    {{"--stub-imports", "",
      "imports that are not known trap when they are called"},
     Set<&RunOptions::stub_imports>},
    {{"--stub-results", "N",
      "the same, but they return N; 52 is \"not supported\" to\n"
      "programs that ask WASI"},
     SetStubResults},
    {{"--fuel", "N", "stop after N operators"}, SetFuel},
    {{"--timeout", "SECONDS", "stop after so much time"},
     SetSeconds<&RunOptions::timeout_seconds>},
    {{"--max-memory", "BYTES",
      "of all memories; K, M and G may follow (default 4G)"},
     SetBytes<&exec::StoreOptions::max_memory>},
    {{"--max-heap", "BYTES", "of structs, arrays, exceptions (default 1G)"},
     SetBytes<&exec::StoreOptions::max_heap>},
    {{"--max-stack", "BYTES", "of frames and returns (default 64M)"},
     SetBytes<&exec::StoreOptions::max_stack>},
    {{"--stats", "",
      "print operators by class, calls, memory and time on\n"
      "standard error"},
     SetStats},
    {{"--stats-json", "FILE",
      "write them, and each operator, for programs to read"},
     SetStatsJson},
    {kBoundsOption, SetBounds},
    {kTranslateOption, SetTranslate},
    {kNoFuseOption, SetNoFuse},
    {{"--deterministic", "", "make NaNs canonical"}, SetDeterministic},
    {kGcStressOption, SetGcStress},
    {{"--disassemble", "", "print the bytecode instead of running it"},
     Set<&RunOptions::disassemble>},
    {{"-h, --help", "", "print this and end"}, Set<&RunOptions::help>},
};

}  // namespace

absl::StatusOr<RunOptions> ParseRunOptions(
    absl::Span<const absl::string_view> args) {
  RunOptions options;
  options.store.max_memory = uint64_t{4} << 30;
  options.store.max_stack = uint64_t{64} << 20;
  absl::StatusOr<std::vector<std::string>> positional =
      ParseOptions<RunOptions>(kOptions, args, options);
  if (!positional.ok()) return positional.status();
  if (options.help) return options;
  if (positional->empty()) {
    return absl::InvalidArgumentError(
        "no module given: weft run MODULE [ARGUMENT...] (- is standard "
        "input)");
  }
  options.input = std::move(positional->front());
  options.arguments.assign(positional->begin() + 1, positional->end());
  if (options.invoke.empty() && !options.arguments.empty()) {
    return absl::InvalidArgumentError(
        "arguments need --invoke, the name of a function");
  }
  return options;
}

std::string RunHelp() {
  return absl::StrCat(
      "weft run MODULE [ARGUMENT...] [options]\n\n"
      "Instantiates a module and calls a function of it: the export that\n"
      "--invoke names, or _start. - is standard input. Arguments are numbers,\n"
      "for f32 and f64 also inf, nan and 0x1.8p3, for references null;\n"
      "negative ones go behind --.\n\n",
      OptionHelp(TextsOf<RunOptions>(kOptions)),
      "\nExit codes: 0 it returned, 1 invalid input or an error of a file, "
      "2 wrong\n"
      "arguments, 134 it trapped or threw, 70 a defect of weft or no memory "
      "left.\n");
}

}  // namespace weft::tools
