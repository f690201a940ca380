import { isWeighbridgeError } from '@weighbridge/core/errors';
import { codecOf } from '@weighbridge/delta/operations';
import { joinFields, tableFields, withField } from '@weighbridge/delta/testing/package-fields';
import { digest32, samplePackage, sealPackage } from '@weighbridge/delta/testing/sample-package';
import { leb128 } from '@weighbridge/delta/testing/spellings';
import { writeTable } from '@weighbridge/delta/write-table';
import { FakeFetchPlace } from '@weighbridge/ports/testing/fake-fetch-place';
import { FakePackageDraft } from '@weighbridge/ports/testing/fake-package-draft';
import { FakeReleaseFolder } from '@weighbridge/ports/testing/fake-release-folder';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DeltaScene, type Files } from './testing/delta-scene.js';

const MIB = 1_048_576;
const bytes = (length: number, first: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (first + at * 7 + (at >> 8) * 13) & 0xff);

const BASE: Files = { 'a.bin': bytes(300, 1), 'b/c.bin': bytes(MIB - 10, 2), empty: '' };
const TARGET: Files = { 'a.bin': bytes(310, 1), 'b/c.bin': bytes(MIB + 10, 2), d: 'new', empty: '' };
const REFUSED = /^(MALFORMED|TAMPERED|LIMIT|WRONG_ARTIFACT)$/;

const scene = new DeltaScene();
const code = (task: Promise<unknown>): Promise<string> =>
  task.then(
    () => 'OK',
    (error: unknown) => {
      if (!isWeighbridgeError(error)) throw error;
      return error.code;
    },
  );

/** A small package of RAW and COPY, made by hand. */
const SMALL_BASE = [
  { path: 'a', bytes: bytes(100, 5) },
  { path: 'b', bytes: bytes(50, 9) },
];
const SMALL_TARGET = [
  { path: 'a', bytes: bytes(100, 5), pieces: [{ length: 100, source: { file: 0, offset: 0 } }] },
  {
    path: 'c',
    bytes: Buffer.concat([bytes(50, 9), bytes(20, 200)]),
    pieces: [{ length: 50, source: { file: 1, offset: 0 } }, { length: 20 }],
  },
  { path: 'd', bytes: bytes(30, 77) },
];
const SMALL = samplePackage(SMALL_BASE, SMALL_TARGET);
const SMALL_FILES = filesOf(SMALL_BASE);
const SMALL_BYTES = sealPackage(writeTable(SMALL.table), SMALL.body);

function filesOf(list: readonly { path: string; bytes: Uint8Array }[]): Record<string, Uint8Array> {
  return Object.fromEntries(list.map((file) => [file.path, new Uint8Array(file.bytes)]));
}

function expectTarget(place: FakeFetchPlace, target: Files): void {
  expect([...place.files.keys()].sort()).toEqual(Object.keys(target).sort());
  for (const [path, content] of Object.entries(target))
    expect(Buffer.from(place.files.get(path)!).equals(Buffer.from(content)), path).toBe(true);
}

describe('a package that was built', () => {
  it.each<[string, Files | undefined, Files]>([
    ['between folders', BASE, TARGET],
    ['backwards', TARGET, BASE],
    ['between equal folders', BASE, BASE],
    ['out of nothing', undefined, TARGET],
    ['of empty files', undefined, { a: '', b: '' }],
    ['out of empty files', { x: '' }, { a: 'a' }],
  ])('%s gives the target', async (_, from, to) => {
    const { draft, report } = await scene.build(from, to);
    expect(report.totalBytes).toBe(draft.published!.length);
    const place = await scene.apply(draft.published!, from);
    expectTarget(place, to);
    expect([place.isFinished, place.isClosed]).toEqual([true, true]);
  });

  it('is the same each time', async () => {
    const again = await scene.build(BASE, TARGET);
    expect(Buffer.from((await shared()).bytes).equals(again.draft.bytes)).toBe(true);
  });

  it('costs little where nothing changed', async () => {
    const { report } = await scene.build(BASE, BASE);
    expect(report.files.reduce((sum, file) => sum + file.bytes, 0)).toBeLessThan(500);
  });
});

describe('a package that was made by hand', () => {
  it('gives the target', async () => {
    expectTarget(await scene.apply(SMALL_BYTES, SMALL_FILES), filesOf(SMALL_TARGET));
  });

  it('cut at each byte is MALFORMED', async () => {
    for (let length = 0; length < SMALL_BYTES.length; length += 1) {
      const place = new FakeFetchPlace();
      expect(await code(scene.apply(SMALL_BYTES.subarray(0, length), SMALL_FILES, place)), `${length}`).toBe(
        'MALFORMED',
      );
      expect(place.files.size).toBe(0);
    }
    expect(await code(scene.apply(Uint8Array.of(...SMALL_BYTES, 0), SMALL_FILES))).toBe('MALFORMED');
  });

  it('with any bit flipped is refused', async () => {
    for (let bit = 0; bit < SMALL_BYTES.length * 8; bit += 5) {
      const flipped = SMALL_BYTES.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const place = new FakeFetchPlace();
      expect(await code(scene.apply(flipped, SMALL_FILES, place)), `bit ${bit}`).toMatch(REFUSED);
      expect(place.isFinished, `bit ${bit}`).toBe(false);
    }
  });
});

describe('each link of the chain, broken alone', () => {
  const fields = tableFields(SMALL.table);
  const flip = (content: Uint8Array) => Uint8Array.of(content[0]! ^ 1, ...content.subarray(1));
  const sealed = (name: string, change: (content: Uint8Array) => Uint8Array, body = SMALL.body) =>
    sealPackage(joinFields(withField(fields, name, change)), body);
  const apply = async (package_: Uint8Array) => {
    const place = new FakeFetchPlace();
    const outcome = await code(scene.apply(package_, SMALL_FILES, place));
    expect(place.isFinished).toBe(outcome === 'OK');
    return outcome;
  };

  it('the table, under the old digest: TAMPERED', async () => {
    const table = joinFields(fields);
    const tableDigest = SMALL_BYTES.slice(32, 96);
    expect(await apply(sealPackage(flip(table), SMALL.body, { tableDigest }))).toBe('TAMPERED');
    expect(await apply(sealPackage(table, SMALL.body, { tableDigest: flip(tableDigest) }))).toBe('TAMPERED');
  });

  it('the digest of a payload, the payload: TAMPERED', async () => {
    expect(await apply(sealed('payloads.1.0.digest', flip))).toBe('TAMPERED');
    expect(await apply(sealPackage(joinFields(fields), flip(SMALL.body)))).toBe('TAMPERED');
  });

  it('a payload under its own new digest: MALFORMED, or TAMPERED by the leaf', async () => {
    const [first, second] = [SMALL.payloads[1]![0]!, SMALL.payloads[2]![0]!];
    const withFirst = (payload: Uint8Array) =>
      sealed('payloads.1.0.digest', () => digest32(payload), Buffer.concat([payload, second]));
    expect(await apply(withFirst(first))).toBe('OK');
    for (let at = 0; at < first.length; at += 1) {
      const payload = first.slice();
      payload[at]! ^= 0x11;
      expect(await apply(withFirst(payload)), `byte ${at}`).toBe(at === 0 ? 'MALFORMED' : 'TAMPERED');
    }
  });

  it('another source of the same size: TAMPERED by the leaf', async () => {
    expect(await apply(sealed('pieces.1.offset', () => leb128(0n)))).toBe('OK');
    expect(await apply(sealed('pieces.1.file', () => leb128(0n)))).toMatch(/^(TAMPERED|MALFORMED)$/);
  });

  it('the leaf, with the content digest made to fit: TAMPERED', async () => {
    const other = samplePackage(SMALL_BASE, [SMALL_TARGET[0]!, SMALL_TARGET[1]!, { path: 'd', bytes: bytes(30, 78) }]);
    const table = {
      ...other.table,
      targetFiles: other.table.targetFiles.map((file, index) => ({
        ...file,
        payloads: SMALL.table.targetFiles[index]!.payloads,
      })),
    };
    expect(await apply(sealPackage(writeTable(table), SMALL.body))).toBe('TAMPERED');
  });

  it('another base: WRONG_ARTIFACT before anything is opened', async () => {
    const wrong = [
      { ...SMALL_FILES, b: bytes(50, 10) },
      { ...SMALL_FILES, b: bytes(51, 9) },
      { a: SMALL_FILES.a! },
      { ...SMALL_FILES, c: 'more' },
      filesOf(SMALL_TARGET),
      {},
    ];
    for (const base of wrong) {
      const openPlace = vi.fn();
      expect(
        await code(
          scene.apply(SMALL_BYTES, base, {
            get open() {
              return openPlace();
            },
          } as never),
        ),
      ).toBe('WRONG_ARTIFACT');
      expect(openPlace).not.toHaveBeenCalled();
    }
    const folder = new FakeReleaseFolder(SMALL_FILES);
    folder.remove('b');
    folder.putOther('b', 'symlink');
    expect(await code(scene.apply(SMALL_BYTES, folder))).toBe('WRONG_ARTIFACT');
    expect(await code(scene.apply(SMALL_BYTES, new FakeReleaseFolder({ ...SMALL_FILES, '.weighbridge/x': 'y' })))).toBe(
      'OK',
    );
  });
});

describe('a base that changes after it was proven', () => {
  it('is found out by the leaf', async () => {
    const folder = new FakeReleaseFolder(SMALL_FILES);
    const open = folder.open.bind(folder);
    folder.open = async (path) => {
      const file = await open(path);
      return { ...file, readInto: (_, into) => into.fill(0) };
    };
    const place = new FakeFetchPlace();
    expect(await code(scene.apply(SMALL_BYTES, folder, place))).toBe('TAMPERED');
    expect(place.isFinished).toBe(false);
  });
});

let built: Promise<FakePackageDraft> | undefined;
/** The package from BASE to TARGET, built once. */
function shared(): Promise<FakePackageDraft> {
  built ??= scene.build(BASE, TARGET).then(({ draft }) => draft);
  return built;
}

describe('a run that was broken off', () => {
  it('goes on after any chunk, and writes none twice', async () => {
    const draft = await shared();
    const all = (await scene.apply(draft.bytes, BASE)).written;
    for (let power = 0; power < all.length; power += 1) {
      const place = new FakeFetchPlace();
      place.powerFor = power;
      await expect(scene.apply(draft.bytes, BASE, place)).rejects.toThrow('the power is gone');
      expect([place.isFinished, place.isClosed]).toEqual([false, true]);
      place.powerFor = Number.POSITIVE_INFINITY;
      await scene.apply(draft.bytes, BASE, place);
      expect([...place.written].sort()).toEqual([...all].sort());
      expectTarget(place, TARGET);
    }
  });

  it('is not believed: what lies there is digested', async () => {
    const draft = await shared();
    const place = await scene.apply(draft.bytes, BASE);
    place.files.get('b/c.bin')![MIB + 3]! ^= 1;
    place.written.length = 0;
    await scene.apply(draft.bytes, BASE, place);
    expect(place.written).toEqual(['b/c.bin:1']);
    expectTarget(place, TARGET);
  });

  it('by the signal writes nothing more', async () => {
    const draft = await shared();
    const stopped = new DeltaScene();
    const place = new FakeFetchPlace();
    place.disk = (chunk) => {
      stopped.abort.abort();
      return chunk;
    };
    await expect(stopped.apply(draft.bytes, BASE, place)).rejects.toThrow();
    expect(place.written.length).toBeLessThan(3);
    expect(place.isFinished).toBe(false);
  });
});

describe('a disk', () => {
  it('that is full is found out before anything is written', async () => {
    const place = new FakeFetchPlace();
    place.freeBytes = MIB;
    const draft = await shared();
    expect(await code(scene.apply(draft.bytes, BASE, place))).toBe('IO');
    expect(place.written).toEqual([]);
  });

  it('that reads back otherwise is IO, and nothing appears', async () => {
    const place = new FakeFetchPlace();
    place.disk = (chunk) => chunk.fill(0, 0, 1);
    expect(await code(scene.apply(SMALL_BYTES, SMALL_FILES, place))).toBe('IO');
    expect(place.isFinished).toBe(false);
  });
});

describe('the check of a package that was just built', () => {
  afterEach(() => vi.restoreAllMocks());

  it('finds a broken encoder, and nothing is published', async () => {
    const raw = codecOf(1);
    vi.spyOn(raw, 'encode').mockImplementation((target) => target.map((byte) => byte ^ 1));
    const draft = new FakePackageDraft();
    expect(await code(scene.build(undefined, { a: 'text' }, draft))).toMatch(/^(INTERNAL|TAMPERED|MALFORMED)$/);
    expect(draft.published).toBeUndefined();
  });

  it('finds a disk that changed it', async () => {
    const draft = new FakePackageDraft();
    draft.disk = (content) => content.map((byte, at) => (at === content.length - 1 ? byte ^ 1 : byte));
    expect(await code(scene.build(undefined, { a: bytes(5000, 3) }, draft))).toMatch(/^(INTERNAL|TAMPERED|MALFORMED)$/);
    expect(draft.published).toBeUndefined();
  });

  it('is BUSY when a source was changed meanwhile', async () => {
    const own = new DeltaScene();
    const folder = new FakeReleaseFolder({ a: 'text' });
    const side = await own.side(folder);
    const { buildPackage } = await import('./build-package.js');
    folder.put('a', 'tent');
    const order = { base: undefined, target: side, bundle: undefined, adapter: [] };
    expect(await code(buildPackage(own.doors, new FakePackageDraft(), order))).toBe('BUSY');
    await side.content.close();
  });
});
