import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { expectOutcome } from '../support/command-line.js';
import { expectMembers, layOut, sampled, verify } from './runner/command-line.js';
import { makeFolder } from './runner/make-folder.js';
import { type ReadVector, readCorpus, text } from './runner/read-corpus.js';

const root = mkdtempSync(join(tmpdir(), 'weighbridge-vectors-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('weighbridge verify', () => {
  it.each(readCorpus('release-folder').map((vector) => [vector.name, vector] as const))('%s', async (name, vector) => {
    const folder = join(root, name);
    makeFolder(vector, join(folder, 'release'));
    await verify(vector, join(folder, 'release'), folder);
    rmSync(folder, { recursive: true, force: true });
  });
});

// A trust file that comes by itself has no command in this version.
describe('weighbridge trust import', () => {
  const byHand = readCorpus('trust-v1').filter(({ given }) => given.how !== 'update');
  it.each(sampled(byHand).map((vector) => [vector.name, vector] as const))('%s', async (name, vector) => {
    const home = layOutHome(vector, join(root, 'import', name));
    const reset = (vector.given.reset ?? []).flatMap((model) => ['--reset', model]);
    expectMembers(
      vector,
      await expectOutcome(vector.outcome, ['trust', 'import', join(root, 'import', name, 'trust.json'), ...reset], {
        home,
      }),
    );
    expectFile(join(home, 'trust.json'), vector.file(vector.outcome === 'OK' ? 'trust.json' : 'present.json'));
    expectFile(join(home, 'device-state.json'), vector.file('after.json'));
  });
});

/** A home folder with the trust file and the state that the device has already. */
function layOutHome(vector: ReadVector, folder: string): string {
  const home = join(folder, 'home');
  layOut(vector, folder, 'trust.json');
  layOut(vector, home, 'present.json', 'state.json');
  for (const [from, to] of [
    ['present.json', 'trust.json'],
    ['state.json', 'device-state.json'],
  ] as const) {
    if (existsSync(join(home, from))) renameSync(join(home, from), join(home, to));
  }
  return home;
}

function expectFile(path: string, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) expect(existsSync(path)).toBe(false);
  else expect(readFileSync(path, 'utf8')).toBe(text(bytes));
}
