// The immediates column of ops.def selects how the rest of an operator is
// written. The columns that make up most code are tested for first.
#include "ir/wasm/text/print_operator.h"

#include <array>
#include <bit>

namespace weft::wasm {
namespace {

enum class Shape : uint8_t {
  kNone,
  kLocal,
  kI32,
  kMemArg,
  kLabel,
  kFunc,
  kGlobal,
  kI64,
  kF32,
  kF64,
  kV128,
  kLane,
  kMemArgLane,
  kLanes16,
  kBlock,
  kTryTable,
  kLabels,
  kType,
  kTypeTable,
  kTypeType,
  kTypeField,
  kTypeCount,
  kTypeData,
  kTypeElem,
  kTag,
  kTable,
  kElem,
  kElemTable,
  kTableTable,
  kMemory,
  kData,
  kDataMemory,
  kMemoryMemory,
  kHeap,
  kCast,
  kTypes,
};

struct ShapeWord {
  absl::string_view immediates;
  Shape shape;
};

constexpr ShapeWord kShapeWords[] = {
    {"", Shape::kNone},
    {"local", Shape::kLocal},
    {"i32", Shape::kI32},
    {"memarg", Shape::kMemArg},
    {"label", Shape::kLabel},
    {"func", Shape::kFunc},
    {"global", Shape::kGlobal},
    {"i64", Shape::kI64},
    {"f32", Shape::kF32},
    {"f64", Shape::kF64},
    {"v128", Shape::kV128},
    {"lane", Shape::kLane},
    {"memarg lane", Shape::kMemArgLane},
    {"lanes16", Shape::kLanes16},
    {"blocktype", Shape::kBlock},
    {"blocktype catches", Shape::kTryTable},
    {"labels", Shape::kLabels},
    {"type", Shape::kType},
    {"type table", Shape::kTypeTable},
    {"type type", Shape::kTypeType},
    {"type field", Shape::kTypeField},
    {"type count", Shape::kTypeCount},
    {"type data", Shape::kTypeData},
    {"type elem", Shape::kTypeElem},
    {"tag", Shape::kTag},
    {"table", Shape::kTable},
    {"elem", Shape::kElem},
    {"elem table", Shape::kElemTable},
    {"table table", Shape::kTableTable},
    {"memory", Shape::kMemory},
    {"data", Shape::kData},
    {"data memory", Shape::kDataMemory},
    {"memory memory", Shape::kMemoryMemory},
    {"heaptype", Shape::kHeap},
    {"castflags label heaptype heaptype", Shape::kCast},
    {"valuetypes", Shape::kTypes},
    {"ordering", Shape::kNone},
};

// No constant expression can call it: immediates without a row in kShapeWords
// are an error of compilation.
void UnknownImmediates() {}

constexpr bool SameText(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

constexpr Shape ShapeOf(absl::string_view immediates) {
  for (const ShapeWord& row : kShapeWords) {
    if (SameText(row.immediates, immediates)) return row.shape;
  }
  UnknownImmediates();
  return Shape::kNone;
}

constexpr size_t kMaxName = 48 - 4;

struct OpText {
  char name[kMaxName];
  uint8_t size;
  Shape shape;
  uint8_t natural_align_log2;
};

constexpr OpText MakeText(absl::string_view name, absl::string_view immediates,
                          unsigned access_bytes) {
  OpText text = {};
  for (size_t i = 0; i < name.size(); ++i) text.name[i] = name[i];
  text.size = static_cast<uint8_t>(name.size());
  text.shape = ShapeOf(immediates);
  if (access_bytes > 0) {
    text.natural_align_log2 =
        static_cast<uint8_t>(std::countr_zero(access_bytes));
  }
  return text;
}

constexpr std::array<OpText, kOpCount> kOpTexts = {
#define WEFT_OP(name, text, prefix, code, op_class, immediates, signature, \
                effects, traps, access, order, feature, spec)                     \
  MakeText(text, immediates, access),
#include "ir/wasm/ops.def"
#undef WEFT_OP
};

void AppendV128(const Operator& op, PrintBuffer* out) {
  out->Text(" i32x4");
  for (uint64_t half : {op.value, op.value_high}) {
    for (uint32_t lane :
         {static_cast<uint32_t>(half), static_cast<uint32_t>(half >> 32)}) {
      out->Char(' ');
      out->Hex(lane, 8);
    }
  }
}

void AppendLanes16(const Operator& op, PrintBuffer* out) {
  for (uint64_t half : {op.value, op.value_high}) {
    for (int i = 0; i < 8; ++i) {
      out->Char(' ');
      out->Decimal(half >> (8 * i) & 0xff);
    }
  }
}

// br_on_cast's flags: whether source and target admit null.
constexpr uint32_t kSourceNullable = 1;
constexpr uint32_t kTargetNullable = 2;

bool IsNullableForm(Op op) {
  return op == Op::kRefTestNull || op == Op::kRefCastNull;
}

}  // namespace

void OperatorPrinter::Append(const Operator& op, const IdSpace& locals,
                             const LabelScope& labels, PrintBuffer* out) {
  const OpText& text = kOpTexts[static_cast<int>(op.op)];
  char* const to = out->Open(kMaxName + 1);
  std::memcpy(to, text.name, kMaxName);
  to[text.size] = ' ';
  switch (text.shape) {
    case Shape::kNone:
      return out->Close(to + text.size);
    case Shape::kLocal:
      out->Close(to + text.size + 1);
      return AppendIndex(locals, op.index[0], out);
    case Shape::kI32:
      out->Close(to + text.size + 1);
      return out->Signed(static_cast<int32_t>(op.value));
    case Shape::kMemArg:
      out->Close(to + text.size);
      return MemArgOf(op, out);
    case Shape::kLabel:
      out->Close(to + text.size + 1);
      return labels.Append(op.index[0], out);
    case Shape::kFunc:
      out->Close(to + text.size + 1);
      return AppendIndex(names_.funcs(), op.index[0], out);
    case Shape::kGlobal:
      out->Close(to + text.size + 1);
      return AppendIndex(names_.globals(), op.index[0], out);
    case Shape::kI64:
      out->Close(to + text.size + 1);
      return out->Signed(static_cast<int64_t>(op.value));
    case Shape::kF32:
      out->Close(to + text.size + 1);
      return out->F32(static_cast<uint32_t>(op.value));
    case Shape::kF64:
      out->Close(to + text.size + 1);
      return out->F64(op.value);
    case Shape::kV128:
    case Shape::kLane:
    case Shape::kMemArgLane:
    case Shape::kLanes16:
    case Shape::kBlock:
    case Shape::kTryTable:
    case Shape::kLabels:
    case Shape::kType:
    case Shape::kTypeTable:
    case Shape::kTypeType:
    case Shape::kTypeField:
    case Shape::kTypeCount:
    case Shape::kTypeData:
    case Shape::kTypeElem:
    case Shape::kTag:
    case Shape::kTable:
    case Shape::kElem:
    case Shape::kElemTable:
    case Shape::kTableTable:
    case Shape::kMemory:
    case Shape::kData:
    case Shape::kDataMemory:
    case Shape::kMemoryMemory:
    case Shape::kHeap:
    case Shape::kCast:
    case Shape::kTypes:
      out->Close(to + text.size);
      return AppendImmediates(op, labels, out);
  }
}

// Table expansion in spirit: one case per shape.
void OperatorPrinter::AppendImmediates(const Operator& op,
                                       const LabelScope& labels,
                                       PrintBuffer* out) {
  const uint32_t first = op.index[0];
  const uint32_t second = op.index[1];
  switch (kOpTexts[static_cast<int>(op.op)].shape) {
    case Shape::kNone:
    case Shape::kLocal:
    case Shape::kI32:
    case Shape::kMemArg:
    case Shape::kLabel:
    case Shape::kFunc:
    case Shape::kGlobal:
    case Shape::kI64:
    case Shape::kF32:
    case Shape::kF64:
      return;  // Append's.
    case Shape::kV128:
      return AppendV128(op, out);
    case Shape::kLane:
      return Index({}, first, out);
    case Shape::kMemArgLane:
      MemArgOf(op, out);
      return Index({}, first, out);
    case Shape::kLanes16:
      return AppendLanes16(op, out);
    case Shape::kBlock:
      return BlockHead(op, labels, out);
    case Shape::kTryTable:
      BlockHead(op, labels, out);
      return Catches(op, labels, out);
    case Shape::kLabels:
      for (uint32_t label : op.labels) {
        out->Char(' ');
        labels.Append(label, out);
      }
      return;
    case Shape::kType:
      return Index(names_.types(), first, out);
    case Shape::kTypeTable:
      Table(second, out);
      return types_.Use(first, out);
    case Shape::kTypeType:
      Index(names_.types(), first, out);
      return Index(names_.types(), second, out);
    case Shape::kTypeField:
      Index(names_.types(), first, out);
      return Index(names_.Fields(first), second, out);
    case Shape::kTypeCount:
      Index(names_.types(), first, out);
      return Index({}, second, out);
    case Shape::kTypeData:
      Index(names_.types(), first, out);
      return Index(names_.datas(), second, out);
    case Shape::kTypeElem:
      Index(names_.types(), first, out);
      return Index(names_.elems(), second, out);
    case Shape::kTag:
      return Index(names_.tags(), first, out);
    case Shape::kTable:
      return Table(first, out);
    case Shape::kElem:
      return Index(names_.elems(), first, out);
    case Shape::kElemTable:
      Table(second, out);
      return Index(names_.elems(), first, out);
    case Shape::kTableTable:
      if (!says_table_ && first == 0 && second == 0) return;
      Index(names_.tables(), first, out);
      return Index(names_.tables(), second, out);
    case Shape::kMemory:
      return Memory(first, out);
    case Shape::kData:
      return Index(names_.datas(), first, out);
    case Shape::kDataMemory:
      Memory(second, out);
      return Index(names_.datas(), first, out);
    case Shape::kMemoryMemory:
      if (!says_memory_ && first == 0 && second == 0) return;
      Index(names_.memories(), first, out);
      return Index(names_.memories(), second, out);
    case Shape::kHeap:
      out->Char(' ');
      if (op.op == Op::kRefNull) return types_.Heap(op.heap[0], out);
      return types_.Reference(op.heap[0], IsNullableForm(op.op), out);
    case Shape::kCast:
      out->Char(' ');
      labels.Append(second, out);
      out->Char(' ');
      types_.Reference(op.heap[0], (first & kSourceNullable) != 0, out);
      out->Char(' ');
      return types_.Reference(op.heap[1], (first & kTargetNullable) != 0, out);
    case Shape::kTypes:
      out->Text(" (result");
      for (ValueType type : op.types) {
        out->Char(' ');
        types_.Value(type, out);
      }
      return out->Char(')');
  }
}

void OperatorPrinter::BlockHead(const Operator& op, const LabelScope& labels,
                                PrintBuffer* out) {
  const TextId& id = labels.NextId();
  for (absl::string_view part : {id.id, id.annotation}) {
    if (part.empty()) continue;
    out->Char(' ');
    out->Text(part);
  }
  types_.Block(op.block_type, out);
}

void OperatorPrinter::Catches(const Operator& op, const LabelScope& labels,
                              PrintBuffer* out) {
  // By CatchClause::Kind.
  static constexpr absl::string_view kWords[] = {
      " (catch", " (catch_ref", " (catch_all", " (catch_all_ref"};
  for (const CatchClause& clause : op.catches) {
    out->Text(kWords[clause.kind]);
    if (clause.has_tag()) Index(names_.tags(), clause.tag, out);
    out->Char(' ');
    labels.Append(clause.label, out);
    out->Char(')');
  }
}

void OperatorPrinter::MemArgOf(const Operator& op, PrintBuffer* out) {
  Memory(op.mem.memory, out);
  if (op.mem.offset != 0) {
    out->Text(" offset=");
    out->Decimal(op.mem.offset);
  }
  if (op.mem.align_log2 !=
      kOpTexts[static_cast<int>(op.op)].natural_align_log2) {
    out->Text(" align=");
    out->Decimal(uint64_t{1} << op.mem.align_log2);
  }
}

}  // namespace weft::wasm
