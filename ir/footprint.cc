#include "ir/footprint.h"

#include "ir/wasm/op.h"

namespace weft::ir {

namespace {

constexpr uint32_t kReads = wasm::kReadsMemory | wasm::kReadsTable |
                            wasm::kReadsGlobal | wasm::kReadsHeap |
                            wasm::kReadsLocal | wasm::kReadsSegment;
constexpr uint32_t kWrites = wasm::kWritesMemory | wasm::kWritesTable |
                             wasm::kWritesGlobal | wasm::kWritesHeap |
                             wasm::kWritesLocal | wasm::kDropsSegment;

}  // namespace

void Footprint::Add(uint32_t effects, uint16_t new_traps) {
  if ((effects & wasm::kCalls) != 0) {
    effects |= (kReads | kWrites) & ~(wasm::kReadsLocal | wasm::kWritesLocal);
    control = true;
  }
  if ((effects & wasm::kReadsMemory) != 0) reads |= wasm::kWritesMemory;
  if ((effects & wasm::kReadsTable) != 0) reads |= wasm::kWritesTable;
  if ((effects & wasm::kReadsGlobal) != 0) reads |= wasm::kWritesGlobal;
  if ((effects & wasm::kReadsHeap) != 0) reads |= wasm::kWritesHeap;
  if ((effects & wasm::kReadsLocal) != 0) reads |= wasm::kWritesLocal;
  if ((effects & wasm::kReadsSegment) != 0) reads |= wasm::kDropsSegment;
  writes |= effects & kWrites;
  traps |= new_traps;
  control |= (effects & (wasm::kControl | wasm::kThrows)) != 0;
  atomic |= (effects & wasm::kAtomic) != 0;
}

bool Commute(const Footprint& a, const Footprint& b) {
  if (a.pure() || b.pure()) return true;
  if ((a.reads & b.writes) != 0 || (a.writes & b.reads) != 0 ||
      (a.writes & b.writes) != 0) {
    return false;
  }
  if (a.atomic || b.atomic) return false;
  // Leaving early, or trapping, shows which writes and traps came before.
  const bool a_seen = a.writes != 0 || a.traps != 0 || a.control;
  const bool b_seen = b.writes != 0 || b.traps != 0 || b.control;
  if (a.control && b_seen) return false;
  if (b.control && a_seen) return false;
  if (a.traps != 0 && b.writes != 0) return false;
  if (b.traps != 0 && a.writes != 0) return false;
  // Two traps of one and the same kind cannot be told apart, but these bits
  // stand for two kinds each: division by zero and overflow, and so on.
  constexpr uint16_t kMixed =
      wasm::kTrapDivide | wasm::kTrapConversion | wasm::kTrapIndirect;
  const uint16_t kinds = a.traps | b.traps;
  return a.traps == 0 || b.traps == 0 ||
         ((kinds & (kinds - 1)) == 0 && (kinds & kMixed) == 0);
}

}  // namespace weft::ir
