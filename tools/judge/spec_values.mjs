// Values of the official scripts, as `wasm-tools json-from-wast` writes them:
// numbers are the decimal of their bits, vectors arrays of lanes, NaNs of a
// result patterns ("nan:canonical", "nan:arithmetic").

const LANE_BYTES = {i8: 1, i16: 2, i32: 4, i64: 8, f32: 4, f64: 8};

// Host references are objects, equal if they are the same: a number given as
// anyref would become an i31.
const hostReferences = new Map();

export function hostReference(id) {
  if (!hostReferences.has(id)) hostReferences.set(id, {hostReference: id});
  return hostReferences.get(id);
}

export function isNumeric(type) {
  return type in LANE_BYTES || type === 'v128';
}

// Writes the bits of a lane, signed or unsigned, in little endian.
function writeLane(view, at, type, text) {
  const size = LANE_BYTES[type];
  const bits = BigInt.asUintN(size * 8, BigInt(text));
  for (let i = 0; i < size; i++) {
    view.setUint8(at + i, Number((bits >> BigInt(8 * i)) & 0xffn));
  }
}

function readLane(view, at, type) {
  let bits = 0n;
  for (let i = LANE_BYTES[type] - 1; i >= 0; i--) {
    bits = (bits << 8n) | BigInt(view.getUint8(at + i));
  }
  return bits;
}

// Writes a numeric argument to `at`.
export function writeNumber(view, at, {type, lane_type: lane, value}) {
  if (type !== 'v128') return writeLane(view, at, type, value);
  value.forEach(
      (text, i) => writeLane(view, at + i * LANE_BYTES[lane], lane, text));
}

// Returns the JavaScript value of an argument that is a reference.
export function referenceArgument({type, value}) {
  if (type.startsWith('null') || value === 'null' || value === undefined) {
    return null;
  }
  return hostReference(value);
}

function laneMatches(bits, type, pattern) {
  if (!pattern.startsWith('nan:')) {
    return bits === BigInt.asUintN(LANE_BYTES[type] * 8, BigInt(pattern));
  }
  const [payload, quiet, magnitude] = type === 'f32' ?
      [0x7fc00000n, 0x7fc00000n, 0x7fffffffn] :
      [0x7ff8000000000000n, 0x7ff8000000000000n, 0x7fffffffffffffffn];
  if (pattern === 'nan:canonical') return (bits & magnitude) === payload;
  if (pattern === 'nan:arithmetic') return (bits & quiet) === quiet;
  throw new Error(`unknown pattern ${pattern}`);
}

function numberMatches(view, at, {type, lane_type: lane, value}) {
  if (type !== 'v128') return laneMatches(readLane(view, at, type), type, value);
  return value.every((pattern, i) => laneMatches(
      readLane(view, at + i * LANE_BYTES[lane], lane), lane, pattern));
}

function referenceMatches(actual, {type, value}, referenceKind) {
  if (type.startsWith('null') || type === 'refnull' || value === 'null') {
    return actual === null;
  }
  if (actual === null) return false;
  if (type === 'funcref') return typeof actual === 'function';
  if (value !== undefined) return actual === hostReference(value);
  if (type === 'externref' || type === 'anyref') return true;
  const kind = referenceKind(actual);
  return type === 'eqref' ? ['i31ref', 'structref', 'arrayref'].includes(kind) :
                            type === kind;
}

// A result is {number: {view, at}} or {reference}; an exnref, of which
// JavaScript sees nothing, {isNull}.
export function resultMatches(result, expected, referenceKind) {
  if (expected.type === 'either') {
    return expected.values.some(
        (value) => resultMatches(result, value, referenceKind));
  }
  if ('isNull' in result) {
    const wantsNull = expected.value === 'null' || expected.type === 'refnull' ||
        expected.type.startsWith('null');
    return result.isNull === wantsNull;
  }
  if (isNumeric(expected.type) !== ('number' in result)) return false;
  if ('number' in result) {
    const {view, at} = result.number;
    return numberMatches(view, at, expected);
  }
  return referenceMatches(result.reference, expected, referenceKind);
}

// Returns a result for a person to read.
export function showResult(result) {
  if ('isNull' in result) return result.isNull ? 'exnref:null' : 'exnref';
  if (!('number' in result)) {
    const {reference} = result;
    if (reference === null) return 'ref:null';
    return reference.hostReference ? `host:${reference.hostReference}` :
                                     `ref:${typeof reference}`;
  }
  const {view, at, size} = result.number;
  let hex = '';
  for (let i = size - 1; i >= 0; i--) {
    hex += view.getUint8(at + i).toString(16).padStart(2, '0');
  }
  return `0x${hex}`;
}

export function showExpected(expected) {
  if (expected.type === 'either') {
    return `(either ${expected.values.map(showExpected).join(' ')})`;
  }
  const {type, lane_type: lane, value} = expected;
  const hex = (kind, text) => isNumeric(kind) && !text.startsWith('nan:') ?
      `0x${BigInt.asUintN(8 * LANE_BYTES[kind], BigInt(text)).toString(16)}` :
      text;
  if (type === 'v128') {
    return `v128:${lane}(${value.map((v) => hex(lane, v)).join(' ')})`;
  }
  return value === undefined ? type : `${type}:${hex(type, value)}`;
}
