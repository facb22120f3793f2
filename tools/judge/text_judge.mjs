// Asks wasm-tools about the text format, for every module of the corpus and of
// the official test suite, in its smallest encoding (weft opt -O0):
//
// - wasm-tools parses what weft prints, folded and flat, to an equal module.
// - weft parses what wasm-tools prints to an equal module.
//
// Then both print and parse the modules of the corpus against the clock.
// docs/judging.md says more.

import {mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';

import {forEachInParallel, geometricMean, parseOptions, printTable, runProgram, sharedFolder, Tally, workFolder} from './judging.mjs';
import {convertScript, scriptPaths} from './spec_convert.mjs';
import {Cursor, SECTION, sectionsOf} from './wasm_binary.mjs';

const options = parseOptions({
  'weft': undefined,
  'wasm-tools': undefined,
  'corpus': '',  // default: corpus of the shared inputs
  'suite': '',   // default: spec-testsuite of the shared inputs
  'only': '',    // modules and scripts whose path contains this
  'work': '',    // default: a new temporary folder
  'jobs': '2',
});

const corpus = options.corpus || sharedFolder('corpus');
const suite = options.suite || sharedFolder('spec-testsuite');
const work = workFolder(options.work, 'text-judge');
const tally = new Tally();
const counts = {modules: 0, 'data count section that no body needs': 0,
                'name section that identifiers cannot make': 0};

// What makes a module of a script, which is valid then.
const MAKES_MODULE = [
  'module', 'module_definition', 'assert_uninstantiable', 'assert_unlinkable',
];
// Sections that wasm-tools prints as annotations of its own.
const TOLD_OTHERWISE = /^(producers|dylink\.0)$/;
const REPETITIONS = 5;

async function run(program, args) {
  const {code, stdout, stderr} = await runProgram(options[program], args);
  return {good: code === 0, stdout, problem: `${code} ${stderr}`};
}

// Custom sections as [name, content in hexadecimal], in any order, but for
// those for which `skips(name)` is true.
function customsOf(bytes, skips) {
  return sectionsOf(bytes)
      .filter(({id, name}) => id === SECTION.custom && !skips(name))
      .map(({contents, end, name}) => {
        const cursor = new Cursor(bytes, contents, end);
        cursor.name();
        return [name, bytes.subarray(cursor.at, end).toString('hex')];
      })
      .sort();
}

function othersOf(bytes) {
  return sectionsOf(bytes)
      .filter(({id}) => id !== SECTION.custom && id !== SECTION.dataCount)
      .map(({start, end}) => bytes.subarray(start, end));
}

// Where two modules differ, or ''. The order of custom sections is no part of
// the comparison: wasm-tools writes the name section behind all others.
function difference(a, b, skips) {
  const [left, right] = [othersOf(a), othersOf(b)];
  if (left.length !== right.length ||
      left.some((bytes, i) => !bytes.equals(right[i]))) {
    return 'sections differ';
  }
  const [was, is] =
      [a, b].map((bytes) => JSON.stringify(customsOf(bytes, skips)));
  return was === is ? '' : 'custom sections differ';
}

const hasDataCount = (bytes) =>
    sectionsOf(bytes).some(({id}) => id === SECTION.dataCount);

// What weft prints, read by wasm-tools. Returns whether the name section is in
// the text as it is.
async function judgePrinting(module, bytes, label, form) {
  const text =
      module.replace(/wasm$/, form.length > 0 ? 'flat.wat' : 'wat');
  const printed = await run('weft', ['print', module, '-o', text, ...form]);
  if (!tally.check(printed.good, `${label}: weft print: ${printed.problem}`)) {
    return false;
  }
  const again = `${text}.wasm`;
  const parsed = await run('wasm-tools', ['parse', text, '-o', again]);
  if (!tally.check(
          parsed.good, `${label}: wasm-tools parse ${text}: ${parsed.problem}`)) {
    return false;
  }
  const back = readFileSync(again);
  const words = readFileSync(text, 'utf8');
  const rawNames = words.includes('\n  (@custom "name" ');
  const rawCount = words.includes('\n  (@weft.data_count)');
  if (form.length === 0) {
    counts['name section that identifiers cannot make'] += rawNames;
    counts['data count section that no body needs'] += rawCount;
  }
  const skips = (name) => rawNames && name === 'name';
  const problem = difference(bytes, back, skips);
  tally.check(problem === '', `${label}: ${text}: ${problem}`);
  tally.check(
      rawCount || hasDataCount(bytes) === hasDataCount(back),
      `${label}: ${text}: data count section differs`);
  return rawNames;
}

// What wasm-tools prints, read by weft.
async function judgeParsing(module, bytes, label, rawNames) {
  const text = module.replace(/wasm$/, 'tools.wat');
  const printed = await run('wasm-tools', ['print', module, '-o', text]);
  if (!printed.good) return;
  const again = `${text}.wasm`;
  const parsed = await run('weft', ['parse', text, '-o', again]);
  if (!tally.check(
          parsed.good, `${label}: weft parse ${text}: ${parsed.problem}`)) {
    return;
  }
  const skips = (name) =>
      TOLD_OTHERWISE.test(name) || (rawNames && name === 'name');
  const problem = difference(bytes, readFileSync(again), skips);
  tally.check(problem === '', `${label}: ${text}: ${problem}`);
}

async function judgeModule({path, label, module}) {
  mkdirSync(dirname(module), {recursive: true});
  const made = await run('weft', ['opt', '-O0', '-q', path, '-o', module]);
  if (!tally.check(made.good, `${label}: weft opt -O0 ${path}: ${made.problem}`)) {
    return;
  }
  counts.modules++;
  const bytes = readFileSync(module);
  const rawNames = await judgePrinting(module, bytes, label, []);
  await judgePrinting(module, bytes, label, ['--flat']);
  await judgeParsing(module, bytes, label, rawNames);
}

// Modules of a script: {path, label, module}, the last where -O0 goes.
async function modulesOf(script) {
  const json =
      await convertScript(options['wasm-tools'], suite, script, work);
  return JSON.parse(readFileSync(json)).commands
      .filter(({type}) => MAKES_MODULE.includes(type))
      .map((command) => ({
        file: command.binary_filename ?? command.filename,
        line: command.line,
      }))
      .filter(({file}) => file !== undefined)
      .map(({file, line}) => ({
        path: join(dirname(json), file),
        label: `${script}:${line}`,
        module: join(dirname(json), 'O0', basename(file)),
      }));
}

const isCoreModule = (path) => readFileSync(path).readUInt32LE(4) === 1;

// The shortest of some runs of each, in turns, in milliseconds.
async function timeBoth(commands) {
  const best = commands.map(() => Infinity);
  for (let i = 0; i < REPETITIONS; i++) {
    for (const [j, [program, args]] of commands.entries()) {
      const start = performance.now();
      const {good, problem} = await run(program, [...args, '-o', '/dev/null']);
      tally.check(good, `${program} ${args.join(' ')}: ${problem}`);
      best[j] = Math.min(best[j], performance.now() - start);
    }
  }
  return best;
}

async function timeVerb(verb, files) {
  const ratios = [];
  const rows = [];
  for (const {name, file} of files) {
    const [weft, other] = await timeBoth(
        [['weft', [verb, file]], ['wasm-tools', [verb, file]]]);
    ratios.push(other / weft);
    rows.push([name, weft.toFixed(1), other.toFixed(1),
               (other / weft).toFixed(2)]);
  }
  printTable([
    [verb, 'weft, ms', 'wasm-tools, ms', 'times as fast'], ...rows,
    ['geometric mean', '', '', geometricMean(ratios).toFixed(2)],
  ]);
}

const start = performance.now();
const inputs = readdirSync(corpus).sort()
    .filter((name) => name.endsWith('.wasm') && name.includes(options.only))
    .map((name) => ({
      path: join(corpus, name),
      label: name,
      module: join(work, 'corpus', name),
    }))
    .filter(({path}) => isCoreModule(path));
const scripts = scriptPaths(suite, options.only);
const suiteModules = [];
await forEachInParallel(scripts, Number(options.jobs), async (script) => {
  suiteModules.push(...await modulesOf(script));
});
await forEachInParallel(
    [...inputs, ...suiteModules], Number(options.jobs), judgeModule);

printTable([['', ''], ...Object.entries(counts)]);
if (inputs.length > 0) {
  const files = (end) => inputs.map(
      ({label, module}) => ({name: label, file: module.replace(/wasm$/, end)}));
  await timeVerb('print', files('wasm'));
  await timeVerb('parse', files('wat'));
}
console.log(`${Math.round((performance.now() - start) / 1000)} s; files: ${work}`);
tally.finish();
