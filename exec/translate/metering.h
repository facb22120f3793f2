// What operators cost under metering, and where blocks of them end: the same
// for whoever charges a block and whoever gives part of it back.
#ifndef WEFT_EXEC_TRANSLATE_METERING_H_
#define WEFT_EXEC_TRANSLATE_METERING_H_

#include <cstdint>

#include "exec/operator_counts.h"
#include "exec/runtime/block_counts.h"
#include "ir/wasm/module.h"
#include "ir/wasm/op.h"

namespace weft::exec {

// What an operator is to the blocks of the language.
enum class BlockShape : uint8_t {
  kNone,
  kNop,
  kOpens,      // block, try_table, try.
  kOpensLoop,  // loop.
  kOpensIf,    // if.
  kContinues,  // else, catch, catch_all.
  kCloses,     // end, delegate.
};
BlockShape ShapeOf(wasm::OpClass op_class);

// Whether the operator begins a block of metering: what precedes it may not
// have run.
inline bool BeginsBlock(wasm::OpClass op_class) {
  const BlockShape shape = ShapeOf(op_class);
  return shape == BlockShape::kOpensLoop || shape == BlockShape::kContinues ||
         shape == BlockShape::kCloses;
}

// Operators that do no work of their own cost nothing, all others one.
inline bool IsFree(wasm::OpClass op_class) {
  const BlockShape shape = ShapeOf(op_class);
  return shape != BlockShape::kNone && shape != BlockShape::kOpensIf;
}

// Whether a block ends behind the operator: it may go elsewhere, or others may
// run. Free ones do neither.
inline bool EndsBlock(wasm::Op op) {
  const wasm::OpInfo& info = wasm::InfoOf(op);
  return !IsFree(info.op_class) &&
         (info.effects & (wasm::kControl | wasm::kCalls)) != 0;
}

// The cost of what follows the operator at `offset` (in the module's bytes) of
// defined function `func` in its block.
uint32_t CostBehind(const wasm::Module& module, uint32_t func, uint32_t offset);

// Places in the module's code: bytes from the begin of its first body on, and
// how many there are.
uint32_t CodeBegin(const wasm::Module& module);
uint32_t CodeBytes(const wasm::Module& module);

// Adds what the blocks of `counts` executed: the operators of each block as
// often as it was entered, but for those behind one that trapped. Time linear
// in the module's code.
void AddOperatorCounts(const wasm::Module& module, const BlockCounts& counts,
                       OperatorCounts* out);

}  // namespace weft::exec

#endif  // WEFT_EXEC_TRANSLATE_METERING_H_
