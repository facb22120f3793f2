#include "exec/interpreter/unwind.h"

#include "exec/bytecode/function_code.h"
#include "exec/interpreter/dispatch.h"
#include "exec/interpreter/frame_code.h"
#include "exec/runtime/bulk.h"
#include "exec/runtime/heap_ops.h"
#include "exec/translate/module_code.h"
#include "ir/wasm/module.h"

namespace weft::exec {
namespace {

// Frames between two looks at Context::interrupt.
constexpr uint32_t kFramesPerPoll = 1024;

// The clause that catches `tag` at `cell` of `code`, or null.
const CatchRecord* FindCatch(const FunctionCode& code, uint32_t cell,
                             const InstanceData& instance, uint32_t tag) {
  uint32_t index = code.RegionOf(cell);
  while (index != TryRegion::kNoParent) {
    const TryRegion& region = code.regions[index];
    for (uint32_t i = 0; i < region.num_catches; ++i) {
      const CatchRecord& clause = code.catches[region.first_catch + i];
      if (clause.any || instance.tags[clause.tag] == tag) return &clause;
    }
    index = region.parent;
  }
  return nullptr;
}

// The exception is one of the clause's tag.
void DeliverPayload(const Context& context, const CatchRecord& clause,
                    const wasm::Module& module, Slot* frame) {
  const Slot* payload = ExceptionPayload(context, context.exception);
  Slot* number = frame + clause.numbers;
  Slot* ref = frame + clause.refs;
  for (const wasm::ValueType type :
       module.types[module.tags[clause.tag].type].params) {
    if (type.is_ref()) {
      *ref++ = *payload++;
      continue;
    }
    *number++ = *payload++;
    if (type.kind() == wasm::ValueType::kV128) *number++ = *payload++;
  }
}

void Deliver(Context& context, const CatchRecord& clause,
             const wasm::Module& module, Slot* frame) {
  if (!clause.any) DeliverPayload(context, clause, module, frame);
  if (clause.exception_slot != CatchRecord::kNoSlot) {
    frame[clause.exception_slot] = context.exception;
  }
  context.exception = kNullRef;
}

}  // namespace

Unwound Unwind(Context& context, Position* position) {
  const uint32_t tag = ExceptionTag(context.heap->base(), context.exception);
  Position at = *position;
  Link* link = context.link;
  const FunctionCode* code = nullptr;
  // A return address lies behind its call.
  uint32_t back = 0;
  for (uint32_t walked = 1;; ++walked) {
    if (walked % kFramesPerPoll == 0 &&
        InterruptOf(context) != TrapKind::kNone) {
      return Unwound::kInterrupted;
    }
    // Frames of one function in a row are what makes stacks deep.
    if (code == nullptr || !code->Contains(at.pc - back)) {
      code = FrameCode(context, *at.instance, at.pc - back);
    }
    if (code != nullptr) {
      const auto cell = static_cast<uint32_t>(at.pc - back - code->begin());
      const CatchRecord* const clause =
          FindCatch(*code, cell, *at.instance, tag);
      if (clause != nullptr) {
        Deliver(context, *clause, at.instance->code->module(), at.frame);
        at.pc = code->begin() + clause->target;
        context.link = link;
        *position = at;
        return Unwound::kCaught;
      }
    }
    --link;
    if (link->pc == RestoreCode()) {
      at.instance = reinterpret_cast<InstanceData*>(link->frame);
      --link;
    }
    if (link->pc == ExitCode()) return Unwound::kUncaught;
    at.pc = link->pc;
    at.frame = link->frame;
    back = 1;
  }
}

}  // namespace weft::exec
