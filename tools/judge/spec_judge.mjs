// Asks V8 whether modules of the official test suite still do what they did.
//
// Every script runs on its own modules first, then on what weft makes of them:
// each assertion about execution that holds before must hold after, and trap
// messages and calls to the host must be the same. docs/judging.md says more.

import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {execPath} from 'node:process';
import {fileURLToPath} from 'node:url';

import {forEachInParallel, NO_FALLBACK, parseOptions, printTable, ROUNDTRIP, runProgram, sharedFolder, Tally, workFolder} from './judging.mjs';
import {convertScript, EXCLUDED, scriptPaths} from './spec_convert.mjs';
import {showExpected} from './spec_values.mjs';

const options = parseOptions({
  'weft': undefined,
  'wasm-tools': undefined,
  'suite': '',    // default: spec-testsuite of the shared inputs
  'only': '',     // scripts whose path contains this
  'work': '',     // default: a new temporary folder
  'jobs': '2',
});

const PIPELINES = {
  'roundtrip-ssa': [ROUNDTRIP, NO_FALLBACK],
  'O2': ['-O2', NO_FALLBACK],
  'Oz': ['-Oz', NO_FALLBACK],
};
const MAKES_MODULE = [
  'module', 'module_definition', 'assert_uninstantiable', 'assert_unlinkable',
];

const suite = options.suite || sharedFolder('spec-testsuite');
const work = workFolder(options.work, 'spec-judge');
const runner = join(dirname(fileURLToPath(import.meta.url)), 'spec_script.mjs');
const tally = new Tally();
const counts = {};      // by pipeline: {modules, assertions, worse, shrunk}
const unjudged = {};    // by reason: assertions that fail before weft
const executed = {};    // by type: assertions that hold before weft

async function isValid(file) {
  const {code, stderr} = await runProgram(
      options['wasm-tools'], ['validate', '--features', 'all', file]);
  return {valid: code === 0, reason: stderr};
}

// Writes weft's version of a module, checked by wasm-tools. Returns whether
// there is one.
async function transform(label, input, output, args) {
  const command = `weft opt ${input} -o ${output} ${args.join(' ')}`;
  rmSync(output, {force: true});
  const {code, stderr} = await runProgram(
      options.weft, ['opt', input, '-o', output, ...args, '-j1', '-q']);
  if (!tally.check(code === 0, () => `${label}: ${command}: ${code} ${stderr}`)) {
    return false;
  }
  const {valid, reason} = await isValid(output);
  if (valid) return tally.check(true);
  if (!(await isValid(input)).valid) return true;
  return tally.check(false, `${label}: wasm-tools refuses ${output}: ${reason}`);
}

// Runs a script, with modules of `replacements` if given. Returns an outcome
// per command, or null after a crash, which it reports.
async function runScript(path, json, replacements) {
  const {code, stdout, stderr} = await runProgram(
      execPath, [runner, json, ...replacements ? [replacements] : []]);
  if (code === 0) return JSON.parse(stdout);
  const last = stderr.split('\n').slice(-8).join('\n');
  tally.check(false, `${path}: ${replacements ?? 'original'}: ${code}\n${last}`);
  return null;
}

function showCommand({action, expected}) {
  if (!action) return '';
  const args = (action.args ?? []).map(showExpected).join(' ');
  const wanted = (expected ?? []).map(showExpected).join(' ');
  return ` (${action.type} ${JSON.stringify(action.field)} ${args}) ${wanted}`;
}

// Compares outcomes; `files` tells per command the module that it runs.
function compare(path, pipeline, commands, files, before, after) {
  before.forEach((was, i) => {
    if (was.status !== 'pass') return;
    const is = after[i];
    if (is.shrunk) {
      counts[pipeline].shrunk++;
      return;
    }
    const good = is.status === 'pass' && is.detail === was.detail;
    tally.check(good, () => {
      counts[pipeline].worse++;
      return `${path}:${was.line} ${was.type} after ${pipeline}:` +
          `${showCommand(commands[i])}\n` +
          `  before: ${was.status} ${was.detail}\n` +
          `  after:  ${is.status} ${is.detail}\n` +
          `  module: ${files[i]}`;
    });
    if (was.type.startsWith('assert')) counts[pipeline].assertions++;
  });
}

// Returns per command the module file that it makes or, by name, acts on.
function moduleFiles(commands) {
  const byName = new Map();
  return commands.map((command) => {
    let file = byName.get(command.action?.module ?? '');
    if (MAKES_MODULE.includes(command.type)) {
      file = command.binary_filename ?? command.filename;
      if (command.type === 'module') {
        byName.set('', file);
        if (command.name !== undefined) byName.set(command.name, file);
      }
    }
    return file;
  });
}

function count(before) {
  for (const {type, status, detail} of before) {
    if (!type.startsWith('assert') || status === 'skip') continue;
    const [where, key] = status === 'pass' ? [executed, type] :
        [unjudged, detail.replace(/@\+\d+$/, '')];
    where[key] = (where[key] ?? 0) + 1;
  }
}

async function judgeScript(path) {
  const json = await convertScript(options['wasm-tools'], suite, path, work);
  const {commands} = JSON.parse(readFileSync(json));
  const before = await runScript(path, json);
  if (!before) return;
  count(before);
  const files = moduleFiles(commands);
  const made = commands.map((command, i) => [command, files[i]])
      .filter(([command]) => MAKES_MODULE.includes(command.type));
  for (const [pipeline, args] of Object.entries(PIPELINES)) {
    const folder = join(dirname(json), pipeline);
    mkdirSync(folder, {recursive: true});
    for (const [{line}, file] of made) {
      const label = `${path}:${line}`;
      counts[pipeline].modules++;
      await transform(
          label, join(dirname(json), file), join(folder, file), args);
    }
    const after = await runScript(path, json, folder);
    if (!after) continue;
    const kept = files.map((file) => file && join(folder, file));
    compare(path, pipeline, commands, kept, before, after);
  }
}

for (const pipeline of Object.keys(PIPELINES)) {
  counts[pipeline] = {modules: 0, assertions: 0, worse: 0, shrunk: 0};
}
const start = performance.now();
const paths = scriptPaths(suite, options.only);
await forEachInParallel(paths, Number(options.jobs), judgeScript);

console.log(`${paths.length} scripts, without ${EXCLUDED.join(', ')}`);
printTable([['hold in V8 before weft', ''], ...Object.entries(executed).sort()]);
printTable([['cannot run in V8', ''], ...Object.entries(unjudged).sort()]);
printTable([
  ['pipeline', 'modules', 'assertions', 'worse', 'not asked: imports gone'],
  ...Object.entries(counts).map(
      ([name, c]) => [name, c.modules, c.assertions, c.worse, c.shrunk]),
]);
console.log(`${Math.round((performance.now() - start) / 1000)} s; files: ${work}`);
tally.finish();
