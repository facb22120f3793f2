// Exceptions as the host makes and reads them.
#include <vector>

#include "absl/strings/str_cat.h"
#include "exec/externs.h"
#include "exec/runtime/heap_ops.h"
#include "exec/runtime/type_registry.h"
#include "exec/store_data.h"

namespace weft::exec {
namespace {

absl::Status CheckException(const StoreData& data, uint64_t store_id,
                            const Val& exception) {
  absl::Status status = data.CheckStore(store_id);
  if (!status.ok()) return status;
  return data.CheckVal(exception,
                       wasm::ValueType::Ref(wasm::HeapType::kExn, false));
}

}  // namespace

absl::StatusOr<Val> Tag::NewException(Store& store,
                                      absl::Span<const Val> payload) const {
  StoreData& data = store.internals();
  absl::Status status = data.CheckStore(store_id_);
  const RuntimeType& type = data.context.types->Get(type_);
  if (status.ok()) status = data.CheckVals(payload, type.params);
  if (!status.ok()) return status;
  // References in it are roots: the Vals hold them.
  std::vector<Slot> slots(type.param_slots + 1);
  for (size_t i = 0; i < payload.size(); ++i) {
    payload[i].ToSlots(&slots[type.param_slot[i]]);
  }
  Ref ref = kNullRef;
  const TrapKind trap = exec::NewException(data.context, identity_, type_,
                                           slots.data(), nullptr, &ref);
  if (trap != TrapKind::kNone) {
    return absl::ResourceExhaustedError(TrapMessage(trap));
  }
  const Slot slot = ref;
  return Val::FromSlots(wasm::ValueType::Ref(wasm::HeapType::kExn, false),
                        wasm::HeapType::kExn, &slot, *data.heap);
}

absl::StatusOr<bool> Tag::Matches(Store& store, const Val& exception) const {
  StoreData& data = store.internals();
  absl::Status status = CheckException(data, store_id_, exception);
  if (!status.ok()) return status;
  return ExceptionTag(data.heap->base(), exception.ref()) == identity_;
}

absl::StatusOr<std::vector<Val>> Tag::Payload(Store& store,
                                              const Val& exception) const {
  StoreData& data = store.internals();
  auto matches = Matches(store, exception);
  if (!matches.ok()) return matches.status();
  if (!*matches) return absl::InvalidArgumentError("exception of another tag");
  const RuntimeType& type = data.context.types->Get(type_);
  std::vector<Val> payload;
  for (size_t i = 0; i < type.params.size(); ++i) {
    payload.push_back(data.ToVal(
        type.params[i],
        ExceptionPayload(data.context, exception.ref()) + type.param_slot[i]));
  }
  return payload;
}

}  // namespace weft::exec
