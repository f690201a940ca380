import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '@weighbridge/core/brands';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeltaRecord } from './delta-record.js';
import { createDeltaShelf, type DeltaShelf } from './delta-shelf.js';

const DIGEST = 'ab'.repeat(64) as Digest;
const RECORD: DeltaRecord = {
  packageDigest: DIGEST,
  from: null,
  release: 'acme/pilot@1',
  versionCode: 1,
  sealedAt: 1,
  totalBytes: 7,
  base: null,
  target: 'cd'.repeat(64),
  files: [],
  bundle: DIGEST,
  channels: [],
};
const never = new AbortController().signal;
let folder: string;
let shelf: DeltaShelf;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'delta-shelf-')), 'deltas');
  shelf = createDeltaShelf(folder);
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

async function keep(): Promise<void> {
  const bench = await shelf.openBench(never);
  const draft = await bench.draft();
  await draft.append(Buffer.from('body'));
  await (await draft.seal(Buffer.from('the'))).close();
  await draft.publish();
  await draft.close();
  await bench.keep(RECORD);
  await bench.remove();
}

describe('packages', () => {
  it('lie under their digests with a record, and nothing else stays', async () => {
    expect(await shelf.list()).toEqual([]);
    expect(await shelf.record(DIGEST)).toBeUndefined();
    await keep();
    expect(await shelf.list()).toEqual([DIGEST]);
    expect(await shelf.record(DIGEST)).toEqual(RECORD);
    const file = await shelf.open(DIGEST);
    expect(Buffer.from(await file.readStart(10)).toString()).toBe('thebody');
    await file.close();
    expect(readdirSync(join(folder, 'work'))).toEqual([]);
  });

  it('are gone when they are removed', async () => {
    await keep();
    await shelf.remove(DIGEST);
    await shelf.remove(DIGEST);
    expect(await shelf.list()).toEqual([]);
    expect(readdirSync(folder)).toEqual(['work']);
  });

  it.each([
    ['no JSON', '{'],
    ['of another package', JSON.stringify({ ...RECORD, packageDigest: 'cd'.repeat(64) })],
    ['without its release', JSON.stringify({ ...RECORD, release: undefined })],
  ])('with a record that is %s are as if they were not there', async (_, text) => {
    await keep();
    writeFileSync(join(folder, `${DIGEST}.json`), text);
    expect(await shelf.record(DIGEST)).toBeUndefined();
  });

  it('are not read through a symlink', async () => {
    mkdirSync(folder, { recursive: true });
    symlinkSync('/etc/passwd', join(folder, `${DIGEST}.wbdelta`));
    await expect(shelf.open(DIGEST)).rejects.toMatchObject({ code: 'TAMPERED' });
  });
});

describe('documents', () => {
  it('come back as they were put, or not at all', async () => {
    const digest = await shelf.plans.put(Buffer.from('{}'));
    expect(Buffer.from((await shelf.plans.get(digest))!).toString()).toBe('{}');
    expect(await shelf.bundles.get(digest)).toBeUndefined();
    writeFileSync(join(folder, 'plans', `${digest}.json`), '{"x":1}');
    expect(await shelf.plans.get(digest)).toBeUndefined();
  });

  it('are dropped when they are older than any bundle is good', async () => {
    const old = await shelf.plans.put(Buffer.from('old'));
    utimesSync(join(folder, 'plans', `${old}.json`), 0, Date.now() / 1000 - 41 * 86_400);
    const kept = await shelf.plans.put(Buffer.from('recent'));
    utimesSync(join(folder, 'plans', `${kept}.json`), 0, Date.now() / 1000 - 39 * 86_400);
    await shelf.plans.put(Buffer.from('new'));
    expect(await shelf.plans.get(old)).toBeUndefined();
    expect(await shelf.plans.get(kept)).toBeDefined();
  });
});
