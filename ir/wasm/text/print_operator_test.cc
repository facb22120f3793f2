// Every row of ops.def, with immediates that are all different: as printed,
// and as parsed back, flat and folded.
#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ir/wasm/op.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/printer.h"

namespace weft::wasm {
namespace {

using testing::Body;
using testing::Bytes;
using testing::Vec;

// Two tables and two memories, so that both are named. Type 1 is a function
// type [i32] -> [i64].
Bytes ModuleWith(const Bytes& code) {
  const Bytes table = {0x70, 0, 1};
  const Bytes memory = {0, 1};
  return testing::ModuleBuilder()
      .Section(SectionId::kType, Vec({{0x60, 0, 0}, {0x60, 1, 0x7f, 1, 0x7e}}))
      .Section(SectionId::kFunction, Vec({{0}}))
      .Section(SectionId::kTable, Vec({table, table}))
      .Section(SectionId::kMemory, Vec({memory, memory}))
      .Section(SectionId::kCode, Vec({Body(code)}))
      .Build();
}

// With what kRests expects.
Operator SampleOf(Op op) {
  static constexpr uint32_t kLabels[] = {2, 0, 1};
  static constexpr ValueType kTypes[] = {ValueType::kF32};
  static constexpr CatchClause kCatches[] = {
      {CatchClause::kCatch, 1, 2},
      {CatchClause::kCatchRef, 2, 1},
      {CatchClause::kCatchAll, kNoIndex, 0},
      {CatchClause::kCatchAllRef, kNoIndex, 1},
  };
  const OpInfo& info = InfoOf(op);
  Operator sample;
  sample.op = op;
  sample.index[0] = 1;
  sample.index[1] = 2;
  sample.mem = {16, 1, 3};
  sample.value = 0xfffffffffffffffeu;
  sample.value_high = 0x0f0e0d0c0b0a0908u;
  sample.block_type.kind = BlockType::kTypeIndex;
  sample.block_type.index = 1;
  sample.heap[0] = HeapType::kAny;
  sample.heap[1] = HeapType::Defined(1);
  sample.labels = kLabels;
  sample.types = kTypes;
  sample.catches = kCatches;
  for (ImmediateKind kind : info.immediates) {
    if (kind == ImmediateKind::kI32) sample.value = 0xfffffffeu;
    if (kind == ImmediateKind::kF32) {
      sample.value = std::bit_cast<uint32_t>(1.5f);
    }
    if (kind == ImmediateKind::kF64) {
      sample.value = std::bit_cast<uint64_t>(-0.25);
    }
    if (kind == ImmediateKind::kLanes16) sample.value = 0x0706050403020100u;
    if (kind == ImmediateKind::kOrdering) sample.index[0] = 0;
  }
  return sample;
}

// What follows the operator's name, by the immediates column of its row.
const std::map<std::string, std::string>& Rests() {
  static const auto* const kRests = new std::map<std::string, std::string>{
      {"", ""},
      {"blocktype", " (type 1) (param i32) (result i64)"},
      {"blocktype catches",
       " (type 1) (param i32) (result i64) (catch 1 2) (catch_ref 2 1) "
       "(catch_all 0) (catch_all_ref 1)"},
      {"label", " 1"},
      {"labels", " 2 0 1"},
      {"func", " 1"},
      {"type", " 1"},
      {"type table", " 2 (type 1) (param i32) (result i64)"},
      {"castflags label heaptype heaptype", " 2 anyref (ref 1)"},
      {"valuetypes", " (result f32)"},
      {"local", " 1"},
      {"global", " 1"},
      {"table", " 1"},
      {"elem table", " 2 1"},
      {"elem", " 1"},
      {"table table", " 1 2"},
      {"memarg", " 1 offset=16 align=8"},
      {"memarg lane", " 1 offset=16 align=8 1"},
      {"memory", " 1"},
      {"data memory", " 2 1"},
      {"data", " 1"},
      {"memory memory", " 1 2"},
      {"i32", " -2"},
      {"i64", " -2"},
      {"f32", " 1.5"},
      {"f64", " -0.25"},
      {"v128", " i32x4 0xfffffffe 0xffffffff 0x0b0a0908 0x0f0e0d0c"},
      {"lane", " 1"},
      {"lanes16", " 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"},
      {"tag", " 1"},
      {"type field", " 1 2"},
      {"type count", " 1 2"},
      {"type data", " 1 2"},
      {"type elem", " 1 2"},
      {"type type", " 1 2"},
      {"ordering", ""},
  };
  return *kRests;
}

constexpr const char* kImmediates[] = {
#define WEFT_OP(name, text, prefix, code, op_class, immediates, ...) immediates,
#include "ir/wasm/ops.def"
#undef WEFT_OP
};

std::string ExpectedText(Op op) {
  const OpInfo& info = InfoOf(op);
  const std::string immediates = kImmediates[static_cast<int>(op)];
  if (immediates == "heaptype") {
    if (op == Op::kRefNull) return "ref.null any";
    const bool nullable = op == Op::kRefTestNull || op == Op::kRefCastNull;
    return absl::StrCat(info.text, nullable ? " anyref" : " (ref any)");
  }
  const auto found = Rests().find(immediates);
  if (found == Rests().end()) return "no expectation";
  std::string rest = found->second;
  if (info.access_bytes == 8 && absl::StartsWith(immediates, "memarg")) {
    rest = rest.substr(0, rest.find(" align")) +
           (immediates == "memarg" ? "" : " 1");
  }
  return absl::StrCat(info.text, rest);
}

// `op` within two blocks, with what makes it well nested.
Bytes CodeOf(Op op) {
  ByteWriter out;
  const auto write = [&](Op other) {
    Operator plain;
    plain.op = other;
    WriteOperator(plain, &out);
  };
  write(Op::kBlock);
  write(Op::kBlock);
  if (op == Op::kElse) write(Op::kIf);
  if (op == Op::kCatch || op == Op::kCatchAll || op == Op::kDelegate) {
    write(Op::kTry);
  }
  const bool opens = op == Op::kBlock || op == Op::kLoop || op == Op::kIf ||
                     op == Op::kTry || op == Op::kTryTable;
  WriteOperator(SampleOf(op), &out);
  if (opens || op == Op::kElse || op == Op::kCatch || op == Op::kCatchAll) {
    write(Op::kEnd);
  }
  if (op != Op::kEnd) write(Op::kEnd);
  write(Op::kEnd);
  return out.Take();
}

class PrintOperatorTest : public ::testing::TestWithParam<int> {
 protected:
  static std::string Print(const Bytes& bytes, bool folded) {
    absl::StatusOr<Module> module = ReadModule(bytes);
    EXPECT_TRUE(module.ok()) << module.status();
    if (!module.ok()) return "";
    PrintTextOptions options;
    options.folded = folded;
    absl::StatusOr<std::string> text = PrintModuleText(*module, options);
    EXPECT_TRUE(text.ok()) << text.status();
    return text.ok() ? *text : "";
  }
};

TEST_P(PrintOperatorTest, IsPrintedFlat) {
  const auto op = static_cast<Op>(GetParam());
  const std::string text = Print(ModuleWith(CodeOf(op)), false);
  const std::string line = absl::StrCat(" ", ExpectedText(op), "\n");
  EXPECT_TRUE(absl::StrContains(text, line)) << line << text;
}

TEST_P(PrintOperatorTest, ParsesBack) {
  const auto op = static_cast<Op>(GetParam());
  const Bytes bytes = ModuleWith(CodeOf(op));
  for (bool folded : {false, true}) {
    const std::string text = Print(bytes, folded);
    const absl::StatusOr<Bytes> parsed = ParseModuleText(text);
    ASSERT_TRUE(parsed.ok()) << parsed.status() << text;
    EXPECT_EQ(*parsed, bytes) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(AllOps, PrintOperatorTest,
                         ::testing::Range(0, kOpCount));

}  // namespace
}  // namespace weft::wasm
