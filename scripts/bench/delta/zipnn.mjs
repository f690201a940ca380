// ZipNN, which knows what floats are: a file alone and its exclusive or with the base, matched by offset.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('zipnn-size.py', import.meta.url));
const DTYPES = { 'unrelated-f16': 'float16', 'unrelated-f32': 'float32', r1: 'float32', r3: 'float16' };

/** @returns rows `{tool, bytes, aware}`; none, and a word about it, when it cannot be installed */
export function zipnnRows({ name, fromFile, toFile }, cache) {
  const python = installed(join(cache, 'zipnn-venv'));
  if (python === undefined) return [];
  const size = (...more) => {
    const { status, stdout, stderr } = spawnSync(python, [SCRIPT, toFile, DTYPES[name] ?? 'bfloat16', ...more], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return Number(stdout);
  };
  const alone = { tool: 'ZipNN, no base', bytes: size(), aware: true };
  return fromFile === undefined ? [alone] : [alone, { tool: 'ZipNN delta', bytes: size(fromFile), aware: true }];
}

function installed(folder) {
  const python = join(folder, 'bin/python');
  const pip = (...words) => [python, ['-m', 'pip', 'install', '--quiet', ...words]];
  const steps = [['python3', ['-m', 'venv', folder]], pip('numpy', 'zstandard'), pip('--no-deps', 'zipnn==0.5.4')];
  if (existsSync(python)) return python;
  for (const [program, words] of steps) {
    if (spawnSync(program, words, { stdio: 'inherit' }).status === 0) continue;
    console.error(`ZipNN NOT RUN: ${program} ${words.join(' ')} failed`);
    return undefined;
  }
  return python;
}
