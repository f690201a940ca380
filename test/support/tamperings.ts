import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { edit, flipByte } from './damage.js';
import { MIB, put } from './models.js';

const WEIGHTS = 'model.safetensors';

export interface Tampering {
  readonly name: string;
  /** Files that the refusal must name. */
  readonly files: readonly string[];
  /** A word of the refusal. */
  readonly says?: RegExp;
  /** Spoils a copy of the model `pilot-1`. */
  readonly apply: (folder: string) => unknown;
}

/** Every kind of change to a release folder that is no longer the registered one. */
export const TAMPERINGS: readonly Tampering[] = [
  ...bytes('the first bit', (path) => flipByte(path, 0, 0x80)),
  ...bytes('the last bit, with size and times kept', (path) => flipByte(path)),
  ...bytes('one byte less', (path) => edit(path, (content) => content.subarray(0, -1))),
  ...bytes('cut at a chunk', (path) => truncateSync(path, MIB)),
  ...bytes('cut to nothing', (path) => truncateSync(path, 0)),
  ...bytes('one byte more', (path) => edit(path, (content) => Buffer.concat([content, Buffer.alloc(1)]))),
  ...bytes('two chunks exchanged', (path) => edit(path, exchangeChunks)),
  ...bytes('zeros of the same size', (path) => edit(path, (content) => Buffer.alloc(content.length))),
  ...bytes('the weights of another release', (path) => copyFileSync(path.replace(/[^/]+$/, 'README.md'), path)),
  {
    name: 'two files exchanged',
    files: ['config.json', 'README.md'],
    apply: (f) => exchange(f, 'config.json', 'README.md'),
  },
  { name: 'a file removed', files: ['config.json'], apply: (f) => rmSync(`${f}/config.json`) },
  {
    name: 'a folder removed',
    files: ['tokenizer/vocab.txt'],
    apply: (f) => rmSync(`${f}/tokenizer`, { recursive: true }),
  },
  {
    name: 'a file renamed',
    files: ['config2.json', 'config.json'],
    apply: (f) => renameSync(`${f}/config.json`, `${f}/config2.json`),
  },
  {
    name: 'a file renamed by case',
    files: ['Config.json', 'config.json'],
    apply: (f) => renameSync(`${f}/config.json`, `${f}/Config.json`),
  },
  ...extra('more.py'),
  ...extra('.hidden'),
  ...extra('.gitattributes'),
  ...extra('.git/HEAD'),
  ...extra('tokenizer/.git/HEAD'),
  ...extra('tokenizer/.weighbridge/x'),
  ...extra('.Weighbridge/x'),
  ...extra('a/b/c'),
  { name: 'an extra file without bytes', files: ['zero'], apply: (f) => writeFileSync(`${f}/zero`, '') },
  { name: 'a file called .weighbridge', files: ['.weighbridge'], apply: (f) => writeFileSync(`${f}/.weighbridge`, '') },
  {
    name: 'a symlink called .weighbridge',
    files: ['.weighbridge'],
    says: /symlink/,
    apply: (f) => symlinkSync('tokenizer', `${f}/.weighbridge`),
  },
  { name: 'an extra symlink', files: ['link'], says: /symlink/, apply: (f) => symlinkSync('config.json', `${f}/link`) },
  {
    name: 'a symlink to its own folder',
    files: ['tokenizer/up'],
    says: /symlink/,
    apply: (f) => symlinkSync('.', `${f}/tokenizer/up`),
  },
  { name: 'a symlink to an equal copy', files: [WEIGHTS], says: /symlink/, apply: linkToCopy },
  { name: 'a folder that is a symlink to an equal copy', files: ['tokenizer'], says: /symlink/, apply: linkFolder },
  { name: 'a folder instead of a file', files: ['config.json'], apply: folderInstead },
  { name: 'a FIFO instead of a file', files: ['config.json'], says: /FIFO/, apply: fifoInstead },
  {
    name: 'an extra device',
    files: ['null'],
    says: /device/,
    apply: (f) => execFileSync('mknod', [`${f}/null`, 'c', '1', '3']),
  },
  { name: 'an extra socket', files: ['socket'], says: /socket/, apply: (f) => listen(`${f}/socket`) },
  { name: 'an LFS pointer', files: [WEIGHTS], says: /pointer/, apply: (f) => pointer(`${f}/${WEIGHTS}`) },
  {
    name: 'a name that is no UTF-8',
    files: [],
    apply: (f) => writeFileSync(Buffer.concat([Buffer.from(`${f}/`), Buffer.from([0xff, 0xfe])]), 'x'),
  },
  { name: 'a name of escapes and line breaks', files: [], apply: (f) => writeFileSync(`${f}/\u001b[2Jx\ny`, 'x') },
];

function bytes(name: string, apply: (path: string) => unknown): Tampering[] {
  return [{ name, files: [WEIGHTS], apply: (folder) => apply(`${folder}/${WEIGHTS}`) }];
}

function extra(path: string): Tampering[] {
  return [{ name: `an extra ${path}`, files: [path], apply: (folder) => put(`${folder}/${path}`, 'x') }];
}

function exchange(folder: string, a: string, b: string): void {
  renameSync(`${folder}/${a}`, `${folder}/_`);
  renameSync(`${folder}/${b}`, `${folder}/${a}`);
  renameSync(`${folder}/_`, `${folder}/${b}`);
}

function exchangeChunks(content: Buffer): Buffer {
  return Buffer.concat([content.subarray(MIB, 2 * MIB), content.subarray(0, MIB), content.subarray(2 * MIB)]);
}

function linkToCopy(folder: string): void {
  copyFileSync(`${folder}/${WEIGHTS}`, `${folder}.copy`);
  rmSync(`${folder}/${WEIGHTS}`);
  symlinkSync(`${folder}.copy`, `${folder}/${WEIGHTS}`);
}

function linkFolder(folder: string): void {
  renameSync(`${folder}/tokenizer`, `${folder}.tokenizer`);
  symlinkSync(`${folder}.tokenizer`, `${folder}/tokenizer`);
}

function folderInstead(folder: string): void {
  rmSync(`${folder}/config.json`);
  mkdirSync(`${folder}/config.json`);
}

function fifoInstead(folder: string): void {
  rmSync(`${folder}/config.json`);
  execFileSync('mkfifo', [`${folder}/config.json`]);
}

function listen(path: string): Promise<void> {
  return new Promise((done) => void createServer().listen(path, done).unref());
}

function pointer(path: string): void {
  const size = readFileSync(path).length;
  writeFileSync(path, `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize ${size}\n`);
}
