// Calls exported functions bit by bit. JavaScript cannot pass a v128 or an
// exnref and may change the bits of a NaN. So a function is called by a helper
// module, made for its type, which loads numeric arguments from a memory and
// stores numeric results there; references go through JavaScript.
//
// The helper starts with a copy of the type section of the callee's module, so
// that the type of its import is the callee's, recursion groups included.

import {interfaceOf, KIND, SECTION} from './wasm_binary.mjs';
import {bodyBytes, moduleBytes, nameBytes, signedLeb, unsignedLeb, vectorBytes} from './wasm_encoder.mjs';
import {referenceArgument, writeNumber} from './spec_values.mjs';

const SLOT = 16;
const RESULTS_AT = 32768;

const NUMERIC = {
  0x7f: {size: 4, load: [0x28, 2, 0], store: [0x36, 2, 0]},              // i32
  0x7e: {size: 8, load: [0x29, 3, 0], store: [0x37, 3, 0]},              // i64
  0x7d: {size: 4, load: [0x2a, 2, 0], store: [0x38, 2, 0]},              // f32
  0x7c: {size: 8, load: [0x2b, 3, 0], store: [0x39, 3, 0]},              // f64
  0x7b: {size: 16, load: [0xfd, 0, 4, 0], store: [0xfd, 0x0b, 4, 0]},    // v128
};
const I32_STORE = NUMERIC[0x7f].store;
const REF_IS_NULL = 0xd1;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;

// Returns whether the type belongs to the hierarchy of exnref, none of which
// may cross into JavaScript; concrete types never do.
function isException({code, heap}) {
  const abstract = heap === undefined ? code : heap < 0 ? heap + 128 : -1;
  return abstract === 0x69 || abstract === 0x74;
}

const i32Const = (value) => [0x41, ...signedLeb(value)];

function bodyOfHelper({params, results}) {
  const references = params.filter(({code}) => !NUMERIC[code]).length;
  const code = [];
  let reference = 0;
  params.forEach(({code: type}, i) => {
    const numeric = NUMERIC[type];
    code.push(...numeric ? [...i32Const(i * SLOT), ...numeric.load] :
                           [LOCAL_GET, ...unsignedLeb(reference++)]);
  });
  code.push(0x10, 0);  // call
  const local = (i) => unsignedLeb(references + i);
  for (let i = results.length - 1; i >= 0; i--) {
    code.push(LOCAL_SET, ...local(i));
  }
  results.forEach((type, i) => {
    const numeric = NUMERIC[type.code];
    const exception = isException(type);
    if (!numeric && !exception) return;
    code.push(...i32Const(RESULTS_AT + i * SLOT), LOCAL_GET, ...local(i));
    code.push(...exception ? [REF_IS_NULL, ...I32_STORE] : numeric.store);
  });
  results.forEach((type, i) => {
    if (!NUMERIC[type.code] && !isException(type)) {
      code.push(LOCAL_GET, ...local(i));
    }
  });
  return bodyBytes(results.map(({raw}) => [...raw]), code);
}

// Returns the helper for functions of type `index` of a module.
function helperModule({types, typeGroups, typeBytes}, index) {
  const {params, results} = types[index];
  const crossing = (type) => !NUMERIC[type.code] && !isException(type);
  const raw = (list) => vectorBytes(list.map((type) => [...type.raw]));
  const runType = [0x60, ...raw(params.filter(({code}) => !NUMERIC[code])),
                   ...raw(results.filter(crossing))];
  return moduleBytes([
    [SECTION.type, [...unsignedLeb(typeGroups + 1), ...typeBytes, ...runType]],
    [SECTION.import, vectorBytes([
      [...nameBytes('m'), ...nameBytes('f'), KIND.func, ...unsignedLeb(index)],
      [...nameBytes('m'), ...nameBytes('memory'), KIND.memory, 0, 1],
    ])],
    [SECTION.function, vectorBytes([unsignedLeb(types.length)])],
    [SECTION.export, vectorBytes([[...nameBytes('run'), KIND.func, 1]])],
    [SECTION.code, vectorBytes([bodyOfHelper(types[index])])],
  ]);
}

const memory = new WebAssembly.Memory({initial: 1});
const view = new DataView(memory.buffer);

// Calls the functions that instances of one module export.
export class Caller {
  #interface;
  #modules = new Map();    // by type index
  #instances = new Map();  // by exported function

  constructor(bytes) {
    this.#interface = interfaceOf(bytes);
  }

  // Returns the results, to be read before the next call: {number: {view, at,
  // size}}, {reference} or, of an exnref, {isNull}. Throws what the callee
  // throws.
  invoke(instance, name, args) {
    const callee = instance.exports[name];
    if (typeof callee !== 'function') throw new Error(`no function ${name}`);
    const {index} = this.#interface.exports.get(name);
    const typeIndex = this.#interface.functionTypes[index];
    const {params, results} = this.#interface.types[typeIndex];
    const run = this.#helper(callee, typeIndex);
    const references = [];
    args.forEach((arg, i) => {
      if (NUMERIC[params[i].code]) writeNumber(view, i * SLOT, arg);
      else references.push(referenceArgument(arg));
    });
    const returned = run(...references);
    return resultsFrom(returned, results);
  }

  #helper(callee, typeIndex) {
    let run = this.#instances.get(callee);
    if (!run) {
      let module = this.#modules.get(typeIndex);
      if (!module) {
        module =
            new WebAssembly.Module(helperModule(this.#interface, typeIndex));
        this.#modules.set(typeIndex, module);
      }
      const helper =
          new WebAssembly.Instance(module, {m: {f: callee, memory}});
      run = helper.exports.run;
      this.#instances.set(callee, run);
    }
    return run;
  }
}

function resultsFrom(returned, types) {
  const crossing =
      types.filter((type) => !NUMERIC[type.code] && !isException(type)).length;
  const references = crossing > 1 ? [...returned] : [returned];
  return types.map((type, i) => {
    const at = RESULTS_AT + i * SLOT;
    const numeric = NUMERIC[type.code];
    if (numeric) return {number: {view, at, size: numeric.size}};
    if (isException(type)) return {isNull: view.getInt32(at, true) === 1};
    return {reference: references.shift()};
  });
}

// Returns the value of an exported global as a result of `invoke`. Throws for a
// v128 or an exnref.
export function globalResult(global, {type}) {
  const value = global.value;
  const at = RESULTS_AT;
  switch (type) {
    case 'i32': view.setInt32(at, value, true); break;
    case 'i64': view.setBigInt64(at, value, true); break;
    case 'f32': view.setFloat32(at, value, true); break;
    case 'f64': view.setFloat64(at, value, true); break;
    default: return {reference: value};
  }
  return {number: {view, at, size: type.endsWith('64') ? 8 : 4}};
}

// Tells i31, struct and array apart, which all are objects to JavaScript.
const kinds = (() => {
  const test = (heap) => [LOCAL_GET, 0, 0xfb, 0x14, heap];  // ref.test
  const code = [
    ...test(0x6c), 0x04, 0x7f, ...i32Const(1), 0x05,        // if (result i32)
    ...test(0x6b), 0x04, 0x7f, ...i32Const(2), 0x05,
    ...test(0x6a), 0x04, 0x7f, ...i32Const(3), 0x05,
    ...i32Const(0), 0x0b, 0x0b, 0x0b,
  ];
  const bytes = moduleBytes([
    [SECTION.type, vectorBytes([[0x60, 1, 0x6e, 1, 0x7f]])],
    [SECTION.function, [1, 0]],
    [SECTION.export, vectorBytes([[...nameBytes('kind'), KIND.func, 0]])],
    [SECTION.code, vectorBytes([bodyBytes([], code)])],
  ]);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return instance.exports.kind;
})();

// Returns what a non-null reference is: 'i31ref', 'structref', 'arrayref' or
// 'other'.
export function referenceKind(reference) {
  return ['other', 'i31ref', 'structref', 'arrayref'][kinds(reference)];
}
