// What the judges must know of a module's bytes: sections, function types,
// imports and exports. Deliberately no code of weft: a judge that read modules
// with weft's reader would share its mistakes.
//
// Specification: WebAssembly 3.0, section 5.5 (binary format of modules).
// Input is a module that an engine has accepted; anything else throws.

export const SECTION = {
  custom: 0, type: 1, import: 2, function: 3, table: 4, memory: 5, global: 6,
  export: 7, start: 8, element: 9, code: 10, data: 11, dataCount: 12, tag: 13,
};

export const KIND = {func: 0, table: 1, memory: 2, global: 3, tag: 4};

// Reads numbers and names from `bytes`, from `at` on.
export class Cursor {
  constructor(bytes, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte() {
    if (this.at >= this.end) throw new Error(`module ends at ${this.at}`);
    return this.bytes[this.at++];
  }

  // An unsigned LEB128 as a Number; what exceeds 2^53 loses precision.
  unsigned() {
    let result = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = this.byte();
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result;
    }
  }

  // A signed LEB128 of up to 33 bits.
  signed() {
    let result = 0;
    let scale = 1;
    let byte;
    do {
      byte = this.byte();
      result += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte >= 0x80);
    return byte & 0x40 ? result - scale : result;
  }

  name() {
    const length = this.unsigned();
    const text = new TextDecoder('utf-8', {ignoreBOM: true}).decode(
        this.bytes.subarray(this.at, this.at + length));
    this.at += length;
    return text;
  }
}

// Returns the sections in order: {id, start, contents, end, name}, where
// [start, end) includes the header, contents is where the payload begins, and
// name is that of a custom section.
export function sectionsOf(bytes) {
  const cursor = new Cursor(bytes, 8);
  const sections = [];
  while (cursor.at < bytes.length) {
    const start = cursor.at;
    const id = cursor.byte();
    const size = cursor.unsigned();
    const contents = cursor.at;
    const end = contents + size;
    if (end > bytes.length) throw new Error(`section at ${start} is cut off`);
    const name = id === SECTION.custom ?
        new Cursor(bytes, contents, end).name() : undefined;
    sections.push({id, start, contents, end, name});
    cursor.at = end;
  }
  return sections;
}

// Returns how many bytes all sections but custom ones take, with their headers
// and the preamble of 8.
export function nonCustomSize(bytes) {
  return sectionsOf(bytes).reduce(
      (sum, s) => s.id === SECTION.custom ? sum : sum + s.end - s.start, 8);
}

// Returns how many bytes the code section takes with its header; 0 if absent.
export function codeSize(bytes) {
  const code = sectionsOf(bytes).find((s) => s.id === SECTION.code);
  return code ? code.end - code.start : 0;
}

// Value types are kept as their bytes: `code` is the first one, `raw` all.
function valueType(cursor) {
  const start = cursor.at;
  const code = cursor.byte();
  let heap;
  if (code === 0x63 || code === 0x64) heap = cursor.signed();
  return {code, heap, raw: cursor.bytes.slice(start, cursor.at)};
}

function fieldType(cursor) {
  const packed = cursor.bytes[cursor.at];
  if (packed === 0x78 || packed === 0x77) cursor.at++; else valueType(cursor);
  cursor.at++;  // mutability
}

function vector(cursor, read) {
  const count = cursor.unsigned();
  return Array.from({length: count}, () => read(cursor));
}

function compositeType(cursor) {
  const form = cursor.byte();
  switch (form) {
    case 0x60: {
      const params = vector(cursor, valueType);
      return {params, results: vector(cursor, valueType)};
    }
    case 0x5f: vector(cursor, fieldType); return null;
    case 0x5e: fieldType(cursor); return null;
  }
  throw new Error(`unknown type form ${form}`);
}

function subType(cursor) {
  const form = cursor.bytes[cursor.at];
  if (form === 0x50 || form === 0x4f) {
    cursor.at++;
    vector(cursor, (c) => c.unsigned());
  }
  return compositeType(cursor);
}

// Pushes the types of one recursion group.
function recursionGroup(cursor, types) {
  if (cursor.bytes[cursor.at] !== 0x4e) {
    types.push(subType(cursor));
    return;
  }
  cursor.at++;
  for (const type of vector(cursor, subType)) types.push(type);
}

function skipLimits(cursor) {
  const flags = cursor.byte();
  cursor.unsigned();
  if (flags & 1) cursor.unsigned();
  if (flags & 8) cursor.unsigned();
}

// Returns what a caller from outside must know of a module:
//   types         per type index {params, results}, or null if no function
//   typeGroups    how many recursion groups the type section has
//   typeBytes     the groups as they are in the section, without the count
//   functionTypes per function index its type index, imports included
//   exports       Map from name to {kind, index}
export function interfaceOf(bytes) {
  const result = {types: [], typeGroups: 0, typeBytes: new Uint8Array(),
                  functionTypes: [], exports: new Map()};
  for (const {id, contents, end} of sectionsOf(bytes)) {
    const cursor = new Cursor(bytes, contents, end);
    if (id === SECTION.type) {
      result.typeGroups = cursor.unsigned();
      result.typeBytes = bytes.slice(cursor.at, end);
      for (let i = 0; i < result.typeGroups; i++) {
        recursionGroup(cursor, result.types);
      }
    } else if (id === SECTION.import) {
      vector(cursor, () => readImport(cursor, result));
    } else if (id === SECTION.function) {
      vector(cursor, () => result.functionTypes.push(cursor.unsigned()));
    } else if (id === SECTION.export) {
      vector(cursor, () => result.exports.set(
          cursor.name(), {kind: cursor.byte(), index: cursor.unsigned()}));
    }
  }
  return result;
}

function readImport(cursor, result) {
  cursor.name();
  cursor.name();
  const kind = cursor.byte();
  switch (kind) {
    case KIND.func: result.functionTypes.push(cursor.unsigned()); return;
    case KIND.table: valueType(cursor); skipLimits(cursor); return;
    case KIND.memory: skipLimits(cursor); return;
    case KIND.global: valueType(cursor); cursor.at++; return;
    case KIND.tag: cursor.at++; cursor.unsigned(); return;
  }
  throw new Error(`unknown import kind ${kind}`);
}
