// Exact cover with dancing links (Knuth, "Dancing Links", 2000): a column per
// cell, and per digit of every row, column and box; a row per digit of a cell.
// Exponential in the worst case.

#include "testdata/programs/sudoku/cover.h"

#include <stddef.h>

enum {
  kConstraints = 4,  // per placement: cell, row, column and box
  kMaxColumns = kConstraints * kMaxCells,
  kMaxNodes = 1 + kMaxColumns + kConstraints * kMaxCells * kMaxSide,
};

typedef struct {
  int left, right, up, down;
  int column;     // the header's index
  int placement;  // cell * side + digit - 1
} Node;

// Node 0 is the root, then come the column headers, then the placements.
typedef struct {
  Node nodes[kMaxNodes];
  int sizes[kMaxColumns + 1];
  int node_count;
  int side;
  int limit;
  int solutions;
  long long steps;  // columns covered
  int chosen[kMaxCells];
  Grid* solution;
} Cover;

static Cover cover;

static void InitHeaders(int columns) {
  for (int i = 0; i <= columns; i++) {
    cover.nodes[i] = (Node){i - 1, i + 1, i, i, i, -1};
    cover.sizes[i] = 0;
  }
  cover.nodes[0].left = columns;
  cover.nodes[columns].right = 0;
  cover.node_count = columns + 1;
}

static void AddPlacement(int cell, int digit, const Geometry* geometry) {
  int side = geometry->side, cells = geometry->cells;
  const uint8_t* units = geometry->cell_units[cell];
  int columns[kConstraints] = {1 + cell};
  for (int i = 0; i < kUnitsOfCell; i++) {
    columns[i + 1] = 1 + cells + units[i] * side + digit - 1;
  }
  int first = cover.node_count;
  for (int i = 0; i < kConstraints; i++) {
    int at = cover.node_count++;
    int header = columns[i];
    int last = cover.nodes[header].up;
    cover.nodes[at] =
        (Node){at - 1, at + 1, last, header, header, cell * side + digit - 1};
    cover.nodes[last].down = at;
    cover.nodes[header].up = at;
    cover.sizes[header]++;
  }
  cover.nodes[first].left = cover.node_count - 1;
  cover.nodes[cover.node_count - 1].right = first;
}

static void CoverColumn(int header) {
  Node* nodes = cover.nodes;
  cover.steps++;
  nodes[nodes[header].right].left = nodes[header].left;
  nodes[nodes[header].left].right = nodes[header].right;
  for (int row = nodes[header].down; row != header; row = nodes[row].down) {
    for (int at = nodes[row].right; at != row; at = nodes[at].right) {
      nodes[nodes[at].down].up = nodes[at].up;
      nodes[nodes[at].up].down = nodes[at].down;
      cover.sizes[nodes[at].column]--;
    }
  }
}

static void UncoverColumn(int header) {
  Node* nodes = cover.nodes;
  for (int row = nodes[header].up; row != header; row = nodes[row].up) {
    for (int at = nodes[row].left; at != row; at = nodes[at].left) {
      cover.sizes[nodes[at].column]++;
      nodes[nodes[at].down].up = at;
      nodes[nodes[at].up].down = at;
    }
  }
  nodes[nodes[header].right].left = header;
  nodes[nodes[header].left].right = header;
}

static int SmallestColumn(void) {
  int best = cover.nodes[0].right;
  for (int at = best; at != 0; at = cover.nodes[at].right) {
    if (cover.sizes[at] < cover.sizes[best]) best = at;
  }
  return best;
}

static void StoreCover(int depth) {
  for (int i = 0; i < depth; i++) {
    int placement = cover.chosen[i];
    cover.solution->digits[placement / cover.side] =
        (uint8_t)(placement % cover.side + 1);
  }
}

// Recursion is at most one level per cell.
static void SearchCover(int depth) {
  Node* nodes = cover.nodes;
  if (nodes[0].right == 0) {
    if (cover.solutions++ == 0) StoreCover(depth);
    return;
  }
  int header = SmallestColumn();
  CoverColumn(header);
  for (int row = nodes[header].down;
       row != header && cover.solutions < cover.limit; row = nodes[row].down) {
    cover.chosen[depth] = nodes[row].placement;
    for (int at = nodes[row].right; at != row; at = nodes[at].right) {
      CoverColumn(nodes[at].column);
    }
    SearchCover(depth + 1);
    for (int at = nodes[row].left; at != row; at = nodes[at].left) {
      UncoverColumn(nodes[at].column);
    }
  }
  UncoverColumn(header);
}

int SolveByCover(const Grid* puzzle, int limit, Grid* solution,
                 long long* steps) {
  const Geometry* geometry = GeometryOf(puzzle);
  InitHeaders(kConstraints * geometry->cells);
  for (int cell = 0; cell < geometry->cells; cell++) {
    for (int digit = 1; digit <= geometry->side; digit++) {
      int clue = puzzle->digits[cell];
      if (clue == 0 || clue == digit) AddPlacement(cell, digit, geometry);
    }
  }
  cover.side = geometry->side;
  cover.limit = limit;
  cover.solutions = 0;
  cover.steps = 0;
  cover.solution = solution;
  solution->order = puzzle->order;
  SearchCover(0);
  *steps = cover.steps;
  return cover.solutions;
}
