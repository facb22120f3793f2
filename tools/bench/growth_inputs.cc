#include "tools/bench/growth_inputs.h"

#include <utility>

#include "ir/wasm/bytes.h"

namespace weft::tools {

namespace {

using wasm::ByteWriter;

// Opcodes of the few operators used (spec 5.4).
constexpr uint8_t kBlock = 0x02;
constexpr uint8_t kLoop = 0x03;
constexpr uint8_t kIf = 0x04;
constexpr uint8_t kEnd = 0x0b;
constexpr uint8_t kBrIf = 0x0d;
constexpr uint8_t kBrTable = 0x0e;
constexpr uint8_t kGet = 0x20;
constexpr uint8_t kSet = 0x21;
constexpr uint8_t kConst = 0x41;
constexpr uint8_t kAdd = 0x6a;
constexpr uint8_t kEmptyType = 0x40;
constexpr uint8_t kI32 = 0x7f;

void Section(uint8_t id, const ByteWriter& content, ByteWriter* out) {
  out->Byte(id);
  out->U32(static_cast<uint32_t>(content.size()));
  out->Bytes(content.bytes());
}

// A module of functions [i32] -> [i32], the first and the last exported.
class ModuleMaker {
 public:
  void Add(const ByteWriter& body) {
    bodies_.U32(static_cast<uint32_t>(body.size()));
    bodies_.Bytes(body.bytes());
    ++count_;
  }

  std::vector<uint8_t> Finish() {
    ByteWriter out;
    for (uint8_t b : {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00})
      out.Byte(b);
    ByteWriter types;
    for (uint8_t b : {0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f}) types.Byte(b);
    Section(1, types, &out);
    ByteWriter funcs;
    funcs.U32(count_);
    for (uint32_t i = 0; i < count_; ++i) funcs.U32(0);
    Section(3, funcs, &out);
    // Every function is reachable: one by one through an export of its own
    // would blow up names, so an element segment holds them all.
    ByteWriter table;
    for (uint8_t b : {0x01, 0x70, 0x00}) table.Byte(b);
    table.U32(count_);
    Section(4, table, &out);
    ByteWriter exports;
    exports.U32(1);
    exports.Name("t");
    exports.Byte(1);
    exports.U32(0);
    Section(7, exports, &out);
    ByteWriter elems;
    for (uint8_t b : {0x01, 0x00, 0x41, 0x00, 0x0b}) elems.Byte(b);
    elems.U32(count_);
    for (uint32_t i = 0; i < count_; ++i) elems.U32(i);
    Section(9, elems, &out);
    ByteWriter code;
    code.U32(count_);
    code.Bytes(bodies_.bytes());
    Section(10, code, &out);
    return out.Take();
  }

 private:
  ByteWriter bodies_;
  uint32_t count_ = 0;
};

std::vector<uint8_t> Single(const ByteWriter& body) {
  ModuleMaker module;
  module.Add(body);
  return module.Finish();
}

void Get(uint32_t local, ByteWriter* body) {
  body->Byte(kGet);
  body->U32(local);
}

void Set(uint32_t local, ByteWriter* body) {
  body->Byte(kSet);
  body->U32(local);
}

// `size` locals, three reads for each, in an order that scatters live ranges;
// every 50th assignment is conditional.
std::vector<uint8_t> ManyLocals(uint32_t size) {
  ByteWriter body;
  body.U32(1);
  body.U32(size);
  body.Byte(kI32);
  uint64_t random = 1;
  for (uint32_t i = 0; i < size; ++i) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    const uint32_t near = static_cast<uint32_t>(random >> 33) % (i + 1);
    Get(near, &body);
    Get(i, &body);
    body.Byte(kAdd);
    Get(i / 2, &body);
    body.Byte(kAdd);
    Set(i + 1, &body);
    if (i % 50 != 49) continue;
    Get(0, &body);
    body.Byte(kIf);
    body.Byte(kEmptyType);
    Get(i, &body);
    Set(near, &body);
    body.Byte(kEnd);
  }
  Get(size, &body);
  body.Byte(kEnd);
  return Single(body);
}

// `size` blocks inside of each other, each with a branch and an assignment
// behind it.
std::vector<uint8_t> NestedBlocks(uint32_t size) {
  ByteWriter body;
  body.U32(0);
  for (uint32_t i = 0; i < size; ++i) {
    body.Byte(kBlock);
    body.Byte(kEmptyType);
  }
  for (uint32_t i = 0; i < size; ++i) {
    Get(0, &body);
    body.Byte(kBrIf);
    body.U32(0);
    Get(0, &body);
    body.Byte(kConst);
    body.Byte(1);
    body.Byte(kAdd);
    Set(0, &body);
    body.Byte(kEnd);
  }
  Get(0, &body);
  body.Byte(kEnd);
  return Single(body);
}

std::vector<uint8_t> NestedLoops(uint32_t size) {
  ByteWriter body;
  body.U32(0);
  for (uint32_t i = 0; i < size; ++i) {
    body.Byte(kLoop);
    body.Byte(kEmptyType);
  }
  for (uint32_t i = 0; i < size; ++i) {
    Get(0, &body);
    body.Byte(kConst);
    body.Byte(1);
    body.Byte(kAdd);
    Set(0, &body);
    Get(0, &body);
    body.Byte(kBrIf);
    body.U32(0);
    body.Byte(kEnd);
  }
  Get(0, &body);
  body.Byte(kEnd);
  return Single(body);
}

std::vector<uint8_t> BranchTable(uint32_t size) {
  constexpr uint32_t kBlocks = 100;
  ByteWriter body;
  body.U32(0);
  for (uint32_t i = 0; i < kBlocks; ++i) {
    body.Byte(kBlock);
    body.Byte(kEmptyType);
  }
  Get(0, &body);
  body.Byte(kBrTable);
  body.U32(size);
  for (uint32_t i = 0; i <= size; ++i) body.U32(i * 7 % kBlocks);
  for (uint32_t i = 0; i < kBlocks; ++i) {
    body.Byte(kEnd);
    Get(0, &body);
    body.Byte(kConst);
    body.Byte(1);
    body.Byte(kAdd);
    Set(0, &body);
  }
  Get(0, &body);
  body.Byte(kEnd);
  return Single(body);
}

std::vector<uint8_t> ManyFunctions(uint32_t size) {
  ModuleMaker module;
  ByteWriter body;
  for (uint32_t i = 0; i < size; ++i) {
    body.clear();
    body.U32(0);
    Get(0, &body);
    body.Byte(kConst);
    body.S64(static_cast<int32_t>(i));
    body.Byte(kAdd);
    body.Byte(kEnd);
    module.Add(body);
  }
  return module.Finish();
}

std::vector<uint8_t> StraightLine(uint32_t size) {
  ByteWriter body;
  body.U32(0);
  Get(0, &body);
  for (uint32_t i = 0; i < size; ++i) {
    Get(0, &body);
    body.Byte(kAdd);
  }
  body.Byte(kEnd);
  return Single(body);
}

constexpr GrowthInput kInputs[] = {
    {"locals", "locals with three reads each, in one function", 100000,
     ManyLocals},
    {"blocks", "blocks inside of each other", 100000, NestedBlocks},
    {"loops", "loops inside of each other", 10000, NestedLoops},
    {"br-table", "targets of one br_table", 100000, BranchTable},
    {"functions", "functions", 500000, ManyFunctions},
    {"straight", "operators in a row", 1000000, StraightLine},
};

}  // namespace

absl::Span<const GrowthInput> GrowthInputs() { return kInputs; }

}  // namespace weft::tools
