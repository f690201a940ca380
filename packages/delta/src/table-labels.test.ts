import { deflateRawSync } from 'node:zlib';
import { canonicalBytes } from '@weighbridge/core/canonical-json';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packLabels, type TensorLabel, unpackLabels } from './table-labels.js';
import { codeOf } from './testing/code-of.js';

const LABEL: TensorLabel = { name: 'layers.0.q', op: 'T16', bytes: 1234 };
const deflated = (value: object) => new Uint8Array(deflateRawSync(canonicalBytes(value as never)));
const unpack = (packed: Uint8Array, files = 1) => unpackLabels(packed, files, 'a package');

describe('labels', () => {
  it('come back as they were given', () => {
    const files = [[LABEL, { ...LABEL, name: 'weights/ü 中' }], []];
    expect(unpack(packLabels(files), 2)).toEqual(files);
  });

  it('hold names of any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.string({ unit: 'binary-ascii' }), (names, name) => {
        const files = [[...names, name, `\ud800${name}`].map((each) => ({ ...LABEL, name: each }))];
        expect(unpack(packLabels(files))[0]!.map(({ bytes }) => bytes)).toEqual(files[0]!.map(({ bytes }) => bytes));
      }),
      { numRuns: 30 },
    );
  });

  it('are left out where they would be too long', () => {
    const name = 'x'.repeat(1_000_000);
    expect(unpack(packLabels([Array.from({ length: 17 }, () => ({ ...LABEL, name })), []]), 2)).toEqual([[], []]);
  });

  it.each<[string, Uint8Array]>([
    ['no bytes', new Uint8Array(0)],
    ['bytes that are no DEFLATE', Uint8Array.of(0xff, 0xff, 0xff)],
    ['a stream that is cut', packLabels([[LABEL]]).slice(0, -1)],
    ['bytes after the stream', Uint8Array.of(...packLabels([[LABEL]]), 0)],
    ['another member', deflated({ files: [[]], more: 1 })],
    ['no member', deflated({})],
    ['a list of no list', deflated({ files: [1] })],
    ['no list', deflated({ files: {} })],
    ['a label with another member', deflated({ files: [[{ ...LABEL, more: 1 }]] })],
    ['a label without a name', deflated({ files: [[{ op: 'T16', bytes: 1 }]] })],
    ['negative bytes', new Uint8Array(deflateRawSync(Buffer.from('{"files":[[{"bytes":-1,"name":"","op":""}]]}')))],
    ['labels of more files', packLabels([[], []])],
    ['JSON that is not canonical', new Uint8Array(deflateRawSync(Buffer.from('{ "files":[[]]}')))],
  ])('%s is MALFORMED', (_, packed) => {
    expect(codeOf(() => unpack(packed))).toBe('MALFORMED');
  });

  it('that unpack to more than 16 MiB are refused before they do', () => {
    const bomb = new Uint8Array(deflateRawSync(Buffer.alloc(64 * 1024 * 1024, 0x20)));
    expect(bomb.length).toBeLessThan(100_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(codeOf(() => unpack(bomb))).toMatch(/^(MALFORMED|LIMIT)$/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * 1024 * 1024);
  });
});
