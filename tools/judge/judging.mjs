// What the three judges share: options, processes, the final count.

import {execFile} from 'node:child_process';
import {mkdirSync, mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {argv, env, exit} from 'node:process';

// The levels of weft opt, in the order of its help.
export const LEVELS = ['-O0', '-O1', '-O2', '-O3', '-O4', '-Os', '-Oz'];

export const ROUNDTRIP = '--passes=roundtrip-ssa';
export const NO_FALLBACK = '--no-fallback';

// Returns {name: value} of arguments --name=value. Every name must be in
// `defaults`; a default that is undefined must be given.
export function parseOptions(defaults) {
  const options = {...defaults};
  for (const argument of argv.slice(2)) {
    const [, name, value] = argument.match(/^--([a-z-]+)=(.*)$/s) ?? [];
    if (!(name in defaults)) fatal(`unknown argument ${argument}`);
    options[name] = value;
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) fatal(`--${name}= is missing`);
  }
  return options;
}

export function fatal(message) {
  console.error(message);
  exit(2);
}

// Returns the path of a folder of the shared inputs.
export function sharedFolder(name) {
  if (!env.WEFT_SHARED) fatal('WEFT_SHARED is not set; see CONTRIBUTING.md');
  return join(env.WEFT_SHARED, name);
}

// Returns a folder for files that are made on the way: `chosen`, made if
// needed, or a new temporary one.
export function workFolder(chosen, name) {
  if (!chosen) return mkdtempSync(join(tmpdir(), `weft-${name}-`));
  mkdirSync(chosen, {recursive: true});
  return chosen;
}

// Runs a program. Returns {code, stdout, stderr}, where code is its exit code
// or the name of the signal that ended it.
export function runProgram(program, args, {seconds = 120} = {}) {
  return new Promise((resolve) => {
    const options = {
      timeout: seconds * 1000,
      killSignal: 'SIGKILL',
      maxBuffer: 2 ** 30,
    };
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error ? error.signal ?? error.code : 0;
      resolve({code, stdout, stderr: stderr.trim()});
    });
  });
}

// Calls `work` on every item, `jobs` at a time, in order of their start.
export async function forEachInParallel(items, jobs, work) {
  let next = 0;
  const worker = async () => {
    while (next < items.length) await work(items[next++]);
  };
  await Promise.all(Array.from({length: jobs}, worker));
}

// Counts checks and prints those that fail.
export class Tally {
  passed = 0;
  failed = 0;

  // Returns `good`. `message` says what was expected of what, and how to see
  // it again; it may be a function.
  check(good, message) {
    if (good) {
      this.passed++;
    } else {
      this.failed++;
      console.log(`FAIL ${typeof message === 'function' ? message() : message}`);
    }
    return good;
  }

  // Prints the last line and ends the process.
  finish() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    exit(this.failed === 0 ? 0 : 1);
  }
}

// Prints rows of equal length; the first is the head, the first column text.
export function printTable(rows) {
  const widths =
      rows[0].map((_, i) => Math.max(...rows.map((row) => `${row[i]}`.length)));
  for (const row of rows) {
    console.log(row.map((cell, i) => i === 0 ? `${cell}`.padEnd(widths[i]) :
                                               `${cell}`.padStart(widths[i]))
        .join('  ').trimEnd());
  }
}

export function geometricMean(values) {
  return Math.exp(
      values.reduce((sum, x) => sum + Math.log(x), 0) / values.length);
}
