// What code does to what others can see.
#ifndef WEFT_IR_FOOTPRINT_H_
#define WEFT_IR_FOOTPRINT_H_

#include <cstdint>

namespace weft::ir {

// What one or several instructions do, for deciding whether two commute.
struct Footprint {
  uint32_t reads = 0;  // Bits of the *writes* that they depend on.
  uint32_t writes = 0;
  uint16_t traps = 0;
  bool control = false;  // May leave, or not come back.
  bool atomic = false;

  // Effects and trap kinds of an operator, as its row says.
  void Add(uint32_t effects, uint16_t new_traps);
  void Add(const Footprint& other) {
    reads |= other.reads;
    writes |= other.writes;
    traps |= other.traps;
    control |= other.control;
    atomic |= other.atomic;
  }
  bool pure() const {
    return reads == 0 && writes == 0 && traps == 0 && !control && !atomic;
  }
};

// Whether nobody can tell in which order the two were done.
bool Commute(const Footprint& a, const Footprint& b);

}  // namespace weft::ir

#endif  // WEFT_IR_FOOTPRINT_H_
