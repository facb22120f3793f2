// The grid that the two solvers share.

#ifndef TESTDATA_PROGRAMS_SUDOKU_GRID_H_
#define TESTDATA_PROGRAMS_SUDOKU_GRID_H_

#include <stdint.h>

enum {
  kMaxOrder = 4,
  kMaxSide = kMaxOrder * kMaxOrder,
  kMaxCells = kMaxSide * kMaxSide,
  kUnitsOfCell = 3,
};

// A grid's digits by cell, row by row; 0 is empty.
typedef struct {
  int order;  // side of a box: 2, 3 or 4
  uint8_t digits[kMaxCells];
} Grid;

// Which cells make up a unit, that is a row, column or box. Units are numbered
// rows first, then columns, then boxes.
typedef struct {
  int side;
  int cells;
  uint8_t unit_cells[3 * kMaxSide][kMaxSide];
  uint8_t cell_units[kMaxCells][kUnitsOfCell];
} Geometry;

// Fills the geometries of all orders. Comes before everything else here.
void InitGeometries(void);

// Returns the geometry of a grid of this order.
const Geometry* GeometryOf(const Grid* grid);

// Returns the number of digits, which is the cells in a unit.
int Side(const Grid* grid);

// Returns the number of cells.
int Cells(const Grid* grid);

#endif  // TESTDATA_PROGRAMS_SUDOKU_GRID_H_
