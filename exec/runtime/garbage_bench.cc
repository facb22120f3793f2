// How fast garbage goes through a small heap: rings of three nodes and now and
// then an array, 100 GB in all through 64 MiB, beside a list that stays.
//
//   garbage_bench [gigabytes] [nodes that stay]
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/check.h"
#include "exec/runtime/context.h"
#include "exec/runtime/heap.h"
#include "exec/runtime/heap_ops.h"
#include "exec/runtime/testing_types.h"
#include "exec/runtime/type_registry.h"

namespace weft::exec {
namespace {

using testing::ArrayType;
using testing::Mutable;
using testing::RefTo;
using testing::StructType;
using wasm::ValueType;

class Roots final : public RootSource {
 public:
  void VisitRoots(RootVisitor& visitor) override {
    visitor.Visit(absl::MakeConstSpan(refs));
  }

  Ref refs[4] = {};
};

Ref New(Context& context, TypeId type) {
  Ref ref = TryAllocStruct(context, type);
  if (ref == kNullRef) {
    WEFT_CHECK(AllocStruct(context, type, &ref) == TrapKind::kNone);
  }
  return ref;
}

void SetRef(Context& context, Ref ref, uint32_t offset, Ref value) {
  StoreObject(context.heap->base(), ref, offset, value);
}

void Run(double gigabytes, int staying) {
  TypeRegistry types;
  testing::TypeList list;
  list.Add(StructType({Mutable(RefTo(0)), Mutable(ValueType::kI64)}));
  list.Add(ArrayType(Mutable(RefTo(0))));
  const std::vector<TypeId> ids = *types.Register(list.types());
  HeapOptions options;
  options.limit = 64 << 20;
  Heap heap(types, options);
  Context context;
  context.heap = &heap;
  context.types = &types;
  Roots roots;
  heap.set_roots(&roots);

  for (int i = 0; i < staying; ++i) {
    const Ref node = New(context, ids[0]);
    SetRef(context, node, 4, roots.refs[0]);
    roots.refs[0] = node;
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto wanted = static_cast<uint64_t>(gigabytes * 1e9);
  while (heap.stats().allocated_bytes < wanted) {
    for (int i = 0; i < 1000; ++i) {
      for (int j = 1; j < 4; ++j) roots.refs[j] = New(context, ids[0]);
      SetRef(context, roots.refs[1], 4, roots.refs[2]);
      SetRef(context, roots.refs[2], 4, roots.refs[3]);
      SetRef(context, roots.refs[3], 4, roots.refs[1]);
    }
    Ref array = kNullRef;
    WEFT_CHECK(AllocArray(context, ids[1], 10000, &array) == TrapKind::kNone);
    SetRef(context, array, 8, roots.refs[1]);
    SetRef(context, roots.refs[1], 4, array);
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  const HeapStats stats = heap.stats();
  std::printf(
      "%.1f GB in %.2f s: %.2f GB/s; %llu collections, %.2f s of marking; "
      "%llu bytes live\n",
      stats.allocated_bytes / 1e9, seconds,
      stats.allocated_bytes / 1e9 / seconds,
      static_cast<unsigned long long>(stats.collections),
      stats.collection_ns / 1e9,
      static_cast<unsigned long long>(stats.live_bytes));
}

}  // namespace
}  // namespace weft::exec

int main(int argc, char** argv) {
  weft::exec::Run(argc > 1 ? std::atof(argv[1]) : 100,
                  argc > 2 ? std::atoi(argv[2]) : 100000);
  return 0;
}
