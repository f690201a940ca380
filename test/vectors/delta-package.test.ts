import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { DeltaScene } from '@weighbridge/journeys/testing/delta-scene';
import { FakeFetchPlace } from '@weighbridge/ports/testing/fake-fetch-place';
import { afterAll, describe, expect, it } from 'vitest';
import { expectOutcome } from '../support/command-line.js';
import { goldenBytes } from '../support/golden-stream.js';
import { expectMembers, sampled } from './runner/command-line.js';
import { type ReadVector, readCorpus } from './runner/read-corpus.js';

const vectors = readCorpus('delta-v1');

describe('delta-v1', () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', async (_, vector) => {
    const place = new FakeFetchPlace();
    const outcome = await applied(vector, place);
    expect(outcome.code, vector.says).toBe(vector.outcome);
    expect(place.isFinished).toBe(vector.outcome === 'OK');
    for (const name of ['file', 'chunk'])
      if (name in vector.expected) expect(outcome.details[name], name).toBe(vector.expected[name]);
    if (vector.outcome !== 'OK') return;
    const written = [...place.files].filter(([path]) => !path.startsWith('.weighbridge/'));
    expect(Object.fromEntries(written.map(([path, bytes]) => [path, sha3(bytes)]))).toEqual(vector.expected.files);
    expect(place.files.has('.weighbridge/bundle.json')).toBe('release' in vector.expected);
  });
});

async function applied(vector: ReadVector, place: FakeFetchPlace) {
  try {
    await new DeltaScene().apply(vector.file('package.wbdelta')!, baseOf(vector), place);
    return { code: 'OK', details: {} as Readonly<Record<string, unknown>> };
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return { code: error.code, details: error.details as Readonly<Record<string, unknown>> };
  }
}

/** Texts, and lengths of the golden stream. */
function baseOf({ given }: ReadVector): Record<string, Uint8Array> | undefined {
  const base = given.base as Record<string, string | number> | undefined;
  if (base === undefined) return undefined;
  const bytes = (content: string | number) =>
    typeof content === 'number' ? goldenBytes(content) : Buffer.from(content);
  return Object.fromEntries(Object.entries(base).map(([path, content]) => [path, new Uint8Array(bytes(content))]));
}

function sha3(bytes: Uint8Array): string {
  return createHash('sha3-512').update(bytes).digest('hex');
}

const root = mkdtempSync(join(tmpdir(), 'weighbridge-vectors-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('weighbridge delta apply', () => {
  it.each(sampled(vectors).map((vector) => [vector.name, vector] as const))('%s', async (name, vector) => {
    const at = (path: string) => join(root, name, path);
    const put = (path: string, bytes: Uint8Array) => {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), bytes);
    };
    put('package.wbdelta', vector.file('package.wbdelta')!);
    const base = baseOf(vector);
    for (const [path, bytes] of Object.entries(base ?? {})) put(`base/${path}`, bytes);
    const words = ['delta', 'apply', at('package.wbdelta'), '--to', at('to')];
    const line = base === undefined ? words : [...words, '--base', at('base')];
    const ended = await expectOutcome(vector.outcome, line, { home: at('home') });
    expectMembers(vector, ended);
    expect(existsSync(at('to'))).toBe(vector.outcome === 'OK');
    for (const [path, digest] of Object.entries((vector.expected.files ?? {}) as Record<string, string>))
      expect(sha3(readFileSync(at(`to/${path}`))), path).toBe(digest);
  });
});
