// Mark and sweep. Marking keeps a list of gray arrays threaded through the
// arrays themselves, so that it neither recurses nor allocates. The threshold
// doubles with what survived.

#include "testdata/programs/calc/heap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  kFirstThreshold = 32768,  // bytes
  kPrintDepth = 3,
};

Value NilValue(void) { return (Value){.kind = kNilValue, .number = 0}; }

Value NumberValue(double number) {
  return (Value){.kind = kNumberValue, .number = number};
}

Value ArrayValue(Array* array) {
  return (Value){.kind = kArrayValue, .array = array};
}

bool IsTrue(Value value) {
  if (value.kind == kNumberValue) return value.number != 0;
  return value.kind != kNilValue;
}

bool IsSame(Value a, Value b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case kNilValue:
      return true;
    case kNumberValue:
      return a.number == b.number;
    case kStringValue:
      return SliceEqual(*a.string, *b.string);
    case kArrayValue:
      break;
  }
  return a.array == b.array;
}

static void PrintNumber(double number) {
  if (isnan(number)) {
    printf("nan");  // without its sign, which engines may choose
  } else if (fabs(number) < 1e15 && number == floor(number)) {
    printf("%.0f", number);
  } else {
    printf("%.10g", number);
  }
}

// Arrays may contain themselves: beyond `depth` they are elided.
static void PrintNested(Value value, int depth) {
  switch (value.kind) {
    case kNilValue:
      printf("nil");
      return;
    case kNumberValue:
      PrintNumber(value.number);
      return;
    case kStringValue:
      printf("%.*s", value.string->size, value.string->data);
      return;
    case kArrayValue:
      break;
  }
  if (depth == 0) {
    printf("[...]");
    return;
  }
  printf("[");
  for (int i = 0; i < value.array->size; i++) {
    if (i > 0) printf(", ");
    PrintNested(value.array->items[i], depth - 1);
  }
  printf("]");
}

void PrintValue(Value value) { PrintNested(value, kPrintDepth); }

static void Grow(Heap* heap, Array* array, int capacity) {
  size_t size = (size_t)capacity * sizeof(Value);
  Value* items = (Value*)realloc(array->items, size);
  if (items == NULL) {
    fputs("calc: out of memory\n", stderr);
    exit(2);
  }
  heap->bytes += size - (size_t)array->capacity * sizeof(Value);
  array->items = items;
  array->capacity = capacity;
}

Array* NewArray(Heap* heap, int size) {
  Array* array = (Array*)calloc(1, sizeof(Array));
  if (array == NULL) {
    fputs("calc: out of memory\n", stderr);
    exit(2);
  }
  array->next = heap->arrays;
  heap->arrays = array;
  heap->bytes += sizeof(Array);
  heap->made++;
  if (size > 0) Grow(heap, array, size);
  for (int i = 0; i < size; i++) array->items[i] = NilValue();
  array->size = size;
  return array;
}

void PushItem(Heap* heap, Array* array, Value value) {
  if (array->size == array->capacity) {
    Grow(heap, array, array->capacity < 4 ? 4 : array->capacity * 2);
  }
  array->items[array->size++] = value;
}

bool ShouldCollect(const Heap* heap) {
  size_t threshold = heap->threshold;
  return heap->bytes > (threshold == 0 ? kFirstThreshold : threshold);
}

void MarkValue(Heap* heap, Value value) {
  if (value.kind != kArrayValue || value.array->marked) return;
  value.array->marked = true;
  value.array->gray = heap->gray;
  heap->gray = value.array;
}

static void MarkItems(Heap* heap) {
  while (heap->gray != NULL) {
    Array* array = heap->gray;
    heap->gray = array->gray;
    for (int i = 0; i < array->size; i++) MarkValue(heap, array->items[i]);
  }
}

static void FreeArray(Heap* heap, Array* array) {
  heap->bytes -= sizeof(Array) + (size_t)array->capacity * sizeof(Value);
  free(array->items);
  free(array);
}

void Sweep(Heap* heap) {
  MarkItems(heap);
  Array** link = &heap->arrays;
  while (*link != NULL) {
    Array* array = *link;
    if (array->marked) {
      array->marked = false;
      link = &array->next;
    } else {
      *link = array->next;
      FreeArray(heap, array);
      heap->freed++;
    }
  }
  heap->collections++;
  heap->threshold = heap->bytes * 2;
  if (heap->threshold < kFirstThreshold) heap->threshold = kFirstThreshold;
}

void ClearHeap(Heap* heap) {
  while (heap->arrays != NULL) {
    Array* array = heap->arrays;
    heap->arrays = array->next;
    FreeArray(heap, array);
  }
}
