// Runs the cases of a file in V8: vote_v8.mjs FILE COMPILER [FIRST]
//
// Prints a line of JSON for each case, from pair FIRST on, that weft did not
// skip: {number, before,
// after}, where each of the two is {ends, log}, like what weft says of the
// module before but with the messages of V8, or {refused: message}; `after` is
// missing when it is the same.

import {argv} from 'node:process';
import {setFlagsFromString} from 'node:v8';

import {readRecords} from './vote_records.mjs';

const COMPILERS = {
  liftoff: '--liftoff --no-wasm-tier-up',
  // What it inlines and speculates on, Liftoff counts.
  turbofan:
      '--no-liftoff --no-wasm-inlining --no-wasm-inlining-call-indirect',
  // TurboFan's turn comes after very few operators, with all of that.
  tiering: '--liftoff --wasm-tiering-budget=1 --wasm-sync-tier-up',
};
const LOG_BEGIN = 16;

// How a call ended that threw `error`.
function endOf(error) {
  if (error instanceof WebAssembly.RuntimeError) return error.message;
  if (error instanceof WebAssembly.Exception) return 'exception';
  if (error instanceof RangeError) return `limit: ${error.message}`;
  throw error;
}

function call(func, argument) {
  try {
    func(argument);
    return '';
  } catch (error) {
    return endOf(error);
  }
}

function takeSteps(driver, steps, ends) {
  for (let step = 0; step < steps; step++) {
    const end = call(driver[step]);
    ends.push(end);
    const looks = end !== '' || step % 4 === 3 || step + 1 === steps;
    const looked = call(driver.state, looks ? 1 : 0);
    if (looked !== '') ends.push(`state: ${looked}`);
  }
}

// `modules` are host and driver, compiled.
function vote(record, modules, subject) {
  const ends = [];
  const host = new WebAssembly.Instance(modules.host).exports;
  let guest;
  try {
    const module = new WebAssembly.Module(subject);
    guest = new WebAssembly.Instance(module, {env: host});
    ends.push('');
  } catch (error) {
    if (error instanceof WebAssembly.CompileError ||
        error instanceof WebAssembly.LinkError) {
      return {refused: error.message};
    }
    ends.push(endOf(error));
  }
  if (guest) {
    let driver;
    try {
      driver = new WebAssembly.Instance(
          modules.driver, {host, guest: guest.exports});
    } catch (error) {
      return {refused: `its exports: ${error.message}`};
    }
    takeSteps(driver.exports, record.steps, ends);
  }
  const looked = call(host.state, 1);
  if (looked !== '') ends.push(`state: ${looked}`);
  const log = Buffer.from(host.log.buffer);
  const used = log.readUInt32LE(0);
  return {
    ends,
    log: log.subarray(LOG_BEGIN, LOG_BEGIN + used).toString('base64'),
  };
}

function votes(record) {
  const modules = {};
  try {
    modules.host = new WebAssembly.Module(record.host);
    modules.driver = new WebAssembly.Module(record.driver);
  } catch (error) {
    return {before: {refused: `its harness: ${error.message}`}};
  }
  const before = vote(record, modules, record.before);
  const after = vote(record, modules, record.after);
  return JSON.stringify(after) === JSON.stringify(before) ? {before} :
                                                            {before, after};
}

const [file, compiler, first = 0] = argv.slice(2);
for (const f of COMPILERS[compiler].split(' ')) setFlagsFromString(f);
for (const record of readRecords(file)) {
  if (record.skip || record.error || record.number < first) continue;
  console.log(JSON.stringify({number: record.number, ...votes(record)}));
}
