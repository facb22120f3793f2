// A small assembler for tests: operator streams, and a module around them that
// has something of everything.
#ifndef WEFT_IR_TESTING_CODE_H_
#define WEFT_IR_TESTING_CODE_H_

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"

namespace weft::ir::testing {

using wasm::Op;
using wasm::ValueType;
using Types = std::vector<ValueType>;

inline constexpr ValueType kI32 = ValueType::kI32;
inline constexpr ValueType kI64 = ValueType::kI64;
inline constexpr ValueType kF32 = ValueType::kF32;
inline constexpr ValueType kF64 = ValueType::kF64;
inline constexpr ValueType kV128 = ValueType::kV128;

inline ValueType Nullable(wasm::HeapType heap) {
  return ValueType::Ref(heap, true);
}
inline ValueType NonNull(wasm::HeapType heap) {
  return ValueType::Ref(heap, false);
}
inline wasm::HeapType Defined(uint32_t type) {
  return wasm::HeapType::Defined(type);
}

// Appends operators; every method returns *this.
class Code {
 public:
  // An operator with index immediates in binary order.
  Code& Do(Op op, uint32_t a = 0, uint32_t b = 0);
  Code& Do(const wasm::Operator& op);
  // Everything that `other` holds.
  Code& Do(const Code& other);

  Code& I32(int32_t value);
  Code& I64(int64_t value);
  Code& Get(uint32_t local) { return Do(Op::kLocalGet, local); }
  Code& Set(uint32_t local) { return Do(Op::kLocalSet, local); }
  Code& Tee(uint32_t local) { return Do(Op::kLocalTee, local); }
  Code& Add() { return Do(Op::kI32Add); }
  Code& Drop() { return Do(Op::kDrop); }
  // A memory access with its natural alignment.
  Code& Mem(Op op, uint64_t offset = 0, uint32_t memory = 0);
  Code& RefNull(wasm::HeapType heap);
  // ref.test and ref.cast with one heap type.
  Code& Heap(Op op, wasm::HeapType heap);

  // Regions without type, with one result, with the signature `type`.
  Code& Open(Op op);
  Code& Open(Op op, ValueType result);
  Code& OpenType(Op op, uint32_t type);
  Code& Block() { return Open(Op::kBlock); }
  Code& Block(ValueType result) { return Open(Op::kBlock, result); }
  Code& Loop() { return Open(Op::kLoop); }
  Code& Loop(ValueType result) { return Open(Op::kLoop, result); }
  Code& If() { return Open(Op::kIf); }
  Code& If(ValueType result) { return Open(Op::kIf, result); }
  Code& Else() { return Do(Op::kElse); }
  Code& End() { return Do(Op::kEnd); }
  Code& TryTable(std::vector<wasm::CatchClause> catches,
                 wasm::BlockType type = {});

  Code& Br(uint32_t depth) { return Do(Op::kBr, depth); }
  Code& BrIf(uint32_t depth) { return Do(Op::kBrIf, depth); }
  Code& BrTable(std::vector<uint32_t> labels);
  // br_on_cast or br_on_cast_fail.
  Code& BrCast(Op op, uint32_t depth, ValueType from, ValueType to);

  const std::vector<uint8_t>& bytes() const { return out_.bytes(); }

 private:
  wasm::ByteWriter out_;
};

// Indices in the module that TestModule makes.
enum : uint32_t {
  kMemory32 = 0,
  kMemory64 = 1,
  kSharedMemory = 2,
  kFuncTable = 0,
  kFuncTable64 = 1,
  kAnyTable = 2,
  kGlobalI32 = 0,  // All mutable, but for the last.
  kGlobalI64 = 1,
  kGlobalAny = 2,
  kGlobalConst = 3,
  kTagEmpty = 0,   // []
  kTagI32 = 1,     // [i32]
  kTagI32I64 = 2,  // [i32 i64]
  kTypeEmpty = 0,  // [] -> []
  // The point of a hierarchy: struct {mut i32, mut i8, mut i16, f64}, not
  // final, and a struct below it with one field (mut i64) more.
  kTypeStruct = 1,
  kTypeSubStruct = 2,
  kTypeBytes = 3,       // array (mut i8)
  kTypeShorts = 4,      // array (mut i16)
  kTypeInts = 5,        // array (mut i32)
  kTypeFuncs = 6,       // array (mut funcref)
  kTypeEmptyArray = 7,  // array (mut i64)
  kTypeOne = 8,         // [i32] -> [i32]
  kTypePair = 9,        // [i32] -> [i32 i32]
  kTypeSink = 10,       // [i32] -> []
  kFuncTrace = 0,       // Imported, kTypeSink.
  kFuncOne = 1,         // kTypeOne: adds one.
  kFuncPair = 2,        // kTypePair: (x, x + 1).
  kFuncTest = 3,        // The first that is added.
};

// Builds a module around bodies.
class TestModule {
 public:
  TestModule();
  TestModule(const TestModule&) = delete;
  TestModule& operator=(const TestModule&) = delete;

  // The index of a function type, added when it is not there.
  // REQUIRES: before Build.
  uint32_t Type(const Types& params, const Types& results);
  // A function with `code` (its final `end` is added) as its body. Returns its
  // index, kFuncTest for the first.
  uint32_t AddFunc(const Types& params, const Types& results,
                   const Types& locals, const Code& code);

  // Writes the module and reads it again. Errors: those of reading.
  absl::Status Build();
  // REQUIRES: Build succeeded.
  const wasm::Module& module() const { return module_; }

 private:
  wasm::ConstExpr Expr(const Code& code);
  void AddTypes();
  void AddGlobal(ValueType type, bool is_mutable, const Code& init);

  wasm::Module source_;
  std::deque<std::vector<uint8_t>> storage_;
  std::vector<uint8_t> bytes_;
  wasm::Module module_;
};

// Lifts the body of `func`, or `body` in its place, verifies the SSA form,
// lowers it to `*out` and validates that. Errors: those of any step.
absl::Status RoundTrip(const wasm::Module& module, uint32_t func,
                       wasm::ByteSpan body, std::vector<uint8_t>* out);

// RoundTrip of the function's body, again and again until the bytes repeat.
// `*out` is the first result.
// Errors: those of any step; Internal when it does not settle, or grows.
absl::Status SettledRoundTrip(const wasm::Module& module, uint32_t func,
                              std::vector<uint8_t>* out);

// The operators of a body, one name a line with its index immediates.
std::string Listing(const wasm::Module& module, wasm::ByteSpan body);

}  // namespace weft::ir::testing

#endif  // WEFT_IR_TESTING_CODE_H_
