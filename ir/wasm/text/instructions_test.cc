// Every row of the table of operators, flat and folded, against the encoder.
#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ir/wasm/op.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"

namespace weft::wasm {
namespace {

// Two of each, so that index 1 is not a default.
constexpr absl::string_view kPrelude =
    "(type $t0 (func)) (type $t1 (struct (field $a i32) (field $b i32)))"
    "(table $u0 1 funcref) (table $u1 1 funcref)"
    "(memory $m0 1) (memory $m1 1)"
    "(tag $e0) (tag $e1) (global $g0 i32 i32.const 0)"
    "(global $g1 i32 i32.const 0) (elem $s0 func) (elem $s1 func)"
    "(data $d0) (data $d1) (func $f0) ";

std::vector<uint8_t> Encode(const std::vector<Operator>& ops) {
  ByteWriter out;
  out.U32(0);  // Local declarations.
  for (const Operator& op : ops) WriteOperator(op, &out);
  Operator end;
  end.op = Op::kEnd;
  WriteOperator(end, &out);
  return out.Take();
}

// The body of the function in which `code` is the second one of a module.
std::vector<uint8_t> Body(const std::string& code) {
  const auto bytes = ParseModuleText(absl::StrCat(
      kPrelude, "(func $f1 (param $x i32) (param $y i32) ", code, ")"));
  EXPECT_TRUE(bytes.ok()) << bytes.status().message();
  if (!bytes.ok()) return {};
  const auto module = ReadModule(*bytes);
  EXPECT_TRUE(module.ok()) << code << module.status();
  if (!module.ok()) return {};
  const ByteSpan body = module->funcs[1].body;
  return std::vector<uint8_t>(body.begin(), body.end());
}

// An operator and its immediates as text, by number and by identifier.
struct Case {
  Operator op;
  std::string numbers;
  std::string ids;
};

void Add(Case* c, absl::string_view numbers, absl::string_view ids) {
  absl::StrAppend(&c->numbers, " ", numbers);
  absl::StrAppend(&c->ids, " ", ids);
}
void Add(Case* c, absl::string_view both) { Add(c, both, both); }

// Immediates whose text follows the table.
void AddImmediate(ImmediateKind kind, int* num_index, Case* c) {
  Operator& op = c->op;
  switch (kind) {
    case ImmediateKind::kFunc:
      op.index[(*num_index)++] = 1;
      return Add(c, "1", "$f1");
    case ImmediateKind::kType:
      op.index[(*num_index)++] = 1;
      return Add(c, "1", "$t1");
    case ImmediateKind::kTable:
      op.index[(*num_index)++] = 1;
      return Add(c, "1", "$u1");
    case ImmediateKind::kMemory:
      op.index[(*num_index)++] = 1;
      return Add(c, "1", "$m1");
    case ImmediateKind::kLocal:
      op.index[(*num_index)++] = 1;
      return Add(c, "1", "$y");
    case ImmediateKind::kGlobal:
      op.index[(*num_index)++] = 1;
      return Add(c, "1", "$g1");
    case ImmediateKind::kTag:
      op.index[(*num_index)++] = 1;
      return Add(c, "1", "$e1");
    case ImmediateKind::kData:
      op.index[(*num_index)++] = 1;
      return Add(c, "1", "$d1");
    case ImmediateKind::kElem:
      op.index[(*num_index)++] = 1;
      return Add(c, "1", "$s1");
    case ImmediateKind::kField:
      op.index[(*num_index)++] = 1;
      return Add(c, "1", "$b");
    case ImmediateKind::kCount:
      op.index[(*num_index)++] = 300;
      return Add(c, "300");
    case ImmediateKind::kLabel:
      op.index[(*num_index)++] = 2;
      return Add(c, "2", "$l");
    case ImmediateKind::kLabelTable: {
      static constexpr uint32_t kLabels[] = {0, 2, 1};
      op.labels = kLabels;
      return Add(c, "0 2 1", "0 $l 1");
    }
    case ImmediateKind::kLane:
      op.index[(*num_index)++] = 200;
      return Add(c, "200");
    case ImmediateKind::kOrdering:
      op.index[(*num_index)++] = 0;
      return;
    case ImmediateKind::kMemArg:
      op.mem = {0x1234, 1, 6};
      return Add(c, "1 offset=0x1234 align=64", "$m1 offset=4660 align=0x40");
    case ImmediateKind::kLanes16:
      op.value = 0x0706050403020100;
      op.value_high = 0x1f0e0d0c0b0a0908;
      return Add(c, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31");
    case ImmediateKind::kI32:
      op.value = 0xfffffff9;
      return Add(c, "-7", "0xffff_fff9");
    case ImmediateKind::kI64:
      op.value = 0x8000000000000000;
      return Add(c, "-9223372036854775808", "0x8000000000000000");
    case ImmediateKind::kF32:
      op.value = 0xbfc00000;
      return Add(c, "-1.5", "-0x1.8p0");
    case ImmediateKind::kF64:
      op.value = 0x7ff0000000000001;
      return Add(c, "nan:0x1", "+nan:0x0_1");
    case ImmediateKind::kV128:
      op.value = 0xffffffff00000001;
      op.value_high = 0x0000000300000002;
      return Add(c, "i32x4 1 -1 2 3", "i64x2 0xffffffff00000001 0x300000002");
    case ImmediateKind::kHeapType:
      op.heap[0] = HeapType::Defined(1);
      return Add(c, "1", "$t1");
    case ImmediateKind::kValueTypes: {
      static constexpr ValueType kTypes[] = {ValueType::kI32, ValueType::kF64};
      op.types = kTypes;
      return Add(c, "(result i32 f64)", "(result i32) (result) (result f64)");
    }
    case ImmediateKind::kBlockType:
      op.block_type.kind = BlockType::kValue;
      op.block_type.value = ValueType::kI64;
      return Add(c, "(result i64)");
    case ImmediateKind::kCastFlags:
    case ImmediateKind::kCatches:
      FAIL() << "no text of its own";
  }
}

// Those whose text does not.
bool AddSpecial(Case* c) {
  Operator& op = c->op;
  switch (InfoOf(op.op).op_class) {
    case OpClass::kRefTest:
    case OpClass::kRefCast: {
      op.heap[0] = HeapType::Defined(1);
      const bool null = op.op == Op::kRefTestNull || op.op == Op::kRefCastNull;
      Add(c, null ? "(ref null 1)" : "(ref 1)",
          null ? "(ref null $t1)" : "(ref $t1)");
      return true;
    }
    case OpClass::kBrOnCast:
      op.index[0] = 1;
      op.index[1] = 2;
      op.heap[0] = HeapType::kAny;
      op.heap[1] = HeapType::Defined(1);
      Add(c, "2 anyref (ref 1)", "$l (ref null any) (ref $t1)");
      return true;
    case OpClass::kCallIndirect:
    case OpClass::kReturnCallIndirect:
      op.index[0] = 0;
      op.index[1] = 1;
      Add(c, "1 (type 0)", "$u1 (type $t0) (param) (result)");
      return true;
    case OpClass::kTableInit:
      op.index[0] = 0;
      op.index[1] = 1;
      Add(c, "1 0", "$u1 $s0");
      return true;
    case OpClass::kTryTable: {
      static constexpr CatchClause kClauses[] = {
          {CatchClause::kCatch, 1, 2},
          {CatchClause::kCatchRef, 0, 0},
          {CatchClause::kCatchAll, kNoIndex, 1},
          {CatchClause::kCatchAllRef, kNoIndex, 2}};
      op.catches = kClauses;
      op.block_type.kind = BlockType::kTypeIndex;
      op.block_type.index = 0;
      Add(c,
          "(type 0) (catch 1 2) (catch_ref 0 0) (catch_all 1) "
          "(catch_all_ref 2)",
          "$x (type $t0) (catch $e1 $l) (catch_ref $e0 0) (catch_all 1)"
          "(catch_all_ref $l)");
      return true;
    }
    default:
      break;
  }
  if (op.op == Op::kMemoryInit) {
    op.index[0] = 0;
    op.index[1] = 1;
    Add(c, "1 0", "$m1 $d0");
    return true;
  }
  return false;
}

Case MakeCase(Op row) {
  Case c;
  c.op.op = row;
  c.numbers = c.ids = std::string(InfoOf(row).text);
  if (AddSpecial(&c)) return c;
  int num_index = 0;
  for (ImmediateKind kind : InfoOf(row).immediates) {
    AddImmediate(kind, &num_index, &c);
  }
  return c;
}

Operator Plain(Op op) {
  Operator result;
  result.op = op;
  return result;
}

// In three blocks, of which the outermost is $l, so that labels resolve.
std::vector<uint8_t> Wrapped(const std::vector<Operator>& ops) {
  std::vector<Operator> all(3, Plain(Op::kBlock));
  all.insert(all.end(), ops.begin(), ops.end());
  for (int i = 0; i < 3; ++i) all.push_back(Plain(Op::kEnd));
  return Encode(all);
}

std::vector<uint8_t> WrappedBody(const std::string& code) {
  return Body(absl::StrCat("block $l block block ", code, " end end end"));
}

// What is part of the structure of others.
bool IsPartOfBlock(Op op) {
  return op == Op::kElse || op == Op::kEnd || op == Op::kCatch ||
         op == Op::kCatchAll || op == Op::kDelegate;
}

bool BeginsBlock(Op op) {
  return op == Op::kBlock || op == Op::kLoop || op == Op::kIf ||
         op == Op::kTry || op == Op::kTryTable;
}

TEST(InstructionsTest, EveryRowOfTheTable) {
  for (int i = 0; i < kOpCount; ++i) {
    const Op row = static_cast<Op>(i);
    if (IsPartOfBlock(row) || BeginsBlock(row)) continue;
    const Case c = MakeCase(row);
    const std::vector<uint8_t> expected = Wrapped({c.op});
    const std::vector<uint8_t> with_operands =
        Wrapped({Plain(Op::kNop), Plain(Op::kUnreachable), c.op});
    for (const std::string& text : {c.numbers, c.ids}) {
      EXPECT_EQ(WrappedBody(text), expected) << text;
      EXPECT_EQ(WrappedBody(absl::StrCat("(", text, ")")), expected) << text;
      EXPECT_EQ(WrappedBody(absl::StrCat("(", text, "(nop) (unreachable))")),
                with_operands)
          << text;
      EXPECT_EQ(WrappedBody(absl::StrCat("nop unreachable ", text)),
                with_operands)
          << text;
    }
  }
}

TEST(InstructionsTest, EveryBlock) {
  for (Op row : {Op::kBlock, Op::kLoop, Op::kTryTable, Op::kTry}) {
    const Case c = MakeCase(row);
    const std::vector<uint8_t> expected =
        Wrapped({c.op, Plain(Op::kNop), Plain(Op::kEnd)});
    for (const std::string& text : {c.numbers, c.ids}) {
      EXPECT_EQ(WrappedBody(absl::StrCat(text, " nop end")), expected) << text;
      const bool is_try = row == Op::kTry;
      EXPECT_EQ(WrappedBody(
                    absl::StrCat("(", text, is_try ? "(do nop)" : "nop", ")")),
                expected)
          << text;
    }
  }
}

TEST(InstructionsTest, If) {
  const Case c = MakeCase(Op::kIf);
  const Operator nop = Plain(Op::kNop);
  const Operator drop = Plain(Op::kDrop);
  const Operator end = Plain(Op::kEnd);
  const Operator other = Plain(Op::kElse);
  EXPECT_EQ(WrappedBody("nop if (result i64) drop end"),
            Wrapped({nop, c.op, drop, end}));
  EXPECT_EQ(WrappedBody("(if (result i64) (nop) (then drop))"),
            Wrapped({nop, c.op, drop, end}));
  EXPECT_EQ(WrappedBody("nop if (result i64) drop else nop end"),
            Wrapped({nop, c.op, drop, other, nop, end}));
  EXPECT_EQ(WrappedBody("(if (result i64) (nop) (then drop) (else nop))"),
            Wrapped({nop, c.op, drop, other, nop, end}));
  // The condition may have stood before, and be of several parts.
  EXPECT_EQ(WrappedBody("nop (if (result i64) (then) (else))"),
            Wrapped({nop, c.op, other, end}));
  EXPECT_EQ(WrappedBody("(if (result i64) (nop) (drop (nop)) (then (drop)))"),
            Wrapped({nop, nop, drop, c.op, drop, end}));
}

TEST(InstructionsTest, LegacyTry) {
  Operator catch0 = Plain(Op::kCatch);
  Operator catch1 = Plain(Op::kCatch);
  catch1.index[0] = 1;
  Operator delegate = Plain(Op::kDelegate);
  delegate.index[0] = 2;
  const Operator begin = Plain(Op::kTry);
  const Operator nop = Plain(Op::kNop);
  const Operator all = Plain(Op::kCatchAll);
  const Operator end = Plain(Op::kEnd);
  EXPECT_EQ(WrappedBody("try nop catch 0 nop catch $e1 catch_all nop end"),
            Wrapped({begin, nop, catch0, nop, catch1, all, nop, end}));
  EXPECT_EQ(WrappedBody("(try (do nop) (catch $e0 (nop)) (catch 1)"
                        " (catch_all nop))"),
            Wrapped({begin, nop, catch0, nop, catch1, all, nop, end}));
  // The label is one around the try.
  EXPECT_EQ(WrappedBody("try $x nop delegate $l"),
            Wrapped({begin, nop, delegate}));
  EXPECT_EQ(WrappedBody("(try $l (do nop) (delegate 2))"),
            Wrapped({begin, nop, delegate}));
  EXPECT_EQ(WrappedBody("(try (do) (delegate $l))"),
            Wrapped({begin, delegate}));
}

TEST(InstructionsTest, IndicesOfTablesAndMemoriesDefaultToZero) {
  for (const auto& [shorter, longer] :
       std::vector<std::pair<std::string, std::string>>{
           {"table.get", "table.get 0"},
           {"table.set", "table.set $u0"},
           {"table.size", "table.size 0"},
           {"table.grow", "table.grow 0"},
           {"table.fill", "table.fill 0"},
           {"table.copy", "table.copy 0 $u0"},
           {"table.init 1", "table.init 0 1"},
           {"table.init $s1", "table.init $u0 $s1"},
           {"memory.size", "memory.size $m0"},
           {"memory.grow", "memory.grow 0"},
           {"memory.fill", "memory.fill 0"},
           {"memory.copy", "memory.copy $m0 0"},
           {"memory.init $d1", "memory.init $m0 1"},
           {"call_indirect", "call_indirect 0 (type 0)"},
           {"i32.load", "i32.load 0 offset=0 align=4"},
           {"i64.load16_u offset=3", "i64.load16_u $m0 offset=3 align=2"},
           {"v128.load align=1", "v128.load 0 align=1"},
           {"v128.load8_lane 1", "v128.load8_lane 0 1"},
           {"v128.load8_lane 1", "v128.load8_lane $m0 1"},
           {"v128.store64_lane offset=1 1",
            "v128.store64_lane 0 offset=1 align=8 1"},
           {"v128.store16_lane align=2 7", "v128.store16_lane 0 align=2 7"},
           {"i32.atomic.rmw.add", "i32.atomic.rmw.add 0 align=4"},
       }) {
    EXPECT_EQ(Body(shorter), Body(longer)) << shorter;
    EXPECT_EQ(Body(absl::StrCat("(", shorter, "(nop))")),
              Body(absl::StrCat("(", longer, "(nop))")))
        << shorter;
  }
}

TEST(InstructionsTest, SelectPicksItsRow) {
  Operator typed = Plain(Op::kSelectTyped);
  EXPECT_EQ(Body("select (result)"), Encode({typed}));
  EXPECT_EQ(Body("select"), Encode({Plain(Op::kSelect)}));
  EXPECT_EQ(Body("(select (nop))"),
            Encode({Plain(Op::kNop), Plain(Op::kSelect)}));
}

TEST(InstructionsTest, CastsPickFlags) {
  const auto cast = [](uint32_t flags) {
    Operator op = Plain(Op::kBrOnCastFail);
    op.index[0] = flags;
    op.index[1] = 0;
    op.heap[0] = HeapType::kEq;
    op.heap[1] = HeapType::kI31;
    return Encode({op});
  };
  EXPECT_EQ(Body("br_on_cast_fail 0 (ref eq) (ref i31)"), cast(0));
  EXPECT_EQ(Body("br_on_cast_fail 0 eqref (ref i31)"), cast(1));
  EXPECT_EQ(Body("br_on_cast_fail 0 (ref eq) i31ref"), cast(2));
  EXPECT_EQ(Body("br_on_cast_fail 0 eqref (ref null i31)"), cast(3));
}

TEST(InstructionsTest, VectorConstants) {
  const auto constant = [](uint64_t low, uint64_t high) {
    Operator op = Plain(Op::kV128Const);
    op.value = low;
    op.value_high = high;
    return Encode({op});
  };
  EXPECT_EQ(Body("v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 -128 255"),
            constant(0x0706050403020100, 0xff800d0c0b0a0908));
  EXPECT_EQ(Body("v128.const i16x8 0 1 2 3 4 5 -32768 65535"),
            constant(0x0003000200010000, 0xffff800000050004));
  EXPECT_EQ(Body("v128.const f32x4 0 -0.0 1 nan"),
            constant(0x8000000000000000, 0x7fc000003f800000));
  EXPECT_EQ(Body("v128.const f64x2 -inf 0x1p-1074"),
            constant(0xfff0000000000000, 1));
}

TEST(InstructionsTest, BlockTypes) {
  const auto block = [](BlockType::Kind kind, TypeIndex index) {
    Operator op = Plain(Op::kBlock);
    op.block_type = {kind, ValueType::Ref(HeapType::kAny, true), index};
    return Encode({op, Plain(Op::kEnd)});
  };
  EXPECT_EQ(Body("block end"), block(BlockType::kEmpty, 0));
  EXPECT_EQ(Body("block (param) (result) end"), block(BlockType::kEmpty, 0));
  EXPECT_EQ(Body("block (result anyref) end"), block(BlockType::kValue, 0));
  EXPECT_EQ(Body("block (type 0) end"), block(BlockType::kTypeIndex, 0));
  // Types 0 and 1 are defined, 2 is that of the function around.
  EXPECT_EQ(Body("block (param i32 i32) end"), block(BlockType::kTypeIndex, 2));
  EXPECT_EQ(Body("block (result i32 i32) end"),
            block(BlockType::kTypeIndex, 3));
}

}  // namespace
}  // namespace weft::wasm
