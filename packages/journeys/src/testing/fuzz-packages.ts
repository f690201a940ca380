import { isWeighbridgeError } from '@weighbridge/core/errors';
import { sha3 } from '@weighbridge/core/sha3';
import { chunkCount } from '@weighbridge/core/tree';
import type { BaseBytes } from '@weighbridge/delta/operation';
import { mutatePackage, type SeedPackage, takeApart } from '@weighbridge/delta/testing/mutate-package';
import { operationPackages } from '@weighbridge/delta/testing/operation-packages';
import { Random } from '@weighbridge/delta/testing/random';
import { samplePackage, sealPackage } from '@weighbridge/delta/testing/sample-package';
import { writeTable } from '@weighbridge/delta/write-table';
import { buildSafetensors } from '@weighbridge/formats/testing/build-safetensors';
import { decodePackage, type LeafAddress } from '../decode-package.js';
import { readPackage } from '../read-package.js';
import { DeltaScene, type Files, memoryFile } from './delta-scene.js';

export interface Seed {
  readonly name: string;
  readonly pack: SeedPackage;
  /** In the order of the table. */
  readonly base: readonly Uint8Array[];
}

export interface FuzzCount {
  cases: number;
  /** Of outcomes, and of outcomes by the way of the damage. */
  readonly outcomes: Record<string, number>;
  readonly ways: Record<string, number>;
  /** Cases that reached a decoder. */
  decoded: number;
  slowestMs: number;
  readonly faults: string[];
}

/** A case of a few KiB takes a millisecond; one that takes this long hangs. */
const HANGS_MS = 5000;

/** Good packages of every operation and of the planner's own choice. */
export async function fuzzSeeds(): Promise<Seed[]> {
  const seeds = operationPackages().map(({ id, base, bytes }) => seedOf(`operation ${id}`, bytes, [base]));
  const noise = new Random(5);
  const [old, other] = [noise.bytes(3000), noise.bytes(500)];
  const mixed = new Uint8Array(Buffer.concat([old.subarray(100, 1600), other, old.subarray(0, 700)]));
  const sample = samplePackage(
    [{ path: 'a', bytes: old }],
    [
      {
        path: 'b',
        bytes: mixed,
        pieces: [
          { length: 1500, source: { file: 0, offset: 100 } },
          { length: 500 },
          { length: 700, source: { file: 0, offset: 0 } },
        ],
      },
    ],
  );
  seeds.push(seedOf('RAW and COPY', sealPackage(writeTable(sample.table), sample.body), [old]));
  const text = Buffer.from('the same words come again and again; '.repeat(90));
  seeds.push(
    await built('planned bytes', { a: old, b: text }, { a: mixed, c: Buffer.concat([text.subarray(7), other, text]) }),
  );
  seeds.push(await built('planned, full', undefined, { a: mixed, d: text, empty: '' }));
  const [before, after] = [tensors(noise, 0), tensors(noise, 1)];
  seeds.push(await built('planned tensors', { 'a.safetensors': before }, { 'a.safetensors': after }));
  seeds.push(await built('planned tensors, full', undefined, { 'a.safetensors': after }));
  return seeds;
}

const DTYPES = [
  ['BF16', 2],
  ['F16', 2],
  ['F32', 4],
  ['I8', 1],
] as const;
const ELEMENTS = 3000;

/** A model of one tensor of each kind, in which step 1 changed every third element a little. */
function tensors(noise: Random, step: 0 | 1): Uint8Array {
  const header: Record<string, object> = {};
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [dtype, width] of DTYPES) {
    const random = new Random(width);
    const bytes = Uint8Array.from({ length: ELEMENTS * width }, (_, index) => {
      // The last byte of a number holds its exponent.
      const isHigh = width > 1 && index % width === width - 1;
      const value = isHigh ? 0x3c + random.below(2) : random.below(256);
      return step === 1 && index % (3 * width) === 0 ? (value + noise.below(5)) & 0xff : value;
    });
    header[dtype.toLowerCase()] = { dtype, shape: [30, 100], data_offsets: [at, at + bytes.length] };
    parts.push(bytes);
    at += bytes.length;
  }
  return buildSafetensors(header, new Uint8Array(Buffer.concat(parts)));
}

/** The operations that the pieces of a seed name. */
export function operationsOf({ pack }: Seed): number[] {
  const pieces = pack.table.targetFiles.flatMap((file) => file.pieces);
  return [...new Set(pieces.map(({ operation }) => operation))].sort((a, b) => a - b);
}

/** The seeds that are not what they pin, undamaged. */
export async function badSeeds(seeds: readonly Seed[]): Promise<string[]> {
  const bad: string[] = [];
  for (const seed of seeds) {
    const outcome = await outcomeOf(seed.pack.bytes, seed, emptyCount(0));
    if (outcome !== 'OK') bad.push(`${seed.name}: ${outcome}`);
  }
  return bad;
}

function emptyCount(cases: number): FuzzCount {
  return { cases, outcomes: {}, ways: {}, decoded: 0, slowestMs: 0, faults: [] };
}

/** Damages seeds and decodes what comes of it. What is accepted must be what the table pins; nothing else may be thrown. */
export async function fuzzPackages(seeds: readonly Seed[], cases: number, seed: number): Promise<FuzzCount> {
  const count = emptyCount(cases);
  for (let index = 0; index < cases; index += 1) {
    const random = new Random(seed * 1_000_003 + index);
    const chosen = seeds[index % seeds.length]!;
    const { way, bytes } = mutatePackage(chosen.pack, random);
    const started = performance.now();
    const outcome = await outcomeOf(bytes, chosen, count);
    const ms = performance.now() - started;
    count.slowestMs = Math.max(count.slowestMs, ms);
    if (ms > HANGS_MS) count.faults.push(`${chosen.name}, case ${index} (${way}): ${ms} ms`);
    if (!/^(OK|MALFORMED|LIMIT|TAMPERED)$/.test(outcome))
      count.faults.push(`${chosen.name}, case ${index} (${way}): ${outcome}`);
    add(count.outcomes, outcome.slice(0, 40));
    add(count.ways, `${way} ${outcome.slice(0, 12)}`);
  }
  return count;
}

async function outcomeOf(bytes: Uint8Array, { base, pack: good }: Seed, count: FuzzCount): Promise<string> {
  try {
    const pack = readPackage(memoryFile(bytes), 'a package');
    const { targetFiles, target } = pack.table;
    const addresses: LeafAddress[] = targetFiles.flatMap(({ size }, file) =>
      Array.from({ length: chunkCount(size) }, (_, leaf) => ({ file, leaf })),
    );
    count.decoded += 1;
    await decodePackage(doors, pack, baseBytes(base, pack.table.baseFiles), addresses, async ({ file, leaf }, out) => {
      const expected = targetFiles[file]!.leaves.subarray(leaf * 64, leaf * 64 + 64);
      if (Buffer.compare(sha3(out), expected) !== 0) throw new Error('a wrong leaf was handed over');
    });
    const isSame = target.contentDigest === good.table.target.contentDigest;
    return isSame ? 'OK' : 'OK with another target';
  } catch (error) {
    if (isWeighbridgeError(error)) return error.code;
    return `crash: ${error instanceof Error ? (error.stack ?? error.message).slice(0, 400) : String(error)}`;
  }
}

const { doors } = new DeltaScene();

/** A base that was proven has the sizes of the table; a table of other sizes would not get so far. */
function baseBytes(base: readonly Uint8Array[], listed: readonly { readonly size: number }[]): BaseBytes {
  return {
    sizes: listed.map(({ size }) => size),
    read(file, offset, into) {
      const found = base[file]?.subarray(offset, offset + into.length);
      if (found?.length !== into.length) throw new Error(`read beyond the base: ${file} ${offset} ${into.length}`);
      into.set(found);
    },
  };
}

function seedOf(name: string, bytes: Uint8Array, base: readonly Uint8Array[]): Seed {
  return { name, pack: takeApart(bytes), base };
}

async function built(name: string, from: Files | undefined, to: Files): Promise<Seed> {
  const { draft } = await new DeltaScene().build(from, to);
  const base = Object.entries(from ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, bytes]) => new Uint8Array(Buffer.from(bytes)));
  return seedOf(name, draft.bytes, base);
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
