import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OfflineInput, OfflineVerdict } from '@weighbridge/verify/offline';
import { describe, expect, it } from 'vitest';
import { seconds } from '../corpus/times.js';
import { listEntries } from './list-entries.js';
import { makeFolder } from './make-folder.js';
import { EXAMPLE_RELEASE, type ReadVector, readCorpus, text } from './read-corpus.js';

export type VerifyOffline = (input: OfflineInput) => OfflineVerdict;

/** Facts of a claim that a vector may expect. */
const FACTS = [
  'releaseDigest',
  'status',
  'clock',
  'issuedAt',
  'ageSeconds',
  'maxAgeSeconds',
  'number',
  'hash',
  'development',
] as const;

/** Runs an offline verifier over every vector that is a bundle, a trust file and a folder. */
export function offlineSuite(what: string, verifyOffline: VerifyOffline): void {
  const example = listEntries(EXAMPLE_RELEASE);

  describe(`${what}: bundle-v1 and device-state-v1`, () => {
    it.each(
      readCorpus('bundle-v1', 'device-state-v1').map((vector) => [`${vector.format}/${vector.name}`, vector] as const),
    )('%s', (_, vector) => {
      const verdict = judge(verifyOffline, vector, example);
      expect(verdict.outcome, `${vector.says} (${verdict.message})`).toBe(vector.outcome);
      expectFacts(vector, verdict);
      expectState(vector, verdict);
    });
  });

  // A verifier that reads no disk knows the tree of each file alone, and no Git checkout.
  const folders = readCorpus('release-folder').filter(
    ({ given }) => given.allDigests !== true && given.gitCheckout !== true,
  );
  describe(`${what}: release-folder`, () => {
    it.each(folders.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
      const parent = mkdtempSync(join(tmpdir(), 'weighbridge-vector-'));
      try {
        makeFolder(vector, join(parent, 'release'));
        const verdict = judge(verifyOffline, vector, listEntries(join(parent, 'release')));
        expect(verdict.outcome, `${vector.says} (${verdict.message})`).toBe(vector.outcome);
        if ('file' in vector.expected) expect(verdict.details.file).toBe(vector.expected.file);
      } finally {
        rmSync(parent, { recursive: true, force: true });
      }
    });
  });
}

function judge(
  verifyOffline: VerifyOffline,
  { given, file }: ReadVector,
  entries: OfflineInput['entries'],
): OfflineVerdict {
  return verifyOffline({
    bundleBytes: file('bundle.json')!,
    trustBytes: file('trust.json')!,
    stateBytes: file('state.json'),
    hostSeconds: seconds(given.now!),
    wanted: given.release,
    entries,
  });
}

function expectFacts({ expected }: ReadVector, { claim }: OfflineVerdict): void {
  for (const name of FACTS) {
    if (!(name in expected)) continue;
    const value = expected[name];
    expect(claim?.[name], name).toBe(name === 'issuedAt' ? seconds(String(value)) : value);
  }
  if ('release' in expected) expect(claim?.ref.name).toBe(expected.release);
}

/** What the device remembers afterwards: nothing new comes back where nothing is learned. */
function expectState({ file }: ReadVector, { stateBytes }: OfflineVerdict): void {
  const after = file('after.json');
  if (after !== undefined) expect(text(stateBytes ?? file('state.json'))).toBe(text(after));
}
