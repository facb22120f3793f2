// Runs one script of the official suite in this very engine.
//
//   node spec_script.mjs script.json [folder]
//
// `script.json` is what `wasm-tools json-from-wast` wrote, with its modules
// beside it. A module that `folder` has under the same name is taken from
// there. Prints a JSON array with an entry per command:
//
//   line     in the .wast
//   type     of the command
//   status   'pass', 'fail' or 'skip' (not a question about execution)
//   detail   what happened, without what an engine may choose: trap messages,
//            calls to the host; results only if they are wrong
//   shrunk   true if the module from `folder` has fewer imports and therefore
//            was not asked, in place of the original, whether it fails to link

import {existsSync, readFileSync, writeSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {argv} from 'node:process';

import {Caller, globalResult, referenceKind} from './spec_calls.mjs';
import {resultMatches, showExpected, showResult} from './spec_values.mjs';
import {KIND, SECTION} from './wasm_binary.mjs';
import {moduleBytes, nameBytes, signedLeb, vectorBytes} from './wasm_encoder.mjs';

const [scriptPath, replacements] = argv.slice(2);
const script = JSON.parse(readFileSync(scriptPath));

// Calls to the host since the last command.
let hostCalls = [];

// What cannot be made by the JavaScript API in the same way: the memories,
// tables and globals of the module "spectest".
function spectestState() {
  const global = (type, ...value) => [type, 0, ...value, 0x0b];
  const bytes = moduleBytes([
    [SECTION.table, vectorBytes([
      [0x70, 1, 10, 20],   // funcref
      [0x70, 5, 10, 20],   // with 64-bit addresses
    ])],
    [SECTION.memory, vectorBytes([[1, 1, 2], [3, 1, 2]])],  // the second shared
    [SECTION.global, vectorBytes([
      global(0x7f, 0x41, ...signedLeb(666)),
      global(0x7e, 0x42, ...signedLeb(666)),
      global(0x7d, 0x43, ...new Uint8Array(new Float32Array([666.6]).buffer)),
      global(0x7c, 0x44, ...new Uint8Array(new Float64Array([666.6]).buffer)),
    ])],
    [SECTION.export, vectorBytes([
      [...nameBytes('table'), KIND.table, 0],
      [...nameBytes('table64'), KIND.table, 1],
      [...nameBytes('memory'), KIND.memory, 0],
      [...nameBytes('shared_memory'), KIND.memory, 1],
      [...nameBytes('global_i32'), KIND.global, 0],
      [...nameBytes('global_i64'), KIND.global, 1],
      [...nameBytes('global_f32'), KIND.global, 2],
      [...nameBytes('global_f64'), KIND.global, 3],
    ])],
  ]);
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
}

// The print functions as exports of a module, so that they have types: an
// import with another type must fail to link.
function spectestFunctions() {
  const types = {print: [], print_i32: [0x7f], print_i64: [0x7e],
                 print_f32: [0x7d], print_f64: [0x7c],
                 print_i32_f32: [0x7f, 0x7d], print_f64_f64: [0x7c, 0x7c]};
  const names = Object.keys(types);
  const bytes = moduleBytes([
    [SECTION.type, vectorBytes(names.map(
        (name) => [0x60, types[name].length, ...types[name], 0]))],
    [SECTION.import, vectorBytes(names.map(
        (name, i) => [...nameBytes('host'), ...nameBytes(name), KIND.func, i]))],
    [SECTION.export, vectorBytes(
        names.map((name, i) => [...nameBytes(name), KIND.func, i]))],
  ]);
  const host = Object.fromEntries(names.map(
      (name) => [name, (...args) => hostCalls.push(`${name}(${args})`)]));
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), {host}).exports;
}

const registered = {spectest: {...spectestState(), ...spectestFunctions()}};
const definitions = new Map();  // by name; '' is the latest
const instances = new Map();    // likewise

function remember(map, name, value) {
  map.set('', value);
  if (name !== undefined) map.set(name, value);
}

function compileFile(path) {
  const bytes = new Uint8Array(readFileSync(path));
  return {module: new WebAssembly.Module(bytes), caller: new Caller(bytes)};
}

const fileOf = ({binary_filename: binary, filename}) => binary ?? filename;

function compileOriginal(command) {
  return compileFile(join(dirname(scriptPath), fileOf(command)));
}

function compile(command) {
  const replaced = replacements && join(replacements, fileOf(command));
  return replaced && existsSync(replaced) ? compileFile(replaced) :
                                            compileOriginal(command);
}

const importCount = ({module}) => WebAssembly.Module.imports(module).length;

function instantiate({module, caller}) {
  return {instance: new WebAssembly.Instance(module, registered), caller};
}

// Returns the results of an action.
function act({type, module, field, args}, expected = []) {
  const target = instances.get(module ?? '');
  if (!target) throw new Error('the module was not instantiated');
  if (type === 'get') {
    return [globalResult(target.instance.exports[field], expected[0])];
  }
  return target.caller.invoke(target.instance, field, args);
}

// Returns the text of an error, for comparison: the message of a trap is its
// kind in V8.
function describe(error) {
  if (error instanceof WebAssembly.Exception) return 'exception';
  return `${error?.name ?? typeof error}: ${error?.message ?? error}`;
}

const pass = (detail = '') => ({status: 'pass', detail});
const fail = (detail) => ({status: 'fail', detail});

// The action must fail with an error for which `wanted` returns true.
function expectError(run, wanted) {
  try {
    run();
  } catch (error) {
    return (wanted(error) ? pass : fail)(describe(error));
  }
  return fail('returned');
}

const isTrap = (error) => error instanceof WebAssembly.RuntimeError;
const isException = (error) => error instanceof WebAssembly.Exception;

function assertReturn({action, expected = []}) {
  const results = act(action, expected);
  const good = results.length === expected.length &&
      expected.every((e, i) => resultMatches(results[i], e, referenceKind));
  return good ? pass() : fail(
      `expected ${expected.map(showExpected).join(', ') || 'nothing'}, got ` +
      `${results.map(showResult).join(', ') || 'nothing'}`);
}

const handlers = {
  module(command) {
    remember(instances, command.name, undefined);
    const definition = compile(command);
    remember(definitions, command.name, definition);
    remember(instances, command.name, instantiate(definition));
    return pass();
  },
  module_definition(command) {
    remember(definitions, command.name, undefined);
    remember(definitions, command.name, compile(command));
    return pass();
  },
  module_instance({instance, module}) {
    remember(instances, instance, undefined);
    remember(
        instances, instance, instantiate(definitions.get(module ?? '')));
    return pass();
  },
  register({name, as}) {
    registered[as] = instances.get(name ?? '').instance.exports;
    return pass();
  },
  action({action}) {
    act(action);
    return pass();
  },
  assert_return: assertReturn,
  assert_trap: ({action}) => expectError(() => act(action), isTrap),
  assert_exhaustion: ({action}) =>
      expectError(() => act(action), (error) => error instanceof RangeError),
  assert_exception: ({action}) => expectError(() => act(action), isException),
  assert_uninstantiable(command) {
    const definition = compile(command);
    return expectError(
        () => instantiate(definition),
        (error) => isTrap(error) || isException(error));
  },
  // An optimizer may remove unused imports, and then the module may link; what
  // its start function and segments do next would disturb the script.
  assert_unlinkable(command) {
    const original = compileOriginal(command);
    const replaced = compile(command);
    const shrunk = importCount(replaced) < importCount(original);
    const outcome = expectError(
        () => instantiate(shrunk ? original : replaced),
        (error) => error instanceof WebAssembly.LinkError);
    return {...outcome, shrunk};
  },
};

const outcomes = script.commands.map((command) => {
  const {type, line} = command;
  const handler = handlers[type];
  if (!handler) return {line, type, status: 'skip', detail: ''};
  hostCalls = [];
  let outcome;
  try {
    outcome = handler(command);
  } catch (error) {
    outcome = fail(describe(error));
  }
  if (hostCalls.length > 0) outcome.detail += ` host: ${hostCalls.join(' ')}`;
  return {line, type, ...outcome};
});

// Synchronous, for standard output may be a pipe.
let rest = Buffer.from(JSON.stringify(outcomes));
while (rest.length > 0) {
  try {
    rest = rest.subarray(writeSync(1, rest));
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error;
  }
}
