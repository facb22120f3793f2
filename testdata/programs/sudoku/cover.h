// A solver that takes the puzzle as an exact cover problem.

#ifndef TESTDATA_PROGRAMS_SUDOKU_COVER_H_
#define TESTDATA_PROGRAMS_SUDOKU_COVER_H_

#include "testdata/programs/sudoku/grid.h"

// Returns the number of solutions of `puzzle`, at most `limit`, stores the
// first one in `solution` and in `steps` how many columns were covered.
int SolveByCover(const Grid* puzzle, int limit, Grid* solution,
                 long long* steps);

#endif  // TESTDATA_PROGRAMS_SUDOKU_COVER_H_
