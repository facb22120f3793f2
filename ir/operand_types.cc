#include "ir/operand_types.h"

#include "base/check.h"
#include "ir/op_types.h"
#include "ir/wasm/operator.h"

namespace weft::ir {

using wasm::HeapType;
using wasm::ImmediateKind;
using wasm::InfoOf;
using wasm::Module;
using wasm::OpClass;
using wasm::Operator;
using wasm::OpInfo;
using wasm::SubType;

namespace {

constexpr ValueType kI32 = ValueType::kI32;

ValueType AddressType(const wasm::Limits& limits) {
  return limits.is_64 ? ValueType::kI64 : ValueType::kI32;
}

ValueType MemoryAddress(const Module& module, uint32_t memory) {
  return AddressType(module.memories[memory].type.limits);
}

ValueType TableAddress(const Module& module, uint32_t table) {
  return AddressType(module.tables[table].type.limits);
}

// The address type of what a kSimple operator's immediate names.
ValueType SimpleAddress(const Module& module, const Operator& op) {
  int position = 0;
  for (ImmediateKind kind : InfoOf(op.op).immediates) {
    if (kind == ImmediateKind::kMemArg) {
      return MemoryAddress(module, op.mem.memory);
    }
    if (kind == ImmediateKind::kMemory) {
      return MemoryAddress(module, op.index[position]);
    }
    if (kind == ImmediateKind::kTable) {
      return TableAddress(module, op.index[position]);
    }
    ++position;
  }
  return kI32;
}

// The narrower of two address types: what the length of a copy has.
ValueType Shorter(ValueType a, ValueType b) {
  return a == kI32 || b == kI32 ? kI32 : ValueType(ValueType::kI64);
}

ValueType NullableRef(HeapType heap) { return ValueType::Ref(heap, true); }

ValueType DefinedRef(const Operator& op, int position = 0) {
  return NullableRef(HeapType::Defined(op.index[position]));
}

ValueType ElementOf(const Module& module, const Operator& op) {
  return module.types[op.index[0]].fields[0].storage.value;
}

void SimpleOperands(const Module& module, const Operator& op,
                    std::vector<ValueType>* types) {
  const OpInfo& info = InfoOf(op.op);
  for (int i = 0; i < info.num_params; ++i) {
    const bool address = (info.address_params >> i & 1) != 0;
    types->push_back(address ? SimpleAddress(module, op) : info.params[i]);
  }
}

void CallOperands(const Module& module, const Operator& op,
                  std::vector<ValueType>* types) {
  switch (InfoOf(op.op).op_class) {
    case OpClass::kCall:
    case OpClass::kReturnCall:
      *types = module.func_type(op.index[0]).params;
      return;
    case OpClass::kCallIndirect:
    case OpClass::kReturnCallIndirect:
      *types = module.types[op.index[0]].params;
      types->push_back(TableAddress(module, op.index[1]));
      return;
    default:
      *types = module.types[op.index[0]].params;
      types->push_back(DefinedRef(op));
      return;
  }
}

void TableOperands(const Module& module, const Operator& op,
                   std::vector<ValueType>* types) {
  const OpClass op_class = InfoOf(op.op).op_class;
  if (op_class == OpClass::kTableInit) {
    *types = {TableAddress(module, op.index[1]), kI32, kI32};
    return;
  }
  const ValueType address = TableAddress(module, op.index[0]);
  const ValueType element = module.tables[op.index[0]].type.element;
  switch (op_class) {
    case OpClass::kTableGet:
      *types = {address};
      return;
    case OpClass::kTableSet:
      *types = {address, element};
      return;
    case OpClass::kTableGrow:
      *types = {element, address};
      return;
    case OpClass::kTableFill:
      *types = {address, element, address};
      return;
    default: {  // table.copy
      const ValueType source = TableAddress(module, op.index[1]);
      *types = {address, source, Shorter(address, source)};
      return;
    }
  }
}

void AggregateOperands(const Module& module, const Operator& op,
                       std::vector<ValueType>* types) {
  const ValueType ref = DefinedRef(op);
  switch (InfoOf(op.op).op_class) {
    case OpClass::kStructNew:
      for (const wasm::FieldType& field : module.types[op.index[0]].fields) {
        types->push_back(field.storage.value);
      }
      return;
    case OpClass::kStructGet:
      *types = {ref};
      return;
    case OpClass::kStructSet:
      *types = {ref,
                module.types[op.index[0]].fields[op.index[1]].storage.value};
      return;
    case OpClass::kArrayNew:
      *types = {ElementOf(module, op), kI32};
      return;
    case OpClass::kArrayNewDefault:
      *types = {kI32};
      return;
    case OpClass::kArrayNewFixed:
      types->assign(op.index[1], ElementOf(module, op));
      return;
    case OpClass::kArrayNewSegment:
      *types = {kI32, kI32};
      return;
    case OpClass::kArrayGet:
      *types = {ref, kI32};
      return;
    case OpClass::kArraySet:
      *types = {ref, kI32, ElementOf(module, op)};
      return;
    case OpClass::kArrayFill:
      *types = {ref, kI32, ElementOf(module, op), kI32};
      return;
    case OpClass::kArrayCopy:
      *types = {ref, kI32, DefinedRef(op, 1), kI32, kI32};
      return;
    case OpClass::kArrayInit:
      *types = {ref, kI32, kI32, kI32};
      return;
    default:  // struct.new_default
      return;
  }
}

void ReferenceOperands(const Module& module, const Operator& op,
                       std::vector<ValueType>* types) {
  switch (InfoOf(op.op).op_class) {
    case OpClass::kRefIsNull:
    case OpClass::kRefAsNonNull:
      *types = {ValueType::kBottom};
      return;
    case OpClass::kRefTest:
    case OpClass::kRefCast:
      *types = {NullableRef(wasm::TopType(module, op.heap[0]))};
      return;
    case OpClass::kConvertExtern:
      *types = {NullableRef(op.op == Op::kAnyConvertExtern
                                ? HeapType(HeapType::kExtern)
                                : HeapType(HeapType::kAny))};
      return;
    default:  // ref.null, ref.func
      return;
  }
}

// The own operands of branches and regions.
void ControlOperands(const Function& f, ValueId id,
                     std::vector<ValueType>* types) {
  const Inst& inst = f.inst(id);
  switch (inst.op) {
    case Op::kBrIf:
    case Op::kBrTable:
    case Op::kIf:
      *types = {kI32};
      return;
    case Op::kBrOnNull:
    case Op::kBrOnNonNull:
      *types = {ValueType::kBottom};
      return;
    case Op::kBrOnCast:
    case Op::kBrOnCastFail: {
      const Function::CastBranch& cast = f.cast_branches[inst.imm];
      *types = {ValueType::Ref(cast.heap[0], (cast.flags & 1) != 0)};
      return;
    }
    default:
      return;
  }
}

}  // namespace

void OperandTypes(const Module& module, const Function& f, ValueId id,
                  std::vector<ValueType>* types) {
  types->clear();
  const Inst& inst = f.inst(id);
  const OpClass op_class = InfoOf(inst.op).op_class;
  if (f.is_region(id) || IsBranch(inst.op)) {
    return ControlOperands(f, id, types);
  }
  Operator op;
  f.LoadImmediates(id, &op);
  switch (op_class) {
    case OpClass::kSimple:
      return SimpleOperands(module, op, types);
    case OpClass::kCall:
    case OpClass::kCallIndirect:
    case OpClass::kCallRef:
    case OpClass::kReturnCall:
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
      return CallOperands(module, op, types);
    case OpClass::kThrow:
      *types = module.types[module.tags[op.index[0]].type].params;
      return;
    case OpClass::kThrowRef:
      *types = {NullableRef(HeapType::kExn)};
      return;
    case OpClass::kSelect:
      *types = {inst.type, inst.type, kI32};
      if (inst.type.is_ref()) types->front() = ValueType::kNone;  // Refused.
      return;
    case OpClass::kSelectTyped:
      *types = {inst.type, inst.type, kI32};
      return;
    case OpClass::kLocalSet:
    case OpClass::kLocalTee:
      *types = {f.local_types[inst.imm]};
      return;
    case OpClass::kGlobalSet:
      *types = {module.globals[op.index[0]].type.value};
      return;
    case OpClass::kTableGet:
    case OpClass::kTableSet:
    case OpClass::kTableGrow:
    case OpClass::kTableFill:
    case OpClass::kTableCopy:
    case OpClass::kTableInit:
      return TableOperands(module, op, types);
    case OpClass::kMemoryCopy: {
      const ValueType to = MemoryAddress(module, op.index[0]);
      const ValueType from = MemoryAddress(module, op.index[1]);
      *types = {to, from, Shorter(to, from)};
      return;
    }
    case OpClass::kRefNull:
    case OpClass::kRefIsNull:
    case OpClass::kRefFunc:
    case OpClass::kRefAsNonNull:
    case OpClass::kRefTest:
    case OpClass::kRefCast:
    case OpClass::kConvertExtern:
      return ReferenceOperands(module, op, types);
    case OpClass::kStructNew:
    case OpClass::kStructNewDefault:
    case OpClass::kStructGet:
    case OpClass::kStructSet:
    case OpClass::kArrayNew:
    case OpClass::kArrayNewDefault:
    case OpClass::kArrayNewFixed:
    case OpClass::kArrayNewSegment:
    case OpClass::kArrayGet:
    case OpClass::kArraySet:
    case OpClass::kArrayFill:
    case OpClass::kArrayCopy:
    case OpClass::kArrayInit:
      return AggregateOperands(module, op, types);
    case OpClass::kUnreachable:
    case OpClass::kRethrow:
    case OpClass::kReturn:
    case OpClass::kLocalGet:
    case OpClass::kGlobalGet:
      return;
    case OpClass::kBlock:
    case OpClass::kLoop:
    case OpClass::kIf:
    case OpClass::kTryTable:
    case OpClass::kTry:
    case OpClass::kBr:
    case OpClass::kBrIf:
    case OpClass::kBrTable:
    case OpClass::kBrOnNull:
    case OpClass::kBrOnNonNull:
    case OpClass::kBrOnCast:
      return;  // Above.
    case OpClass::kNop:
    case OpClass::kDrop:
    case OpClass::kElse:
    case OpClass::kEnd:
    case OpClass::kCatch:
    case OpClass::kCatchAll:
    case OpClass::kDelegate:
      break;  // Not in the SSA form.
  }
  WEFT_CHECK(false);
}

void DerivedTypes(const Module& module, const Function& f, ValueId id,
                  std::vector<ValueType>* types) {
  types->clear();
  const Inst& inst = f.inst(id);
  switch (inst.op) {
    case kParam:
      types->push_back(f.params[inst.imm]);
      return;
    case kDefault:
    case Op::kLocalGet:
    case Op::kLocalTee:
      types->push_back(f.local_types[inst.imm]);
      return;
    case kCopy:
      types->push_back(f.inst(f.operand(id, 0)).type);
      return;
    case Op::kBrOnNull:
      types->push_back(f.inst(f.operand(id, 0)).type.AsNonNull());
      return;
    case Op::kBrOnCast:
    case Op::kBrOnCastFail: {
      const Function::CastBranch& cast = f.cast_branches[inst.imm];
      const bool from_null = (cast.flags & 1) != 0;
      const bool to_null = (cast.flags & 2) != 0;
      types->push_back(
          inst.op == Op::kBrOnCastFail
              ? ValueType::Ref(cast.heap[1], to_null)
              : ValueType::Ref(cast.heap[0], from_null && !to_null));
      return;
    }
    case Op::kReturn:
    case Op::kRethrow:
    case Op::kLocalSet:
      return;
    default:
      break;
  }
  if (!IsWasmOp(inst.op) || f.is_region(id) || IsBranch(inst.op)) return;
  Operator op;
  f.LoadImmediates(id, &op);
  op.types = absl::MakeConstSpan(&inst.type, 1);
  ResultTypes(module, f, op, f.operands(id), types);
}

void ImplicitTypes(const Module& module, const Function& f, ValueId id,
                   uint32_t edge, std::vector<ValueType>* types) {
  types->clear();
  const Inst& inst = f.inst(id);
  switch (inst.op) {
    case Op::kBrOnNonNull:
      types->push_back(f.inst(f.operand(id, 0)).type.AsNonNull());
      return;
    case Op::kBrOnCast:
    case Op::kBrOnCastFail: {
      const Function::CastBranch& cast = f.cast_branches[inst.imm];
      const bool from_null = (cast.flags & 1) != 0;
      const bool to_null = (cast.flags & 2) != 0;
      types->push_back(
          inst.op == Op::kBrOnCast
              ? ValueType::Ref(cast.heap[1], to_null)
              : ValueType::Ref(cast.heap[0], from_null && !to_null));
      return;
    }
    case Op::kTryTable: {
      const Handler& handler = f.region(f.region_of(id)).handlers[edge];
      if (handler.kind == wasm::CatchClause::kCatch ||
          handler.kind == wasm::CatchClause::kCatchRef) {
        *types = module.types[module.tags[handler.tag].type].params;
      }
      if (handler.kind == wasm::CatchClause::kCatchRef ||
          handler.kind == wasm::CatchClause::kCatchAllRef) {
        types->push_back(ValueType::Ref(HeapType::kExn, false));
      }
      return;
    }
    default:
      return;
  }
}

namespace {

bool IsKind(const Module& module, uint32_t type, SubType::Kind kind) {
  return type < module.types.size() && module.types[type].kind == kind;
}

// The kind that the type immediate of `op` must have.
SubType::Kind TypeKindOf(OpClass op_class) {
  switch (op_class) {
    case OpClass::kCallIndirect:
    case OpClass::kCallRef:
    case OpClass::kReturnCallIndirect:
    case OpClass::kReturnCallRef:
      return SubType::kFunc;
    case OpClass::kStructNew:
    case OpClass::kStructNewDefault:
    case OpClass::kStructGet:
    case OpClass::kStructSet:
      return SubType::kStruct;
    default:
      return SubType::kArray;
  }
}

}  // namespace

const char* ImmediateError(const Module& module, const Function& f,
                           ValueId id) {
  const Inst& inst = f.inst(id);
  const OpInfo& info = InfoOf(inst.op);
  if (f.is_region(id) || IsBranch(inst.op) ||
      info.op_class == OpClass::kRethrow) {
    return "";
  }
  Operator op;
  f.LoadImmediates(id, &op);
  int next = 0;
  int next_heap = 0;
  for (ImmediateKind kind : info.immediates) {
    const uint32_t index = next < 3 ? op.index[next] : 0;
    bool good = true;
    switch (kind) {
      case ImmediateKind::kFunc:
        good = index < module.funcs.size();
        break;
      case ImmediateKind::kType:
        good = IsKind(module, index, TypeKindOf(info.op_class));
        break;
      case ImmediateKind::kTable:
        good = index < module.tables.size();
        break;
      case ImmediateKind::kMemory:
        good = index < module.memories.size();
        break;
      case ImmediateKind::kLocal:
        good = index < f.local_types.size();
        break;
      case ImmediateKind::kGlobal:
        good = index < module.globals.size();
        break;
      case ImmediateKind::kTag:
        good = index < module.tags.size();
        break;
      case ImmediateKind::kData:
        good = index < module.datas.size();
        break;
      case ImmediateKind::kElem:
        good = index < module.elems.size();
        break;
      case ImmediateKind::kField:
        good = index < module.types[op.index[0]].fields.size();
        break;
      case ImmediateKind::kMemArg:
        if (op.mem.memory >= module.memories.size()) return "index of a memory";
        continue;
      case ImmediateKind::kHeapType: {
        const HeapType heap = op.heap[next_heap++];
        if (heap.is_defined() && heap.index() >= module.types.size()) {
          return "index of a type";
        }
        continue;
      }
      case ImmediateKind::kI32:
      case ImmediateKind::kI64:
      case ImmediateKind::kF32:
      case ImmediateKind::kF64:
      case ImmediateKind::kV128:
      case ImmediateKind::kLanes16:
      case ImmediateKind::kValueTypes:
        continue;
      default:
        break;
    }
    if (!good) return "an index is out of range";
    ++next;
  }
  return "";
}

}  // namespace weft::ir
