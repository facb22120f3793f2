// Structs and arrays. All arrays have at least four elements.
#include <algorithm>

#include "check/generate/function.h"

namespace weft::check::generate {

using wasm::FieldType;
using wasm::StorageType;
using wasm::SubType;

namespace {

bool IsPacked(const FieldType& field) {
  return field.storage.packed != StorageType::kNotPacked;
}

// Bytes of an element in a data segment; 0 for references.
uint32_t WidthOf(const FieldType& field) {
  if (field.storage.packed == StorageType::kI8) return 1;
  if (field.storage.packed == StorageType::kI16) return 2;
  switch (field.storage.value.kind()) {
    case wasm::ValueType::kI32:
    case wasm::ValueType::kF32:
      return 4;
    case wasm::ValueType::kI64:
    case wasm::ValueType::kF64:
      return 8;
    case wasm::ValueType::kV128:
      return 16;
    case wasm::ValueType::kNone:
    case wasm::ValueType::kRef:
    case wasm::ValueType::kBottom:
      return 0;
  }
  return 0;
}

}  // namespace

bool FunctionMaker::IsDefaultable(const SubType& type) const {
  return std::all_of(type.fields.begin(), type.fields.end(),
                     [](const FieldType& field) {
                       return field.storage.value.is_defaultable();
                     });
}

template <typename Fits>
uint32_t FunctionMaker::PickArray(Fits fits) {
  const uint32_t n = static_cast<uint32_t>(plan_.array_types.size());
  if (n == 0) return wasm::kNoIndex;
  const uint32_t first = source_.Below(n);
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t type = plan_.array_types[(first + i) % n];
    if (fits(plan_.types[type].fields[0])) return type;
  }
  return wasm::kNoIndex;
}

template <typename Fits>
uint32_t FunctionMaker::PickStruct(Fits fits, uint32_t* field) {
  const uint32_t n = static_cast<uint32_t>(plan_.struct_types.size());
  if (n == 0) return wasm::kNoIndex;
  const uint32_t first = source_.Below(n);
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t type = plan_.struct_types[(first + i) % n];
    const std::vector<FieldType>& fields = plan_.types[type].fields;
    const uint32_t count = static_cast<uint32_t>(fields.size());
    const uint32_t first_field = source_.Below(count);
    for (uint32_t f = 0; f < count; ++f) {
      *field = (first_field + f) % count;
      if (fits(fields[*field])) return type;
    }
  }
  return wasm::kNoIndex;
}

void FunctionMaker::NewAggregate(wasm::TypeIndex index) {
  if (plan_.types[index].kind == SubType::kStruct) {
    const Op op =
        IsDefaultable(plan_.types[index]) && (!HasRoom() || source_.OneIn(3))
            ? Op::kStructNewDefault
            : Op::kStructNew;
    if (op == Op::kStructNew) {
      // A copy, for more types may be added while values are made.
      const std::vector<FieldType> fields = plan_.types[index].fields;
      for (const FieldType& field : fields) {
        Value(field.storage.value, Nan::kCanonical);
      }
    }
    return Do(op, index);
  }
  const ValueType element = plan_.types[index].fields[0].storage.value;
  if (element.is_defaultable() && (!HasRoom() || source_.OneIn(2))) {
    I32(4 + source_.Below(3));
    return Do(Op::kArrayNewDefault, index);
  }
  if (source_.OneIn(3) && level_ < kMaxLevel) {
    const uint32_t n = 4 + source_.OneIn(4);
    for (uint32_t i = 0; i < n; ++i) Value(element, Nan::kCanonical);
    return Do(Op::kArrayNewFixed, index, n);
  }
  Value(element, Nan::kCanonical);
  I32(4 + source_.Below(4));
  Do(Op::kArrayNew, index);
}

bool FunctionMaker::StructNew(Op op, ValueType want) {
  uint32_t field;
  const uint32_t type =
      PickStruct([&](const FieldType&) { return true; }, &field);
  if (type == wasm::kNoIndex) return false;
  if (op == Op::kStructNewDefault && IsDefaultable(plan_.types[type])) {
    Do(op, type);
  } else {
    NewAggregate(type);
  }
  Convert(ValueType::Ref(HeapType::Defined(type), false), want);
  return true;
}

bool FunctionMaker::StructGet(Op op, ValueType want) {
  const bool packed = op != Op::kStructGet;
  uint32_t field;
  const uint32_t type = PickStruct(
      [&](const FieldType& f) {
        return IsPacked(f) == packed &&
               (want == ValueType::kNone ||
                IsSubtype(plan_, f.storage.value, want));
      },
      &field);
  if (type == wasm::kNoIndex) return false;
  NonNull(HeapType::Defined(type));
  Do(op, type, field);
  has_nan_ = false;
  Convert(plan_.types[type].fields[field].storage.value, want);
  return true;
}

bool FunctionMaker::StructSet(ValueType want) {
  uint32_t field;
  const uint32_t type =
      PickStruct([](const FieldType& f) { return f.is_mutable; }, &field);
  if (type == wasm::kNoIndex) return false;
  NonNull(HeapType::Defined(type));
  Value(plan_.types[type].fields[field].storage.value, Nan::kCanonical);
  Do(Op::kStructSet, type, field);
  Convert(ValueType::kNone, want);
  return true;
}

bool FunctionMaker::ArrayNew(Op op, ValueType want) {
  const uint32_t type = PickArray([&](const FieldType& f) {
    return op != Op::kArrayNewDefault || f.storage.value.is_defaultable();
  });
  if (type == wasm::kNoIndex) return false;
  const ValueType element = plan_.types[type].fields[0].storage.value;
  if (op == Op::kArrayNewFixed) {
    const uint32_t n = 4 + source_.Below(2);
    for (uint32_t i = 0; i < n; ++i) {
      Leaf(element);
      Canonicalize(element);
    }
    Do(op, type, n);
  } else {
    if (op == Op::kArrayNew) Value(element, Nan::kCanonical);
    if (source_.OneIn(3)) {
      Value(ValueType::kI32);
      I32(7);
      Do(Op::kI32And);
      I32(4);
      Do(Op::kI32Or);
    } else {
      I32(4 + source_.Below(4));
    }
    Do(op, type);
  }
  Convert(ValueType::Ref(HeapType::Defined(type), false), want);
  return true;
}

bool FunctionMaker::SegmentFor(Op op, const FieldType& field, uint32_t* segment,
                               uint32_t* size) {
  const uint32_t width = WidthOf(field);
  if (op == Op::kArrayNewData || op == Op::kArrayInitData) {
    if (width == 0 || !Has(wasm::Feature::kBulkMemory)) return false;
    for (uint32_t i = 0; i < plan_.datas.size(); ++i) {
      const PlannedData& data = plan_.datas[i];
      *segment = i;
      *size = (data.content.end - data.content.begin) / width;
      if (data.mode == wasm::DataSegment::kPassive && !data.may_drop &&
          *size > 0) {
        return true;
      }
    }
    return false;
  }
  for (uint32_t i = 0; i < plan_.elems.size(); ++i) {
    const PlannedElem& elem = plan_.elems[i];
    *segment = i;
    *size = elem.size;
    if (elem.mode == wasm::ElemSegment::kPassive && !elem.may_drop &&
        IsSubtype(plan_, elem.type, field.storage.value)) {
      return true;
    }
  }
  return false;
}

bool FunctionMaker::ArrayNewSegment(Op op, ValueType want) {
  uint32_t segment = 0;
  uint32_t size = 0;
  const bool is_data = op == Op::kArrayNewData;
  const uint32_t type = PickArray([&](const FieldType& f) {
    return (WidthOf(f) != 0) == is_data && SegmentFor(op, f, &segment, &size);
  });
  // Others have at least four elements; these are read in a way of their own.
  if (type == wasm::kNoIndex) return false;
  const bool enough = size >= 4;
  I32(0);
  I32(enough ? 4 : size);
  Do(op, type, segment);
  const ValueType result = ValueType::Ref(HeapType::Defined(type), false);
  if (enough) {
    Convert(result, want);
    return true;
  }
  Do(Op::kArrayLen);
  Convert(ValueType::kI32, want);
  return true;
}

bool FunctionMaker::ArrayGet(Op op, ValueType want) {
  const bool packed = op != Op::kArrayGet;
  const uint32_t type = PickArray([&](const FieldType& f) {
    return IsPacked(f) == packed && (want == ValueType::kNone ||
                                     IsSubtype(plan_, f.storage.value, want));
  });
  if (type == wasm::kNoIndex) return false;
  NonNull(HeapType::Defined(type));
  Small(false, plan_.is_risky && source_.OneIn(15) ? 8 : 4);
  Do(op, type);
  has_nan_ = false;
  Convert(plan_.types[type].fields[0].storage.value, want);
  return true;
}

// array.set and array.fill.
bool FunctionMaker::ArrayChange(Op op, ValueType want) {
  const uint32_t type =
      PickArray([](const FieldType& f) { return f.is_mutable; });
  if (type == wasm::kNoIndex) return false;
  NonNull(HeapType::Defined(type));
  Small(false, op == Op::kArrayFill ? 2 : 4);
  Value(plan_.types[type].fields[0].storage.value, Nan::kCanonical);
  if (op == Op::kArrayFill) Small(false, 2);
  Do(op, type);
  Convert(ValueType::kNone, want);
  return true;
}

bool FunctionMaker::ArrayCopy(ValueType want) {
  const uint32_t to =
      PickArray([](const FieldType& f) { return f.is_mutable; });
  if (to == wasm::kNoIndex) return false;
  const FieldType target = plan_.types[to].fields[0];
  const uint32_t from = PickArray([&](const FieldType& f) {
    return f.storage.packed == target.storage.packed &&
           IsSubtype(plan_, f.storage.value, target.storage.value);
  });
  // The first type fits itself.
  NonNull(HeapType::Defined(to));
  Small(false, 2);
  NonNull(HeapType::Defined(from));
  Small(false, 2);
  I32(source_.Below(3));
  Do(Op::kArrayCopy, to, from);
  Convert(ValueType::kNone, want);
  return true;
}

bool FunctionMaker::ArrayInit(Op op, ValueType want) {
  uint32_t segment = 0;
  uint32_t size = 0;
  const bool is_data = op == Op::kArrayInitData;
  const uint32_t type = PickArray([&](const FieldType& f) {
    return f.is_mutable && (WidthOf(f) != 0) == is_data &&
           SegmentFor(op, f, &segment, &size);
  });
  if (type == wasm::kNoIndex) return false;
  NonNull(HeapType::Defined(type));
  Small(false, 2);
  I32(0);
  I32(source_.Below(std::min(size, 2u) + 1));
  Do(op, type, segment);
  Convert(ValueType::kNone, want);
  return true;
}

}  // namespace weft::check::generate
