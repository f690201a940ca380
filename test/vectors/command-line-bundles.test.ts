import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { expectOutcome } from '../support/command-line.js';
import { layOut, sampled, verify } from './runner/command-line.js';
import { EXAMPLE_RELEASE, readCorpus } from './runner/read-corpus.js';

const root = mkdtempSync(join(tmpdir(), 'weighbridge-vectors-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('weighbridge verify', () => {
  it.each(
    sampled(readCorpus('bundle-v1', 'device-state-v1')).map(
      (vector) => [`${vector.format}/${vector.name}`, vector] as const,
    ),
  )('%s', async (name, vector) => {
    await verify(vector, EXAMPLE_RELEASE, join(root, name));
  });
});

// What a bundle proves is not asked here: only what cannot be read is refused.
describe('weighbridge bundle inspect', () => {
  const read = readCorpus('bundle-v1').filter(({ outcome }) =>
    ['OK', 'MALFORMED', 'LIMIT', 'UNTRUSTED'].includes(outcome),
  );
  it.each(sampled(read).map((vector) => [vector.name, vector] as const))('%s', async (name, vector) => {
    const folder = join(root, 'inspect', name);
    layOut(vector, folder, 'bundle.json');
    const outcome = ['MALFORMED', 'LIMIT'].includes(vector.outcome) ? vector.outcome : 'OK';
    await expectOutcome(outcome, ['bundle', 'inspect', join(folder, 'bundle.json')], { home: join(folder, 'home') });
  });
});
