// Makes, rates and solves sudoku puzzles of 4x4, 9x9 and 16x16 cells.
//
// Two solvers that share nothing but the grid check each other. A puzzle is
// made from a random full grid by taking away pairs of opposite clues for as
// long as the solution stays unique.
//
// Without arguments it makes puzzles from fixed seeds. Arguments are puzzles to
// solve: 16, 81 or 256 characters, '.' or '0' for an empty cell.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "testdata/programs/common/checksum.h"
#include "testdata/programs/common/random.h"
#include "testdata/programs/sudoku/cover.h"
#include "testdata/programs/sudoku/grid.h"
#include "testdata/programs/sudoku/search.h"

static const char kDigits[] = "123456789ABCDEFG";

// ---------------------------------------------------------------------------
// Puzzles

static void Shuffle(int* values, int count, uint64_t* seed) {
  for (int i = count - 1; i > 0; i--) {
    int j = (int)RandomBelow(seed, (uint32_t)i + 1);
    int value = values[i];
    values[i] = values[j];
    values[j] = value;
  }
}

// Stores a puzzle with one solution, from which at most `tries` pairs of
// opposite clues were tried for removal.
static void MakePuzzle(int order, int tries, uint64_t* seed, Grid* puzzle) {
  Grid empty = {.order = order}, ignored;
  Effort effort;
  Solve(&empty, 1, seed, puzzle, &effort);
  int cells = Cells(puzzle);
  int half = (cells + 1) / 2;
  int at[kMaxCells];
  for (int i = 0; i < half; i++) at[i] = i;
  Shuffle(at, half, seed);
  for (int i = 0; i < half && i < tries; i++) {
    int a = at[i], b = cells - 1 - at[i];
    uint8_t digit_a = puzzle->digits[a], digit_b = puzzle->digits[b];
    puzzle->digits[a] = puzzle->digits[b] = 0;
    if (Solve(puzzle, 2, NULL, &ignored, &effort) == 1) continue;
    puzzle->digits[a] = digit_a;
    puzzle->digits[b] = digit_b;
  }
}

static int Clues(const Grid* grid) {
  int clues = 0;
  for (int cell = 0; cell < Cells(grid); cell++) {
    clues += grid->digits[cell] != 0;
  }
  return clues;
}

// Returns whether every unit of the full grid holds every digit.
static bool IsSolved(const Grid* grid) {
  const Geometry* geometry = GeometryOf(grid);
  for (int unit = 0; unit < 3 * geometry->side; unit++) {
    uint32_t seen = 0;
    for (int i = 0; i < geometry->side; i++) {
      seen |= 1u << grid->digits[geometry->unit_cells[unit][i]];
    }
    if (seen != ((1u << geometry->side) - 1) << 1) return false;
  }
  return true;
}

static char CellText(const Grid* grid, int cell) {
  int digit = grid->digits[cell];
  return digit == 0 ? '.' : kDigits[digit - 1];
}

// Prints the two grids side by side.
static void PrintGrids(const Grid* left, const Grid* right) {
  int side = Side(left), order = left->order;
  for (int row = 0; row < side; row++) {
    if (row > 0 && row % order == 0) printf("\n");
    for (int part = 0; part < 2; part++) {
      const Grid* grid = part == 0 ? left : right;
      printf("%s", part == 0 ? "  " : "    ");
      for (int column = 0; column < side; column++) {
        if (column > 0 && column % order == 0) printf(" ");
        printf("%c", CellText(grid, row * side + column));
      }
    }
    printf("\n");
  }
}

static const char* Rating(int solutions, const Effort* effort) {
  if (solutions == 0) return "impossible";
  if (solutions > 1) return "ambiguous";
  if (effort->guesses > 8) return "fiendish";
  if (effort->guesses > 0) return "hard";
  return effort->naked > effort->hidden ? "easy" : "medium";
}

// Solves the puzzle both ways and prints how; returns whether there is one
// solution that both agree on.
static bool Report(const char* title, const Grid* puzzle, bool show) {
  Grid solution, second;
  Effort effort;
  long long steps;
  int count = Solve(puzzle, 2, NULL, &solution, &effort);
  int count2 = SolveByCover(puzzle, 2, &second, &steps);
  bool agree = count == count2;
  if (count == 1 && agree) {
    agree = IsSolved(&solution) &&
            memcmp(solution.digits, second.digits, (size_t)Cells(puzzle)) == 0;
  }
  printf("%s: %s, clues %d, naked %d, hidden %d, guesses %d, ", title,
         Rating(count, &effort), Clues(puzzle), effort.naked, effort.hidden,
         effort.guesses);
  printf("dead ends %d, covered %lld%s\n", effort.dead_ends, steps,
         agree ? "" : ", SOLVERS DISAGREE");
  if (show && count > 0) PrintGrids(puzzle, &solution);
  return agree && count == 1;
}

// ---------------------------------------------------------------------------
// Commands

static bool ParsePuzzle(const char* text, Grid* puzzle) {
  size_t length = strlen(text);
  puzzle->order = 0;
  for (int order = 2; order <= kMaxOrder; order++) {
    if (length == (size_t)(order * order * order * order)) {
      puzzle->order = order;
    }
  }
  if (puzzle->order == 0) return false;
  for (int cell = 0; cell < Cells(puzzle); cell++) {
    puzzle->digits[cell] = 0;
    if (text[cell] == '.' || text[cell] == '0') continue;
    const char* digit = strchr(kDigits, text[cell]);
    if (digit == NULL || digit - kDigits >= Side(puzzle)) return false;
    puzzle->digits[cell] = (uint8_t)(digit - kDigits + 1);
  }
  return true;
}

// Every 4x4 grid is counted: there are 288.
static bool CountSmallGrids(void) {
  Grid empty = {.order = 2}, first, second;
  Effort effort;
  long long steps;
  int count = Solve(&empty, 1000, NULL, &first, &effort);
  int count2 = SolveByCover(&empty, 1000, &second, &steps);
  printf("4x4 grids: %d by search, %d by cover, guesses %d, covered %lld\n",
         count, count2, effort.guesses, steps);
  return count == 288 && count2 == 288;
}

// A puzzle with two equal clues in a row, and one with too few clues.
static bool CheckUnsound(uint64_t* seed) {
  Grid puzzle;
  MakePuzzle(3, 40, seed, &puzzle);
  int row[9], found = 0;
  for (int cell = 0; cell < 81; cell++) {
    if (puzzle.digits[cell] != 0 && found < 9) row[found++] = cell;
  }
  Grid few = puzzle;
  for (int i = 0; i < 5; i++) few.digits[row[i]] = 0;
  Grid clash = puzzle;
  clash.digits[0] = clash.digits[8] = 5;
  bool clash_refused = !Report("clash", &clash, false);
  bool few_refused = !Report("too few", &few, false);
  return clash_refused && few_refused;
}

static bool MakeMany(int order, int count, int tries, uint64_t* seed) {
  bool ok = true;
  uint64_t hash = FNV_START;
  for (int i = 0; i < count; i++) {
    Grid puzzle;
    char title[32];
    MakePuzzle(order, tries, seed, &puzzle);
    hash = FnvUpdate(hash, puzzle.digits, (size_t)Cells(&puzzle));
    snprintf(title, sizeof(title), "%dx%d number %d", Side(&puzzle),
             Side(&puzzle), i + 1);
    ok &= Report(title, &puzzle, i == 0);
  }
  printf("puzzles' checksum %016llx\n", (unsigned long long)hash);
  return ok;
}

int main(int argc, char** argv) {
  InitGeometries();
  bool ok = true;
  for (int i = 1; i < argc; i++) {
    Grid puzzle;
    if (!ParsePuzzle(argv[i], &puzzle)) {
      fprintf(stderr, "sudoku: not a puzzle: %s\n", argv[i]);
      return 2;
    }
    ok &= Report("puzzle", &puzzle, true);
  }
  if (argc > 1) return ok ? 0 : 1;
  uint64_t seed = 2024;
  ok &= CountSmallGrids();
  ok &= MakeMany(2, 2, 8, &seed);
  ok &= MakeMany(3, 10, 41, &seed);
  ok &= MakeMany(4, 2, 70, &seed);
  ok &= CheckUnsound(&seed);
  printf("%s\n", ok ? "all checks passed" : "FAILED");
  return ok ? 0 : 1;
}
