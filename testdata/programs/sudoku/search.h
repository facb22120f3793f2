// A solver that propagates what is known and guesses where nothing is.

#ifndef TESTDATA_PROGRAMS_SUDOKU_SEARCH_H_
#define TESTDATA_PROGRAMS_SUDOKU_SEARCH_H_

#include <stdint.h>

#include "testdata/programs/sudoku/grid.h"

typedef struct {
  int naked;      // cells settled since one candidate was left in the cell
  int hidden;     // cells settled since one place was left in a unit
  int guesses;    // cells tried with one of several candidates
  int dead_ends;  // guesses that led to a contradiction
} Effort;

// Returns the number of solutions of `puzzle`, at most `limit`, stores the
// first one in `solution` and what it took in `effort`. Guesses in random order
// if `seed` is not null, else in ascending order.
int Solve(const Grid* puzzle, int limit, uint64_t* seed, Grid* solution,
          Effort* effort);

#endif  // TESTDATA_PROGRAMS_SUDOKU_SEARCH_H_
