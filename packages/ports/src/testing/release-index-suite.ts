import type { Digest, ModelName, ReleaseName } from '@weighbridge/core/brands';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuditEntry, IndexedRelease, ReleaseIndex } from '../release-index.js';

/** Where an index keeps its rows. */
export interface ReleaseIndexPlace {
  readonly index: ReleaseIndex;
  /** An index that knows nothing but what the first one left; that stays open. */
  reopen(): Promise<ReleaseIndex>;
  dispose(): Promise<void>;
}

function release(model: string, versionCode: number): IndexedRelease {
  return {
    release: `${model}@${versionCode}.0` as ReleaseName,
    model: model as ModelName,
    version: `${versionCode}.0`,
    versionCode,
    releaseDigest: 'ab'.repeat(64) as Digest,
    contentDigest: null,
    status: 'pending',
    reason: null,
    approvals: [],
    threshold: 1,
    files: 2,
    bytes: 3,
    channels: [],
  };
}

const FULL: IndexedRelease = {
  ...release('acme/pilot', Number.MAX_SAFE_INTEGER),
  contentDigest: 'cd'.repeat(64) as Digest,
  status: 'revoked',
  reason: 'Ünsafe; \'"--\u2028',
  approvals: [
    { key: '0x1', role: 'legal', at: '2026-01-01T00:00:00Z' },
    { key: '0x2', role: 'security', at: null },
  ],
  bytes: Number.MAX_SAFE_INTEGER,
  channels: ['git-lfs', 'ipfs'],
};
/** By model, then by version code as a number. */
const SORTED = [release('acme/a', 2), release('acme/a', 10), release('acme/a-b', 1), release('zeta/a', 1)];
const UNSORTED = [SORTED[3]!, SORTED[1]!, SORTED[0]!, SORTED[2]!];

/** What every ReleaseIndex must do. */
export function releaseIndexSuite(name: string, setup: () => Promise<ReleaseIndexPlace>): void {
  describe(`ReleaseIndex: ${name}`, () => {
    let place: ReleaseIndexPlace;
    let index: ReleaseIndex;
    beforeEach(async () => {
      place = await setup();
      index = place.index;
    });
    afterEach(() => place.dispose());

    test('an empty one has nothing', async () => {
      expect(await index.count()).toBe(0);
      expect(await index.list({ limit: 10 })).toEqual([]);
      expect(await index.get(FULL.release)).toBeUndefined();
      expect(await index.auditLog(10)).toEqual([]);
      await index.put([]);
      await index.rebuild([]);
    });

    test('what was put is there as it was, for others too', async () => {
      await index.put([FULL]);
      expect(await index.get(FULL.release)).toEqual(FULL);
      expect(await (await place.reopen()).get(FULL.release)).toEqual(FULL);
    });

    test('a row put again replaces the first, all of it', async () => {
      await index.put([FULL]);
      const changed: IndexedRelease = { ...release('acme/pilot', 7), release: FULL.release };
      await index.put([changed]);
      expect(await index.get(FULL.release)).toEqual(changed);
      expect(await index.count()).toBe(1);
    });

    test('rows are sorted by model, then version code', async () => {
      await index.put(UNSORTED);
      expect(await index.list({ limit: 10 })).toEqual(SORTED);
      expect(await index.list({ model: 'acme/a' as ModelName, limit: 10 })).toEqual(SORTED.slice(0, 2));
      expect(await index.list({ model: 'acme/none' as ModelName, limit: 10 })).toEqual([]);
    });

    test('pages go on where the last one ended', async () => {
      await index.put(UNSORTED);
      const pages: IndexedRelease[] = [];
      for (let after: ReleaseName | undefined; ; ) {
        const page = await index.list({ ...(after === undefined ? {} : { after }), limit: 1 });
        if (page.length === 0) break;
        expect(page).toHaveLength(1);
        pages.push(...page);
        after = page[0]!.release;
      }
      expect(pages).toEqual(SORTED);
      const model = 'acme/a' as ModelName;
      expect(await index.list({ model, after: SORTED[0]!.release, limit: 10 })).toEqual([SORTED[1]]);
      expect(await index.list({ model, after: SORTED[1]!.release, limit: 10 })).toEqual([]);
    });

    test('going on after what is not there is USAGE', async () => {
      await index.put(UNSORTED);
      await expect(index.list({ after: FULL.release, limit: 1 })).rejects.toMatchObject({ code: 'USAGE' });
    });

    test('rebuilding leaves the given rows and the audit log', async () => {
      const entry: AuditEntry = { at: 1, actor: 'cli', action: 'register', subject: 'a', outcome: 'OK' };
      await index.audit(entry);
      await index.put([FULL]);
      await index.rebuild(UNSORTED);
      expect(await index.list({ limit: 10 })).toEqual(SORTED);
      expect(await index.auditLog(10)).toEqual([entry]);
    });

    test('a mark goes with the rows, and a rebuild without one forgets it', async () => {
      expect(await index.mark()).toBeUndefined();
      await index.put([], 'one');
      await index.put([]);
      expect(await index.mark()).toBe('one');
      await index.rebuild([], 'two');
      expect(await index.mark()).toBe('two');
      await index.rebuild([]);
      expect(await index.mark()).toBeUndefined();
    });

    test('thousands of rows are rebuilt at once', async () => {
      const rows = Array.from({ length: 3000 }, (_, code) => release('acme/many', code + 1));
      await index.rebuild(rows);
      expect(await index.count()).toBe(3000);
      expect(await index.list({ limit: 3000 })).toEqual(rows);
    });

    test('others see all of a rebuild or nothing', async () => {
      const [before, after] = [1, 2].map((threshold) =>
        Array.from({ length: 1200 }, (_, code) => ({ ...release('acme/many', code + 1), threshold })),
      );
      await index.rebuild(before!);
      const other = await place.reopen();
      let writes = true;
      const writing = index.rebuild(after!).finally(() => {
        writes = false;
      });
      do {
        const rows = await other.list({ limit: 2000 });
        expect(rows).toHaveLength(1200);
        expect(new Set(rows.map(({ threshold }) => threshold)).size).toBe(1);
      } while (writes);
      await writing;
      expect((await other.list({ limit: 1 }))[0]?.threshold).toBe(2);
    });

    test('two writers at once both succeed', async () => {
      const other = await place.reopen();
      const rows = Array.from({ length: 40 }, (_, code) => release('acme/many', code + 1));
      await Promise.all(rows.map((row, at) => (at % 2 === 0 ? index : other).put([row])));
      expect(await index.count()).toBe(40);
    });

    test('the audit log is the newest first, whatever the clock said', async () => {
      const entries = [5, 9, 1].map((at) => ({ at, actor: `a${at}`, action: 'b', subject: 'c\nd', outcome: 'OK' }));
      for (const entry of entries) await index.audit(entry);
      expect(await index.auditLog(2)).toEqual([entries[2], entries[1]]);
      expect(await (await place.reopen()).auditLog(10)).toEqual([...entries].reverse());
    });
  });
}
