#include "check/votes/make_value.h"

#include "check/values.h"

namespace weft::check::votes {
namespace {

using wasm::CatchClause;
using wasm::HeapType;
using wasm::Op;
using wasm::ValueType;

void MakeI31(ByteSource& source, Code* code) {
  code->I32(static_cast<uint32_t>(InterestingBits(ValueType::kI32, source)));
  code->Do(Op::kRefI31);
}

void MakeException(wasm::TagIndex tag, Code* code) {
  const CatchClause all{CatchClause::kCatchAllRef, wasm::kNoIndex, 0};
  code->Begin(Op::kBlock, ValueType::Ref(HeapType::kExn, true));
  code->BeginTry({&all, 1}).Do(Op::kThrow, tag).End();
  code->Do(Op::kUnreachable).End();
}

}  // namespace

void MakeZero(ValueType type, Code* code) {
  if (type.is_ref()) {
    code->Heap(Op::kRefNull, type.heap());
  } else {
    code->Constant(type, 0);
  }
}

void MakeValue(ValueType type, wasm::TagIndex tag, ByteSource& source,
               Code* code) {
  if (!type.is_ref()) {
    const uint64_t low = InterestingBits(type.kind(), source);
    const uint64_t high = type.kind() == ValueType::kV128
                              ? InterestingBits(type.kind(), source)
                              : 0;
    code->Constant(type, low, high);
    return;
  }
  const HeapType heap = type.heap();
  if (heap.is_defined() || source.OneIn(3)) return MakeZero(type, code);
  if (heap == HeapType::kAny || heap == HeapType::kEq ||
      heap == HeapType::kI31) {
    MakeI31(source, code);
  } else if (heap == HeapType::kExtern) {
    MakeI31(source, code);
    code->Do(Op::kExternConvertAny);
  } else if (heap == HeapType::kExn) {
    MakeException(tag, code);
  } else {
    MakeZero(type, code);
  }
}

}  // namespace weft::check::votes
