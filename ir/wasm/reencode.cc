// The part of writer.h that copies: code operator by operator, and types.
#include "ir/wasm/locals.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/type_codec.h"
#include "ir/wasm/writer.h"

namespace weft::wasm {
namespace {

absl::Status ReencodeOperators(ByteSpan code, uint32_t offset,
                               FeatureSet features, const char* section,
                               const IndexMaps& maps, ByteWriter* out,
                               size_t out_begin,
                               std::vector<OperatorMove>* moves) {
  const bool remap = !maps.is_identity();
  OperatorReader reader(code, offset, features, section);
  RemapScratch scratch;
  Operator op;
  while (!reader.done()) {
    if (!reader.TryRead(&op)) return reader.status();
    if (remap) RemapOperator(maps, &op, &scratch);
    if (moves != nullptr) {
      moves->push_back(
          {op.offset, static_cast<uint32_t>(out->size() - out_begin)});
    }
    WriteOperator(op, out);
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<BranchHint> MoveHints(absl::Span<const BranchHint> hints,
                                  uint32_t body_offset,
                                  absl::Span<const OperatorMove> moves) {
  std::vector<BranchHint> moved;
  auto move = moves.begin();
  for (const BranchHint& hint : hints) {
    const uint64_t from = uint64_t{body_offset} + hint.offset;
    while (move != moves.end() && move->from < from) ++move;
    if (move == moves.end()) break;
    if (move->from == from) moved.push_back({move->to, hint.likely});
  }
  return moved;
}

absl::Status ReencodeBody(const Module& module, FuncIndex func,
                          const IndexMaps& maps, ByteWriter* out,
                          std::vector<OperatorMove>* moves) {
  const size_t out_begin = out->size();
  const Function& function = module.funcs[func];
  ByteReader reader(function.body, function.body_offset);
  std::vector<LocalGroup> locals;
  absl::Status status = ReadLocals(&reader, module.features, &locals);
  if (!status.ok()) return status;
  for (LocalGroup& group : locals) group.type = maps.Map(group.type);
  WriteLocals(locals, out);
  return ReencodeOperators(reader.rest(), reader.offset(), module.features,
                           "code section", maps, out, out_begin, moves);
}

absl::Status ReencodeExpr(const Module& module, const ConstExpr& expr,
                          const IndexMaps& maps, ByteWriter* out) {
  return ReencodeOperators(expr.code, expr.offset, module.features,
                           "constant expression", maps, out, 0, nullptr);
}

void WriteSubType(const SubType& type, const IndexMaps& maps, ByteWriter* out) {
  if (!type.is_final || type.super != kNoIndex) {
    out->Byte(type.is_final ? 0x4f : 0x50);
    out->U32(type.super == kNoIndex ? 0 : 1);
    if (type.super != kNoIndex) {
      out->U32(IndexMaps::Map(maps.types, type.super));
    }
  }
  const auto write_field = [&](FieldType field) {
    field.storage.value = maps.Map(field.storage.value);
    WriteFieldType(field, out);
  };
  switch (type.kind) {
    case SubType::kFunc:
      out->Byte(0x60);
      for (const auto* values : {&type.params, &type.results}) {
        out->U32(static_cast<uint32_t>(values->size()));
        for (ValueType value : *values) WriteValueType(maps.Map(value), out);
      }
      return;
    case SubType::kStruct:
      out->Byte(0x5f);
      out->U32(static_cast<uint32_t>(type.fields.size()));
      for (const FieldType& field : type.fields) write_field(field);
      return;
    case SubType::kArray:
      out->Byte(0x5e);
      write_field(type.fields[0]);
      return;
  }
}

absl::StatusOr<std::vector<uint8_t>> ReencodeModule(const Module& module,
                                                    const IndexMaps& maps,
                                                    CustomPolicy customs) {
  const auto body = [&](FuncIndex func, ByteWriter* out) {
    return ReencodeBody(module, func, maps, out);
  };
  return WriteModule(module, maps, body, customs);
}

}  // namespace weft::wasm
