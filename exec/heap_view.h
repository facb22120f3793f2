// A look at the objects of a store's heap, for hosts that compare, print or
// copy graphs of them.
#ifndef WEFT_EXEC_HEAP_VIEW_H_
#define WEFT_EXEC_HEAP_VIEW_H_

#include <cstdint>

#include "absl/types/span.h"
#include "exec/externs.h"
#include "exec/runtime/types.h"
#include "exec/store.h"
#include "ir/wasm/types.h"

namespace weft::exec {

struct FieldLayout;
struct RuntimeType;
class StoreData;

// Works on references as Val::ref() gives them, which keep nothing alive: they
// are good until something runs or is allocated in the store. Costs little and
// checks nothing. REQUIRES: all references come from this store.
class HeapView {
 public:
  enum class Kind : uint8_t { kStruct, kArray, kException };

  struct Object {
    Kind kind = Kind::kStruct;
    Ref ref = kNullRef;
    // Of an exception: the function type of its tag.
    TypeId type = 0;
    // Fields, elements, or values that an exception carries.
    uint32_t length = 0;
    const RuntimeType* layout = nullptr;
  };

  // A field, an element, or a value of an exception. Packed integers are i32,
  // zero-extended; a reference is a Ref. `high` is that of a v128.
  struct Value {
    wasm::ValueType type;
    Slot low = 0;
    Slot high = 0;
  };

  explicit HeapView(const Store& store);

  // REQUIRES: IsHeapRef(ref), whose object can be reached.
  Object At(Ref ref) const;
  // REQUIRES: i < object.length.
  Value Get(const Object& object, uint32_t i) const;
  // The bytes of all elements of an array of numbers or vectors; empty for any
  // other object.
  absl::Span<const uint8_t> Numbers(const Object& object) const;
  // Whether it is an exception of `tag`.
  bool IsOf(const Object& object, const Tag& tag) const;
  // REQUIRES: IsFuncRef(ref).
  Func FuncOf(Ref ref) const;
  // The value of Store::NewHostRef. REQUIRES: IsHostRef(ref).
  uint64_t HostValue(Ref ref) const;

 private:
  const StoreData& data_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_HEAP_VIEW_H_
