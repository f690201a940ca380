import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Cid, cidText, parseCid, readCid } from '@weighbridge/manifest/cid-bytes';
import { type DagLink, fileNode, folderNode, rawLeaf } from '@weighbridge/manifest/unixfs-dag';
import { channelRelease, publishRelease } from '@weighbridge/ports/testing/channel-release';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBlockStore } from './block-store.js';
import { carHeader, carSectionHead } from './car-bytes.js';
import { exportCar } from './export-car.js';
import { type ImportedCar, importCar } from './import-car.js';
import { filesBelow, type StorePlace, storePlace, testEngine } from './testing/store-place.js';

const { digestChunk } = testEngine;
const RELEASE = channelRelease();
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

interface Block {
  readonly cid: Uint8Array;
  readonly block: Uint8Array;
}

function leaf(text: string): Block & DagLink {
  const block = new TextEncoder().encode(text);
  return { ...rawLeaf(sha256(block), block.length), block };
}

function carOf(root: Uint8Array, ...blocks: readonly Block[]): Buffer {
  const sections = blocks.flatMap(({ cid, block }) => [carSectionHead({ bytes: cid } as Cid, block.length), block]);
  return Buffer.concat([carHeader(readCid(root)!), ...sections]);
}

const A = leaf('aaaa');
const B = leaf('bbb');
const FILE = fileNode([A, B]);
const FOLDER = folderNode([{ name: 'f', link: FILE }]);

describe('CARs', () => {
  let place: StorePlace;
  let other: StorePlace;
  beforeEach(async () => {
    place = await storePlace();
    other = await storePlace();
  });
  afterEach(async () => {
    await place.dispose();
    await other.dispose();
  });

  const storeOf = ({ folder }: StorePlace) => createBlockStore(join(folder, 'blocks'), digestChunk);

  async function importBytes(bytes: Uint8Array, root: Uint8Array, piece = 1000, maxBytes = 1e7): Promise<ImportedCar> {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    }
    return importCar(pieces(), { root: readCid(root)!, store: storeOf(other), digestChunk, maxBytes });
  }

  test('what one store exports the other imports, whole', async () => {
    const { root } = await publishRelease(place.channel, RELEASE);
    const source = exportCar({ blocks: storeOf(place), digestChunk }, parseCid(root)!);
    const imported = await importCar(source, {
      root: parseCid(root)!,
      store: storeOf(other),
      digestChunk,
      maxBytes: 4e6,
    });
    // All but the manifest under its SHA3-512, which lies beside the folder.
    expect(imported.blocks).toBe(filesBelow(join(place.folder, 'blocks')).length - 1);
    expect(filesBelow(join(other.folder, 'blocks'))).toHaveLength(imported.blocks);
  });

  test.each([1, 7, 1000])('in pieces of %i bytes', async (piece) => {
    const car = carOf(FOLDER.cid, FOLDER, FILE, A, B);
    expect(await importBytes(car, FOLDER.cid, piece)).toEqual({ blocks: 4, bytes: car.length });
  });

  test('a second copy is passed over', async () => {
    expect(await importBytes(carOf(FILE.cid, FILE, FILE, A, A, B), FILE.cid)).toMatchObject({ blocks: 3 });
  });

  const lyingNode = (change: (links: readonly DagLink[]) => readonly DagLink[]) => fileNode(change([A, B]));
  const tooLong = lyingNode(([a, b]) => [a!, { ...b!, fileBytes: 4, dagBytes: 4 }]);
  const repeated = fileNode(Array<DagLink>(3).fill({ ...FILE, fileBytes: 8 }));
  const heavy = folderNode([{ name: 'f', link: { ...FILE, dagBytes: FILE.dagBytes + 1 } }]);
  const mixed = fileNode([{ ...FOLDER, fileBytes: 7 }]);
  const identity = Uint8Array.from([1, 0x55, 0, 1, 7]);
  const sha1 = Uint8Array.from([1, 0x55, 0x11, 20, ...Buffer.alloc(20)]);
  const cut = Uint8Array.from([1, 0x55, 0x12, 20, ...A.cid.subarray(4, 24)]);
  const junk = { ...rawLeaf(sha256(Buffer.from('junk')), 4), block: new Uint8Array(Buffer.from('junk')) };
  const notANode = (bytes: Buffer) => ({ cid: Uint8Array.from([1, 0x70, 0x12, 32, ...sha256(bytes)]), block: bytes });
  const inline = notANode(Buffer.from([0x0a, 4, 0x08, 2, 0x12, 0]));
  const padded = notANode(Buffer.concat([FILE.block, Buffer.of(0x18, 0)]));

  test.each<[string, string, Uint8Array, Uint8Array]>([
    ['a flipped byte', 'TAMPERED', FILE.cid, carOf(FILE.cid, FILE, A, { ...B, block: Buffer.from('bbc') })],
    ['a cut block', 'TAMPERED', FILE.cid, carOf(FILE.cid, FILE, A, { ...B, block: Buffer.from('bb') })],
    ['a leaf of another size than declared', 'TAMPERED', tooLong.cid, carOf(tooLong.cid, tooLong, A, B)],
    ['a node of another size than declared', 'TAMPERED', repeated.cid, carOf(repeated.cid, repeated, FILE, A, B)],
    ['blocks below of another size than declared', 'TAMPERED', heavy.cid, carOf(heavy.cid, heavy, FILE, A, B)],
    ['a folder in the middle of a file', 'TAMPERED', mixed.cid, carOf(mixed.cid, mixed, FOLDER, FILE, A, B)],
    ['a missing block', 'UNVERIFIABLE', FILE.cid, carOf(FILE.cid, FILE, A)],
    ['a surplus block', 'MALFORMED', FILE.cid, carOf(FILE.cid, FILE, A, B, junk)],
    ['a child before its parent', 'MALFORMED', FILE.cid, carOf(FILE.cid, A, FILE, B)],
    ['no blocks', 'UNVERIFIABLE', FILE.cid, carOf(FILE.cid)],
    ['another root', 'MALFORMED', FILE.cid, carOf(FOLDER.cid, FOLDER, FILE, A, B)],
    ['nothing', 'MALFORMED', FILE.cid, new Uint8Array()],
    ['an identity CID', 'MALFORMED', FILE.cid, carOf(FILE.cid, { cid: identity, block: new Uint8Array() })],
    ['SHA-1', 'MALFORMED', FILE.cid, carOf(FILE.cid, { cid: sha1, block: new Uint8Array() })],
    ['a digest that was cut', 'MALFORMED', FILE.cid, carOf(FILE.cid, { cid: cut, block: A.block })],
    ['data within a node', 'MALFORMED', inline.cid, carOf(inline.cid, inline)],
    ['a field behind a node', 'MALFORMED', padded.cid, carOf(padded.cid, padded, A, B)],
    ['a section that is cut', 'MALFORMED', FILE.cid, carOf(FILE.cid, FILE, A, B).subarray(0, -1)],
    ['an empty section', 'MALFORMED', FILE.cid, Buffer.concat([carOf(FILE.cid, FILE, A, B), Buffer.of(0)])],
    [
      'a padded length',
      'MALFORMED',
      A.cid,
      Buffer.concat([carHeader(readCid(A.cid)!), Buffer.of(0xa8, 0x00), A.cid, A.block]),
    ],
    [
      'a length of 200 MB',
      'LIMIT',
      A.cid,
      Buffer.concat([carHeader(readCid(A.cid)!), Buffer.of(0xff, 0xff, 0xff, 0x5f)]),
    ],
    ['a length of five bytes', 'MALFORMED', A.cid, Buffer.concat([carHeader(readCid(A.cid)!), Buffer.alloc(5, 0xff)])],
  ])('%s is %s', async (_, code, root, car) => {
    await expect(importBytes(car, root)).rejects.toMatchObject({ code });
  });

  test('more than allowed is LIMIT, without end', async () => {
    async function* endless() {
      yield carOf(A.cid, A);
      for (;;) yield carOf(A.cid, A).subarray(carHeader(readCid(A.cid)!).length);
    }
    const options = { root: readCid(A.cid)!, store: storeOf(other), digestChunk, maxBytes: 100_000 };
    await expect(importCar(endless(), options)).rejects.toMatchObject({ code: 'LIMIT' });
  });

  test('folders nested deeper than any release are LIMIT', async () => {
    const blocks: Block[] = [A];
    let link: DagLink = A;
    for (let level = 0; level < 140; level += 1) {
      const node = folderNode([{ name: 'd', link }]);
      blocks.unshift(node);
      link = node;
    }
    await expect(importBytes(carOf(link.cid, ...blocks), link.cid)).rejects.toMatchObject({ code: 'LIMIT' });
  });

  test('an export of a rotten block ends with TAMPERED', async () => {
    await publishRelease(place.channel, RELEASE);
    const file = RELEASE.manifest.files.find(({ path }) => path === 'model.bin')!;
    await place.damage({ kind: 'weights', file, chunk: 1 }, 'flipped');
    const drain = async () => {
      for await (const _ of exportCar({ blocks: storeOf(place), digestChunk }, parseCid(file.cid)!));
    };
    await expect(drain()).rejects.toMatchObject({ code: 'TAMPERED' });
  });

  test('nothing of a refused block is kept', async () => {
    await expect(importBytes(carOf(FILE.cid, FILE, { ...A, block: B.block }), FILE.cid)).rejects.toThrow();
    expect(filesBelow(other.folder).map((path) => path.split('/').at(-1))).toEqual([cidText(FILE.cid)]);
  });
});
