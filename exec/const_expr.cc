// A stack machine over the expression's operators. Operands lie in the store's
// ConstStack, which the collector sees.
#include "exec/const_expr.h"

#include <algorithm>

#include "base/check.h"
#include "exec/runtime/func_refs.h"
#include "exec/runtime/heap_ops.h"
#include "exec/runtime/type_registry.h"
#include "exec/translate/module_code.h"
#include "ir/wasm/operator.h"

namespace weft::exec {
namespace {

using wasm::Op;
using wasm::ValueType;

class Evaluator {
 public:
  Evaluator(StoreData& store, InstanceData& instance)
      : context_(store.context),
        instance_(instance),
        stack_(store.const_stack),
        begin_(stack_.slots.size()) {}
  ~Evaluator() { stack_.Cut(begin_); }

  TrapKind Run(const wasm::ConstExpr& expr, Slot* out) {
    const wasm::Module& module = instance_.code->module();
    wasm::OperatorReader reader(expr.code, expr.offset, module.features);
    wasm::Operator op;
    while (true) {
      WEFT_CHECK(reader.TryRead(&op));
      if (op.op == Op::kEnd) break;
      const TrapKind trap = Step(op);
      if (trap != TrapKind::kNone) return trap;
    }
    std::copy(stack_.slots.begin() + static_cast<ptrdiff_t>(begin_),
              stack_.slots.end(), out);
    return TrapKind::kNone;
  }

 private:
  TrapKind Step(const wasm::Operator& op) {
    // Validation saw to it that there is nothing else.
    const wasm::OpClass op_class = wasm::InfoOf(op.op).op_class;
    if (op_class == wasm::OpClass::kSimple) {
      Simple(op);
    } else if (op_class == wasm::OpClass::kGlobalGet) {
      PushGlobal(op.index[0]);
    } else if (op_class == wasm::OpClass::kRefNull) {
      stack_.Push(kNullRef, true);
    } else if (op_class == wasm::OpClass::kRefFunc) {
      const Ref ref = FuncRef(context_, instance_, op.index[0]);
      if (ref == kNullRef) return TrapKind::kOutOfMemory;
      stack_.Push(ref, true);
    } else if (op_class != wasm::OpClass::kConvertExtern) {
      return Allocate(op);  // A conversion is the identity.
    }
    return TrapKind::kNone;
  }

  // Constants and arithmetic.
  void Simple(const wasm::Operator& op) {
    const bool wide =
        op.op == Op::kI64Add || op.op == Op::kI64Sub || op.op == Op::kI64Mul;
    if (op.op == Op::kV128Const) {
      stack_.Push(op.value, false);
      stack_.Push(op.value_high, false);
    } else if (op.op == Op::kI32Const || op.op == Op::kI64Const ||
               op.op == Op::kF32Const || op.op == Op::kF64Const) {
      stack_.Push(op.value, false);
    } else if (op.op == Op::kRefI31) {
      const Slot value = Pop();
      stack_.Push(I31Ref(static_cast<uint32_t>(value)), true);
    } else if (wide || op.op == Op::kI32Add || op.op == Op::kI32Sub ||
               op.op == Op::kI32Mul) {
      const Slot right = Pop();
      const Slot left = Pop();
      Slot result = left * right;
      if (op.op == Op::kI32Add || op.op == Op::kI64Add) result = left + right;
      if (op.op == Op::kI32Sub || op.op == Op::kI64Sub) result = left - right;
      stack_.Push(wide ? result : static_cast<uint32_t>(result), false);
    } else {
      WEFT_CHECK(false && "not a constant operator");
    }
  }

  void PushGlobal(uint32_t global) {
    const GlobalLayout layout = instance_.code->globals()[global];
    const Slot* cell = layout.imported ? instance_.imported_globals[layout.cell]
                                       : instance_.global_cells + layout.cell;
    const ValueType type = instance_.code->module().globals[global].type.value;
    stack_.Push(cell[0], type.is_ref());
    if (type.kind() == ValueType::kV128) stack_.Push(cell[1], false);
  }

  TrapKind Allocate(const wasm::Operator& op) {
    const TypeId id = instance_.types[op.index[0]];
    const RuntimeType& type = context_.types->Get(id);
    uint32_t operands = 0;  // Slots.
    uint32_t length = 0;
    Ref ref = kNullRef;
    TrapKind trap = TrapKind::kNone;
    if (op.op == Op::kStructNew) {
      for (const FieldLayout& field : type.fields) {
        operands += SlotsOf(field.kind);
      }
      trap = StructNew(context_, id, Operands(operands), nullptr, &ref);
    } else if (op.op == Op::kStructNewDefault) {
      trap = AllocStruct(context_, id, &ref);
    } else if (op.op == Op::kArrayNewFixed) {
      length = op.index[1];
      operands = length * SlotsOf(type.element.kind);
      trap = ArrayNewFixed(context_, id, Operands(operands), nullptr, length,
                           &ref);
    } else if (op.op == Op::kArrayNew) {
      operands = SlotsOf(type.element.kind) + 1;
      length = static_cast<uint32_t>(stack_.slots.back());
      trap = ArrayNew(context_, id, Operands(operands), length, &ref);
    } else {
      WEFT_CHECK(op.op == Op::kArrayNewDefault);
      operands = 1;
      length = static_cast<uint32_t>(stack_.slots.back());
      trap = AllocArray(context_, id, length, &ref);
    }
    if (trap != TrapKind::kNone) return trap;
    stack_.Cut(stack_.slots.size() - operands);
    stack_.Push(ref, true);
    return TrapKind::kNone;
  }

  const Slot* Operands(uint32_t count) const {
    return stack_.slots.data() + stack_.slots.size() - count;
  }
  Slot Pop() {
    const Slot slot = stack_.slots.back();
    stack_.Cut(stack_.slots.size() - 1);
    return slot;
  }

  Context& context_;
  InstanceData& instance_;
  ConstStack& stack_;
  const size_t begin_;
};

}  // namespace

TrapKind EvaluateConst(StoreData& store, InstanceData& instance,
                       const wasm::ConstExpr& expr, Slot* out) {
  return Evaluator(store, instance).Run(expr, out);
}

}  // namespace weft::exec
