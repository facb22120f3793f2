// Calls into guests, and from guests to host functions.
#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "exec/engine_data.h"
#include "exec/fault_handler.h"
#include "exec/interpreter/execute.h"
#include "exec/runtime/type_registry.h"
#include "exec/store_data.h"

namespace weft::exec {
namespace {

// Calls of guests from host functions from guests ... use the native stack.
constexpr int kMaxActivations = 128;
// What an activation and a host function in it may need of it.
constexpr size_t kNativeStackBytes = 128 << 10;

uint32_t FrameSlots(const FuncInst& func) {
  return std::max(func.param_slots, func.result_slots);
}

}  // namespace

CallResult StoreData::Call(const FuncInst& func, absl::Span<const Val> args,
                           absl::Span<Val> results) {
  const bool outermost = context.activation == nullptr;
  Slot* const frame = outermost ? context.stack_begin : context.activation->top;
  if (activations >= kMaxActivations || !NativeStackHas(kNativeStackBytes) ||
      FrameSlots(func) > static_cast<uint64_t>(context.stack_limit - frame)) {
    return TrapHere(TrapKind::kCallStackExhausted);
  }
  if (!outermost) {
    // Whatever the host function does now, its guest goes on where it stands.
    const Ref exception = std::exchange(context.exception, kNullRef);
    CallResult result = Run(func, frame, args, results);
    context.exception = exception;
    return result;
  }
  if (engine.guards()) EnsureSignalStack();
  std::optional<DeadlineTimer::Id> timer;
  if (deadline.has_value()) {
    if (*deadline <= std::chrono::steady_clock::now()) {
      interrupter->Interrupt(TrapKind::kDeadlineExceeded);
    } else {
      timer = engine.data()->timer().Add(*deadline, interrupter);
    }
  }
  CallResult result = Run(func, frame, args, results);
  if (timer.has_value()) engine.data()->timer().Cancel(*timer);
  interrupter->Reset(result.kind == CallResult::kTrapped &&
                     result.trap.kind == TrapKind::kInterrupted);
  return result;
}

CallResult StoreData::Run(const FuncInst& func, Slot* frame,
                          absl::Span<const Val> args, absl::Span<Val> results) {
  const RuntimeType& type = context.types->Get(func.type);
  for (size_t i = 0; i < args.size(); ++i) {
    args[i].ToSlots(frame + type.param_slot[i]);
  }
  ++activations;
  Activation activation;
  const Outcome outcome = Execute(context, func, frame, activation);
  CallResult result;
  switch (outcome) {
    case Outcome::kReturned:
      for (size_t i = 0; i < results.size(); ++i) {
        results[i] = ToVal(type.results[i], frame + type.result_slot[i]);
      }
      break;
    case Outcome::kTrapped:
      result = TrapHere(context.trap);
      break;
    case Outcome::kThrew: {
      result.kind = CallResult::kThrew;
      const Slot slot = std::exchange(context.exception, kNullRef);
      result.exception =
          Val::FromSlots(wasm::ValueType::Ref(wasm::HeapType::kExn, false),
                         wasm::HeapType::kExn, &slot, *heap);
      break;
    }
    case Outcome::kExited:
      result.kind = CallResult::kExited;
      result.exit_code = exit_code;
      break;
  }
  EndActivation(context, activation);
  --activations;
  return result;
}

CallResult StoreData::TrapHere(TrapKind kind) {
  CallResult result;
  result.kind = CallResult::kTrapped;
  result.trap.kind = kind;
  if (kind == TrapKind::kHostTrap) {
    result.trap.message = std::exchange(host_trap_message, std::string());
  }
  if (result.trap.message.empty()) {
    result.trap.message = std::string(TrapMessage(kind));
  }
  CollectBacktrace(&result.trap);
  return result;
}

void StoreData::CollectBacktrace(TrapInfo* trap) const {
  WalkFrames(context, [&](const FrameView& view) {
    if (trap->backtrace.size() >= static_cast<size_t>(options.max_backtrace)) {
      trap->truncated = true;
      return false;
    }
    const CompiledModule& module = *instances[view.instance->id].module;
    FrameInfo frame;
    frame.instance = view.instance->id;
    frame.module_name = std::string(module.name);
    frame.func = module.module.num_imported_funcs + view.func;
    if (frame.func < module.func_names.size()) {
      frame.func_name = std::string(module.func_names[frame.func]);
    }
    frame.offset = view.offset;
    trap->backtrace.push_back(std::move(frame));
    return true;
  });
}

namespace {

// Sets what the guest sees from what the host function answered.
Outcome Answer(StoreData& store, const CallResult& result) {
  Context& context = store.context;
  switch (result.kind) {
    case CallResult::kReturned:
      return Outcome::kReturned;
    case CallResult::kTrapped:
      context.trap = result.trap.kind;
      store.host_trap_message = result.trap.message;
      return Outcome::kTrapped;
    case CallResult::kThrew: {
      const absl::Status status = store.CheckVal(
          result.exception, wasm::ValueType::Ref(wasm::HeapType::kExn, false));
      if (!status.ok()) {
        context.trap = TrapKind::kHostTrap;
        store.host_trap_message = absl::StrCat(
            "host function threw no exception: ", status.message());
        return Outcome::kTrapped;
      }
      context.exception = result.exception.ref();
      return Outcome::kThrew;
    }
    case CallResult::kExited:
      store.exit_code = result.exit_code;
      return Outcome::kExited;
  }
  return Outcome::kTrapped;
}

// HostFunction::call of every Func::New.
Outcome CallHostFunc(void* data, Context& context, InstanceData* caller,
                     Slot* slots) {
  const HostFunc& func = *static_cast<HostFunc*>(data);
  StoreData& store = func.store->internals();
  const RuntimeType& type = *func.type;
  absl::InlinedVector<Val, 8> args;
  args.reserve(type.params.size());
  for (size_t i = 0; i < type.params.size(); ++i) {
    args.push_back(Val::FromSlots(type.params[i], func.param_tops[i],
                                  slots + type.param_slot[i], *store.heap));
  }
  absl::InlinedVector<Val, 2> results;
  for (size_t i = 0; i < type.results.size(); ++i) {
    results.push_back(type.results[i].is_ref() ? Val::Null(func.result_tops[i])
                                               : Val::Zero(type.results[i]));
  }
  Caller view(*func.store, caller);
  const HostResult answer = func.callback(view, args, absl::MakeSpan(results));
  const Outcome outcome = Answer(store, answer.result());
  if (outcome != Outcome::kReturned) return outcome;
  const absl::Status status = store.CheckVals(results, type.results);
  if (!status.ok()) {
    context.trap = TrapKind::kHostTrap;
    store.host_trap_message = absl::StrCat(
        "host function returned a wrong value: ", status.message());
    return Outcome::kTrapped;
  }
  for (size_t i = 0; i < results.size(); ++i) {
    results[i].ToSlots(slots + type.result_slot[i]);
  }
  return Outcome::kReturned;
}

}  // namespace

absl::StatusOr<FuncInst*> StoreData::AddHostFunc(TypeId type,
                                                 HostCallback callback) {
  const RuntimeType& runtime_type = context.types->Get(type);
  HostFunc& host = host_funcs.emplace_back();
  host.function = {CallHostFunc, &host};
  host.callback = std::move(callback);
  host.store = store;
  host.type = &runtime_type;
  for (const wasm::ValueType param : runtime_type.params) {
    host.param_tops.push_back(TopOf(param));
  }
  for (const wasm::ValueType result : runtime_type.results) {
    host.result_tops.push_back(TopOf(result));
  }
  FuncInst* added = funcs.Add({.host = &host.function,
                               .type = type,
                               .param_slots = runtime_type.param_slots,
                               .result_slots = runtime_type.result_slots});
  if (added == nullptr) {
    host_funcs.pop_back();
    return absl::ResourceExhaustedError("limit max-functions reached");
  }
  return added;
}

}  // namespace weft::exec
