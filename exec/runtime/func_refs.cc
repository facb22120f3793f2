#include "exec/runtime/func_refs.h"

#include "exec/runtime/func_table.h"
#include "exec/runtime/type_registry.h"
#include "exec/translate/module_code.h"

namespace weft::exec {

FuncInst* FuncTable::Add(const FuncInst& func) {
  if (size() >= limit_) return nullptr;
  FuncInst& added = funcs_.emplace_back(func);
  added.handle = FuncRefAt(size());
  pointers_.push_back(&added);
  context_->funcs = pointers_.data();
  return &added;
}

Ref FuncRef(Context& context, InstanceData& instance, uint32_t func) {
  Ref& ref = instance.func_refs[func];
  if (ref != kNullRef) return ref;
  if (func < instance.num_imported_funcs) {
    ref = instance.imported_funcs[func]->handle;
    return ref;
  }
  const uint32_t defined = func - instance.num_imported_funcs;
  const TypeId type = instance.types[instance.code->module().funcs[func].type];
  const RuntimeType& runtime_type = context.types->Get(type);
  const FuncInst* added =
      context.func_table->Add({.instance = &instance,
                               .entry = &instance.entries[defined],
                               .type = type,
                               .func = defined,
                               .param_slots = runtime_type.param_slots,
                               .result_slots = runtime_type.result_slots});
  if (added != nullptr) ref = added->handle;
  return ref;
}

}  // namespace weft::exec
