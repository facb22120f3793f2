#include "check/reduce/subject.h"

#include <algorithm>
#include <utility>

#include "ir/wasm/reader.h"
#include "ir/wasm/writer.h"

namespace weft::check::reducing {
namespace {

using wasm::kNoIndex;
using wasm::Module;
using wasm::Op;
using wasm::Operator;
using wasm::SubType;
using wasm::ValueType;

template <typename T>
void ForgetImport(uint32_t index, std::vector<T>* entities) {
  for (T& entity : *entities) {
    if (entity.import_index == kNoIndex || entity.import_index < index) {
      continue;
    }
    entity.import_index =
        entity.import_index == index ? kNoIndex : entity.import_index - 1;
  }
}

template <typename T>
void ImportsFirst(const std::vector<T>& entities, std::vector<uint32_t>* map) {
  map->assign(entities.size(), 0);
  uint32_t next = 0;
  for (const bool imported : {true, false}) {
    for (size_t i = 0; i < entities.size(); ++i) {
      if (entities[i].is_import() == imported) (*map)[i] = next++;
    }
  }
}

Op ZeroOp(ValueType type) {
  switch (type.kind()) {
    case ValueType::kI32:
      return Op::kI32Const;
    case ValueType::kI64:
      return Op::kI64Const;
    case ValueType::kF32:
      return Op::kF32Const;
    case ValueType::kF64:
      return Op::kF64Const;
    case ValueType::kV128:
      return Op::kV128Const;
    case ValueType::kRef:
      return Op::kRefNull;
    case ValueType::kNone:
    case ValueType::kBottom:
      break;
  }
  return Op::kCount;
}

// An object of a reference type that excludes null.
bool AppendObject(const Module& module, wasm::HeapType heap,
                  std::vector<Operator>* ops) {
  using wasm::HeapType;
  if (!heap.is_defined()) {
    const HeapType::Abstract abstract = heap.abstract();
    if (abstract != HeapType::kI31 && abstract != HeapType::kEq &&
        abstract != HeapType::kAny) {
      return false;
    }
    ops->push_back(MakeOp(Op::kI32Const));
    ops->push_back(MakeOp(Op::kRefI31));
    return true;
  }
  const SubType& type = module.types[heap.index()];
  if (type.kind == SubType::kFunc) return false;
  for (const wasm::FieldType& field : type.fields) {
    if (!field.storage.value.is_defaultable()) return false;
  }
  if (type.kind == SubType::kArray) {
    ops->push_back(MakeOp(Op::kI32Const));
    ops->push_back(MakeOp(Op::kArrayNewDefault, heap.index()));
  } else {
    ops->push_back(MakeOp(Op::kStructNewDefault, heap.index()));
  }
  return true;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Subject>> Subject::Make(Bytes bytes) {
  std::unique_ptr<Subject> subject(new Subject);
  subject->bytes_ = std::move(bytes);
  absl::StatusOr<Module> module = wasm::ReadModule(subject->bytes_);
  if (!module.ok()) return module.status();
  subject->module_ = *std::move(module);
  return subject;
}

const std::vector<DecodedBody>& Subject::bodies() const {
  if (decoded_) return bodies_;
  decoded_ = true;
  bodies_.resize(module_.funcs.size());
  for (uint32_t i = module_.num_imported_funcs; i < bodies_.size(); ++i) {
    absl::StatusOr<DecodedBody> body = DecodeBody(module_, i);
    // Valid modules decode.
    if (body.ok()) bodies_[i] = *std::move(body);
  }
  return bodies_;
}

wasm::ConstExpr Draft::MakeExpr(absl::Span<const Operator> ops) {
  wasm::ByteWriter out;
  for (const Operator& op : ops) WriteOperator(op, &out);
  WriteOperator(MakeOp(Op::kEnd), &out);
  return {storage.emplace_back(out.Take()), 0};
}

wasm::TypeIndex Draft::FindFuncType(const std::vector<ValueType>& params,
                                    const std::vector<ValueType>& results) {
  const auto count = static_cast<uint32_t>(module.types.size());
  for (uint32_t i = 0; i < count; ++i) {
    const SubType& type = module.types[i];
    if (type.kind == SubType::kFunc && type.is_final &&
        type.super == kNoIndex && type.group_size == 1 &&
        type.params == params && type.results == results) {
      return i;
    }
  }
  SubType& type = module.types.emplace_back();
  type.params = params;
  type.results = results;
  type.group_begin = count;
  return count;
}

void Draft::RemoveImport(uint32_t index) {
  module.imports.erase(module.imports.begin() + index);
  ForgetImport(index, &module.funcs);
  ForgetImport(index, &module.tables);
  ForgetImport(index, &module.memories);
  ForgetImport(index, &module.tags);
  ForgetImport(index, &module.globals);
}

void Draft::PutImportsFirst() {
  ImportsFirst(module.funcs, &maps.funcs);
  ImportsFirst(module.tables, &maps.tables);
  ImportsFirst(module.memories, &maps.memories);
  ImportsFirst(module.tags, &maps.tags);
  ImportsFirst(module.globals, &maps.globals);
}

absl::StatusOr<Bytes> Draft::Write() const {
  const bool moves = !maps.is_identity();
  const auto body = [&](wasm::FuncIndex func, wasm::ByteWriter* out) {
    const auto found = bodies.find(func);
    if (found != bodies.end()) {
      out->Bytes(found->second);
      return absl::OkStatus();
    }
    if (moves) return ReencodeBody(module, func, maps, out);
    out->Bytes(module.funcs[func].body);
    return absl::OkStatus();
  };
  const auto customs = [&](const wasm::CustomSection& section,
                           wasm::ByteWriter*) {
    const auto index = static_cast<size_t>(&section - module.customs.data());
    return !dropped_customs.empty() && dropped_customs[index]
               ? wasm::CustomAction::kDrop
               : wasm::CustomAction::kKeep;
  };
  return WriteModule(module, maps, body, customs);
}

Operator MakeOp(Op op, uint32_t index) {
  Operator made;
  made.op = op;
  made.index[0] = index;
  return made;
}

bool AppendZero(const Module& module, ValueType type,
                std::vector<Operator>* ops) {
  if (type.is_ref() && !type.nullable()) {
    return AppendObject(module, type.heap(), ops);
  }
  const Op op = ZeroOp(type);
  if (op == Op::kCount) return false;
  Operator made = MakeOp(op);
  if (type.is_ref()) made.heap[0] = type.heap();
  ops->push_back(made);
  return true;
}

}  // namespace weft::check::reducing
