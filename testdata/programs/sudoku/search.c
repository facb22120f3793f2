// Constraint propagation over candidate masks by naked and hidden singles, then
// a depth-first search that guesses in the cell with the fewest candidates.
// Each guess copies the state, so that nothing has to be undone. Exponential in
// the worst case; most 9x9 puzzles need no more than a few guesses.

#include "testdata/programs/sudoku/search.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "testdata/programs/common/random.h"

// Candidates are masks: bit d - 1 is the digit d. A cell waits in the queue
// from when its digit is known until its digit is taken from its peers, so the
// queue never holds more than every cell once.
typedef struct {
  uint16_t candidates[kMaxCells];
  uint16_t settled[kMaxCells];  // the digit's mask once queued, else 0
  uint8_t queue[kMaxCells];
  int queue_begin;
  int queue_end;
  // The search's choice on top of this state.
  int guess_cell;
  uint16_t guess_left;
} State;

static State search_stack[kMaxCells + 1];

static void InitState(State* state, const Geometry* geometry) {
  memset(state, 0, sizeof(*state));
  for (int cell = 0; cell < geometry->cells; cell++) {
    state->candidates[cell] = (uint16_t)((1u << geometry->side) - 1);
  }
}

// Returns false on a contradiction. `count` is the effort to charge.
static bool Settle(State* state, int cell, uint16_t bit, int* count) {
  if (state->settled[cell] != 0) return state->settled[cell] == bit;
  if ((state->candidates[cell] & bit) == 0) return false;
  state->settled[cell] = bit;
  state->queue[state->queue_end++] = (uint8_t)cell;
  (*count)++;
  return true;
}

// Settles the last place for `bit` in `unit`; false if there is no place.
static bool CheckUnit(State* state, const Geometry* geometry, int unit,
                      uint16_t bit, Effort* effort) {
  int places = 0, last = 0;
  for (int i = 0; i < geometry->side; i++) {
    int cell = geometry->unit_cells[unit][i];
    if ((state->candidates[cell] & bit) == 0) continue;
    places++;
    last = cell;
  }
  if (places == 0) return false;
  return places > 1 || Settle(state, last, bit, &effort->hidden);
}

static bool Drop(State* state, const Geometry* geometry, int cell, uint16_t bit,
                 Effort* effort) {
  if ((state->candidates[cell] & bit) == 0) return true;
  uint16_t left = (uint16_t)(state->candidates[cell] & ~bit);
  state->candidates[cell] = left;
  if (left == 0) return false;
  if (__builtin_popcount(left) == 1 &&
      !Settle(state, cell, left, &effort->naked)) {
    return false;
  }
  for (int i = 0; i < kUnitsOfCell; i++) {
    int unit = geometry->cell_units[cell][i];
    if (!CheckUnit(state, geometry, unit, bit, effort)) return false;
  }
  return true;
}

// Empties the queue; returns false on a contradiction.
static bool Propagate(State* state, const Geometry* geometry, Effort* effort) {
  while (state->queue_begin < state->queue_end) {
    int cell = state->queue[state->queue_begin++];
    uint16_t bit = state->settled[cell];
    for (int digit = 0; digit < geometry->side; digit++) {
      uint16_t other = (uint16_t)(1u << digit);
      if (other != bit && !Drop(state, geometry, cell, other, effort)) {
        return false;
      }
    }
    for (int i = 0; i < kUnitsOfCell; i++) {
      const uint8_t* unit = geometry->unit_cells[geometry->cell_units[cell][i]];
      for (int j = 0; j < geometry->side; j++) {
        if (unit[j] != cell && !Drop(state, geometry, unit[j], bit, effort)) {
          return false;
        }
      }
    }
  }
  return true;
}

// Sets the state's guess to the open cell with the fewest candidates; returns
// false if no cell is open.
static bool ChooseGuess(State* state, const Geometry* geometry) {
  int fewest = kMaxSide + 1;
  for (int cell = 0; cell < geometry->cells; cell++) {
    int count = __builtin_popcount(state->candidates[cell]);
    if (count < 2 || count >= fewest) continue;
    fewest = count;
    state->guess_cell = cell;
    state->guess_left = state->candidates[cell];
  }
  return fewest <= kMaxSide;
}

// Takes one bit out of *mask: the lowest, or with a seed a random one.
static uint16_t TakeBit(uint16_t* mask, uint64_t* seed) {
  uint16_t rest = *mask;
  int skip = seed == NULL
                 ? 0
                 : (int)RandomBelow(seed, (uint32_t)__builtin_popcount(*mask));
  for (; skip > 0; skip--) rest &= (uint16_t)(rest - 1);
  uint16_t bit = (uint16_t)(1u << __builtin_ctz(rest));
  *mask = (uint16_t)(*mask & ~bit);
  return bit;
}

static void ReadSolution(const State* state, Grid* solution) {
  for (int cell = 0; cell < Cells(solution); cell++) {
    solution->digits[cell] =
        (uint8_t)(__builtin_ctz(state->candidates[cell]) + 1);
  }
}

int Solve(const Grid* puzzle, int limit, uint64_t* seed, Grid* solution,
          Effort* effort) {
  const Geometry* geometry = GeometryOf(puzzle);
  memset(effort, 0, sizeof(*effort));
  solution->order = puzzle->order;
  State* top = search_stack;
  InitState(top, geometry);
  int clues = 0;
  for (int cell = 0; cell < geometry->cells; cell++) {
    int digit = puzzle->digits[cell];
    if (digit == 0) continue;
    if (!Settle(top, cell, (uint16_t)(1u << (digit - 1)), &clues)) return 0;
  }
  if (!Propagate(top, geometry, effort)) return 0;
  int solutions = 0;
  if (!ChooseGuess(top, geometry)) {
    ReadSolution(top, solution);
    return 1;
  }
  while (true) {
    while (top->guess_left == 0) {
      if (top == search_stack) return solutions;
      top--;
    }
    uint16_t bit = TakeBit(&top->guess_left, seed);
    State* next = top + 1;
    *next = *top;
    if (!Settle(next, top->guess_cell, bit, &effort->guesses) ||
        !Propagate(next, geometry, effort)) {
      effort->dead_ends++;
      continue;
    }
    if (ChooseGuess(next, geometry)) {
      top = next;
      continue;
    }
    if (solutions == 0) ReadSolution(next, solution);
    if (++solutions == limit) return solutions;
  }
}
