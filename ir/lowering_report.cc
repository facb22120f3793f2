// What a round trip through the SSA form does to the size of code, function by
// function: lowering_report [--worst=N] [--out=FILE] MODULE...
//
// Sizes are those of bodies in their minimal encoding (as -O0 writes them)
// against bodies that were lifted and lowered, without any fallback.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "ir/lift.h"
#include "ir/lower.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/reader.h"

namespace weft::ir {
namespace {

struct Options {
  int worst = 0;
  std::string out;
  std::vector<std::string> files;
};

struct Sizes {
  uint32_t func;
  long before;
  long after;
};

std::vector<uint8_t> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The body as -O0 writes it.
size_t MinimalSize(const wasm::Module& module, wasm::FuncIndex func) {
  const wasm::Function& f = module.funcs[func];
  wasm::ByteReader reader(f.body, f.body_offset);
  std::vector<ValueType> locals;
  if (!wasm::ReadLocals(&reader, &locals).ok()) return 0;
  wasm::ByteWriter out;
  wasm::WriteLocals(absl::MakeConstSpan(locals), &out);
  wasm::OperatorReader ops(reader.rest(), reader.offset(), module.features);
  wasm::Operator op;
  while (!ops.done()) {
    if (!ops.Read(&op).ok()) return 0;
    WriteOperator(op, &out);
  }
  return out.size();
}

// The input with its code section replaced.
void WriteWithCode(const std::string& path, const std::vector<uint8_t>& input,
                   const wasm::ByteWriter& code) {
  wasm::ByteWriter out;
  out.Bytes(absl::MakeConstSpan(input).subspan(0, 8));
  wasm::ByteReader reader(absl::MakeConstSpan(input).subspan(8), 8);
  uint8_t id;
  while (reader.remaining() > 0 && reader.ReadByte(&id)) {
    uint32_t size = 0;
    absl::Span<const uint8_t> content;
    if (!reader.ReadU32(&size) || !reader.ReadBytes(size, &content)) return;
    if (id == 0) continue;
    if (id == 10) content = code.bytes();
    out.Byte(id);
    out.U32(static_cast<uint32_t>(content.size()));
    out.Bytes(content);
  }
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(out.bytes().data()),
             static_cast<std::streamsize>(out.size()));
}

// The ratio of code sizes, or 0 on an error.
double Report(const std::string& path, const Options& options) {
  const std::vector<uint8_t> input = ReadFile(path);
  auto module_or = wasm::ReadModule(input, {});
  if (!module_or.ok()) {
    std::fprintf(stderr, "%s: %s\n", path.c_str(),
                 module_or.status().ToString().c_str());
    return 0;
  }
  const wasm::Module& module = *module_or;
  const TypeLookup types(module);
  Lifter lifter;
  Lowerer lowerer(module, types);
  Function function;
  std::vector<Sizes> sizes;
  wasm::ByteWriter code;
  code.U32(static_cast<uint32_t>(module.funcs.size()) -
           module.num_imported_funcs);
  long before = 0, after = 0, kept = 0;
  double seconds = 0;
  for (uint32_t i = module.num_imported_funcs; i < module.funcs.size(); ++i) {
    const auto start = std::chrono::steady_clock::now();
    wasm::ByteWriter body;
    absl::Status status = lifter.Lift(module, i, &function);
    if (status.ok()) status = lowerer.Lower(&function, &body);
    seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
    if (!status.ok()) {
      ++kept;
      std::fprintf(stderr, "%s: function %u: %s\n", path.c_str(), i,
                   status.ToString().c_str());
      body.clear();
      body.Bytes(module.funcs[i].body);
    }
    const long minimal = static_cast<long>(MinimalSize(module, i));
    before += minimal;
    after += static_cast<long>(body.size());
    sizes.push_back({i, minimal, static_cast<long>(body.size())});
    code.U32(static_cast<uint32_t>(body.size()));
    code.Bytes(body.bytes());
  }
  if (!options.out.empty()) WriteWithCode(options.out, input, code);
  const double ratio = static_cast<double>(after) / static_cast<double>(before);
  std::printf("%-44s %9ld %9ld %7.4f %7.2f MB/s kept %ld\n", path.c_str(),
              before, after, ratio, static_cast<double>(before) / 1e6 / seconds,
              kept);
  std::stable_sort(sizes.begin(), sizes.end(),
                   [](const Sizes& a, const Sizes& b) {
                     return a.after - a.before > b.after - b.before;
                   });
  for (int i = 0; i < options.worst && i < static_cast<int>(sizes.size());
       ++i) {
    std::printf("  function %u: %ld -> %ld\n", sizes[i].func, sizes[i].before,
                sizes[i].after);
  }
  return ratio;
}

int Main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], "--worst=", 8) == 0) {
      options.worst = std::atoi(argv[i] + 8);
    } else if (std::strncmp(argv[i], "--out=", 6) == 0) {
      options.out = argv[i] + 6;
    } else {
      options.files.push_back(argv[i]);
    }
  }
  double log_sum = 0;
  double worst = 0;
  int count = 0;
  for (const std::string& file : options.files) {
    const double ratio = Report(file, options);
    if (ratio == 0) continue;
    log_sum += std::log(ratio);
    worst = std::max(worst, ratio);
    ++count;
  }
  if (count == 0) return 1;
  std::printf("geometric mean %.4f, worst %.4f\n", std::exp(log_sum / count),
              worst);
  return 0;
}

}  // namespace
}  // namespace weft::ir

int main(int argc, char** argv) { return weft::ir::Main(argc, argv); }
