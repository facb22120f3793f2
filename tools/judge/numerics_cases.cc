// The grid of exec/numerics for a judge that is another engine.
//
//   numerics_cases            prints one line of JSON for each numeric operator
//   numerics_cases OPERATOR   writes its cases: operands and immediate, a byte
//                             for the kind of trap (0: none), results; each in
//                             the size of its type, little-endian
#include <cstdio>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "exec/numerics/evaluate.h"
#include "exec/numerics/grid.h"
#include "exec/trap.h"
#include "ir/wasm/op.h"
#include "ir/wasm/op_rows.h"

namespace weft {
namespace {

using exec::V128;
using wasm::Op;

// Bytes of a value of the type that a letter of ops.def says; 'b' is a lane.
size_t SizeOf(char letter) {
  switch (letter) {
    case 'b':
      return 1;
    case 'i':
    case 'f':
      return 4;
    case 'l':
    case 'd':
      return 8;
  }
  return 16;
}

// The type of the immediate as such a letter, or "".
std::string ImmediateOf(Op op) {
  const std::string_view word = wasm::RowOf(op).immediates;
  if (word == "lane") return "b";
  if (word == "lanes16" || word == "v128") return "v";
  return word.empty()                                 ? ""
         : wasm::RowOf(op).signature.substr(1) == "i" ? "i"
         : wasm::RowOf(op).signature.substr(1) == "l" ? "l"
         : wasm::RowOf(op).signature.substr(1) == "f" ? "f"
                                                      : "d";
}

std::string_view NameOf(exec::NanShape shape) {
  switch (shape) {
    case exec::NanShape::kNone:
      return "";
    case exec::NanShape::kF32:
      return "f32";
    case exec::NanShape::kF64:
      return "f64";
    case exec::NanShape::kF32x4:
      return "f32x4";
    case exec::NanShape::kF64x2:
      return "f64x2";
  }
  return "";  // Not reached; g++ asks for it.
}

void ListOperators() {
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    if (!exec::HasNumeric(op)) continue;
    const wasm::OpInfo& info = wasm::InfoOf(op);
    const bool relaxed = (info.effects & wasm::kRelaxed) != 0;
    const std::string_view signature = wasm::RowOf(op).signature;
    std::printf(
        "%s\n",
        absl::StrCat("{\"text\":\"", info.text, "\",\"prefix\":", info.prefix,
                     ",\"code\":", info.code, ",\"signature\":\"",
                     std::string(signature), "\",\"immediate\":\"",
                     ImmediateOf(op), "\",\"nan\":\"",
                     std::string(NameOf(exec::NanShapeOf(op))),
                     "\",\"relaxed\":", relaxed ? "true" : "false", "}")
            .c_str());
  }
}

void Append(const V128& value, char letter, std::string* out) {
  uint8_t bytes[16];
  value.Store(bytes);
  out->append(reinterpret_cast<const char*>(bytes), SizeOf(letter));
}

void WriteCases(Op op) {
  const std::string_view signature = wasm::RowOf(op).signature;
  const size_t colon = signature.find(':');
  const std::string operand_letters =
      absl::StrCat(std::string(signature.substr(0, colon)), ImmediateOf(op));
  const std::string_view result_letters = signature.substr(colon + 1);
  std::string out;
  for (const std::vector<V128>& operands : exec::GridOf(op)) {
    const exec::Outcome outcome = exec::Evaluate(op, operands);
    for (size_t i = 0; i < operands.size(); ++i) {
      Append(operands[i], operand_letters[i], &out);
    }
    out += static_cast<char>(outcome.trap);
    for (size_t i = 0; i < result_letters.size(); ++i) {
      Append(outcome.results[i], result_letters[i], &out);
    }
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
}

int Run(int argc, char** argv) {
  if (argc == 1) {
    ListOperators();
    return 0;
  }
  const Op op = wasm::OpFromText(argv[1]);
  if (op == Op::kCount || !exec::HasNumeric(op)) {
    std::fprintf(stderr, "no numeric operator: %s\n", argv[1]);
    return 1;
  }
  WriteCases(op);
  return 0;
}

}  // namespace
}  // namespace weft

int main(int argc, char** argv) { return weft::Run(argc, argv); }
