// Asks another engine about weft's pairs: whether a module does the same before
// and after a random pipeline, and whether it does what weft's executor says it
// does. docs/judging.md says more.
//
// vote_cases makes the cases of a block of pairs, the engine's script runs
// them, and what they say is compared here.

import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {env} from 'node:process';

import {forEachInParallel, parseOptions, printTable, runProgram, Tally, workFolder} from './judging.mjs';
import {readRecords} from './vote_records.mjs';

const options = parseOptions({
  'cases': undefined,   // vote_cases
  'engine': undefined,  // v8 or wasmtime
  'program': undefined, // what runs the script
  'script': undefined,
  'package': '',        // __init__.py of the Python package that it imports
  'pairs': '2000',
  'first': '0',
  'seed': '1',
  'jobs': '2',
  'work': '',           // default: a new temporary folder
});

const BLOCK = 500;
const SECONDS = 300;  // For a block.
const SHOWN = 400;    // Characters of a message.

// By engine: what modules may use and its compilers, in turns; how it is known
// to crash, and what it may refuse in one module of a pair alone; and which of
// its messages may stand for one of weft's. V8 has one message for some kinds
// of traps that weft tells apart.
const ENGINES = {
  v8: {
    // V8 refuses modules that have both generations of exceptions; those with
    // the older one alone are worth a try.
    features: [
      'all,-custom-page-sizes,-wide-arithmetic,-relaxed-simd,-legacy-exceptions',
      'all,-custom-page-sizes,-wide-arithmetic,-relaxed-simd',
    ],
    compilers: ['liftoff', 'turbofan', 'tiering'],
    crashes: [],
    // Its threads validate some functions each, and none may notice the mix.
    // That it is not after's alone, vote_cases has made sure of.
    refusals: /mix of legacy and new exception handling/,
    traps: {
      'unreachable': /^unreachable$/,
      'integer divide by zero': /^(divide|remainder) by zero$/,
      'integer overflow':
          /^(divide result unrepresentable|float unrepresentable in integer range)$/,
      'invalid conversion to integer': /^float unrepresentable in integer range$/,
      // An access may be unaligned as well, which other engines see first; the
      // specification knows no kinds of traps.
      'out of bounds memory access':
          /^(memory access out of bounds|data segment \d+ is out of bounds.*|operation does not support unaligned accesses)$/,
      'out of bounds table access':
          /^(table index is out of bounds|table access out of bounds|element segment.* out of bounds|table initializer.*)$/,
      'out of bounds array access':
          /^array (element )?access out of bounds|^(data|element) segment out of bounds/,
      'undefined element': /^table index is out of bounds$/,
      'uninitialized element': /^(null function or )?function signature mismatch$/,
      'indirect call type mismatch':
          /^(null function or )?function signature mismatch$/,
      'null reference': /^(dereferencing a null pointer|rethrowing null value)$/,
      'null function reference': /^dereferencing a null pointer$/,
      'null structure reference': /^dereferencing a null pointer$/,
      'null array reference': /^dereferencing a null pointer$/,
      'null i31 reference': /^dereferencing a null pointer$/,
      'null exception reference': /^(rethrowing null value|dereferencing a null pointer)$/,
      'cast failure': /^illegal cast$/,
      'unaligned atomic': /^operation does not support unaligned accesses$/,
      'expected shared memory': /^Atomics.wait cannot be called in this context$/,
    },
  },
  wasmtime: {
    // Its deterministic mode fuses products and sums; the deterministic profile
    // of the specification, R_fmadd = 0, does not.
    features: ['all,-legacy-exceptions,-relaxed-simd'],
    compilers: ['none', 'speed'],
    // Traps by signals in modules with a shared memory of no pages.
    crashes: [/store\.rs:\d+:\d+:\nassertion failed: fault\.is_none\(\)/],
    refusals: undefined,
    traps: {
      'unreachable': /unreachable/,
      'integer divide by zero': /^integer divide by zero$/,
      'integer overflow': /^integer overflow$/,
      'invalid conversion to integer': /^invalid conversion to integer$/,
      // As for V8.
      'out of bounds memory access':
          /^(out of bounds memory access|unaligned atomic)$/,
      'out of bounds table access': /^undefined element: out of bounds table access$/,
      'out of bounds array access': /^out of bounds array access$|^out of bounds (memory|table) access$/,
      'undefined element': /^undefined element: out of bounds table access$/,
      'uninitialized element': /^uninitialized element$/,
      'indirect call type mismatch': /^indirect call type mismatch$/,
      'null reference': /^null reference$/,
      'null function reference': /^null reference$/,
      'null structure reference': /^null reference$/,
      'null array reference': /^null reference$/,
      'null i31 reference': /^null i31 reference$|^null reference$/,
      'null exception reference': /^null reference$/,
      'cast failure': /^cast failure$/,
      'unaligned atomic': /^unaligned atomic$/,
      'expected shared memory': /shared/,
    },
  },
};

if (options.package) {
  env.PYTHONPATH = dirname(dirname(resolve(options.package)));
}
const engine = ENGINES[options.engine];
const work = workFolder(options.work, 'votes');
const tally = new Tally();
const counts = {pairs: 0, compared: 0, optimized: 0, steps: 0, traps: 0, words: 0};
const skipped = {};  // by reason

function skip(reason) {
  skipped[reason] = (skipped[reason] ?? 0) + 1;
}

// Whether weft's end of a call is the engine's.
function sameEnd(weft, other) {
  if (weft === '' || weft === 'exception') return weft === other;
  return engine.traps[weft]?.test(other) ?? false;
}

// Returns what differs between weft's vote and that of the engine, or ''.
function compare(record, vote) {
  if (vote.refused) return `refused: ${vote.refused}`;
  const at = record.ends.findIndex((end, i) => !sameEnd(end, vote.ends[i]));
  if (at >= 0 || record.ends.length !== vote.ends.length) {
    const i = at >= 0 ? at : record.ends.length;
    return `call ${i - 1} ends with '${record.ends[i]}', ${options.engine}: '${
        vote.ends[i]}'`;
  }
  const log = Buffer.from(vote.log, 'base64');
  if (log.equals(record.log)) return '';
  const size = Math.min(log.length, record.log.length);
  let byte = 0;
  while (byte < size && log[byte] === record.log[byte]) byte++;
  const word = byte - byte % 8;
  const hex = (bytes) => bytes.length < word + 8 ?
      'none' : `0x${bytes.readBigUInt64LE(word).toString(16)}`;
  return `word ${word / 8} of the log is ${hex(record.log)}, ${
      options.engine}: ${hex(log)}`;
}

// Keeps the modules of a case and returns where.
function keep(record) {
  const folder = join(work, `${options.seed}-${record.number}`);
  mkdirSync(folder, {recursive: true});
  for (const part of ['before', 'after', 'host', 'driver']) {
    writeFileSync(join(folder, `${part}.wasm`), record[part]);
  }
  return folder;
}

// One case; `line` is what the engine says.
function judge(record, line, how) {
  const name = `pair ${record.number}, ${how}`;
  const fail = (message) => tally.check(false, () =>
      `${name}: ${message.slice(0, SHOWN)}\n  ${record.pipeline}\n  modules: ${
          keep(record)}`);
  if (line.before.refused) {
    skip(line.before.refused.split('\n')[0]
        .replace(/^.* failed: | @\+\d+.*$/g, '').replace(/\d+/g, 'N')
        .slice(0, 80));
    return;
  }
  if (line.after?.refused && engine.refusals?.test(line.after.refused)) {
    skip(`after: ${line.after.refused.match(engine.refusals)[0]}`);
    return;
  }
  const limit = line.before.ends.find((end) => end?.startsWith('limit: '));
  if (limit) {
    skip(limit);
    return;
  }
  counts.compared++;
  if (!record.before.equals(record.after)) counts.optimized++;
  counts.steps += record.ends.length;
  counts.traps += record.ends.filter((end) => end !== '').length;
  counts.words += record.log.length / 8;
  const executor = compare(record, line.before);
  if (executor) {
    fail(`the executor differs: ${executor}`);
    return;
  }
  const optimizer = line.after ? compare(record, line.after) : '';
  if (optimizer) {
    fail(`after differs: ${optimizer}`);
    return;
  }
  tally.check(true);
}

async function judgeBlock(block) {
  const first = Number(options.first) + block * BLOCK;
  const count = Math.min(BLOCK, Number(options.first) + Number(options.pairs) - first);
  const features = engine.features[block % engine.features.length];
  const compiler = engine.compilers[
      Math.floor(block / engine.features.length) % engine.compilers.length];
  const how = `${compiler}, --features=${features}`;
  const file = join(work, `${first}.cases`);
  const made = await runProgram(
      options.cases, [options.seed, `${first}`, `${count}`, features, file],
      {seconds: SECONDS});
  if (!tally.check(made.code === 0, () =>
          `pairs from ${first}: no cases: ${made.code} ${made.stderr}`)) {
    return;
  }
  const records = readRecords(file);
  for (const record of records) {
    counts.pairs++;
    if (record.skip) skip(`weft: ${record.skip}`);
    if (record.error) {
      tally.check(false, `pair ${record.number}, ${how}: ${record.error}`);
    }
  }
  const open = new Map(records.filter(({skip, error}) => !skip && !error)
      .map((record) => [record.number, record]));
  while (open.size > 0) {
    const next = open.keys().next().value;
    const {code, stdout, stderr} = await runProgram(
        options.program, [options.script, file, compiler, `${next}`],
        {seconds: SECONDS});
    for (const text of stdout.split('\n')) {
      if (!text.endsWith('}')) continue;
      const line = JSON.parse(text);
      judge(open.get(line.number), line, how);
      open.delete(line.number);
    }
    if (open.size === 0) break;
    // The one that it did not come to the end of.
    const [number, record] = open.entries().next().value;
    open.delete(number);
    if (engine.crashes.some((crash) => crash.test(stderr))) {
      skip(`known crash of ${options.engine}`);
      continue;
    }
    tally.check(false, () =>
        `pair ${number}, ${how}: ${options.engine} ended with ${code}: ${
            stderr.slice(0, SHOWN)}\n  modules: ${keep(record)}`);
  }
  rmSync(file);
}

const start = performance.now();
const blocks = Math.ceil(Number(options.pairs) / BLOCK);
await forEachInParallel(
    [...Array(blocks).keys()], Number(options.jobs), judgeBlock);
printTable([
  [options.engine, 'pairs'],
  ['made', counts.pairs],
  ['compared', counts.compared],
  ['of which the optimizer changed', counts.optimized],
  ...Object.entries(skipped).sort().map(([why, n]) => [`skipped: ${why}`, n]),
]);
console.log(`${counts.steps} calls, ${counts.traps} of them trapped or threw; ${
    counts.words} words of log; ${
    Math.round((performance.now() - start) / 1000)} s; files: ${work}`);
tally.finish();
