// Pairs of releases to build deltas between, made or fetched once into a folder outside of the checkout.
//   node scripts/bench/delta/pairs.mjs [--cache FOLDER] [NAME...]     without names: lists them
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeBig } from './big-pair.mjs';
import { FLOAT_PAIRS } from './float-pairs.mjs';
import { GGUF_PAIRS } from './gguf-pairs.mjs';
import { INT8_PAIRS } from './int8-pairs.mjs';
import { LLAMA_PAIRS } from './llama-pairs.mjs';
import { PACKAGE_PAIRS } from './package-pairs.mjs';

const MAKERS = { ...PACKAGE_PAIRS, ...LLAMA_PAIRS, ...GGUF_PAIRS, ...INT8_PAIRS, ...FLOAT_PAIRS, big: makeBig };

export const PAIR_NAMES = Object.keys(MAKERS).filter((name) => name !== 'base');
export const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'weighbridge/pairs');

/**
 * @returns paths of a pair's folders and of the one file in each; `from` is undefined for a package without a base, `adapter`
 *   is the file of the adapter where the pair has one
 */
export function pair(name, cache = CACHE) {
  const folder = made(name, cache);
  const side = (part) => (existsSync(join(folder, part)) ? join(folder, part) : undefined);
  const only = (part) => side(part) && join(side(part), readdirSync(side(part))[0]);
  const adapter = side('adapter') && join(side('adapter'), 'adapter_model.safetensors');
  return { name, from: side('from'), to: side('to'), fromFile: only('from'), toFile: only('to'), adapter };
}

/** A folder that is there is whole: it is made beside and renamed. */
function made(name, cache) {
  const folder = join(cache, name);
  if (MAKERS[name] === undefined) throw new Error(`no pair ${name}; there are ${PAIR_NAMES.join(' ')}`);
  if (existsSync(folder)) return folder;
  const part = `${folder}.${process.pid}.part`;
  mkdirSync(part, { recursive: true });
  MAKERS[name]({ folder: part, base: () => made('base', cache) });
  // Another process may have been faster.
  if (existsSync(folder)) rmSync(part, { recursive: true });
  else renameSync(part, folder);
  return folder;
}

function main() {
  const { values, positionals } = parseArgs({ options: { cache: { type: 'string' } }, allowPositionals: true });
  if (positionals.length === 0) console.log(PAIR_NAMES.join('\n'));
  for (const name of positionals) {
    const { fromFile, toFile } = pair(name, values.cache);
    const sizes = [fromFile, toFile].map((file) => (file === undefined ? 'none' : statSync(file).size));
    console.log(`${name.padEnd(14)} ${sizes.join(' → ')}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
