// The scripts of the official test suite as modules and commands.

import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {fatal, runProgram} from './judging.mjs';
import {unfoldTry} from './spec_legacy_text.mjs';

// Folders that are no part of what weft knows.
export const EXCLUDED = ['proposals/custom-descriptors'];

// Returns the paths, below `suite`, of all scripts whose path contains `only`.
export function scriptPaths(suite, only) {
  return readdirSync(suite, {recursive: true})
      .filter((path) => path.endsWith('.wast') && path.includes(only))
      .filter((path) => !EXCLUDED.some((folder) => path.startsWith(folder)))
      .sort();
}

// Converts a script into a folder of `work`, unless that holds the conversion
// of the same text. Returns the path of the JSON; modules lie beside it.
export async function convertScript(wasmTools, suite, path, work) {
  const folder = join(work, path.slice(0, -'.wast'.length));
  const json = join(folder, 'script.json');
  const stamp = join(folder, 'sha256');
  const original = readFileSync(join(suite, path), 'utf8');
  const hash = createHash('sha256').update(original).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return json;
  rmSync(folder, {recursive: true, force: true});
  mkdirSync(folder, {recursive: true});
  const text = path.startsWith('legacy/') ? unfoldTry(original) : original;
  const wast = join(folder, 'script.wast');
  writeFileSync(wast, text);
  const {code, stderr} = await runProgram(
      wasmTools, ['json-from-wast', wast, '-o', json, '--wasm-dir', folder]);
  if (code !== 0) fatal(`${path}: json-from-wast: ${stderr}`);
  writeFileSync(stamp, hash);
  return json;
}
