// Tables, references, structs and arrays.
#include "base/check.h"
#include "ir/wasm/code_validator.h"
#include "ir/wasm/limits.h"

namespace weft::wasm {
namespace {

constexpr ValueType kI32 = ValueType::kI32;

// The type of lengths that have to fit both address types.
ValueType LengthType(ValueType a, ValueType b) {
  return a == ValueType::kI64 && b == ValueType::kI64 ? ValueType::kI64
                                                      : ValueType::kI32;
}

ValueType RefTo(TypeIndex index, bool nullable) {
  return ValueType::Ref(HeapType::Defined(index), nullable);
}

}  // namespace

bool CodeValidator::VisitTableOp(const Operator& op) {
  ValueType address;
  if (!CheckTable(op.index[0], &address)) return false;
  const ValueType element = module_.tables[op.index[0]].type.element;
  if (op.op == Op::kTableGet) {
    if (!Pop(address)) return false;
    Push(element);
    return true;
  }
  if (op.op == Op::kTableSet) return Pop(element) && Pop(address);
  if (op.op == Op::kTableGrow) {
    if (!Pop(address) || !Pop(element)) return false;
    Push(address);
    return true;
  }
  WEFT_DCHECK(op.op == Op::kTableFill);
  return Pop(address) && Pop(element) && Pop(address);
}

bool CodeValidator::VisitTableCopy(const Operator& op) {
  ValueType to_address;
  ValueType from_address;
  if (!CheckTable(op.index[0], &to_address) ||
      !CheckTable(op.index[1], &from_address)) {
    return false;
  }
  const ValueType to = module_.tables[op.index[0]].type.element;
  const ValueType from = module_.tables[op.index[1]].type.element;
  if (!Matches(from, to)) return Mismatch(to, from);
  return Pop(LengthType(to_address, from_address)) && Pop(from_address) &&
         Pop(to_address);
}

bool CodeValidator::VisitTableInit(const Operator& op) {
  ValueType address;
  if (!CheckTable(op.index[1], &address) || !CheckElem(op.index[0])) {
    return false;
  }
  const ValueType to = module_.tables[op.index[1]].type.element;
  const ValueType from = module_.elems[op.index[0]].type;
  if (!Matches(from, to)) return Mismatch(to, from);
  return Pop(kI32) && Pop(kI32) && Pop(address);
}

bool CodeValidator::VisitMemoryCopy(const Operator& op) {
  ValueType to;
  ValueType from;
  return CheckMemory(op.index[0], &to) && CheckMemory(op.index[1], &from) &&
         Pop(LengthType(to, from)) && Pop(from) && Pop(to);
}

bool CodeValidator::VisitRefOp(const Operator& op) {
  if (op.op == Op::kRefNull) {
    if (!CheckHeap(op.heap[0])) return false;
    Push(ValueType::Ref(op.heap[0], true));
    return true;
  }
  ValueType ref;
  if (!PopRef(&ref)) return false;
  WEFT_DCHECK(op.op == Op::kRefIsNull || op.op == Op::kRefAsNonNull);
  Push(op.op == Op::kRefIsNull ? kI32 : ref.AsNonNull());
  return true;
}

bool CodeValidator::VisitRefFunc(const Operator& op) {
  const FuncIndex func = op.index[0];
  if (func >= module_.funcs.size()) return Invalid("unknown function");
  if (!is_const_ && !context_.IsDeclared(func)) {
    return Invalid("undeclared function reference");
  }
  Push(RefTo(module_.funcs[func].type, false));
  return true;
}

bool CodeValidator::VisitRefTestOrCast(const Operator& op) {
  if (!CheckHeap(op.heap[0])) return false;
  // Any type of the same hierarchy may be cast.
  if (!Pop(ValueType::Ref(TopType(module_, op.heap[0]), true))) return false;
  if (op.op == Op::kRefTest || op.op == Op::kRefTestNull) {
    Push(kI32);
  } else {
    Push(ValueType::Ref(op.heap[0], op.op == Op::kRefCastNull));
  }
  return true;
}

bool CodeValidator::VisitConvertExtern(const Operator& op) {
  const bool to_any = op.op == Op::kAnyConvertExtern;
  const HeapType from = to_any ? HeapType::kExtern : HeapType::kAny;
  const HeapType to = to_any ? HeapType::kAny : HeapType::kExtern;
  ValueType ref;
  if (!PopRef(&ref)) return false;
  const ValueType expected = ValueType::Ref(from, true);
  if (!Matches(ref, expected)) return Mismatch(expected, ref);
  Push(ValueType::Ref(to, ref.nullable()));
  return true;
}

bool CodeValidator::FindType(TypeIndex index, SubType::Kind kind,
                             const SubType** type) {
  if (index >= module_.types.size()) return Invalid("unknown type");
  *type = &module_.types[index];
  if ((*type)->kind == kind) return true;
  switch (kind) {
    case SubType::kFunc:
      return Invalid("type mismatch: not a function type");
    case SubType::kStruct:
      return Invalid("type mismatch: not a struct type");
    case SubType::kArray:
      return Invalid("type mismatch: not an array type");
  }
  return false;
}

bool CodeValidator::VisitStructNew(const Operator& op) {
  const SubType* type;
  if (!FindType(op.index[0], SubType::kStruct, &type)) return false;
  for (size_t i = type->fields.size(); i > 0; --i) {
    const ValueType value = type->fields[i - 1].storage.value;
    if (op.op == Op::kStructNew) {
      if (!Pop(value)) return false;
    } else if (!value.is_defaultable()) {
      return Invalid("field type is not defaultable");
    }
  }
  Push(RefTo(op.index[0], false));
  return true;
}

bool CodeValidator::VisitStructGet(const Operator& op) {
  const SubType* type;
  if (!FindType(op.index[0], SubType::kStruct, &type)) return false;
  if (op.index[1] >= type->fields.size()) return Invalid("unknown field");
  const StorageType& storage = type->fields[op.index[1]].storage;
  const bool packed = storage.packed != StorageType::kNotPacked;
  if (packed != (op.op != Op::kStructGet)) {
    return Invalid(packed ? "field is packed" : "field is unpacked");
  }
  if (!Pop(RefTo(op.index[0], true))) return false;
  Push(storage.value);
  return true;
}

bool CodeValidator::VisitStructSet(const Operator& op) {
  const SubType* type;
  if (!FindType(op.index[0], SubType::kStruct, &type)) return false;
  if (op.index[1] >= type->fields.size()) return Invalid("unknown field");
  const FieldType& field = type->fields[op.index[1]];
  return CheckMutable(field) && Pop(field.storage.value) &&
         Pop(RefTo(op.index[0], true));
}

bool CodeValidator::CheckMutable(const FieldType& field) {
  return field.is_mutable || Invalid("field is immutable");
}

bool CodeValidator::VisitArrayOp(const Operator& op) {
  const SubType* type;
  if (!FindType(op.index[0], SubType::kArray, &type)) return false;
  const FieldType& element = type->fields[0];
  const ValueType value = element.storage.value;
  const ValueType ref = RefTo(op.index[0], true);
  const OpClass op_class = InfoOf(op.op).op_class;
  if (op_class == OpClass::kArrayGet) return VisitArrayGet(op, element);
  if (op_class == OpClass::kArraySet) {
    return CheckMutable(element) && Pop(value) && Pop(kI32) && Pop(ref);
  }
  if (op_class == OpClass::kArrayFill) {
    return CheckMutable(element) && Pop(kI32) && Pop(value) && Pop(kI32) &&
           Pop(ref);
  }
  if (op_class == OpClass::kArrayCopy) return VisitArrayCopy(op, element);
  if (op_class == OpClass::kArrayInit) return VisitArrayInit(op, element);
  if (op_class == OpClass::kArrayNewSegment) {
    return VisitArrayNewSegment(op, element);
  }
  return VisitArrayNew(op, element);
}

bool CodeValidator::VisitArrayNew(const Operator& op,
                                  const FieldType& element) {
  const ValueType value = element.storage.value;
  if (op.op == Op::kArrayNew) {
    if (!Pop(kI32) || !Pop(value)) return false;
  } else if (op.op == Op::kArrayNewDefault) {
    if (!value.is_defaultable()) {
      return Invalid("array type is not defaultable");
    }
    if (!Pop(kI32)) return false;
  } else {
    WEFT_DCHECK(op.op == Op::kArrayNewFixed);
    if (op.index[1] > LimitValue(Limit::kArrayFixed)) {
      status_ =
          LimitError(Limit::kArrayFixed, op.index[1], op.offset, section_);
      return false;
    }
    for (uint32_t i = 0; i < op.index[1]; ++i) {
      if (!Pop(value)) return false;
    }
  }
  Push(RefTo(op.index[0], false));
  return true;
}

// Whether the data or element segment may fill elements of that type.
bool CodeValidator::CheckSegmentOf(const Operator& op,
                                   const FieldType& element) {
  const ValueType value = element.storage.value;
  if (op.op == Op::kArrayNewData || op.op == Op::kArrayInitData) {
    if (value.is_ref()) {
      return Invalid("array type is not numeric or vector");
    }
    return CheckData(op.index[1]);
  }
  if (!CheckElem(op.index[1])) return false;
  const ValueType from = module_.elems[op.index[1]].type;
  if (element.storage.packed != StorageType::kNotPacked ||
      !Matches(from, value)) {
    return Mismatch(value, from);
  }
  return true;
}

bool CodeValidator::VisitArrayNewSegment(const Operator& op,
                                         const FieldType& element) {
  if (!CheckSegmentOf(op, element) || !Pop(kI32) || !Pop(kI32)) return false;
  Push(RefTo(op.index[0], false));
  return true;
}

bool CodeValidator::VisitArrayGet(const Operator& op,
                                  const FieldType& element) {
  const bool packed = element.storage.packed != StorageType::kNotPacked;
  if (packed != (op.op != Op::kArrayGet)) {
    return Invalid(packed ? "array is packed" : "array is unpacked");
  }
  if (!Pop(kI32) || !Pop(RefTo(op.index[0], true))) return false;
  Push(element.storage.value);
  return true;
}

bool CodeValidator::VisitArrayCopy(const Operator& op,
                                   const FieldType& element) {
  const SubType* from_type;
  if (!FindType(op.index[1], SubType::kArray, &from_type)) return false;
  const StorageType to = element.storage;
  const StorageType from = from_type->fields[0].storage;
  if (!CheckMutable(element)) return false;
  if (to.packed != from.packed || !Matches(from.value, to.value)) {
    return Invalid("array types do not match");
  }
  return Pop(kI32) && Pop(kI32) && Pop(RefTo(op.index[1], true)) && Pop(kI32) &&
         Pop(RefTo(op.index[0], true));
}

bool CodeValidator::VisitArrayInit(const Operator& op,
                                   const FieldType& element) {
  return CheckMutable(element) && CheckSegmentOf(op, element) && Pop(kI32) &&
         Pop(kI32) && Pop(kI32) && Pop(RefTo(op.index[0], true));
}

}  // namespace weft::wasm
