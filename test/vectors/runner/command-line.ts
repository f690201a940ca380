import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Ended, expectOutcome } from '../../support/command-line.js';
import { type ReadVector, text } from './read-corpus.js';

/** Each costs a third of a second, and the packages read them all: `VECTORS=all` takes all of them through here too. */
const ONE_IN = process.env.VECTORS === 'all' ? 1 : 8;

/** The host clock of a vector, standing still: an age is exact to the second. The time since start-up goes on. */
export function atTime(now: string): { under: readonly string[]; env: Readonly<Record<string, string>> } {
  const local = now.replace('T', ' ').replace('Z', '');
  return {
    under: ['faketime', '-f', local],
    // Older and newer releases of libfaketime want different names.
    env: { TZ: 'UTC', DONT_FAKE_MONOTONIC: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' },
  };
}

/** The first and then every eighth vector of each format and outcome. */
export function sampled(vectors: readonly ReadVector[]): ReadVector[] {
  const counts = new Map<string, number>();
  return vectors.filter(({ format, outcome }) => {
    const count = counts.get(`${format} ${outcome}`) ?? 0;
    counts.set(`${format} ${outcome}`, count + 1);
    return count % ONE_IN === 0;
  });
}

/** Writes the files of a vector as a user has them: those that a recipe makes too. */
export function layOut({ file }: ReadVector, folder: string, ...names: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const bytes = file(name);
    if (bytes !== undefined) writeFileSync(join(folder, name), bytes);
  }
}

/** `weighbridge verify` with everything that the vector gives, in a folder of its own. */
export async function verify(vector: ReadVector, release: string, folder: string): Promise<Ended> {
  layOut(vector, folder, 'bundle.json', 'trust.json', 'state.json');
  const { given } = vector;
  const at = (name: string) => join(folder, name);
  const flags = [
    ...(given.release === undefined ? [] : ['--release', given.release]),
    ...(given.allDigests === true ? ['--all-digests'] : []),
    ...(given.gitCheckout === true ? ['--git-checkout'] : []),
  ];
  const args = [
    'verify',
    release,
    '--bundle',
    at('bundle.json'),
    '--trust',
    at('trust.json'),
    '--state',
    at('state.json'),
    ...flags,
  ];
  const ended = await expectOutcome(vector.outcome, args, { home: at('home'), ...atTime(given.now!) });
  expectMembers(vector, ended);
  const after = vector.file('after.json');
  if (after !== undefined) expect(readFileSync(at('state.json'), 'utf8')).toBe(text(after));
  else if (vector.outcome !== 'OK' && vector.outcome !== 'REVOKED')
    expect(existsSync(at('state.json'))).toBe(vector.file('state.json') !== undefined);
  return ended;
}

const MEMBERS = [
  'release',
  'releaseDigest',
  'status',
  'clock',
  'ageSeconds',
  'development',
  'file',
  'chunk',
  'version',
  'models',
  'threshold',
];

/** `null` in a vector means that the member must be absent. */
export function expectMembers({ expected }: ReadVector, { answer }: Ended): void {
  for (const name of MEMBERS) {
    if (name in expected) expect(answer[name] ?? null, name).toEqual(expected[name]);
  }
}
