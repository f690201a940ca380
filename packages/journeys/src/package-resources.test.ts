import { isWeighbridgeError } from '@weighbridge/core/errors';
import { digest32 } from '@weighbridge/delta/testing/sample-package';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openResources } from './package-resources.js';
import type { ReadPackage } from './read-package.js';
import { memoryFile } from './testing/delta-scene.js';

const MIB = 1_048_576;
/** Indexes of resources whose models were made, in order. */
const read: number[] = [];
let modelBytes = 0;

vi.mock('@weighbridge/delta/operations', async (original) => ({
  ...(await original<object>()),
  codecOf: () => ({
    readModel(resource: Uint8Array) {
      read.push(resource[0]!);
      return {
        name: 'model',
        of: resource[0],
        numbers: new Uint8Array(modelBytes),
        parts: [new Uint8Array(modelBytes)],
      };
    },
  }),
}));

function packageOf(
  resources: readonly Uint8Array[],
  change: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): ReadPackage {
  let at = 0;
  const resourceOffsets = resources.map(({ length }) => {
    at += length;
    return at - length;
  });
  const listed = resources.map((bytes) => ({ operation: 9, length: bytes.length, digest32: digest32(bytes) }));
  const file = memoryFile(change(new Uint8Array(Buffer.concat(resources))));
  return { file, location: 'a package', table: { resources: listed }, resourceOffsets } as unknown as ReadPackage;
}

const resource = (index: number, length = 10) => new Uint8Array(length).fill(index);

beforeEach(() => {
  read.length = 0;
  modelBytes = 0;
});

describe('resources', () => {
  it('are read when they are wanted, once', () => {
    const modelOf = openResources(packageOf([resource(0), resource(1), resource(2)]));
    expect(read).toEqual([]);
    for (const index of [1, 1, 0, 1, 0]) expect(modelOf(index)).toMatchObject({ of: index });
    expect(read).toEqual([1, 0]);
  });

  it('are TAMPERED when they have another digest, before anything is made of them', () => {
    const flipped = (bytes: Uint8Array) => bytes.map((byte, at) => (at === 12 ? byte ^ 1 : byte));
    const modelOf = openResources(packageOf([resource(0), resource(1)], flipped));
    expect(modelOf(0)).toMatchObject({ of: 0 });
    try {
      modelOf(1);
      expect.unreachable();
    } catch (error) {
      expect(isWeighbridgeError(error) && error.code).toBe('TAMPERED');
    }
    expect(read).toEqual([0]);
  });

  it.each([
    ['of large resources', 5 * MIB, 0],
    ['of small resources that unfold', 10, 2.5 * MIB],
  ])('%s: models of at most 16 MiB are kept', (_, length, size) => {
    modelBytes = size;
    const modelOf = openResources(packageOf([0, 1, 2, 3].map((index) => resource(index, length))));
    for (const index of [0, 1, 2, 2, 1, 0]) modelOf(index);
    expect(read).toEqual([0, 1, 2]);
    modelOf(3);
    for (const index of [3, 2, 1]) modelOf(index);
    expect(read).toEqual([0, 1, 2, 3]);
    modelOf(0);
    expect(read).toEqual([0, 1, 2, 3, 0]);
  });

  it('that are larger than all that may be kept are kept alone', () => {
    modelBytes = 20 * MIB;
    const modelOf = openResources(packageOf([resource(0), resource(1)]));
    for (const index of [0, 0, 1, 1, 0]) modelOf(index);
    expect(read).toEqual([0, 1, 0]);
  });
});
