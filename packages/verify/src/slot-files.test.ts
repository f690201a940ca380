import type { Digest } from '@weighbridge/core/brands';
import { describe, expect, it } from 'vitest';
import { emptyDeviceState } from './device-state.js';
import type { ScannedEntry } from './file-set.js';
import { atVersionFloor, decideSlotFiles, releaseEntries } from './slot-files.js';
import { SLOTS_MODEL } from './testing/slots.js';
import { makeWorld } from './testing/world.js';

const { manifest, entries } = makeWorld();
const file = (path: string, kind = 'file'): ScannedEntry => ({ path, kind, isUtf8: true, sizeBytes: 1 });
const tree: Digest = manifest.files[0]!.tree;

describe('decideSlotFiles', () => {
  it('takes the release and what belongs beside it', () => {
    const ours = ['manifest.json', 'bundle.json', `leaves/${tree}`].map((name) => file(`.weighbridge/${name}`));
    expect(decideSlotFiles(manifest, [...entries, ...ours])).toEqual([]);
    expect(releaseEntries([...entries, ...ours])).toEqual(entries);
  });

  it.each([
    ['.weighbridge', 'file', 'extra'],
    ['.weighbridge', 'symlink', 'kind'],
    ['.weighbridge/more', 'file', 'extra'],
    ['.weighbridge/.bundle.json.0123456789abcdef.tmp', 'file', 'extra'],
    ['.weighbridge/bundle.json', 'symlink', 'kind'],
    ['.weighbridge/leaves', 'symlink', 'kind'],
    [`.weighbridge/leaves/${'0'.repeat(128)}`, 'file', 'extra'],
    [`.weighbridge/leaves/${tree}`, 'FIFO', 'kind'],
    ['.Weighbridge/manifest.json', 'file', 'extra'],
    ['sub/.weighbridge/x', 'file', 'extra'],
    ['other', 'file', 'extra'],
  ])('finds %s, a %s: %s', (path, kind, problem) => {
    expect(decideSlotFiles(manifest, [...entries, file(path, kind)])).toMatchObject([{ file: path, problem }]);
  });

  it('finds a missing file, and names that are no UTF-8', () => {
    expect(decideSlotFiles(manifest, entries.slice(1))).toMatchObject([{ problem: 'missing' }]);
    const odd = { ...file('.weighbridge/manifest.json'), isUtf8: false };
    expect(decideSlotFiles(manifest, [...entries, odd])).toMatchObject([{ problem: 'extra' }]);
  });
});

describe('atVersionFloor', () => {
  it('sets the version code of one model alone, lower ones too', () => {
    const known = { ...emptyDeviceState(), models: new Map([[SLOTS_MODEL, { versionCode: 9, minAllowed: 4 }]]) };
    for (const code of [0, 20])
      expect(atVersionFloor(known, SLOTS_MODEL, code).models.get(SLOTS_MODEL)).toEqual({
        versionCode: code,
        minAllowed: 4,
      });
  });
});
