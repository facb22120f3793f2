// How small and how fast the reducer gets what it finds in real modules:
//
//   ./bazelw run -c opt //tools/bench:reduce_bench -- [FOLDER...] [-v]
//
// Takes every .wasm file below the folders (default: testdata/programs), tries
// each kind of finding on it, and prints a line for those that are there.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "check/reduce/reduce.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/printer.h"
#include "tools/bench/reduce_cases.h"

namespace weft::tools {
namespace {

using wasm::Op;
using Bytes = std::vector<uint8_t>;

struct Kind {
  const char* name;
  check::Interesting interesting;
};

std::vector<Kind> AllKinds() {
  return {
      {"shr_u for shr_s", MiscompiledBy({Op::kI32ShrS, Op::kI32ShrU})},
      {"lt_u for lt_s", MiscompiledBy({Op::kI32LtS, Op::kI32LtU})},
      {"le_u for lt_u", MiscompiledBy({Op::kI32LtU, Op::kI32LeU})},
      {"load8_u for load8_s", MiscompiledBy({Op::kI32Load8S, Op::kI32Load8U})},
      {"load16_u for load8_u",
       MiscompiledBy({Op::kI32Load8U, Op::kI32Load16U})},
      {"or for add", MiscompiledBy({Op::kI32Add, Op::kI32Or})},
      {"i64 shr_s for shr_u", MiscompiledBy({Op::kI64ShrU, Op::kI64ShrS})},
      {"f64 le for lt", MiscompiledBy({Op::kF64Lt, Op::kF64Le})},
      {"add under load",
       HasSequence({Op::kI32Add, Op::kI32Load, Op::kI32Add, Op::kI32Store})},
      {"loop in if", HasSequence({Op::kI32Eqz, Op::kIf, Op::kLoop})},
      {"gvn removes and", RemovedBy("gvn", Op::kI32And)},
      {"rules remove eq", RemovedBy("simplify-branches", Op::kI32Eq)},
  };
}

std::vector<std::string> Modules(std::vector<std::string> folders) {
  std::vector<std::string> files;
  for (const std::string& folder : folders) {
    if (!std::filesystem::is_directory(folder)) {
      files.push_back(folder);
      continue;
    }
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".wasm") {
        files.push_back(entry.path().string());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

class Bench {
 public:
  explicit Bench(bool verbose) : verbose_(verbose) {
    std::printf("%-28s %-22s %9s %8s %7s %5s %8s %8s %8s\n", "module",
                "finding", "bytes", "to", "ops", "to", "asked", "made", "s");
  }

  void Run(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
    const std::string name = std::filesystem::path(path).filename().string();
    for (const Kind& kind : AllKinds()) {
      check::ReduceReport report;
      check::ReduceOptions options;
      const absl::StatusOr<Bytes> result =
          Reduce(bytes, kind.interesting, options, &report);
      if (!result.ok()) continue;
      Print(name, kind.name, report);
      if (verbose_) PrintResult(*result, report);
      operators_.push_back(static_cast<double>(report.operators_after));
      seconds_.push_back(report.seconds);
    }
  }

  void Summarize() const {
    std::printf("%zu findings, median %.0f operators in %.2f s\n",
                operators_.size(), Median(operators_), Median(seconds_));
    if (operators_.empty()) return;
    std::printf("most: %.0f operators, %.2f s\n",
                *std::max_element(operators_.begin(), operators_.end()),
                *std::max_element(seconds_.begin(), seconds_.end()));
  }

 private:
  static void Print(const std::string& module, const char* kind,
                    const check::ReduceReport& report) {
    std::printf("%-28s %-22s %9zu %8zu %7zu %5zu %8zu %8zu %8.2f%s\n",
                module.c_str(), kind, size_t{report.bytes_before},
                size_t{report.bytes_after}, size_t{report.operators_before},
                size_t{report.operators_after}, size_t{report.asked},
                size_t{report.candidates}, report.seconds,
                report.out_of_time ? " (out of time)" : "");
    std::fflush(stdout);
  }

  static void PrintResult(const Bytes& bytes,
                          const check::ReduceReport& report) {
    const absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
    if (!module.ok()) return;
    const absl::StatusOr<std::string> text = PrintModuleText(*module);
    if (text.ok()) std::printf("%s", text->c_str());
    for (const check::ReductionReport& row : report.reductions) {
      if (row.tried == 0) continue;
      std::printf("  %-18s %6zu asked, %5zu kept\n",
                  std::string(row.name).c_str(), size_t{row.tried},
                  size_t{row.kept});
    }
  }

  bool verbose_;
  std::vector<double> operators_;
  std::vector<double> seconds_;
};

int Main(int argc, char** argv) {
  bool verbose = false;
  std::vector<std::string> folders;
  for (int i = 1; i < argc; ++i) {
    if (absl::string_view(argv[i]) == "-v") {
      verbose = true;
    } else {
      folders.push_back(argv[i]);
    }
  }
  if (folders.empty()) folders.push_back("testdata/programs");
  Bench bench(verbose);
  for (const std::string& path : Modules(folders)) bench.Run(path);
  bench.Summarize();
  return 0;
}

}  // namespace
}  // namespace weft::tools

int main(int argc, char** argv) { return weft::tools::Main(argc, argv); }
