// V8 judges exec/numerics: every numeric operator over the grid of edge values
// that also compares it with passes/fold. See docs/judging.md.
//
// One module per operator, compiled by both of V8's compilers, with a function
// for each immediate. It loads operands from memory and stores the result:
// JavaScript has no v128 and may change the bits of NaNs.

import {execFileSync} from 'node:child_process';
import {setFlagsFromString} from 'node:v8';

import {parseOptions, printTable, Tally} from './judging.mjs';
import {bodyBytes, moduleBytes, nameBytes, unsignedLeb, vectorBytes} from './wasm_encoder.mjs';
import {KIND, SECTION} from './wasm_binary.mjs';

// By letter of the op table: value type, bytes, load and store with alignment.
const TYPES = {
  i: {code: 0x7f, size: 4, load: [0x28, 0], store: [0x36, 0]},
  l: {code: 0x7e, size: 8, load: [0x29, 0], store: [0x37, 0]},
  f: {code: 0x7d, size: 4, load: [0x2a, 0], store: [0x38, 0]},
  d: {code: 0x7c, size: 8, load: [0x2b, 0], store: [0x39, 0]},
  v: {code: 0x7b, size: 16, load: [0xfd, 0, 0], store: [0xfd, 0x0b, 0]},
  b: {size: 1},
};
const PAGE = 65536;
const LOCAL_GET = 0x20;
const SHOWN = 3;  // Differences of one operator.

// Messages of V8 by the byte that numerics_cases writes for a trap.
const TRAPS = new Map([
  [2, /divide by zero|remainder by zero/],
  [3, /divide result unrepresentable|float unrepresentable/],
  [4, /float unrepresentable/],
]);

const COMPILERS = {
  liftoff: '--liftoff --no-wasm-tier-up',
  turbofan: '--no-liftoff',
};

// The signed LEB128 of `size` little-endian bytes.
function signedLebOf(bytes) {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) {
    value = (value << 8n) | BigInt(bytes[i]);
  }
  value = BigInt.asIntN(8 * bytes.length, value);
  const leb = [];
  for (;;) {
    const low = Number(value & 0x7fn);
    value >>= 7n;
    if ((value === 0n && !(low & 0x40)) || (value === -1n && low & 0x40)) {
      return [...leb, low];
    }
    leb.push(low | 0x80);
  }
}

// An operator's description with offsets into its cases.
function layOut(description) {
  const [params, results] = description.signature.split(':');
  let at = 0;
  const place = (letter) => {
    const slot = {...TYPES[letter], letter, at};
    at += slot.size;
    return slot;
  };
  const operands = [...params].map(place);
  const immediate = [...description.immediate].map(place)[0];
  const trapAt = at++;
  const resultsAt = at;
  const expected = [...results].map(place);
  return {...description, operands, immediate, trapAt, resultsAt, expected,
          stride: at, resultBytes: at - resultsAt};
}

function opcode({prefix, code}) {
  return prefix === 0 ? [code] : [prefix, ...unsignedLeb(code)];
}

// (func (param $case i32) (param $out i32)): operands are behind $case.
function functionFor(operator, immediate) {
  const code = [LOCAL_GET, 1];
  for (const {load, at} of operator.operands) {
    code.push(LOCAL_GET, 0, ...load, ...unsignedLeb(at));
  }
  code.push(...opcode(operator));
  const letter = operator.immediate?.letter;
  code.push(...letter === 'i' || letter === 'l' ? signedLebOf(immediate) :
                                                  immediate);
  code.push(...operator.expected[0].store, 0);
  return bodyBytes([], code);
}

// V8 compiles equal bytes once: the name of the memory keeps the compilers
// apart.
function moduleFor(operator, immediates, pages, compiler) {
  const type = [0x60, ...vectorBytes([[0x7f], [0x7f]]), 0];
  return moduleBytes([
    [SECTION.type, vectorBytes([type])],
    [SECTION.function, vectorBytes(immediates.map(() => [0]))],
    [SECTION.memory, vectorBytes([[0, ...unsignedLeb(pages)]])],
    [SECTION.export, vectorBytes([
      [...nameBytes(compiler), KIND.memory, 0],
      ...immediates.map((_, i) =>
          [...nameBytes(`f${i}`), KIND.func, ...unsignedLeb(i)]),
    ])],
    [SECTION.code, vectorBytes(immediates.map(
        (immediate) => functionFor(operator, immediate)))],
  ]);
}

// Returns {immediates, choice}: the distinct ones, and which one a case has.
function immediatesOf(operator, cases, count) {
  if (!operator.immediate) {
    return {immediates: [[]], choice: () => 0};
  }
  const {at, size} = operator.immediate;
  const immediates = [];
  const known = new Map();
  const chosen = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const from = i * operator.stride + at;
    const bytes = cases.subarray(from, from + size);
    const key = bytes.toString('hex');
    if (!known.has(key)) {
      known.set(key, immediates.length);
      immediates.push([...bytes]);
    }
    chosen[i] = known.get(key);
  }
  return {immediates, choice: (i) => chosen[i]};
}

const FLOATS = {
  f32: {bits: (view, at) => BigInt(view.getUint32(at, true)),
        magnitude: 0x7fffffffn, infinity: 0x7f800000n, quiet: 0x7fc00000n},
  f64: {bits: (view, at) => view.getBigUint64(at, true),
        magnitude: 0x7fffffffffffffffn, infinity: 0x7ff0000000000000n,
        quiet: 0x7ff8000000000000n},
};
const SIZES = {f32: 4, f64: 8};

function isNan(kind, view, at) {
  const {bits, magnitude, infinity} = FLOATS[kind];
  return (bits(view, at) & magnitude) > infinity;
}

function isCanonical(kind, view, at) {
  const {bits, magnitude, quiet} = FLOATS[kind];
  return (bits(view, at) & magnitude) === quiet;
}

function isArithmetic(kind, view, at) {
  const {bits, quiet} = FLOATS[kind];
  return (bits(view, at) & quiet) === quiet;
}

// Whether all NaNs among what lane `lane` is made of are canonical.
function nanInputsAreCanonical(operator, view, base, lane) {
  const kind = operator.nan.slice(0, 3);
  const other = /demote|promote/.test(operator.text);
  const from = other ? (kind === 'f32' ? 'f64' : 'f32') : kind;
  return operator.operands.every(({at, size}) => {
    const place = base + at + lane * SIZES[from];
    if ((lane + 1) * SIZES[from] > size) return true;
    return !isNan(from, view, place) || isCanonical(from, view, place);
  });
}

// Whether V8's result at `out` is that at `expected`, by the specification's
// rule for NaNs.
function agree(operator, view, base, out) {
  const expected = base + operator.resultsAt;
  const kind = operator.nan.slice(0, 3);
  const step = kind ? SIZES[kind] : 1;
  for (let i = 0; i < operator.resultBytes; i += step) {
    if (kind && isNan(kind, view, expected + i)) {
      const lane = i / step;
      const allowed = nanInputsAreCanonical(operator, view, base, lane) ?
          isCanonical(kind, view, out + i) : isArithmetic(kind, view, out + i);
      if (!allowed) return false;
      continue;
    }
    for (let j = i; j < i + step; j++) {
      if (view.getUint8(expected + j) !== view.getUint8(out + j)) return false;
    }
  }
  return true;
}

function hex(view, at, size) {
  let text = '';
  for (let i = size - 1; i >= 0; i--) {
    text += view.getUint8(at + i).toString(16).padStart(2, '0');
  }
  return `0x${text}`;
}

// Runs all cases. Returns how many there are and the texts of those that
// differ.
function runCases(operator, cases, compiler) {
  const count = cases.length / operator.stride;
  const {immediates, choice} = immediatesOf(operator, cases, count);
  const outAt = Math.ceil(cases.length / 16) * 16;
  const pages = Math.ceil((outAt + count * operator.resultBytes) / PAGE);
  const module = new WebAssembly.Module(
      moduleFor(operator, immediates, pages, compiler));
  const {exports} = new WebAssembly.Instance(module);
  const {buffer} = exports[compiler];
  new Uint8Array(buffer).set(cases);
  const view = new DataView(buffer);
  const functions = immediates.map((_, i) => exports[`f${i}`]);
  const differences = [];
  for (let i = 0; i < count; i++) {
    const base = i * operator.stride;
    const out = outAt + i * operator.resultBytes;
    const trap = view.getUint8(base + operator.trapAt);
    let message = '';
    try {
      functions[choice(i)](base, out);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      message = error.message;
    }
    const good = message || trap ? TRAPS.get(trap)?.test(message) :
                                   agree(operator, view, base, out);
    if (good) continue;
    const shown = [...operator.operands, operator.immediate].filter(Boolean)
        .map(({at, size}) => hex(view, base + at, size)).join(' ');
    const ours = trap ? `trap ${trap}` :
        hex(view, base + operator.resultsAt, operator.resultBytes);
    differences.push(`${operator.text} ${shown}: ${ours}, V8 ${
        message || hex(view, out, operator.resultBytes)}`);
  }
  return {count, differences};
}

const options = parseOptions({cases: undefined, only: ''});
const list = (args) => execFileSync(options.cases, args, {maxBuffer: 2 ** 30});
const operators = list([]).toString().trim().split('\n')
    .map((line) => layOut(JSON.parse(line)))
    .filter(({text}) => text.includes(options.only));
const tally = new Tally();
const rows = [['compiler', 'operators', 'results', 'relaxed', 'chosen otherwise']];
const unknown = [];
for (const [compiler, flags] of Object.entries(COMPILERS)) {
  setFlagsFromString(flags);
  const sums = {operators: 0, results: 0, relaxed: 0, otherwise: 0};
  for (const operator of operators) {
    if (operator.expected.length > 1) {  // V8 14.6 lacks wide arithmetic.
      if (!unknown.includes(operator.text)) unknown.push(operator.text);
      continue;
    }
    const {count, differences} =
        runCases(operator, list([operator.text]), compiler);
    if (operator.relaxed) {  // V8 may choose otherwise; it does by machine.
      sums.relaxed += count;
      sums.otherwise += differences.length;
      continue;
    }
    sums.operators++;
    sums.results += count;
    tally.check(differences.length === 0, () =>
        `${compiler}: ${differences.length} of ${count} differ\n  ${
            differences.slice(0, SHOWN).join('\n  ')}`);
  }
  rows.push([compiler, sums.operators, sums.results, sums.relaxed,
             sums.otherwise]);
}
printTable(rows);
if (unknown.length > 0) console.log(`not in V8: ${unknown.join(' ')}`);
tally.finish();
