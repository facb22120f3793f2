// One loop with a switch. Control and data movement are handled in the loop,
// binary operators and builtins in functions of their own.

#include "testdata/programs/calc/machine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "testdata/programs/calc/heap.h"

enum {
  kMaxStack = 2048,
  kMaxFrames = 200,
  kMaxArray = 1 << 20,
};

typedef struct {
  int return_to;
  int base;
} Frame;

typedef struct {
  const Program* program;
  RunError* error;
  bool failed;
  int at;      // offset of the next instruction
  int top;     // values on the stack
  int base;    // where the running function's locals start
  int frames;  // calls under way
  Heap heap;
  Statistics* statistics;
  Value stack[kMaxStack];
  Frame frame_stack[kMaxFrames];
  Value globals[kMaxGlobals];
} Machine;

static Machine machine;

static void Fail(Machine* m, const char* message) {
  if (m->failed) return;
  m->failed = true;
  snprintf(m->error->message, sizeof(m->error->message), "%s", message);
  m->error->line = m->program->lines[m->at - 1];
}

static void Push(Machine* m, Value value) {
  if (m->top == kMaxStack) {
    Fail(m, "stack overflow");
    return;
  }
  m->stack[m->top++] = value;
  if (m->top > m->statistics->peak_stack) m->statistics->peak_stack = m->top;
}

// The compiler keeps pushes and pops in balance.
static Value Pop(Machine* m) { return m->stack[--m->top]; }

static double PopNumber(Machine* m) {
  Value value = Pop(m);
  if (value.kind == kNumberValue) return value.number;
  Fail(m, "not a number");
  return 0;
}

static Array* PopArray(Machine* m) {
  Value value = Pop(m);
  if (value.kind == kArrayValue) return value.array;
  Fail(m, "not an array");
  return NULL;
}

// ---------------------------------------------------------------------------
// Builtins: each pops its arguments and pushes one result

static void CollectIfDue(Machine* m) {
  if (!ShouldCollect(&m->heap)) return;
  for (int i = 0; i < m->top; i++) MarkValue(&m->heap, m->stack[i]);
  for (int i = 0; i < m->program->global_count; i++) {
    MarkValue(&m->heap, m->globals[i]);
  }
  Sweep(&m->heap);
}

static void Unary(Machine* m, double (*function)(double)) {
  Push(m, NumberValue(function(PopNumber(m))));
}

static void Sqrt(Machine* m) { Unary(m, sqrt); }
static void Floor(Machine* m) { Unary(m, floor); }
static void Abs(Machine* m) { Unary(m, fabs); }
static void Sin(Machine* m) { Unary(m, sin); }
static void Cos(Machine* m) { Unary(m, cos); }
static void Exp(Machine* m) { Unary(m, exp); }
static void Log(Machine* m) { Unary(m, log); }

static void Min(Machine* m) {
  double b = PopNumber(m), a = PopNumber(m);
  Push(m, NumberValue(b < a ? b : a));
}

static void Max(Machine* m) {
  double b = PopNumber(m), a = PopNumber(m);
  Push(m, NumberValue(a < b ? b : a));
}

static void MakeArray(Machine* m) {
  CollectIfDue(m);
  Value fill = Pop(m);
  double size = PopNumber(m);
  if (m->failed) return;
  if (!(size >= 0 && size <= kMaxArray)) {
    Fail(m, "bad array size");
    return;
  }
  Array* array = NewArray(&m->heap, (int)size);
  for (int i = 0; i < array->size; i++) array->items[i] = fill;
  Push(m, ArrayValue(array));
}

static void Length(Machine* m) {
  Array* array = PopArray(m);
  Push(m, NumberValue(array == NULL ? 0 : array->size));
}

static void PushBack(Machine* m) {
  CollectIfDue(m);
  Value item = Pop(m);
  Array* array = PopArray(m);
  if (m->failed) return;
  if (array->size == kMaxArray) {
    Fail(m, "bad array size");
    return;
  }
  PushItem(&m->heap, array, item);
  Push(m, ArrayValue(array));
}

static void PopBack(Machine* m) {
  Array* array = PopArray(m);
  if (m->failed) return;
  if (array->size == 0) {
    Fail(m, "empty array");
    return;
  }
  Push(m, array->items[--array->size]);
}

static const BuiltinInfo kBuiltinInfos[] = {
    {"sqrt", 1}, {"floor", 1}, {"abs", 1}, {"sin", 1}, {"cos", 1},
    {"exp", 1},  {"log", 1},   {"min", 2}, {"max", 2}, {"array", 2},
    {"len", 1},  {"push", 2},  {"pop", 1},
};
static void (*const kBuiltins[])(Machine* m) = {
    Sqrt, Floor, Abs,       Sin,    Cos,      Exp,     Log,
    Min,  Max,   MakeArray, Length, PushBack, PopBack,
};
enum { kBuiltinCount = sizeof(kBuiltins) / sizeof(kBuiltins[0]) };

const BuiltinInfo* Builtins(int* count) {
  *count = kBuiltinCount;
  return kBuiltinInfos;
}

// ---------------------------------------------------------------------------
// Operators

static double Arithmetic(Op op, double a, double b) {
  switch (op) {
    case kOpAdd:
      return a + b;
    case kOpSubtract:
      return a - b;
    case kOpMultiply:
      return a * b;
    case kOpDivide:
      return a / b;
    case kOpRemainder:
      return fmod(a, b);
    case kOpPower:
      return pow(a, b);
    case kOpLess:
      return a < b;
    case kOpLessEqual:
      return a <= b;
    case kOpGreater:
      return a > b;
    case kOpGreaterEqual:
      return a >= b;
    default:
      return 0;
  }
}

// Pops an index and an array; returns the item, or null on an error.
static Value* PopItem(Machine* m) {
  double index = PopNumber(m);
  Array* array = PopArray(m);
  if (m->failed) return NULL;
  if (!(index >= 0 && index < array->size)) {
    Fail(m, "index out of range");
    return NULL;
  }
  return &array->items[(int)index];
}

static void ArrayOf(Machine* m, int count) {
  CollectIfDue(m);
  Array* array = NewArray(&m->heap, count);
  m->top -= count;
  for (int i = 0; i < count; i++) array->items[i] = m->stack[m->top + i];
  Push(m, ArrayValue(array));
}

static void Print(Machine* m, int count) {
  m->top -= count;
  for (int i = 0; i < count; i++) {
    if (i > 0) printf(" ");
    PrintValue(m->stack[m->top + i]);
  }
  printf("\n");
}

static void Enter(Machine* m, const Function* function) {
  if (m->frames == kMaxFrames) {
    Fail(m, "too many calls");
    return;
  }
  m->frame_stack[m->frames++] = (Frame){m->at, m->base};
  if (m->frames > m->statistics->peak_frames) {
    m->statistics->peak_frames = m->frames;
  }
  m->base = m->top - function->arity;
  m->at = function->entry;
}

static void Leave(Machine* m) {
  Value result = Pop(m);
  m->top = m->base;
  Frame frame = m->frame_stack[--m->frames];
  m->base = frame.base;
  m->at = frame.return_to;
  Push(m, result);
}

// ---------------------------------------------------------------------------
// The loop

// Runs one instruction. One case per op or group of alike ops: the length is
// that of the list.
static void Step(Machine* m, Op op, int operand) {
  const Program* program = m->program;
  switch (op) {
    case kOpNumber:
      Push(m, NumberValue(program->numbers[operand]));
      return;
    case kOpString:
      Push(m,
           (Value){.kind = kStringValue, .string = &program->strings[operand]});
      return;
    case kOpNil:
      Push(m, NilValue());
      return;
    case kOpGetGlobal:
      Push(m, m->globals[operand]);
      return;
    case kOpSetGlobal:
      m->globals[operand] = Pop(m);
      return;
    case kOpGetLocal:
      Push(m, m->stack[m->base + operand]);
      return;
    case kOpSetLocal:
      m->stack[m->base + operand] = Pop(m);
      return;
    case kOpGetIndex: {
      Value* item = PopItem(m);
      if (item != NULL) Push(m, *item);
      return;
    }
    case kOpSetIndex: {
      Value value = Pop(m);
      Value* item = PopItem(m);
      if (item != NULL) *item = value;
      return;
    }
    case kOpArray:
      ArrayOf(m, operand);
      return;
    case kOpAdd:
    case kOpSubtract:
    case kOpMultiply:
    case kOpDivide:
    case kOpRemainder:
    case kOpPower:
    case kOpLess:
    case kOpLessEqual:
    case kOpGreater:
    case kOpGreaterEqual: {
      double b = PopNumber(m), a = PopNumber(m);
      Push(m, NumberValue(Arithmetic(op, a, b)));
      return;
    }
    case kOpEqual:
    case kOpNotEqual: {
      Value b = Pop(m), a = Pop(m);
      Push(m, NumberValue(IsSame(a, b) == (op == kOpEqual)));
      return;
    }
    case kOpNegate:
      Push(m, NumberValue(-PopNumber(m)));
      return;
    case kOpNot:
      Push(m, NumberValue(!IsTrue(Pop(m))));
      return;
    case kOpPop:
      m->top -= operand;
      return;
    case kOpPrint:
      Print(m, operand);
      return;
    case kOpJump:
      m->at = operand;
      return;
    case kOpJumpIfFalse:
      if (!IsTrue(Pop(m))) m->at = operand;
      return;
    case kOpJumpFalseKeep:
      if (!IsTrue(m->stack[m->top - 1])) m->at = operand;
      return;
    case kOpJumpTrueKeep:
      if (IsTrue(m->stack[m->top - 1])) m->at = operand;
      return;
    case kOpCall:
      Enter(m, &program->functions[operand]);
      return;
    case kOpBuiltin:
      kBuiltins[operand](m);
      return;
    case kOpReturn:
      Leave(m);
      return;
    case kOpHalt:
    case kOpCount:
      return;
  }
}

bool Run(const Program* program, long long budget, Statistics* statistics,
         RunError* error) {
  Machine* m = &machine;
  memset(m, 0, sizeof(*m));
  memset(statistics, 0, sizeof(*statistics));
  m->program = program;
  m->error = error;
  m->statistics = statistics;
  while (!m->failed) {
    Op op = (Op)program->code[m->at];
    if (op == kOpHalt) break;
    int size = OpSize(op);
    int operand = size == 1 ? 0 : OperandAt(program, m->at);
    m->at += size;
    Step(m, op, operand);
    if (++statistics->instructions > budget) Fail(m, "too many instructions");
  }
  statistics->collections = m->heap.collections;
  statistics->arrays_made = m->heap.made;
  statistics->arrays_freed = m->heap.freed;
  ClearHeap(&m->heap);
  return !m->failed;
}
