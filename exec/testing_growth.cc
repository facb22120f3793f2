#include "exec/testing_growth.h"

#include <random>

#include "ir/wasm/bytes.h"

namespace weft::exec::testing {
namespace {

using wasm::ByteWriter;

// Opcodes and types (spec 5.4, 5.3).
constexpr uint8_t kBlock = 0x02;
constexpr uint8_t kLoop = 0x03;
constexpr uint8_t kThrow = 0x08;
constexpr uint8_t kEnd = 0x0b;
constexpr uint8_t kBr = 0x0c;
constexpr uint8_t kBrIf = 0x0d;
constexpr uint8_t kBrTable = 0x0e;
constexpr uint8_t kReturn = 0x0f;
constexpr uint8_t kCall = 0x10;
constexpr uint8_t kDrop = 0x1a;
constexpr uint8_t kTryTable = 0x1f;
constexpr uint8_t kGet = 0x20;
constexpr uint8_t kSet = 0x21;
constexpr uint8_t kConst = 0x41;
constexpr uint8_t kI32Eq = 0x46;
constexpr uint8_t kI32Sub = 0x6b;
constexpr uint8_t kI32Add = 0x6a;
constexpr uint8_t kI32WrapI64 = 0xa7;
constexpr uint8_t kEmptyType = 0x40;
constexpr uint8_t kI32 = 0x7f;
constexpr uint8_t kI64 = 0x7e;

// Types of the modules: [i32] -> [i32], a tag of no values, [] -> [i32 i64],
// and [] -> [i32 ...], [i32 ...] -> [] of kMany.
constexpr uint32_t kTypeMain = 0;
constexpr uint32_t kTypeTag = 1;
constexpr uint32_t kTypePair = 2;
constexpr uint32_t kTypeMany = 3;
constexpr uint32_t kMany = 1000;

void Section(uint8_t id, const ByteWriter& content, ByteWriter* out) {
  out->Byte(id);
  out->U32(static_cast<uint32_t>(content.size()));
  out->Bytes(content.bytes());
}

class Body : public ByteWriter {
 public:
  void Op(uint8_t op) { Byte(op); }
  void Op(uint8_t op, uint32_t index) {
    Byte(op);
    U32(index);
  }
  void Const(uint32_t value) {
    Byte(kConst);
    S64(static_cast<int32_t>(value));
  }
  void Locals(uint32_t count, uint8_t type) {
    U32(1);
    U32(count);
    Byte(type);
  }
};

void Types(ByteWriter* out) {
  ByteWriter types;
  types.U32(4);
  for (const uint8_t b : {0x60, 1, int{kI32}, 1, int{kI32}}) types.Byte(b);
  for (const uint8_t b : {0x60, 0, 0}) types.Byte(b);
  for (const uint8_t b : {0x60, 0, 2, int{kI32}, int{kI64}}) types.Byte(b);
  types.Byte(0x60);
  types.U32(0);
  types.U32(kMany);
  for (uint32_t i = 0; i < kMany; ++i) types.Byte(kI32);
  Section(1, types, out);
}

// A module of these bodies, of type kTypeMain the first, which is "f", of
// kTypeMany the others.
std::vector<uint8_t> Finish(absl::Span<const Body> bodies) {
  ByteWriter out;
  for (const uint8_t b : {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00}) {
    out.Byte(b);
  }
  Types(&out);
  ByteWriter funcs;
  funcs.U32(static_cast<uint32_t>(bodies.size()));
  for (size_t i = 0; i < bodies.size(); ++i) {
    funcs.U32(i == 0 ? kTypeMain : kTypeMany);
  }
  Section(3, funcs, &out);
  ByteWriter tags;
  for (const uint8_t b : {1u, 0u, kTypeTag}) tags.Byte(b);
  Section(13, tags, &out);
  ByteWriter exports;
  exports.U32(1);
  exports.Name("f");
  exports.Byte(0);
  exports.U32(0);
  Section(7, exports, &out);
  ByteWriter code;
  code.U32(static_cast<uint32_t>(bodies.size()));
  for (const Body& body : bodies) {
    code.U32(static_cast<uint32_t>(body.size()));
    code.Bytes(body.bytes());
  }
  Section(10, code, &out);
  return out.Take();
}

GrowthModule Single(const Body& body,
                    std::vector<std::pair<uint32_t, uint32_t>> calls) {
  return {Finish(absl::MakeConstSpan(&body, 1)), std::move(calls)};
}

// Sums of locals into locals, at random.
GrowthModule GetsAndSets(uint32_t size) {
  constexpr uint32_t kLocals = 300;
  std::minstd_rand random(1);
  std::vector<uint32_t> values(kLocals);
  values[0] = 12345;
  Body body;
  body.Locals(kLocals - 1, kI32);
  for (uint32_t i = 0; i < size; ++i) {
    const auto a = static_cast<uint32_t>(random() % kLocals);
    const auto b = static_cast<uint32_t>(random() % kLocals);
    const auto to = static_cast<uint32_t>(random() % kLocals);
    body.Op(kGet, a);
    if (i % 3 == 0) {
      body.Op(kGet, b);
      body.Op(kI32Add);
      values[to] = values[a] + values[b];
    } else {
      values[to] = values[a];
    }
    body.Op(kSet, to);
  }
  uint32_t sum = values[0];
  body.Op(kGet, 0);
  for (uint32_t i = 1; i < kLocals; ++i) {
    body.Op(kGet, i);
    body.Op(kI32Add);
    sum += values[i];
  }
  body.Op(kEnd);
  return Single(body, {{12345, sum}});
}

// As many locals; each is assigned from the one before.
GrowthModule ManyLocals(uint32_t size) {
  Body body;
  body.Locals(size, kI32);
  for (uint32_t i = 0; i < size; ++i) {
    body.Op(kGet, i);
    body.Const(i % 100);
    body.Op(kI32Add);
    body.Op(kSet, i + 1);
  }
  body.Op(kGet, size);
  body.Op(kEnd);
  uint32_t sum = 0;
  for (uint32_t i = 0; i < size; ++i) sum += i % 100;
  return Single(body, {{7, sum + 7}});
}

// That many operands on the stack, reads of locals that are assigned while they
// lie there.
GrowthModule PendingReads(uint32_t size) {
  constexpr uint32_t kLocals = 10;
  Body body;
  body.Locals(kLocals, kI32);
  uint32_t values[kLocals + 1] = {1000};
  uint32_t sum = 0;
  for (uint32_t i = 0; i < size; ++i) {
    const uint32_t local = i % (kLocals + 1);
    body.Op(kGet, local);
    sum += values[local];
    if (i % 7 != 0) continue;
    body.Const(i);
    body.Op(kSet, i / 7 % kLocals + 1);
    values[i / 7 % kLocals + 1] = i;
  }
  for (uint32_t i = 1; i < size; ++i) body.Op(kI32Add);
  body.Op(kEnd);
  return Single(body, {{1000, sum}});
}

// The same with a block around each read, and the operands below in the way.
GrowthModule OperandsBelowBlocks(uint32_t size) {
  Body body;
  body.U32(0);
  for (uint32_t i = 0; i < size; ++i) {
    body.Op(kGet, 0);
    body.Op(kBlock);
    body.Op(kEmptyType);
    body.Op(kGet, 0);
    body.Op(kBrIf, 0);
    body.Op(kEnd);
  }
  for (uint32_t i = 1; i < size; ++i) body.Op(kI32Add);
  body.Op(kEnd);
  return Single(body, {{3, size * 3}});
}

// Blocks inside of each other, each left by a branch or at its end.
GrowthModule NestedBlocks(uint32_t size) {
  Body body;
  body.Locals(1, kI32);
  for (uint32_t i = 0; i < size; ++i) {
    body.Op(i % 5 == 4 ? kLoop : kBlock);
    body.Op(kEmptyType);
  }
  for (uint32_t i = size; i-- > 0;) {
    if (i % 5 != 4) {
      body.Op(kGet, 0);
      body.Op(kBrIf, 0);
    }
    body.Op(kGet, 1);
    body.Const(1);
    body.Op(kI32Add);
    body.Op(kSet, 1);
    body.Op(kEnd);
  }
  body.Op(kGet, 1);
  body.Op(kEnd);
  return Single(body, {{0, size}, {1, size / 5}});
}

// A br_table with that many targets among blocks with two results; behind the
// operands of some lies another one, so that results have to be moved.
GrowthModule TableWithResults(uint32_t size) {
  constexpr uint32_t kBlocks = 16;
  std::minstd_rand random(2);
  Body body;
  body.Locals(1, kI64);
  for (uint32_t i = 0; i < kBlocks; ++i) {
    body.Op(kBlock);
    body.U32(kTypePair);
    if (i % 2 == 1) body.Const(i);
  }
  body.Const(5000);
  body.Byte(0x42);  // i64.const
  body.S64(300);
  body.Op(kGet, 0);
  body.Op(kBrTable);
  body.U32(size);
  std::vector<uint32_t> depths;
  for (uint32_t i = 0; i <= size; ++i) {
    depths.push_back(static_cast<uint32_t>(random() % kBlocks));
    body.U32(depths.back());
  }
  // Behind the block of depth d: 2^d more, unless a block further in was left.
  for (uint32_t depth = 0; depth < kBlocks; ++depth) {
    body.Op(kEnd);
    body.Op(kSet, 1);
    body.Const(1u << depth);
    body.Op(kI32Add);
    if (depth + 1 == kBlocks) break;
    body.Op(kGet, 1);
    body.Op(kBr, kBlocks - 2 - depth);
  }
  body.Op(kGet, 1);
  body.Op(kI32WrapI64);
  body.Op(kI32Add);
  body.Op(kEnd);
  std::vector<std::pair<uint32_t, uint32_t>> calls;
  const auto expect = [&](uint32_t index) {
    const uint32_t depth = depths[std::min(index, size)];
    const uint32_t last = kBlocks - 1;
    const uint32_t more = depth == last ? 0 : 1u << last;
    calls.emplace_back(index, 5300 + (1u << depth) + more);
  };
  for (uint32_t i = 0; i < 40; ++i) expect(i);
  for (uint32_t i = 0; i < 40; ++i) expect(size - 20 + i);
  expect(~uint32_t{0});
  return Single(body, std::move(calls));
}

// Conditional branches that take kMany values along, with another one below.
GrowthModule BranchesWithManyValues(uint32_t size) {
  Body many;
  many.U32(0);
  for (uint32_t i = 0; i < kMany; ++i) many.Const(i);
  many.Op(kEnd);
  Body body;
  body.U32(0);
  body.Op(kBlock);
  body.U32(kTypeMany);
  body.Const(77);
  body.Op(kCall, 1);
  for (uint32_t i = 0; i < size; ++i) {
    body.Op(kGet, 0);
    body.Const(i);
    body.Op(kI32Eq);
    body.Op(kBrIf, 0);
  }
  for (uint32_t i = 0; i < kMany; ++i) body.Op(kDrop);
  body.Op(kDrop);
  body.Const(0);
  body.Op(kReturn);
  body.Op(kEnd);
  for (uint32_t i = 1; i < kMany; ++i) body.Op(kI32Sub);
  body.Op(kEnd);
  uint32_t value = kMany - 1;
  for (uint32_t i = kMany - 1; i-- > 0;) value = i - value;
  return {Finish({body, many}),
          {{0, value}, {size / 2, value}, {size - 1, value}, {size, 0}}};
}

// Guarded regions one behind the other; the last throws.
GrowthModule ManyHandlers(uint32_t size) {
  Body body;
  body.Locals(1, kI32);
  for (uint32_t i = 0; i < size; ++i) {
    body.Op(kBlock);
    body.Op(kEmptyType);
    body.Op(kTryTable);
    for (const uint8_t b : {int{kEmptyType}, 1, 0, 0, 0}) body.Byte(b);
    if (i + 3 > size) {
      body.Op(kThrow, 0);
    } else {
      body.Op(kBr, 1);
    }
    body.Op(kEnd);
    body.Op(kEnd);
  }
  body.Op(kGet, 0);
  body.Op(kEnd);
  return Single(body, {{9, 9}});
}

constexpr GrowthShape kShapes[] = {
    {"gets-and-sets", "assignments among 300 locals", 430000, GetsAndSets},
    {"locals", "locals, each computed from the one before", 250000, ManyLocals},
    {"pending-reads", "operands on the stack, of ten locals", 500000,
     PendingReads},
    {"operands", "operands on the stack with blocks between", 200000,
     OperandsBelowBlocks},
    {"nested", "blocks inside of each other", 160000, NestedBlocks},
    {"br_table", "targets of a br_table with two results", 1000000,
     TableWithResults},
    {"many-values", "conditional branches with 1,000 values", 150000,
     BranchesWithManyValues},
    {"handlers", "try_tables one behind the other", 160000, ManyHandlers},
};

}  // namespace

absl::Span<const GrowthShape> GrowthShapes() { return kShapes; }

}  // namespace weft::exec::testing
