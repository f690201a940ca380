import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { goldenBytes } from '../../support/golden-stream.js';
import type { FolderRecipe, ReadVector, Step } from './read-corpus.js';

const CHUNK = 1_048_576;

/** Makes the folder of a `release-folder` vector at `root`, whose parent is the vector's own too. */
export function makeFolder({ recipe, folder }: ReadVector, root: string): void {
  const { folder: files, steps } = recipe as FolderRecipe;
  mkdirSync(root, { recursive: true });
  for (const { path, text = '', golden } of files)
    put(join(root, path), golden === undefined ? text : goldenBytes(golden));
  for (const step of steps) STEPS[step.do]!(root, step, folder);
}

type Apply = (root: string, step: Step, vector: string) => void;

const STEPS: Readonly<Record<string, Apply>> = {
  write: (root, step) => put(target(root, step), String(step.text)),
  append: (root, step) => appendFileSync(target(root, step), String(step.text)),
  truncate: (root, step) => truncateSync(target(root, step), Number(step.size)),
  remove: (root, step) => rmSync(target(root, step)),
  move: (root, step) => {
    mkdirSync(dirname(join(root, String(step.to))), { recursive: true });
    renameSync(target(root, step), join(root, String(step.to)));
  },
  flip: (root, step) => {
    const bytes = readFileSync(target(root, step));
    bytes[Number(step.byte)]! ^= 1 << Number(step.bit);
    writeFileSync(target(root, step), bytes);
  },
  exchangeChunks: (root, step) => {
    const bytes = readFileSync(target(root, step));
    const chunk = (index: unknown) => Buffer.from(bytes.subarray(Number(index) * CHUNK, (Number(index) + 1) * CHUNK));
    const [a, b] = [chunk(step.a), chunk(step.b)];
    b.copy(bytes, Number(step.a) * CHUNK);
    a.copy(bytes, Number(step.b) * CHUNK);
    writeFileSync(target(root, step), bytes);
  },
  symlink: (root, step) => symlinkSync(String(step.to), target(root, step)),
  link: (root, step) => linkSync(join(root, String(step.to)), target(root, step)),
  folder: (root, step) => mkdirSync(target(root, step)),
  fifo: (root, step) => execFileSync('mkfifo', [String(target(root, step))]),
  copy: (root, step, vector) => {
    mkdirSync(dirname(join(root, String(step.path))), { recursive: true });
    copyFileSync(join(vector, String(step.file)), target(root, step));
  },
};

/** `path`, or `pathHex` for a name that is no text. */
function target(root: string, step: Step): string | Buffer {
  if (step.path !== undefined) return join(root, step.path);
  return Buffer.concat([Buffer.from(`${root}/`), Buffer.from(String(step.pathHex), 'hex')]);
}

function put(path: string | Buffer, bytes: string | Uint8Array): void {
  if (typeof path === 'string') mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
