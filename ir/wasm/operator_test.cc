#include "ir/wasm/operator.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace weft::wasm {
namespace {

constexpr uint64_t kInteresting[] = {0,
                                     1,
                                     2,
                                     63,
                                     64,
                                     127,
                                     128,
                                     0x3fff,
                                     0x4000,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x7fffffffffffffff,
                                     0x8000000000000000,
                                     ~uint64_t{0}};

// Makes operators with random immediates; keeps what their spans point to.
class RandomOperator {
 public:
  explicit RandomOperator(uint32_t seed) : random_(seed) {}

  Operator Make(Op op) {
    Operator result;
    result.op = op;
    int index = 0;
    int heap = 0;
    for (ImmediateKind kind : InfoOf(op).immediates) {
      Fill(kind, &index, &heap, &result);
    }
    return result;
  }

 private:
  uint32_t Below(uint32_t bound) { return random_() % bound; }
  uint64_t Bits() {
    const uint64_t picked = kInteresting[Below(std::size(kInteresting))];
    return Below(2) == 0 ? picked : picked ^ random_();
  }
  HeapType Heap() {
    return Below(2) == 0 ? HeapType::Defined(Below(1000000))
                         : HeapType::FromBits(Below(12));
  }
  ValueType Value() {
    constexpr ValueType::Kind kKinds[] = {ValueType::kI32, ValueType::kI64,
                                          ValueType::kF32, ValueType::kF64,
                                          ValueType::kV128};
    const uint32_t i = Below(7);
    return i < 5 ? ValueType(kKinds[i]) : ValueType::Ref(Heap(), i == 5);
  }

  void Fill(ImmediateKind kind, int* index, int* heap, Operator* op) {
    switch (kind) {
      case ImmediateKind::kBlockType:
        op->block_type.kind = static_cast<BlockType::Kind>(Below(3));
        op->block_type.value = Value();
        op->block_type.index = Below(1000000);
        return;
      case ImmediateKind::kLabelTable:
        labels_.clear();
        for (uint32_t i = Below(5) + 1; i > 0; --i) {
          labels_.push_back(static_cast<uint32_t>(Bits()));
        }
        op->labels = labels_;
        return;
      case ImmediateKind::kMemArg:
        op->mem = {Bits(), Below(200), static_cast<uint8_t>(Below(64))};
        return;
      case ImmediateKind::kLane:
        op->index[(*index)++] = Below(256);
        return;
      case ImmediateKind::kCastFlags:
        op->index[(*index)++] = Below(4);
        return;
      case ImmediateKind::kOrdering:
        op->index[(*index)++] = 0;
        return;
      case ImmediateKind::kLanes16:
      case ImmediateKind::kV128:
        op->value = Bits();
        op->value_high = Bits();
        return;
      case ImmediateKind::kI32:
      case ImmediateKind::kF32:
        op->value = static_cast<uint32_t>(Bits());
        return;
      case ImmediateKind::kI64:
      case ImmediateKind::kF64:
        op->value = Bits();
        return;
      case ImmediateKind::kHeapType:
        op->heap[(*heap)++] = Heap();
        return;
      case ImmediateKind::kValueTypes:
        types_.clear();
        for (uint32_t i = Below(4); i > 0; --i) types_.push_back(Value());
        op->types = types_;
        return;
      case ImmediateKind::kCatches:
        catches_.clear();
        for (uint32_t i = Below(4); i > 0; --i) {
          CatchClause clause;
          clause.kind = static_cast<CatchClause::Kind>(Below(4));
          if (clause.has_tag()) clause.tag = Below(1000);
          clause.label = Below(1000);
          catches_.push_back(clause);
        }
        op->catches = catches_;
        return;
      default:
        op->index[(*index)++] = static_cast<uint32_t>(Bits());
        return;
    }
  }

  std::mt19937 random_;
  std::vector<uint32_t> labels_;
  std::vector<ValueType> types_;
  std::vector<CatchClause> catches_;
};

TEST(OperatorTest, EveryRowRoundTrips) {
  RandomOperator random(1);
  for (int i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    SCOPED_TRACE(std::string(InfoOf(op).text));
    for (int round = 0; round < 50; ++round) {
      const Operator made = random.Make(op);
      ByteWriter first;
      WriteOperator(made, &first);
      OperatorReader reader(first.bytes(), 100, FeatureSet::All());
      Operator read;
      ASSERT_TRUE(reader.Read(&read).ok()) << reader.status();
      EXPECT_TRUE(reader.done());
      EXPECT_EQ(read.op, op);
      EXPECT_EQ(read.offset, 100u);
      ByteWriter second;
      WriteOperator(read, &second);
      ASSERT_EQ(first.bytes(), second.bytes());
      for (int k = 0; k < 3; ++k) EXPECT_EQ(read.index[k], made.index[k]);
      EXPECT_EQ(read.mem, made.mem);
      EXPECT_EQ(read.value, made.value);
      EXPECT_EQ(read.heap[0], made.heap[0]);
      EXPECT_EQ(read.heap[1], made.heap[1]);
    }
  }
}

TEST(OperatorTest, EveryTruncationIsMalformed) {
  RandomOperator random(2);
  for (int i = 0; i < kOpCount; ++i) {
    ByteWriter writer;
    WriteOperator(random.Make(static_cast<Op>(i)), &writer);
    for (size_t size = 0; size < writer.size(); ++size) {
      OperatorReader reader(absl::MakeSpan(writer.bytes()).subspan(0, size), 0,
                            FeatureSet::All());
      Operator op;
      const absl::Status status = reader.Read(&op);
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument)
          << InfoOf(static_cast<Op>(i)).text << " cut to " << size;
    }
  }
}

TEST(OperatorTest, FeaturesThatAreOff) {
  RandomOperator random(3);
  for (int i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    const Feature feature = InfoOf(op).feature;
    if (feature == Feature::kMvp) continue;
    ByteWriter writer;
    WriteOperator(random.Make(op), &writer);
    OperatorReader reader(writer.bytes(), 0, FeatureSet::All().Remove(feature));
    Operator read;
    const absl::Status status = reader.Read(&read);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
    EXPECT_NE(status.message().find(std::string(FeatureName(feature))),
              std::string::npos)
        << status;
  }
}

absl::Status ReadOne(const std::vector<uint8_t>& bytes,
                     FeatureSet features = FeatureSet::All()) {
  OperatorReader reader(bytes, 0, features);
  Operator op;
  return reader.Read(&op);
}

TEST(OperatorTest, MalformedImmediates) {
  EXPECT_FALSE(ReadOne({0x27}).ok());                 // No such opcode.
  EXPECT_FALSE(ReadOne({0xfc, 0x12}).ok());           // Nor behind a prefix.
  EXPECT_FALSE(ReadOne({0x28, 0x80, 0x01, 0}).ok());  // Memory flags of 128.
  EXPECT_FALSE(ReadOne({0xfb, 0x18, 4, 0, 0x6e, 0x6e}).ok());  // Cast flags.
  EXPECT_FALSE(ReadOne({0x1f, 0x40, 1, 4, 0}).ok());           // Catch kind.
  EXPECT_FALSE(ReadOne({0xfe, 3, 1}).ok());                    // Fence byte.
  EXPECT_FALSE(ReadOne({0x02, 0x5a}).ok());                    // Block type.
  EXPECT_FALSE(ReadOne({0xd0, 0x7f}).ok());                    // Heap type.
  // Counts beyond the bytes.
  EXPECT_FALSE(ReadOne({0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0}).ok());
  EXPECT_FALSE(ReadOne({0x1c, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f}).ok());
  EXPECT_FALSE(ReadOne({0x1f, 0x40, 0xff, 0xff, 0xff, 0xff, 0x0f, 2, 0}).ok());
}

TEST(OperatorTest, FeaturesOfImmediates) {
  FeatureSet features = FeatureSet::All();
  features.Remove(Feature::kMultiMemory);
  EXPECT_TRUE(ReadOne({0x28, 2, 0}, features).ok());
  EXPECT_EQ(ReadOne({0x28, 0x42, 1, 0}, features).code(),
            absl::StatusCode::kUnimplemented);
  EXPECT_EQ(ReadOne({0x3f, 1}, features).code(),
            absl::StatusCode::kUnimplemented);
  features = FeatureSet::Mvp();
  EXPECT_EQ(ReadOne({0x02, 0x7b}, features).code(),
            absl::StatusCode::kUnimplemented);
  EXPECT_EQ(ReadOne({0x02, 0x00}, features).code(),
            absl::StatusCode::kUnimplemented);
  EXPECT_TRUE(ReadOne({0x02, 0x7f}, features).ok());
  // An offset beyond 32 bits needs 64-bit memories.
  EXPECT_FALSE(ReadOne({0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10}, features).ok());
}

TEST(OperatorTest, RemapReachesEveryIndex) {
  IndexMaps maps;
  const auto shifted = [](uint32_t by) {
    std::vector<uint32_t> map(10);
    for (uint32_t i = 0; i < 10; ++i) map[i] = i + by;
    return map;
  };
  maps.types = shifted(10);
  maps.funcs = shifted(20);
  maps.tables = shifted(30);
  maps.memories = shifted(40);
  maps.tags = shifted(50);
  maps.globals = shifted(60);
  maps.elems = shifted(70);
  maps.datas = shifted(80);
  RemapScratch scratch;
  const auto remapped = [&](Operator op) {
    RemapOperator(maps, &op, &scratch);
    return op;
  };
  Operator op;
  op.op = Op::kCallIndirect;
  op.index[0] = 1;
  op.index[1] = 2;
  EXPECT_EQ(remapped(op).index[0], 11u);
  EXPECT_EQ(remapped(op).index[1], 32u);
  op.op = Op::kMemoryInit;
  EXPECT_EQ(remapped(op).index[0], 81u);
  EXPECT_EQ(remapped(op).index[1], 42u);
  op.op = Op::kTableInit;
  EXPECT_EQ(remapped(op).index[0], 71u);
  op.op = Op::kStructGet;
  EXPECT_EQ(remapped(op).index[0], 11u);
  EXPECT_EQ(remapped(op).index[1], 2u);  // The field stays.
  op.op = Op::kThrow;
  EXPECT_EQ(remapped(op).index[0], 51u);
  op.op = Op::kGlobalGet;
  EXPECT_EQ(remapped(op).index[0], 61u);
  op.op = Op::kLocalGet;
  EXPECT_EQ(remapped(op).index[0], 1u);
  op.op = Op::kI32Load;
  op.mem.memory = 3;
  EXPECT_EQ(remapped(op).mem.memory, 43u);
  op.op = Op::kRefTest;
  op.heap[0] = HeapType::Defined(4);
  EXPECT_EQ(remapped(op).heap[0], HeapType::Defined(14));
  op.op = Op::kBlock;
  op.block_type = {BlockType::kTypeIndex, {}, 5};
  EXPECT_EQ(remapped(op).block_type.index, 15u);
  const std::vector<ValueType> types = {
      ValueType::Ref(HeapType::Defined(1), true)};
  op.op = Op::kSelectTyped;
  op.types = types;
  EXPECT_EQ(remapped(op).types[0], ValueType::Ref(HeapType::Defined(11), true));
  const std::vector<CatchClause> catches = {
      {CatchClause::kCatchRef, 2, 7}, {CatchClause::kCatchAll, kNoIndex, 8}};
  op.op = Op::kTryTable;
  op.catches = catches;
  EXPECT_EQ(remapped(op).catches[0].tag, 52u);
  EXPECT_EQ(remapped(op).catches[0].label, 7u);
  EXPECT_EQ(remapped(op).catches[1].tag, kNoIndex);
}

}  // namespace
}  // namespace weft::wasm
