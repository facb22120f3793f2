// Geometry is a table, computed once per order.

#include "testdata/programs/sudoku/grid.h"

static Geometry geometries[kMaxOrder + 1];

static void InitGeometry(int order) {
  Geometry* geometry = &geometries[order];
  int side = order * order;
  geometry->side = side;
  geometry->cells = side * side;
  for (int cell = 0; cell < side * side; cell++) {
    int row = cell / side, column = cell % side;
    int box = row / order * order + column / order;
    int in_box = row % order * order + column % order;
    uint8_t* units = geometry->cell_units[cell];
    units[0] = (uint8_t)row;
    units[1] = (uint8_t)(side + column);
    units[2] = (uint8_t)(2 * side + box);
    geometry->unit_cells[units[0]][column] = (uint8_t)cell;
    geometry->unit_cells[units[1]][row] = (uint8_t)cell;
    geometry->unit_cells[units[2]][in_box] = (uint8_t)cell;
  }
}

void InitGeometries(void) {
  for (int order = 2; order <= kMaxOrder; order++) InitGeometry(order);
}

const Geometry* GeometryOf(const Grid* grid) {
  return &geometries[grid->order];
}

int Side(const Grid* grid) { return GeometryOf(grid)->side; }

int Cells(const Grid* grid) { return GeometryOf(grid)->cells; }
