// Judges what weft makes of the modules of the corpus, at every level:
//
// - V8 and wasm-tools accept it.
// - It is the same for any number of threads and any schedule.
// - -O0, -Os and -Oz never make a module larger, custom sections not counted.
// - Lifting and lowering what was lifted and lowered changes nothing.
// - Custom sections that weft does not own are as they were.
//
// docs/judging.md says more.

import {mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';

import {forEachInParallel, geometricMean, LEVELS, NO_FALLBACK, parseOptions, printTable, ROUNDTRIP, runProgram, sharedFolder, Tally, workFolder} from './judging.mjs';
import {codeSize, nonCustomSize, SECTION, sectionsOf} from './wasm_binary.mjs';

const options = parseOptions({
  'weft': undefined,
  'wasm-tools': undefined,
  'corpus': '',  // default: corpus of the shared inputs
  'only': '',    // modules whose name contains this
  'work': '',    // default: a new temporary folder
  'jobs': '2',
});

const PURE_ROUNDTRIP = [ROUNDTRIP, NO_FALLBACK];
const OZ_ALONE = ['-Oz', NO_FALLBACK];
const VARIANTS = [
  [ROUNDTRIP], PURE_ROUNDTRIP, ...LEVELS.map((level) => [level]), OZ_ALONE,
];
const NEVER_LARGER = ['-O0', '-Os', '-Oz'];
const THREADS = [1, 2, 8];
const SCHEDULES = 20;
// Sections that hold indices or addresses, which weft rewrites or drops.
const OWNED = /^(name|producers|target_features|sourceMappingURL|metadata\.code\..*|\.debug_.*)$/;

const corpus = options.corpus || sharedFolder('corpus');
const work = workFolder(options.work, 'corpus-judge');
const tally = new Tally();
const nameOf = (args) =>
    args.join(' ').replace('--passes=', '').replace(NO_FALLBACK, '(no fallback)');

// Runs weft. Returns the output, or null if it fails, which it reports.
async function optimize(input, output, args) {
  const {code, stderr} = await runProgram(
      options.weft, ['opt', input, '-o', output, '-q', ...args],
      {seconds: 600});
  const good = tally.check(
      code === 0, `weft opt ${input} ${args.join(' ')}: ${code} ${stderr}`);
  return good ? readFileSync(output) : null;
}

async function checkEngines(path, bytes, label) {
  let problem = '';
  try {
    new WebAssembly.Module(bytes);
  } catch (error) {
    problem = error.message;
  }
  tally.check(problem === '', `${label}: V8 refuses ${path}: ${problem}`);
  const {code, stderr} = await runProgram(
      options['wasm-tools'], ['validate', '--features', 'all', path]);
  tally.check(code === 0, `${label}: wasm-tools refuses ${path}: ${stderr}`);
}

// Every run with other threads or another schedule must make `expected`.
async function checkSame(input, output, args, expected, runs) {
  for (const run of runs) {
    const bytes = await optimize(input, output, [...args, ...run]);
    if (!bytes) continue;
    tally.check(
        bytes.equals(expected),
        `${input} ${args.join(' ')}: ${run.join(' ')} makes another module`);
  }
}

function foreignSections(bytes) {
  return sectionsOf(bytes)
      .filter(({id, name}) => id === SECTION.custom && !OWNED.test(name))
      .map(({start, end}) => bytes.subarray(start, end));
}

function checkForeignSections(before, after, label) {
  const [was, is] = [foreignSections(before), foreignSections(after)];
  tally.check(
      was.length === is.length && was.every((bytes, i) => bytes.equals(is[i])),
      `${label}: custom sections that weft does not own have changed`);
}

// Judges one variant. Returns the output, or null.
async function judgeVariant(input, before, args) {
  const label = `${basename(input)} ${nameOf(args)}`;
  const output = join(work, label.replace(/[^\w.-]+/g, '_') + '.wasm');
  const after = await optimize(input, output, args);
  if (!after) return null;
  await checkEngines(output, after, label);
  checkForeignSections(before, after, label);
  if (args.length === 1 && NEVER_LARGER.includes(args[0])) {
    const [was, is] = [nonCustomSize(before), nonCustomSize(after)];
    tally.check(is <= was, `${label}: grows from ${was} to ${is} bytes`);
  }
  const again = output.replace('.wasm', '.again.wasm');
  await checkSame(
      input, again, args, after, THREADS.map((count) => [`-j${count}`]));
  if (args === PURE_ROUNDTRIP) {
    await checkSame(output, again, args, after, [[]]);
  }
  if (nameOf(args) === '-Oz') {
    const seeds = Array.from({length: SCHEDULES}, (_, i) => i + 1);
    await checkSame(input, again, args, after, seeds.map(
        (seed) => [`--schedule-seed=${seed}`, '-j8']));
  }
  return after;
}

// Components begin like modules, with another layer in the version field.
const isCoreModule = (bytes) => bytes.readUInt32LE(4) === 1;

const start = performance.now();
mkdirSync(work, {recursive: true});
const inputs = readdirSync(corpus).sort()
    .filter((name) => name.endsWith('.wasm') && name.includes(options.only))
    .map((name) => ({name, path: join(corpus, name)}))
    .map((input) => ({...input, bytes: readFileSync(input.path)}))
    .filter(({bytes}) => isCoreModule(bytes));

const tasks = inputs.flatMap(
    (input) => VARIANTS.map((args) => ({input, args, bytes: null})));
await forEachInParallel(tasks, Number(options.jobs), async (task) => {
  const {input: {path, bytes}, args} = task;
  task.bytes = await judgeVariant(path, bytes, args);
});

const ratio = (x) => x.toFixed(4);
const done = tasks.filter(({bytes}) => bytes);
printTable([
  ['module', 'level', 'bytes in', 'bytes out', 'ratio'],
  ...done.map(({input, args, bytes}) => {
    const [was, is] = [nonCustomSize(input.bytes), nonCustomSize(bytes)];
    return [input.name, nameOf(args), was, is, ratio(is / was)];
  }),
]);

console.log('\nGeometric means of bytes out / bytes in');
printTable([
  ['level', 'all sections but custom ones', 'code section'],
  ...VARIANTS.map((args) => {
    const runs = done.filter((task) => task.args === args);
    const mean = (size) => ratio(geometricMean(
        runs.map(({input, bytes}) => size(bytes) / size(input.bytes))));
    return [nameOf(args), mean(nonCustomSize), mean(codeSize)];
  }),
]);

console.log('\nCode section of roundtrip-ssa without fallback, against -O0');
const outputOf = (input, name) => done.find(
    (task) => task.input === input && nameOf(task.args) === name)?.bytes;
const lowered = inputs.map((input) => {
  const [pure, reencoded] =
      [outputOf(input, nameOf(PURE_ROUNDTRIP)), outputOf(input, '-O0')];
  return pure && reencoded &&
      {name: input.name, ratio: codeSize(pure) / codeSize(reencoded)};
}).filter((row) => row);
const worst =
    lowered.reduce((a, b) => (b.ratio > a.ratio ? b : a), {name: '', ratio: 0});
printTable([
  ['module', 'ratio'],
  ...lowered.map(({name, ratio: r}) => [name, ratio(r)]),
  ['geometric mean', ratio(geometricMean(lowered.map(({ratio: r}) => r)))],
  [`worst: ${worst.name}`, ratio(worst.ratio)],
]);
console.log(`${Math.round((performance.now() - start) / 1000)} s; files: ${work}`);
tally.finish();
