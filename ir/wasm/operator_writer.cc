// The writing half of operator.h: encoding and renumbering of operators.
#include <algorithm>

#include "ir/wasm/operator.h"
#include "ir/wasm/type_codec.h"

namespace weft::wasm {
namespace {

void WriteMemArg(const MemArg& mem, ByteWriter* out) {
  if (mem.memory == 0) {
    out->U32(mem.align_log2);
  } else {
    out->U32(mem.align_log2 | 1u << 6);
    out->U32(mem.memory);
  }
  out->U64(mem.offset);
}

void WriteCatches(const Operator& op, ByteWriter* out) {
  out->U32(static_cast<uint32_t>(op.catches.size()));
  for (const CatchClause& clause : op.catches) {
    out->Byte(clause.kind);
    if (clause.has_tag()) out->U32(clause.tag);
    out->U32(clause.label);
  }
}

void WriteImmediate(ImmediateKind kind, const Operator& op, int* num_index,
                    int* num_heap, ByteWriter* out) {
  switch (kind) {
    case ImmediateKind::kBlockType:
      WriteBlockType(op.block_type, out);
      return;
    case ImmediateKind::kLabelTable:
      out->U32(static_cast<uint32_t>(op.labels.size() - 1));
      for (uint32_t label : op.labels) out->U32(label);
      return;
    case ImmediateKind::kLabel:
    case ImmediateKind::kFunc:
    case ImmediateKind::kType:
    case ImmediateKind::kTable:
    case ImmediateKind::kMemory:
    case ImmediateKind::kLocal:
    case ImmediateKind::kGlobal:
    case ImmediateKind::kTag:
    case ImmediateKind::kData:
    case ImmediateKind::kElem:
    case ImmediateKind::kField:
    case ImmediateKind::kCount:
      out->U32(op.index[(*num_index)++]);
      return;
    case ImmediateKind::kLane:
    case ImmediateKind::kCastFlags:
    case ImmediateKind::kOrdering:
      out->Byte(static_cast<uint8_t>(op.index[(*num_index)++]));
      return;
    case ImmediateKind::kMemArg:
      WriteMemArg(op.mem, out);
      return;
    case ImmediateKind::kLanes16:
    case ImmediateKind::kV128:
      out->Fixed64(op.value);
      out->Fixed64(op.value_high);
      return;
    case ImmediateKind::kI32:
      out->S64(static_cast<int32_t>(op.value));
      return;
    case ImmediateKind::kI64:
      out->S64(static_cast<int64_t>(op.value));
      return;
    case ImmediateKind::kF32:
      out->Fixed32(static_cast<uint32_t>(op.value));
      return;
    case ImmediateKind::kF64:
      out->Fixed64(op.value);
      return;
    case ImmediateKind::kHeapType:
      WriteHeapType(op.heap[(*num_heap)++], out);
      return;
    case ImmediateKind::kValueTypes:
      out->U32(static_cast<uint32_t>(op.types.size()));
      for (ValueType type : op.types) WriteValueType(type, out);
      return;
    case ImmediateKind::kCatches:
      WriteCatches(op, out);
      return;
  }
}

// The map for indices of `kind`, or null when they are never renumbered.
const std::vector<uint32_t>* MapFor(const IndexMaps& maps, ImmediateKind kind) {
  switch (kind) {
    case ImmediateKind::kFunc:
      return &maps.funcs;
    case ImmediateKind::kType:
      return &maps.types;
    case ImmediateKind::kTable:
      return &maps.tables;
    case ImmediateKind::kMemory:
      return &maps.memories;
    case ImmediateKind::kGlobal:
      return &maps.globals;
    case ImmediateKind::kTag:
      return &maps.tags;
    case ImmediateKind::kData:
      return &maps.datas;
    case ImmediateKind::kElem:
      return &maps.elems;
    case ImmediateKind::kBlockType:
    case ImmediateKind::kLabel:
    case ImmediateKind::kLabelTable:
    case ImmediateKind::kLocal:
    case ImmediateKind::kField:
    case ImmediateKind::kCount:
    case ImmediateKind::kMemArg:
    case ImmediateKind::kLane:
    case ImmediateKind::kLanes16:
    case ImmediateKind::kI32:
    case ImmediateKind::kI64:
    case ImmediateKind::kF32:
    case ImmediateKind::kF64:
    case ImmediateKind::kV128:
    case ImmediateKind::kHeapType:
    case ImmediateKind::kValueTypes:
    case ImmediateKind::kCastFlags:
    case ImmediateKind::kCatches:
    case ImmediateKind::kOrdering:
      return nullptr;
  }
  return nullptr;
}

// Whether an immediate of `kind` takes one of Operator::index.
bool UsesIndex(ImmediateKind kind) {
  switch (kind) {
    case ImmediateKind::kLabel:
    case ImmediateKind::kFunc:
    case ImmediateKind::kType:
    case ImmediateKind::kTable:
    case ImmediateKind::kMemory:
    case ImmediateKind::kLocal:
    case ImmediateKind::kGlobal:
    case ImmediateKind::kTag:
    case ImmediateKind::kData:
    case ImmediateKind::kElem:
    case ImmediateKind::kField:
    case ImmediateKind::kCount:
    case ImmediateKind::kLane:
    case ImmediateKind::kCastFlags:
    case ImmediateKind::kOrdering:
      return true;
    case ImmediateKind::kBlockType:
    case ImmediateKind::kLabelTable:
    case ImmediateKind::kMemArg:
    case ImmediateKind::kLanes16:
    case ImmediateKind::kI32:
    case ImmediateKind::kI64:
    case ImmediateKind::kF32:
    case ImmediateKind::kF64:
    case ImmediateKind::kV128:
    case ImmediateKind::kHeapType:
    case ImmediateKind::kValueTypes:
    case ImmediateKind::kCatches:
      return false;
  }
  return false;
}

// Block types, type vectors, memory arguments, heap types and catch clauses.
void RemapCompound(const IndexMaps& maps, ImmediateKind kind, int* num_heap,
                   RemapScratch* scratch, Operator* op) {
  switch (kind) {
    case ImmediateKind::kBlockType:
      if (op->block_type.kind == BlockType::kTypeIndex) {
        op->block_type.index = maps.Map(maps.types, op->block_type.index);
      } else if (op->block_type.kind == BlockType::kValue) {
        op->block_type.value = maps.Map(op->block_type.value);
      }
      return;
    case ImmediateKind::kMemArg:
      op->mem.memory = maps.Map(maps.memories, op->mem.memory);
      return;
    case ImmediateKind::kHeapType: {
      HeapType& heap = op->heap[(*num_heap)++];
      heap = maps.Map(heap);
      return;
    }
    case ImmediateKind::kValueTypes:
      if (maps.types.empty()) return;
      scratch->types.assign(op->types.begin(), op->types.end());
      for (ValueType& type : scratch->types) type = maps.Map(type);
      op->types = scratch->types;
      return;
    case ImmediateKind::kCatches:
      if (maps.tags.empty()) return;
      scratch->catches.assign(op->catches.begin(), op->catches.end());
      for (CatchClause& clause : scratch->catches) {
        if (clause.has_tag()) clause.tag = maps.Map(maps.tags, clause.tag);
      }
      op->catches = scratch->catches;
      return;
    default:  // Numbers and labels.
      return;
  }
}

}  // namespace

bool IndexMaps::is_identity() const {
  return types.empty() && funcs.empty() && tables.empty() && memories.empty() &&
         tags.empty() && globals.empty() && elems.empty() && datas.empty();
}

ValueType IndexMaps::Map(ValueType type) const {
  if (types.empty() || !type.is_ref()) return type;
  return ValueType::Ref(Map(type.heap()), type.nullable());
}

HeapType IndexMaps::Map(HeapType heap) const {
  if (types.empty() || !heap.is_defined()) return heap;
  return HeapType::Defined(types[heap.index()]);
}

void WriteOperator(const Operator& op, ByteWriter* out) {
  const OpInfo& info = InfoOf(op.op);
  if (info.prefix == 0) {
    out->Byte(static_cast<uint8_t>(info.code));
  } else {
    out->Byte(info.prefix);
    out->U32(info.code);
  }
  int num_index = 0;
  int num_heap = 0;
  for (ImmediateKind kind : info.immediates) {
    WriteImmediate(kind, op, &num_index, &num_heap, out);
  }
}

void RemapOperator(const IndexMaps& maps, Operator* op, RemapScratch* scratch) {
  int num_index = 0;
  int num_heap = 0;
  for (ImmediateKind kind : InfoOf(op->op).immediates) {
    if (UsesIndex(kind)) {
      const std::vector<uint32_t>* map = MapFor(maps, kind);
      if (map != nullptr) {
        op->index[num_index] = IndexMaps::Map(*map, op->index[num_index]);
      }
      ++num_index;
    } else {
      RemapCompound(maps, kind, &num_heap, scratch, op);
    }
  }
}

}  // namespace weft::wasm
