// Runs the programs of testdata/programs under Node's WASI, as they are and as
// weft makes them at every level: each must print what is expected.

import {basename, join} from 'node:path';
import {execPath} from 'node:process';

import {forEachInParallel, LEVELS, NO_FALLBACK, parseOptions, printTable, ROUNDTRIP, runProgram, Tally, workFolder} from './judging.mjs';

const options = parseOptions({
  'weft': undefined,
  'runner': undefined,   // testdata/programs/run.mjs
  'modules': undefined,  // paths, separated by spaces
  'work': '',            // default: a new temporary folder
  'jobs': '2',
});

const VARIANTS = [
  [ROUNDTRIP, NO_FALLBACK], ...LEVELS.map((level) => [level]),
  ['-O2', NO_FALLBACK], ['-Oz', NO_FALLBACK],
];

const work = workFolder(options.work, 'programs-judge');
const tally = new Tally();

// Runs a module. `original` is <program>/<program>.<level>.wasm.
async function run(module, original, label) {
  const expected = original.replace(/\.[^./]+\.wasm$/, '.expected');
  const start = performance.now();
  const {code, stdout, stderr} =
      await runProgram(execPath, [options.runner, module, expected]);
  const good = tally.check(
      code === 0, `${label}: ${module} ${expected}: ${code} ${stdout}${stderr}`);
  return {good, ms: performance.now() - start};
}

async function judge({original, args}) {
  const name = basename(original);
  if (!args) return run(original, original, name);
  const label = `${name} ${args.join(' ')}`;
  const module = join(work, label.replace(/[^\w.-]+/g, '_') + '.wasm');
  const {code, stderr} = await runProgram(
      options.weft, ['opt', original, '-o', module, '-q', ...args]);
  if (!tally.check(code === 0, `weft opt ${label}: ${code} ${stderr}`)) {
    return {good: false};
  }
  return run(module, original, label);
}

const originals = options.modules.split(' ').sort();
const tasks = originals.flatMap(
    (original) => [null, ...VARIANTS].map((args) => ({original, args})));
await forEachInParallel(tasks, Number(options.jobs), async (task) => {
  Object.assign(task, await judge(task));
});

// Times include the start of Node and only tell that nothing got out of hand.
printTable([
  ['ms', 'original', ...VARIANTS.map(
      (args) => args.join(' ').replace('--passes=', '')
          .replace(NO_FALLBACK, '(nf)'))],
  ...originals.map((original) => [
    basename(original),
    ...tasks.filter((task) => task.original === original)
        .map(({good, ms}) => good ? Math.round(ms) : 'FAIL'),
  ]),
]);
console.log(`(nf): without fallback; files: ${work}`);
tally.finish();
