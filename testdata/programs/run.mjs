// Runs WASI preview 1 commands under Node's own WASI and compares what they
// print with what they should.
//
//   node run.mjs module.wasm expected.txt   one module
//   node run.mjs                            every module beside this file
//
// Exits with 0 if all output is as expected and every exit code is 0, else 1.

import {closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {argv, exit} from 'node:process';
import {fileURLToPath} from 'node:url';

// Node warns that its WASI is experimental; nothing else is kept quiet.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') console.error(warning.stack);
});
const {WASI} = await import('node:wasi');

// Returns {exitCode, stdout} of the command in the file `path`, run without
// arguments, environment, input or folders. Throws if it traps.
async function run(path) {
  const folder = mkdtempSync(join(tmpdir(), 'programs-'));
  const stdoutPath = join(folder, 'stdout');
  const stdin = openSync('/dev/null', 'r');
  const stdout = openSync(stdoutPath, 'w');
  try {
    const wasi = new WASI({
      version: 'preview1',
      args: [basename(path)],
      env: {},
      stdin,
      stdout,
      returnOnExit: true,
    });
    const module = await WebAssembly.compile(readFileSync(path));
    const instance =
        await WebAssembly.instantiate(module, wasi.getImportObject());
    const exitCode = wasi.start(instance) ?? 0;
    return {exitCode, stdout: readFileSync(stdoutPath)};
  } finally {
    closeSync(stdout);
    closeSync(stdin);
    rmSync(folder, {recursive: true});
  }
}

// Returns where `actual` first departs from `expected`, for a person to read.
function firstDifference(actual, expected) {
  const a = actual.toString().split('\n');
  const e = expected.toString().split('\n');
  const line = a.findIndex((text, i) => text !== e[i]);
  const at = line < 0 ? a.length : line;
  const show = (lines) => at < lines.length ? lines[at] : '(end of output)';
  return `line ${at + 1}\n  expected: ${show(e)}\n  actual:   ${show(a)}`;
}

// Returns whether the module prints what the file holds; reports either way.
async function check(modulePath, expectedPath) {
  const expected = readFileSync(expectedPath);
  const start = performance.now();
  let problem = '';
  try {
    const {exitCode, stdout} = await run(modulePath);
    if (!stdout.equals(expected)) problem = firstDifference(stdout, expected);
    if (exitCode !== 0) problem = `exit code ${exitCode}\n${problem}`;
  } catch (error) {
    problem = String(error);
  }
  const ms = Math.round(performance.now() - start);
  console.log(`${problem ? 'FAIL' : 'ok'} ${basename(modulePath)} (${ms} ms)`);
  if (problem) console.log(problem);
  return problem === '';
}

// Returns pairs of the modules beside this file and their expected output.
function allModules() {
  const folder = dirname(fileURLToPath(import.meta.url));
  const pairs = [];
  for (const name of readdirSync(folder).sort()) {
    if (name.includes('.')) continue;
    for (const file of readdirSync(join(folder, name)).sort()) {
      if (!file.endsWith('.wasm')) continue;
      const expected = `${file.split('.')[0]}.expected`;
      pairs.push([join(folder, name, file), join(folder, name, expected)]);
    }
  }
  return pairs;
}

const args = argv.slice(2);
if (args.length !== 0 && args.length !== 2) {
  console.error('usage: node run.mjs [module.wasm expected.txt]');
  exit(1);
}
let good = true;
for (const [module, expected] of args.length === 2 ? [args] : allModules()) {
  good = await check(module, expected) && good;
}
exit(good ? 0 : 1);
