// A store (spec 4.2.3): what instances of modules share and run in.
#ifndef WEFT_EXEC_STORE_H_
#define WEFT_EXEC_STORE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "exec/engine.h"
#include "exec/numerics/nan_bits.h"
#include "exec/operator_counts.h"
#include "exec/value.h"

namespace weft::exec {

class Interrupter;
class StoreData;

// Limits of one store. What guests ask for beyond them is refused to them: a
// trap, a failing grow, or an error of instantiation.
struct StoreOptions {
  // Bytes of frames and return addresses of guests, reserved at once and given
  // by the host when touched; less where the address space is limited. Three
  // quarters hold slots of 8 bytes, the rest returns of 16 bytes.
  uint64_t max_stack = 8 << 20;
  // Bytes of all memories, shared ones excepted; entries of all tables.
  uint64_t max_memory = ~uint64_t{0};
  uint64_t max_table_entries = uint64_t{1} << 27;
  uint32_t max_instances = 1u << 20;
  // Functions that can be referred to.
  uint32_t max_functions = 1u << 28;
  // Bytes of structs, arrays and exceptions.
  uint64_t max_heap = uint64_t{1} << 30;
  // Frames that backtraces tell of, innermost first.
  int max_backtrace = 100;
  // Collect at each allocation, to find defects.
  bool gc_stress = false;
  // The n-th memory.grow and the n-th table.grow fail, from 1; 0 for none.
  uint64_t failing_grow = 0;
  // The NaN that arithmetic makes under EngineOptions::canonical_nans. Others
  // than the positive canonical ones are for finding out what depends on it.
  NanBits nans = {};
  // Called with each value of Store::NewHostRef that no guest and no Val can
  // reach any more, and with all of them when the store ends.
  void (*release_host_ref)(void* data, uint64_t value) = nullptr;
  void* release_data = nullptr;
};

// Ends what a store runs from another thread. May outlive the store.
class InterruptHandle {
 public:
  // Ends the guest that runs with the trap Interrupted, also in a wait or a
  // bulk operator, within 50 ms; when none runs, the next one that is called.
  // Thread-safe.
  void Interrupt() const;

 private:
  friend class Store;
  explicit InterruptHandle(std::shared_ptr<Interrupter> interrupter)
      : interrupter_(std::move(interrupter)) {}

  std::shared_ptr<Interrupter> interrupter_;
};

// Used by one thread at a time; has a fixed address. Handles to what lies in it
// (Func, Memory, ...) hold its number and are refused by any other.
class Store {
 public:
  // A function that destroys the embedder's data, and what tells its type.
  using Deleter = void (*)(void*);

  // Errors: ResourceExhausted when not even a small stack can be reserved.
  static absl::StatusOr<std::unique_ptr<Store>> New(
      const Engine& engine, const StoreOptions& options = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const Engine& engine() const;
  // Of no other store in this process.
  uint64_t id() const;

  // What is left under EngineOptions::metering: one unit per operator.
  // 0 to begin with. REQUIRES for set: at most 2^63 - 1.
  uint64_t fuel() const;
  void set_fuel(uint64_t fuel);

  // Guests that run at this time end with the trap DeadlineExceeded. Read when
  // the host enters the store, not in calls from within a guest.
  void set_deadline(
      std::optional<std::chrono::steady_clock::time_point> deadline);
  InterruptHandle interrupt_handle() const;

  // A reference to a value of the host, in the hierarchy of extern, or, with
  // `any`, of any. Equal values are equal references.
  // Errors: ResourceExhausted when the heap is full.
  absl::StatusOr<Val> NewHostRef(uint64_t value, bool any = false);
  // The value of such a reference. Errors: InvalidArgument for any other Val.
  absl::StatusOr<uint64_t> HostValue(const Val& val) const;

  // Whether the reference `val` has the reference type `type`, as ref.test
  // says; a defined heap type in `type` holds a TypeId. False for numbers and
  // for types of another hierarchy.
  bool HasType(const Val& val, wasm::ValueType type) const;

  // Frees what cannot be reached.
  void CollectGarbage();

  // Bytes that memories take, entries of tables, instances; memory.grow and
  // table.grow executed so far, and pages that the former have added.
  struct Usage {
    uint64_t memory_bytes = 0;
    uint64_t table_entries = 0;
    uint64_t instances = 0;
    uint64_t memory_grows = 0;
    uint64_t table_grows = 0;
    uint64_t pages_grown = 0;
    HeapStats heap;
  };
  Usage usage() const;

  // What guests have executed so far under EngineOptions::count_operators, by
  // operator; zeros without it. Time linear in the code of the modules that
  // are instantiated here.
  OperatorCounts operator_counts() const;

  // The embedder's data; see TypedStore. A Store owns it and deletes it last.
  void set_data(void* data, const void* type, Deleter deleter);
  void* data() const { return user_data_; }
  const void* data_type() const { return user_type_; }

  // For the library itself.
  StoreData& internals() { return *internals_; }
  const StoreData& internals() const { return *internals_; }

 private:
  explicit Store(std::unique_ptr<StoreData> internals);

  void DeleteData();

  std::unique_ptr<StoreData> internals_;
  void* user_data_ = nullptr;
  const void* user_type_ = nullptr;
  Deleter user_deleter_ = nullptr;
};

// A view of a Store that knows the type of the embedder's data. There is one
// Store and one executor for all types; the type is checked where it is
// restored.
template <typename T>
class TypedStore {
 public:
  // A new store that owns `data`. Errors: as Store::New.
  static absl::StatusOr<std::unique_ptr<Store>> New(
      const Engine& engine, T data, const StoreOptions& options = {}) {
    auto store = Store::New(engine, options);
    if (!store.ok()) return store.status();
    (*store)->set_data(new T(std::move(data)), &kTypeTag,
                       [](void* p) { delete static_cast<T*>(p); });
    return store;
  }

  // Errors: FailedPrecondition when `store` has no data, or data of another
  // type.
  static absl::StatusOr<TypedStore> From(Store& store) {
    if (store.data_type() != &kTypeTag) {
      return absl::FailedPreconditionError(
          "the store's data is of another type");
    }
    return TypedStore(store);
  }

  T& data() const { return *static_cast<T*>(store_->data()); }
  Store& store() const { return *store_; }

 private:
  explicit TypedStore(Store& store) : store_(&store) {}

  // Its address is the type's name.
  static constexpr char kTypeTag = 0;

  Store* store_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_STORE_H_
