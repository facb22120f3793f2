// One operator of a function body or constant expression, decoded; and the
// reader and writer of streams of them.
#ifndef WEFT_IR_WASM_OPERATOR_H_
#define WEFT_IR_WASM_OPERATOR_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/features.h"
#include "ir/wasm/op.h"
#include "ir/wasm/types.h"

namespace weft::wasm {

// Address immediate of loads, stores and atomics (spec 5.4.7).
struct MemArg {
  uint64_t offset = 0;
  MemoryIndex memory = 0;
  uint8_t align_log2 = 0;

  friend bool operator==(const MemArg&, const MemArg&) = default;
};

// One clause of try_table (spec 5.4.1).
struct CatchClause {
  enum Kind : uint8_t { kCatch, kCatchRef, kCatchAll, kCatchAllRef };

  Kind kind = kCatch;
  TagIndex tag = kNoIndex;  // kCatch and kCatchRef.
  uint32_t label = 0;

  bool has_tag() const { return kind == kCatch || kind == kCatchRef; }
  bool has_ref() const { return kind == kCatchRef || kind == kCatchAllRef; }
};

// A decoded operator. Only the members that the op's immediates name are
// meaningful. Spans live until the next Read of the reader that made them.
struct Operator {
  Op op = Op::kNop;
  uint32_t offset = 0;  // Of the opcode's first byte, from the module's start.

  // Index immediates (label, function, type, table, ..., lane, count, cast
  // flags) in the order of OpInfo::immediates. br_on_cast: flags, label.
  uint32_t index[3] = {0, 0, 0};
  MemArg mem;
  // Bits of i32 (zero-extended), i64, f32 and f64 constants; the low half of
  // v128 constants and shuffle lanes.
  uint64_t value = 0;
  uint64_t value_high = 0;
  BlockType block_type;
  // Heap type immediates: of ref.null, ref.test, ref.cast; source and target
  // of br_on_cast.
  HeapType heap[2];
  absl::Span<const uint32_t> labels;  // br_table; the default is the last.
  absl::Span<const ValueType> types;  // select with types.
  absl::Span<const CatchClause> catches;
};

namespace internal {

// What follows the first byte of an operator.
enum class Shape : uint8_t {
  kNothing,
  kIndex,
  kI32,
  kMemArg,
  kGeneral,
  kPrefix,
  kUnknown,
};

struct FirstByte {
  uint16_t op = 0;  // Unless kPrefix or kUnknown.
  Shape shape = Shape::kUnknown;
  Feature feature = Feature::kMvp;
};

extern const std::array<FirstByte, 256> kFirstBytes;

}  // namespace internal

// Reads operators one after the other. Checks the encoding only (well-formed
// LEBs, known opcodes, feature flags, matching nothing else). Never allocates
// more than in proportion to the bytes that remain.
class OperatorReader {
 public:
  // `bytes` is the operator stream (after the local declarations);
  // `base_offset` the position of its first byte in the module. `features`
  // are those that may be used; `section` is named in errors.
  OperatorReader(absl::Span<const uint8_t> bytes, uint32_t base_offset,
                 FeatureSet features, const char* section = "code section")
      : reader_(bytes, base_offset), features_(features), section_(section) {}

  bool done() const { return reader_.remaining() == 0; }
  // Offset in the module of the next byte.
  uint32_t offset() const { return reader_.offset(); }
  // The bytes not read yet.
  absl::Span<const uint8_t> rest() const { return reader_.rest(); }

  // Decodes the next operator into `*op`. At the end of the bytes that is an
  // error.
  // Errors: InvalidArgument (malformed), Unimplemented (feature off),
  // ResourceExhausted (limit); the message carries the byte offset.
  absl::Status Read(Operator* op) {
    return TryRead(op) ? absl::OkStatus() : status();
  }

  // The same in two steps, for loops that count nanoseconds: false on failure,
  // whose error status() then makes.
  bool TryRead(Operator* op) { return TryReadShort(op) || TryReadAny(op); }
  absl::Status status() const;

 private:
  // Most operators: one byte and immediates of few. False, without moving, for
  // all others, and for what is wrong.
  bool TryReadShort(Operator* op) {
    constexpr size_t kMost = 4;
    if (reader_.remaining() < kMost) return false;
    const uint8_t* const pos = reader_.pos();
    const internal::FirstByte first = internal::kFirstBytes[pos[0]];
    if (!features_.Has(first.feature)) return false;
    op->offset = reader_.offset();
    op->op = static_cast<Op>(first.op);
    if (first.shape == internal::Shape::kMemArg) {
      return TryReadShortMemArg(pos, op);
    }
    if (first.shape > internal::Shape::kI32) return false;
    // Nothing, an index and an i32 are read alike: few branches to guess.
    const bool nothing = first.shape == internal::Shape::kNothing;
    const uint32_t low = pos[1];
    if (nothing || low < 0x80) {
      op->index[0] = low;
      op->value = SignExtend(low, 7);
      reader_.Advance(nothing ? 1 : 2);
      return true;
    }
    if (pos[2] >= 0x80) return false;
    const uint32_t both = (low & 0x7f) | uint32_t{pos[2]} << 7;
    op->index[0] = both;
    op->value = SignExtend(both, 14);
    reader_.Advance(3);
    return true;
  }
  bool TryReadShortMemArg(const uint8_t* pos, Operator* op) {
    if (pos[1] >= 0x40) return false;
    op->mem.memory = 0;
    op->mem.align_log2 = pos[1];
    op->mem.offset = pos[2];
    if (pos[2] < 0x80) {
      reader_.Advance(3);
      return true;
    }
    if (pos[3] >= 0x80) return false;
    op->mem.offset = (pos[2] & 0x7fu) | uint32_t{pos[3]} << 7;
    reader_.Advance(4);
    return true;
  }
  // The low `bits` bits as an i32 of that sign.
  static uint32_t SignExtend(uint32_t value, int bits) {
    return static_cast<uint32_t>(static_cast<int32_t>(value << (32 - bits)) >>
                                 (32 - bits));
  }
  bool TryReadAny(Operator* op);
  bool ReadImmediates(Operator* op);
  bool ReadImmediate(ImmediateKind kind, int* num_index, int* num_heap,
                     Operator* op);
  bool ReadMemArg(Operator* op);
  bool ReadLabels(Operator* op);
  bool ReadTypes(Operator* op);
  bool ReadCatches(Operator* op);
  bool ReadOneByte(uint8_t max, const char* error, uint32_t* out);
  bool FeatureOff(Feature feature);

  ByteReader reader_;
  FeatureSet features_;
  const char* section_;
  // What status() adds to the reader's error.
  absl::Status failure_;
  std::vector<uint32_t> labels_;
  std::vector<ValueType> types_;
  std::vector<CatchClause> catches_;
};

// Where indices go when entities are removed or reordered. An empty vector is
// the identity; kNoIndex marks a removed entity, which must not be used.
struct IndexMaps {
  std::vector<TypeIndex> types;
  std::vector<FuncIndex> funcs;
  std::vector<TableIndex> tables;
  std::vector<MemoryIndex> memories;
  std::vector<TagIndex> tags;
  std::vector<GlobalIndex> globals;
  std::vector<ElemIndex> elems;
  std::vector<DataIndex> datas;

  // Whether every map is empty.
  bool is_identity() const;

  ValueType Map(ValueType type) const;
  HeapType Map(HeapType heap) const;
  // The image of `index` in one of the vectors above.
  // REQUIRES: `index` is inside a non-empty map.
  static uint32_t Map(const std::vector<uint32_t>& map, uint32_t index) {
    return map.empty() ? index : map[index];
  }
};

// Appends the minimal encoding of `op` to `*out`.
void WriteOperator(const Operator& op, ByteWriter* out);

// Storage for what RemapOperator must not change in place.
struct RemapScratch {
  std::vector<ValueType> types;
  std::vector<CatchClause> catches;
};

// Replaces every index immediate of `*op` (labels, locals and fields excepted)
// through `maps`. Spans of `*op` may point into `*scratch` afterwards, until
// the next call with it.
void RemapOperator(const IndexMaps& maps, Operator* op, RemapScratch* scratch);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_OPERATOR_H_
