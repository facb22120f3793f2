#include "ir/wasm/type_codec.h"

#include "ir/wasm/limits.h"

namespace weft::wasm {
namespace {

constexpr uint8_t kRefNullCode = 0x63;
constexpr uint8_t kRefCode = 0x64;
constexpr uint8_t kEmptyBlockCode = 0x40;

struct AbstractCode {
  HeapType::Abstract heap;
  Feature feature;
};

// By code - 0x69: exn, array, struct, i31, eq, any, extern, func, none,
// noextern, nofunc, noexn.
constexpr uint8_t kFirstAbstractCode = 0x69;
constexpr uint8_t kLastAbstractCode = 0x74;
constexpr AbstractCode kAbstractCodes[] = {
    {HeapType::kExn, Feature::kExceptionHandling},
    {HeapType::kArray, Feature::kGc},
    {HeapType::kStruct, Feature::kGc},
    {HeapType::kI31, Feature::kGc},
    {HeapType::kEq, Feature::kGc},
    {HeapType::kAny, Feature::kGc},
    {HeapType::kExtern, Feature::kReferenceTypes},
    {HeapType::kFunc, Feature::kReferenceTypes},
    {HeapType::kNone, Feature::kGc},
    {HeapType::kNoExtern, Feature::kGc},
    {HeapType::kNoFunc, Feature::kGc},
    {HeapType::kNoExn, Feature::kExceptionHandling},
};

bool IsAbstractCode(uint8_t code) {
  return code >= kFirstAbstractCode && code <= kLastAbstractCode;
}

uint8_t CodeOfAbstract(HeapType::Abstract heap) {
  for (uint8_t code = kFirstAbstractCode; code < kLastAbstractCode; ++code) {
    if (kAbstractCodes[code - kFirstAbstractCode].heap == heap) return code;
  }
  return kLastAbstractCode;
}

bool NeedFeature(ByteReader* reader, FeatureSet features, Feature feature) {
  if (features.Has(feature)) return true;
  return reader->Fail(FeatureOffMessage(feature),
                      absl::StatusCode::kUnimplemented);
}

// An abstract heap type's code, a single byte.
bool ReadAbstract(ByteReader* reader, FeatureSet features, uint8_t code,
                  HeapType* out) {
  const AbstractCode& entry = kAbstractCodes[code - kFirstAbstractCode];
  if (!NeedFeature(reader, features, entry.feature)) return false;
  reader->Advance(1);
  *out = HeapType(entry.heap);
  return true;
}

}  // namespace

const char* FeatureOffMessage(Feature feature) {
  static constexpr const char* kMessages[] = {
      "type needs feature mvp, which is off",
#define WEFT_FEATURE(name, section, ...) \
  "type needs feature " section ", which is off",
#include "ir/wasm/features.def"
#undef WEFT_FEATURE
  };
  return kMessages[static_cast<int>(feature)];
}

FeatureSet FeaturesOf(HeapType type) {
  FeatureSet features;
  features.Add(
      type.is_defined()
          ? Feature::kFunctionReferences
          : kAbstractCodes[CodeOfAbstract(type.abstract()) - kFirstAbstractCode]
                .feature);
  return features;
}

FeatureSet FeaturesOf(ValueType type) {
  FeatureSet features;
  if (type == ValueType::kV128) features.Add(Feature::kSimd128);
  if (!type.is_ref()) return features;
  if (!type.nullable()) features.Add(Feature::kFunctionReferences);
  return features.Union(FeaturesOf(type.heap()));
}

bool ReadHeapType(ByteReader* reader, FeatureSet features, HeapType* out) {
  uint8_t code;
  if (!reader->PeekByte(&code)) return false;
  if (IsAbstractCode(code)) return ReadAbstract(reader, features, code, out);
  const uint8_t* start = reader->pos();
  int64_t index;
  if (!reader->ReadS33(&index)) return false;
  if (index >= 0 && index < static_cast<int64_t>(LimitValue(Limit::kTypes))) {
    if (features.Has(Feature::kFunctionReferences) ||
        features.Has(Feature::kGc)) {
      *out = HeapType::Defined(static_cast<TypeIndex>(index));
      return true;
    }
    reader->SetPos(start);
    return NeedFeature(reader, features, Feature::kFunctionReferences);
  }
  reader->SetPos(start);
  return reader->Fail(index < 0 ? "malformed heap type" : "unknown type");
}

bool ReadValueType(ByteReader* reader, FeatureSet features, ValueType* out) {
  uint8_t code;
  if (!reader->PeekByte(&code)) return false;
  switch (code) {
    case 0x7f:
      *out = ValueType::kI32;
      break;
    case 0x7e:
      *out = ValueType::kI64;
      break;
    case 0x7d:
      *out = ValueType::kF32;
      break;
    case 0x7c:
      *out = ValueType::kF64;
      break;
    case 0x7b:
      if (!NeedFeature(reader, features, Feature::kSimd128)) return false;
      *out = ValueType::kV128;
      break;
    case kRefNullCode:
    case kRefCode: {
      const uint8_t* start = reader->pos();
      reader->Advance(1);
      HeapType heap;
      if (!ReadHeapType(reader, features, &heap)) {
        reader->SetPos(start);
        return false;
      }
      if (!features.Has(Feature::kGc) &&
          !NeedFeature(reader, features, Feature::kFunctionReferences)) {
        reader->SetPos(start);
        return false;
      }
      *out = ValueType::Ref(heap, code == kRefNullCode);
      return true;
    }
    default: {
      HeapType heap;
      if (!IsAbstractCode(code)) return reader->Fail("malformed value type");
      if (!ReadAbstract(reader, features, code, &heap)) return false;
      *out = ValueType::Ref(heap, true);
      return true;
    }
  }
  reader->Advance(1);
  return true;
}

bool ReadRefType(ByteReader* reader, FeatureSet features, ValueType* out) {
  uint8_t code;
  if (!reader->PeekByte(&code)) return false;
  if (code == 0x70) {
    reader->Advance(1);
    *out = ValueType::Ref(HeapType::kFunc, true);
    return true;
  }
  if (code != kRefNullCode && code != kRefCode && !IsAbstractCode(code)) {
    return reader->Fail("malformed reference type");
  }
  return ReadValueType(reader, features, out);
}

bool ReadStorageType(ByteReader* reader, FeatureSet features,
                     StorageType* out) {
  uint8_t code;
  if (!reader->PeekByte(&code)) return false;
  if (code == 0x78 || code == 0x77) {
    reader->Advance(1);
    out->value = ValueType::kI32;
    out->packed = code == 0x78 ? StorageType::kI8 : StorageType::kI16;
    return true;
  }
  out->packed = StorageType::kNotPacked;
  return ReadValueType(reader, features, &out->value);
}

bool ReadFieldType(ByteReader* reader, FeatureSet features, FieldType* out) {
  uint8_t flag;
  if (!ReadStorageType(reader, features, &out->storage)) return false;
  if (!reader->ReadByte(&flag)) return false;
  if (flag > 1) return reader->Fail("malformed mutability");
  out->is_mutable = flag == 1;
  return true;
}

bool ReadBlockType(ByteReader* reader, FeatureSet features, BlockType* out) {
  uint8_t code;
  if (!reader->PeekByte(&code)) return false;
  if (code == kEmptyBlockCode) {
    reader->Advance(1);
    out->kind = BlockType::kEmpty;
    return true;
  }
  if (code > kEmptyBlockCode && code < 0x80) {
    out->kind = BlockType::kValue;
    return ReadValueType(reader, features, &out->value);
  }
  const uint8_t* start = reader->pos();
  int64_t index;
  if (!reader->ReadS33(&index)) return false;
  if (index < 0) {
    reader->SetPos(start);
    return reader->Fail("malformed block type");
  }
  if (!features.Has(Feature::kMultiValue)) {
    reader->SetPos(start);
    return NeedFeature(reader, features, Feature::kMultiValue);
  }
  out->kind = BlockType::kTypeIndex;
  out->index = static_cast<TypeIndex>(index);
  return true;
}

void WriteHeapType(HeapType type, ByteWriter* out) {
  if (type.is_defined()) {
    out->S64(type.index());
  } else {
    out->Byte(CodeOfAbstract(type.abstract()));
  }
}

void WriteValueType(ValueType type, ByteWriter* out) {
  switch (type.kind()) {
    case ValueType::kI32:
    case ValueType::kI64:
    case ValueType::kF32:
    case ValueType::kF64:
    case ValueType::kV128:
      out->Byte(static_cast<uint8_t>(0x80 - type.kind()));
      return;
    case ValueType::kRef:
      if (!type.nullable() || type.heap().is_defined()) {
        out->Byte(type.nullable() ? kRefNullCode : kRefCode);
      }
      WriteHeapType(type.heap(), out);
      return;
    case ValueType::kNone:
    case ValueType::kBottom:
      return;
  }
}

void WriteStorageType(StorageType type, ByteWriter* out) {
  switch (type.packed) {
    case StorageType::kNotPacked:
      WriteValueType(type.value, out);
      return;
    case StorageType::kI8:
      out->Byte(0x78);
      return;
    case StorageType::kI16:
      out->Byte(0x77);
      return;
  }
}

void WriteFieldType(FieldType type, ByteWriter* out) {
  WriteStorageType(type.storage, out);
  out->Byte(type.is_mutable ? 1 : 0);
}

void WriteBlockType(const BlockType& type, ByteWriter* out) {
  switch (type.kind) {
    case BlockType::kEmpty:
      out->Byte(kEmptyBlockCode);
      return;
    case BlockType::kValue:
      WriteValueType(type.value, out);
      return;
    case BlockType::kTypeIndex:
      out->S64(type.index);
      return;
  }
}

}  // namespace weft::wasm
