// Loops. Each has a counter that nothing else assigns.
#include "check/generate/function.h"

namespace weft::check::generate {

uint32_t FunctionMaker::Trips() {
  const uint32_t most = mult_ >= 16 ? 2 : mult_ >= 4 ? 4 : 9;
  return 1 + source_.Below(most);
}

uint32_t FunctionMaker::Counter(ValueType type, uint32_t start,
                                uint32_t bound) {
  const uint32_t counter = NewLocal(type, Use::kFixed, bound);
  Integer(type, start);
  Do(Op::kLocalSet, counter);
  return counter;
}

void FunctionMaker::LoopBody(uint32_t trips) {
  mult_ *= trips;
  Statements(1 + source_.Below(4));
  mult_ /= trips;
}

bool FunctionMaker::Loop(ValueType want) {
  if (!MayOpen()) return false;
  if (!CanAfford(60) || mult_ > 32 || source_.OneIn(12)) {
    // One that is never repeated.
    TypeList results;
    if (want != ValueType::kNone) results.Add(want);
    Open(Op::kLoop, {}, results);
    Innermost().is_closed = true;
    Statements(source_.Below(2));
    Values(results);
    End();
    has_nan_ = true;
    return true;
  }
  switch (source_.Below(Has(wasm::Feature::kMultiValue) ? 4 : 3)) {
    case 0:
    case 1:
      CountedLoop();
      break;
    case 2:
      OpenLoop();
      break;
    default:
      CarriedLoop();
      break;
  }
  Convert(ValueType::kNone, want);
  return true;
}

// The form that compilers make: a counter that goes up or down and is compared
// at the end.
void FunctionMaker::CountedLoop() {
  const ValueType type = source_.OneIn(6) ? ValueType::kI64 : ValueType::kI32;
  const bool is_64 = type == ValueType::kI64;
  const bool up = source_.OneIn(2);
  const uint32_t trips = Trips();
  const uint32_t step = up ? 1u << source_.Below(3) : 1;
  const uint32_t end = trips * step;
  const uint32_t counter = Counter(type, up ? 0 : end, end);
  Open(Op::kLoop, {}, {});
  // Only its end knows when to stop.
  Innermost().is_closed = true;
  LoopBody(trips);
  mult_ *= trips;
  Get(counter);
  Integer(type, step);
  Do(up ? (is_64 ? Op::kI64Add : Op::kI32Add)
        : (is_64 ? Op::kI64Sub : Op::kI32Sub));
  Do(Op::kLocalTee, counter);
  if (up) {
    Integer(type, end);
    static constexpr Op kLess[2][3] = {{Op::kI32LtS, Op::kI32LtU, Op::kI32Ne},
                                       {Op::kI64LtS, Op::kI64LtU, Op::kI64Ne}};
    Do(source_.Pick(kLess[is_64]));
  } else if (is_64 || source_.OneIn(2)) {
    Integer(type, 0);
    Do(is_64 ? Op::kI64GtS : Op::kI32GtS);
  }
  if (source_.OneIn(4)) {
    // Or it stops before.
    Condition();
    if (source_.OneIn(2)) Do(Op::kI32Eqz);
    I32(0);
    Do(Op::kI32Ne);
    Do(Op::kI32And);
  }
  Do(Op::kBrIf, 0);
  mult_ /= trips;
  End();
}

// Branches from anywhere repeat it; its head counts.
void FunctionMaker::OpenLoop() {
  const uint32_t trips = Trips();
  const uint32_t counter = Counter(ValueType::kI32, trips, trips);
  const bool has_exit = source_.OneIn(2);
  if (has_exit) Open(Op::kBlock, {}, {});
  Open(Op::kLoop, {}, {});
  mult_ *= trips + 1;
  Get(counter);
  if (has_exit) {
    Do(Op::kI32Eqz);
    Do(Op::kBrIf, 1);
  } else {
    Open(Op::kIf, {}, {});
  }
  Get(counter);
  I32(1);
  Do(Op::kI32Sub);
  Do(Op::kLocalSet, counter);
  mult_ /= trips + 1;
  LoopBody(trips);
  const uint32_t head = has_exit ? 0 : 1;
  if (source_.OneIn(2)) {
    Condition();
    Do(Op::kBrIf, head);
    if (source_.OneIn(2)) Statements(1);
  } else {
    Do(Op::kBr, head);
    DeadCode();
  }
  End();
  End();
}

// Values that go around as parameters; at times they change places.
void FunctionMaker::CarriedLoop() {
  TypeList types = RandomTypes(3);
  if (types.size == 0) types.Add(ValueType::kI32);
  const uint32_t trips = Trips();
  const uint32_t counter = Counter(ValueType::kI32, trips, trips);
  Values(types);
  Open(Op::kLoop, types, types);
  Innermost().is_closed = true;
  uint32_t locals[kMaxTypes];
  for (int i = types.size - 1; i >= 0; --i) {
    locals[i] = NewLocal(types.types[i]);
    Set(locals[i]);
  }
  LoopBody(trips);
  mult_ *= trips;
  for (int i = 0; i < types.size; ++i) {
    const uint32_t other = locals[source_.Below(types.size)];
    if (locals_[other].type == types.types[i] && locals_[other].is_set &&
        source_.OneIn(2)) {
      Get(other);
    } else {
      Value(types.types[i]);
    }
  }
  Get(counter);
  I32(1);
  Do(Op::kI32Sub);
  Do(Op::kLocalTee, counter);
  I32(0);
  Do(Op::kI32GtS);
  Do(Op::kBrIf, 0);
  mult_ /= trips;
  End();
  SinkAll(types);
}

}  // namespace weft::check::generate
