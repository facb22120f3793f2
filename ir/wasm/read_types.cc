// The type section: recursion groups of sub types (spec 5.3.10, 5.5.4).
#include "ir/wasm/module_reader.h"
#include "ir/wasm/type_codec.h"

namespace weft::wasm {
namespace {

constexpr uint8_t kGroupCode = 0x4e;
constexpr uint8_t kSubFinalCode = 0x4f;
constexpr uint8_t kSubCode = 0x50;
constexpr uint8_t kArrayCode = 0x5e;
constexpr uint8_t kStructCode = 0x5f;
constexpr uint8_t kFuncCode = 0x60;

}  // namespace

bool ModuleReader::ReadTypeSection() {
  uint32_t count;
  if (!ReadCount(Limit::kTypes, 0, 2, &count)) return false;
  module_->types.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadGroup()) return false;
  }
  return true;
}

bool ModuleReader::ReadGroup() {
  std::vector<SubType>& types = module_->types;
  const auto begin = static_cast<TypeIndex>(types.size());
  const uint32_t offset = reader_.offset();
  uint8_t code;
  if (!reader_.PeekByte(&code)) return Malformed();
  uint32_t count = 1;
  if (code == kGroupCode) {
    if (!Need(Feature::kGc, "recursion group", offset)) return false;
    reader_.Advance(1);
    if (!ReadCount(Limit::kGroupSize, 0, 2, &count)) return false;
  }
  if (uint64_t{begin} + count > LimitValue(Limit::kTypes)) {
    return OverLimit(Limit::kTypes, uint64_t{begin} + count, offset);
  }
  for (uint32_t i = 0; i < count; ++i) {
    types.emplace_back();
    types.back().group_begin = begin;
    types.back().group_size = count;
    if (!ReadSubType(begin + count, &types.back())) return false;
  }
  return true;
}

bool ModuleReader::ReadSubType(TypeIndex group_end, SubType* type) {
  const uint32_t offset = reader_.offset();
  uint8_t code;
  if (!Byte(&code)) return false;
  if (code == kSubCode || code == kSubFinalCode) {
    if (!Need(Feature::kGc, "sub type", offset)) return false;
    type->is_final = code == kSubFinalCode;
    if (!ReadSuper(type) || !Byte(&code)) return false;
  }
  return ReadComposite(code, group_end, type);
}

bool ModuleReader::ReadSuper(SubType* type) {
  const uint32_t offset = reader_.offset();
  uint32_t count;
  if (!U32(&count)) return false;
  if (count > 1) return Malformed("more than one super type", offset);
  if (count == 0) return true;
  if (!U32(&type->super)) return false;
  // The type itself is the last one so far.
  if (type->super >= module_->types.size() - 1) {
    return Malformed("unknown type: super type not declared before", offset);
  }
  type->depth = module_->types[type->super].depth + 1;
  if (type->depth > LimitValue(Limit::kSubtypeDepth)) {
    return OverLimit(Limit::kSubtypeDepth, type->depth, offset);
  }
  return true;
}

bool ModuleReader::ReadComposite(uint8_t code, TypeIndex group_end,
                                 SubType* type) {
  const uint32_t offset = reader_.offset() - 1;
  switch (code) {
    case kFuncCode: {
      type->kind = SubType::kFunc;
      if (!ReadValueTypes(Limit::kParams, group_end, &type->params) ||
          !ReadValueTypes(Limit::kResults, group_end, &type->results)) {
        return false;
      }
      return type->results.size() <= 1 ||
             Need(Feature::kMultiValue, "several results", offset);
    }
    case kStructCode: {
      type->kind = SubType::kStruct;
      uint32_t count;
      if (!Need(Feature::kGc, "struct type", offset) ||
          !ReadCount(Limit::kStructFields, 0, 2, &count)) {
        return false;
      }
      type->fields.resize(count);
      for (FieldType& field : type->fields) {
        if (!ReadField(group_end, &field)) return false;
      }
      return true;
    }
    case kArrayCode:
      type->kind = SubType::kArray;
      type->fields.resize(1);
      return Need(Feature::kGc, "array type", offset) &&
             ReadField(group_end, &type->fields[0]);
    default:
      return Malformed("malformed type", offset);
  }
}

bool ModuleReader::ReadValueTypes(Limit limit, TypeIndex group_end,
                                  std::vector<ValueType>* types) {
  uint32_t count;
  if (!ReadCount(limit, 0, 1, &count)) return false;
  types->resize(count);
  for (ValueType& type : *types) {
    const uint32_t offset = reader_.offset();
    if (!ReadValueType(&reader_, features_, &type)) return Malformed();
    if (!CheckTypeRef(type, group_end, offset)) return false;
  }
  return true;
}

bool ModuleReader::ReadField(TypeIndex group_end, FieldType* field) {
  const uint32_t offset = reader_.offset();
  if (!ReadFieldType(&reader_, features_, field)) return Malformed();
  return CheckTypeRef(field->storage.value, group_end, offset);
}

bool ModuleReader::CheckTypeRef(ValueType type, TypeIndex group_end,
                                uint32_t offset) {
  if (type.is_ref() && type.heap().is_defined() &&
      type.heap().index() >= group_end) {
    return Malformed("unknown type", offset);
  }
  return true;
}

}  // namespace weft::wasm
