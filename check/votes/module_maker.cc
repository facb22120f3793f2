#include "check/votes/module_maker.h"

#include <utility>

#include "ir/wasm/type_codec.h"
#include "ir/wasm/writer.h"

namespace weft::check::votes {

using wasm::ExternalKind;
using wasm::Op;
using wasm::Operator;
using wasm::SubType;
using wasm::ValueType;

wasm::LocalIndex Code::AddLocal(ValueType type) {
  locals_.push_back(type);
  return params_ + static_cast<uint32_t>(locals_.size()) - 1;
}

Code& Code::Write(const Operator& op) {
  wasm::WriteOperator(op, &out_);
  return *this;
}

Code& Code::Do(Op op, uint32_t a, uint32_t b) {
  Operator out;
  out.op = op;
  out.index[0] = a;
  out.index[1] = b;
  return Write(out);
}

Code& Code::I32(uint32_t value) { return Constant(ValueType::kI32, value); }
Code& Code::I64(uint64_t value) { return Constant(ValueType::kI64, value); }

Code& Code::Constant(ValueType type, uint64_t low, uint64_t high) {
  Operator out;
  out.value = low;
  out.value_high = high;
  switch (type.kind()) {
    case ValueType::kI32:
      out.op = Op::kI32Const;
      break;
    case ValueType::kF32:
      out.op = Op::kF32Const;
      break;
    case ValueType::kF64:
      out.op = Op::kF64Const;
      break;
    case ValueType::kV128:
      out.op = Op::kV128Const;
      break;
    case ValueType::kI64:
    case ValueType::kNone:
    case ValueType::kRef:
    case ValueType::kBottom:
      out.op = Op::kI64Const;
      break;
  }
  return Write(out);
}

Code& Code::Access(Op op, wasm::MemoryIndex memory, uint64_t offset) {
  Operator out;
  out.op = op;
  out.mem.memory = memory;
  out.mem.offset = offset;
  return Write(out);
}

Code& Code::Heap(Op op, wasm::HeapType heap) {
  Operator out;
  out.op = op;
  out.heap[0] = heap;
  return Write(out);
}

Code& Code::Begin(Op op) {
  Operator out;
  out.op = op;
  return Write(out);
}

Code& Code::Begin(Op op, ValueType result) {
  Operator out;
  out.op = op;
  out.block_type.kind = wasm::BlockType::kValue;
  out.block_type.value = result;
  return Write(out);
}

Code& Code::BeginOf(Op op, wasm::TypeIndex type) {
  Operator out;
  out.op = op;
  out.block_type.kind = wasm::BlockType::kTypeIndex;
  out.block_type.index = type;
  return Write(out);
}

Code& Code::BeginTry(absl::Span<const wasm::CatchClause> catches) {
  Operator out;
  out.op = Op::kTryTable;
  out.catches = catches;
  return Write(out);
}

std::vector<uint8_t> Code::Expression() const {
  std::vector<uint8_t> bytes = out_.bytes();
  bytes.push_back(0x0b);
  return bytes;
}

std::vector<uint8_t> Code::Body() const {
  wasm::ByteWriter out;
  out.U32(static_cast<uint32_t>(locals_.size()));
  for (const ValueType type : locals_) {
    out.U32(1);
    wasm::WriteValueType(type, &out);
  }
  out.Bytes(Expression());
  return out.Take();
}

ModuleMaker::ModuleMaker(const wasm::Module& like) {
  module_.types = like.types;
  module_.features = wasm::FeatureSet::All();
}

wasm::TypeIndex ModuleMaker::FuncType(std::vector<ValueType> params,
                                      std::vector<ValueType> results) {
  for (size_t i = 0; i < module_.types.size(); ++i) {
    const SubType& type = module_.types[i];
    if (type.kind == SubType::kFunc && type.group_size == 1 && type.is_final &&
        type.super == wasm::kNoIndex && type.params == params &&
        type.results == results) {
      return static_cast<wasm::TypeIndex>(i);
    }
  }
  SubType& type = module_.types.emplace_back();
  type.params = std::move(params);
  type.results = std::move(results);
  type.group_begin = static_cast<wasm::TypeIndex>(module_.types.size() - 1);
  return type.group_begin;
}

absl::string_view ModuleMaker::Keep(absl::string_view text) {
  return texts_.emplace_back(std::string(text));
}

wasm::ConstExpr ModuleMaker::Keep(const Code& code) {
  wasm::ConstExpr expr;
  expr.code = exprs_.emplace_back(code.Expression());
  return expr;
}

uint32_t ModuleMaker::AddImport(absl::string_view module,
                                absl::string_view field, ExternalKind kind,
                                size_t index) {
  module_.imports.push_back(
      {Keep(module), Keep(field), kind, static_cast<uint32_t>(index)});
  return static_cast<uint32_t>(module_.imports.size() - 1);
}

wasm::FuncIndex ModuleMaker::ImportFunc(absl::string_view module,
                                        absl::string_view field,
                                        wasm::TypeIndex type) {
  wasm::Function func;
  func.type = type;
  func.import_index =
      AddImport(module, field, ExternalKind::kFunc, module_.funcs.size());
  module_.funcs.push_back(func);
  bodies_.emplace_back();
  return module_.num_imported_funcs++;
}

wasm::TableIndex ModuleMaker::ImportTable(absl::string_view module,
                                          absl::string_view field,
                                          const wasm::TableType& type) {
  wasm::Table table;
  table.type = type;
  table.import_index =
      AddImport(module, field, ExternalKind::kTable, module_.tables.size());
  module_.tables.push_back(table);
  return module_.num_imported_tables++;
}

wasm::MemoryIndex ModuleMaker::ImportMemory(absl::string_view module,
                                            absl::string_view field,
                                            const wasm::MemoryType& type) {
  wasm::Memory memory;
  memory.type = type;
  memory.import_index =
      AddImport(module, field, ExternalKind::kMemory, module_.memories.size());
  module_.memories.push_back(memory);
  return module_.num_imported_memories++;
}

wasm::GlobalIndex ModuleMaker::ImportGlobal(absl::string_view module,
                                            absl::string_view field,
                                            const wasm::GlobalType& type) {
  wasm::Global global;
  global.type = type;
  global.import_index =
      AddImport(module, field, ExternalKind::kGlobal, module_.globals.size());
  module_.globals.push_back(global);
  return module_.num_imported_globals++;
}

wasm::TagIndex ModuleMaker::ImportTag(absl::string_view module,
                                      absl::string_view field,
                                      wasm::TypeIndex type) {
  wasm::Tag tag;
  tag.type = type;
  tag.import_index =
      AddImport(module, field, ExternalKind::kTag, module_.tags.size());
  module_.tags.push_back(tag);
  return module_.num_imported_tags++;
}

wasm::FuncIndex ModuleMaker::DeclareFunc(wasm::TypeIndex type) {
  wasm::Function func;
  func.type = type;
  module_.funcs.push_back(func);
  bodies_.emplace_back();
  return static_cast<wasm::FuncIndex>(module_.funcs.size() - 1);
}

void ModuleMaker::Define(wasm::FuncIndex func, const Code& body) {
  bodies_[func] = body.Body();
}

wasm::TableIndex ModuleMaker::AddTable(const wasm::TableType& type) {
  wasm::Table table;
  table.type = type;
  module_.tables.push_back(table);
  return static_cast<wasm::TableIndex>(module_.tables.size() - 1);
}

wasm::MemoryIndex ModuleMaker::AddMemory(const wasm::MemoryType& type) {
  wasm::Memory memory;
  memory.type = type;
  module_.memories.push_back(memory);
  return static_cast<wasm::MemoryIndex>(module_.memories.size() - 1);
}

wasm::GlobalIndex ModuleMaker::AddGlobal(const wasm::GlobalType& type,
                                         const Code& init) {
  wasm::Global global;
  global.type = type;
  global.init = Keep(init);
  module_.globals.push_back(global);
  return static_cast<wasm::GlobalIndex>(module_.globals.size() - 1);
}

wasm::TagIndex ModuleMaker::AddTag(wasm::TypeIndex type) {
  wasm::Tag tag;
  tag.type = type;
  module_.tags.push_back(tag);
  return static_cast<wasm::TagIndex>(module_.tags.size() - 1);
}

void ModuleMaker::Export(absl::string_view name, ExternalKind kind,
                         uint32_t index) {
  module_.exports.push_back({Keep(name), kind, index});
}

void ModuleMaker::Fill(wasm::TableIndex table,
                       std::vector<wasm::FuncIndex> funcs) {
  wasm::ElemSegment elem;
  elem.table = table;
  Code offset;
  elem.offset = Keep(offset.I32(0));
  elem.type = ValueType::Ref(wasm::HeapType::kFunc, false);
  elem.funcs = std::move(funcs);
  module_.elems.push_back(std::move(elem));
}

absl::StatusOr<std::vector<uint8_t>> ModuleMaker::Write() const {
  return wasm::WriteModule(module_, {},
                           [this](wasm::FuncIndex func, wasm::ByteWriter* out) {
                             out->Bytes(bodies_[func]);
                             return absl::OkStatus();
                           });
}

}  // namespace weft::check::votes
