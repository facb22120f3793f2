// One script per feature or error, as C strings.

#include "testdata/programs/calc/scripts.h"

const Script kScripts[kScriptCount] = {
    {"operators",
     "print 1 + 2 * 3, (1 + 2) * 3, 10 - 4 - 3, 2 ^ 3 ^ 2, -2 ^ 2, 2 ^ -1;\n"
     "print 7 / 2, 7 % 3, -7 % 3, 0.1 + 0.2;\n",
     false},
    {"conditions",
     "fn loud(x) { print \"  evaluated\", x; return x; }\n"
     "print 1 < 2, 2 <= 1, 3 == 3, 3 != 3, not 0, not 5;\n"
     "print loud(0) and loud(1), loud(2) or loud(3), \"a\" == \"a\", [1] == "
     "[1];\n"
     "let zero = 0;\n"
     "print 1 / zero, -1 / zero, zero / zero, (zero / zero) == (zero / zero);\n"
     "print min(3, 2), max(3, 2), floor(-1.5), abs(-3.25), sqrt(2), exp(1), "
     "log(10);\n",
     false},
    {"fibonacci",
     "fn fib(n) { if n < 2 { return n; } return fib(n - 1) + fib(n - 2); }\n"
     "fn quick(n) {\n"
     "  let a = 0; let b = 1;\n"
     "  for i = 0 .. n { let next = a + b; a = b; b = next; }\n"
     "  return a;\n"
     "}\n"
     "print fib(17), quick(17), quick(70);\n",
     false},
    {"sieve",
     "let composite = array(5000, 0);\n"
     "let count = 0; let last = 0; let i = 2;\n"
     "while i < len(composite) {\n"
     "  if not composite[i] {\n"
     "    count = count + 1; last = i;\n"
     "    let j = i * i;\n"
     "    while j < len(composite) { composite[j] = 1; j = j + i; }\n"
     "  }\n"
     "  i = i + 1;\n"
     "}\n"
     "print count, \"primes, the last is\", last;\n",
     false},
    {"queens",
     "fn safe(rows, column, row) {\n"
     "  for c = 0 .. column {\n"
     "    if rows[c] == row or abs(rows[c] - row) == column - c { return 0; }\n"
     "  }\n"
     "  return 1;\n"
     "}\n"
     "fn place(rows, column) {\n"
     "  if column == len(rows) { return 1; }\n"
     "  let count = 0;\n"
     "  for row = 0 .. len(rows) {\n"
     "    if safe(rows, column, row) {\n"
     "      rows[column] = row;\n"
     "      count = count + place(rows, column + 1);\n"
     "    }\n"
     "  }\n"
     "  return count;\n"
     "}\n"
     "for size = 1 .. 7 { print size, \"queens:\", place(array(size, 0), 0); "
     "}\n",
     false},
    {"quicksort",
     "fn swap(a, i, j) { let t = a[i]; a[i] = a[j]; a[j] = t; }\n"
     "fn sort(a, low, high) {\n"
     "  if high - low < 2 { return; }\n"
     "  swap(a, low, floor((low + high) / 2));\n"
     "  let pivot = low;\n"
     "  for i = low + 1 .. high {\n"
     "    if a[i] < a[low] { pivot = pivot + 1; swap(a, pivot, i); }\n"
     "  }\n"
     "  swap(a, low, pivot);\n"
     "  sort(a, low, pivot);\n"
     "  sort(a, pivot + 1, high);\n"
     "}\n"
     "let numbers = []; let x = 7;\n"
     "for i = 0 .. 600 { x = (x * 16807) % 2147483647; push(numbers, x % "
     "1000); }\n"
     "sort(numbers, 0, len(numbers));\n"
     "let ordered = 1; let sum = 0;\n"
     "for i = 0 .. len(numbers) {\n"
     "  if i > 0 and numbers[i] < numbers[i - 1] { ordered = 0; }\n"
     "  sum = sum + numbers[i] * i;\n"
     "}\n"
     "print \"ordered\", ordered, \"sum\", sum, numbers[0], numbers[300], "
     "numbers[599];\n",
     false},
    {"numerics",
     "fn root(x) {\n"
     "  let guess = x;\n"
     "  while abs(guess * guess - x) > 0.0000000001 { guess = (guess + x / "
     "guess) / 2; }\n"
     "  return guess;\n"
     "}\n"
     "fn simpson(low, high, steps) {\n"
     "  let h = (high - low) / steps; let sum = sin(low) + sin(high);\n"
     "  for i = 1 .. steps { sum = sum + (2 + 2 * (i % 2)) * sin(low + i * h); "
     "}\n"
     "  return sum * h / 3;\n"
     "}\n"
     "let pi = 0;\n"
     "for i = 0 .. 2000 {\n"
     "  if i % 2 == 0 { pi = pi + 4 / (2 * i + 1); } else { pi = pi - 4 / (2 * "
     "i + 1); }\n"
     "}\n"
     "print root(2), root(144), pi, simpson(0, pi, 200), cos(pi);\n",
     false},
    {"elimination",
     "# Solves a linear system by Gaussian elimination with pivoting.\n"
     "fn solve(m) {\n"
     "  let n = len(m);\n"
     "  for k = 0 .. n {\n"
     "    let best = k;\n"
     "    for i = k + 1 .. n { if abs(m[i][k]) > abs(m[best][k]) { best = i; } "
     "}\n"
     "    let row = m[k]; m[k] = m[best]; m[best] = row;\n"
     "    for i = k + 1 .. n {\n"
     "      let factor = m[i][k] / m[k][k];\n"
     "      for j = k .. n + 1 { m[i][j] = m[i][j] - factor * m[k][j]; }\n"
     "    }\n"
     "  }\n"
     "  let x = array(n, 0);\n"
     "  for step = 0 .. n {\n"
     "    let i = n - 1 - step; let sum = m[i][n];\n"
     "    for j = i + 1 .. n { sum = sum - m[i][j] * x[j]; }\n"
     "    x[i] = sum / m[i][i];\n"
     "  }\n"
     "  return x;\n"
     "}\n"
     "print solve([[2, 1, -1, 8], [-3, -1, 2, -11], [-2, 1, 2, -3]]);\n"
     "print solve([[0.5, 0.25, 1], [0.125, 3, 2]]);\n",
     false},
    {"mandelbrot",
     "fn escape(cr, ci) {\n"
     "  let r = 0; let i = 0; let n = 0;\n"
     "  while n < 40 and r * r + i * i < 4 {\n"
     "    let next = r * r - i * i + cr; i = 2 * r * i + ci; r = next; n = n + "
     "1;\n"
     "  }\n"
     "  return n;\n"
     "}\n"
     "let total = 0;\n"
     "for y = 0 .. 20 { for x = 0 .. 30 {\n"
     "  total = total + escape(-2 + x / 10, -1 + y / 10);\n"
     "} }\n"
     "print \"steps\", total;\n",
     false},
    {"trees",
     "# Binary trees: garbage for the collector.\n"
     "fn make(depth) {\n"
     "  if depth == 0 { return []; }\n"
     "  return [make(depth - 1), make(depth - 1)];\n"
     "}\n"
     "fn size(tree) {\n"
     "  if len(tree) == 0 { return 1; }\n"
     "  return 1 + size(tree[0]) + size(tree[1]);\n"
     "}\n"
     "let kept = make(6); let total = 0;\n"
     "for round = 0 .. 12 { total = total + size(make(7)); }\n"
     "print \"kept\", size(kept), \"made\", total;\n"
     "let loop = [1]; push(loop, loop); print loop;\n"
     "while len(loop) > 0 { pop(loop); }\n"
     "print loop, array(3, \"x\");\n",
     false},
    {"hanoi",
     "fn move(n, from, to, spare, pegs) {\n"
     "  if n == 0 { return 0; }\n"
     "  let count = move(n - 1, from, spare, to, pegs);\n"
     "  push(pegs[to], pop(pegs[from]));\n"
     "  return count + 1 + move(n - 1, spare, to, from, pegs);\n"
     "}\n"
     "let pegs = [[5, 4, 3, 2, 1], [], []];\n"
     "print move(5, 0, 2, 1, pegs), \"moves\", pegs;\n",
     false},
    {"mutual",
     "fn even(n) { if n == 0 { return 1; } else { return odd(n - 1); } }\n"
     "fn odd(n) { if n == 0 { return 0; } else if n == 1 { return 1; } return "
     "even(n - 1); }\n"
     "fn ackermann(m, n) {\n"
     "  if m == 0 { return n + 1; }\n"
     "  if n == 0 { return ackermann(m - 1, 1); }\n"
     "  return ackermann(m - 1, ackermann(m, n - 1));\n"
     "}\n"
     "print even(100), odd(100), ackermann(2, 6);\n",
     false},
    {"missing semicolon",
     "print 1\n"
     "print 2;\n",
     true},
    {"unknown name",
     "print 1;\n"
     "print y;\n",
     true},
    {"unknown function",
     "fn f() { return g(1); }\n"
     "print f();\n",
     true},
    {"wrong arity",
     "fn f(a) { return a; }\n"
     "print f(1, 2);\n",
     true},
    {"bad token", "let a = 1 $ 2;\n", true},
    {"bad target",
     "let a = 1;\n"
     "a + 1 = 2;\n",
     true},
    {"open block", "if 1 { print 2;\n", true},
    {"stray return", "return 1;\n", true},
    {"defined twice", "fn f() { } fn f() { }\n", true},
    {"deep nesting",
     "print "
     "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1))"
     "))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))));\n",
     true},
    {"not a number",
     "let a = [1];\n"
     "print a + 1;\n",
     true},
    {"out of range",
     "let a = [1, 2];\n"
     "print a[0], a[1];\n"
     "print a[2];\n",
     true},
    {"endless calls",
     "fn f(n) { return f(n + 1); }\n"
     "print f(0);\n",
     true},
    {"endless loop", "while 1 { }\n", true},
};
