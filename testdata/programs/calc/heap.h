// Values, and the arrays among them with their collector.

#ifndef TESTDATA_PROGRAMS_CALC_HEAP_H_
#define TESTDATA_PROGRAMS_CALC_HEAP_H_

#include <stdbool.h>
#include <stddef.h>

#include "testdata/programs/calc/token.h"

typedef struct Array Array;

typedef enum {
  kNilValue,
  kNumberValue,
  kStringValue,
  kArrayValue,
} ValueKind;

typedef struct {
  ValueKind kind;
  union {
    double number;
    const Slice* string;  // in the program
    Array* array;         // in the heap
  };
} Value;

struct Array {
  Value* items;
  int size;
  int capacity;
  bool marked;
  Array* next;  // in the list of all arrays
  Array* gray;  // in the list of arrays whose items are to be marked
};

// All zero is an empty heap.
typedef struct {
  Array* arrays;
  Array* gray;
  size_t bytes;      // in use, garbage included
  size_t threshold;  // bytes from which on to collect
  int made;
  int freed;
  int collections;
} Heap;

Value NilValue(void);
Value NumberValue(double number);
Value ArrayValue(Array* array);

// Returns whether a condition holds: nil and zero do not.
bool IsTrue(Value value);

// Returns whether both are the same number, text or array, or both are nil.
bool IsSame(Value a, Value b);

// Prints numbers with up to ten digits.
void PrintValue(Value value);

// Returns a new array of `size` nils. The heap owns it.
Array* NewArray(Heap* heap, int size);

// Appends to the array.
void PushItem(Heap* heap, Array* array, Value value);

// Returns whether enough was allocated for a collection to pay.
bool ShouldCollect(const Heap* heap);

// A collection is MarkValue for every value that is to stay, then Sweep.
void MarkValue(Heap* heap, Value value);
void Sweep(Heap* heap);

// Frees all arrays.
void ClearHeap(Heap* heap);

#endif  // TESTDATA_PROGRAMS_CALC_HEAP_H_
