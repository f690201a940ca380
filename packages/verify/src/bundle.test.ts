import { canonicalBytes } from '@weighbridge/core/canonical-json';
import type { JsonObject } from '@weighbridge/core/json';
import { describe, expect, it } from 'vitest';
import { buildBundle, parseBundle } from './bundle.js';
import { BUNDLE_ENVELOPE_MAX_BYTES, BUNDLE_MAX_BYTES } from './bundle-bytes.js';
import { formatBase64 } from './encodings.js';
import { testKey } from './testing/keys.js';
import { makeHeader, makeWorld, signCheckpoint, WORLD_BLOCK_TIME } from './testing/world.js';
import { wordOf } from './words.js';

const MALFORMED = expect.objectContaining({ code: 'MALFORMED' });
const LIMIT = expect.objectContaining({ code: 'LIMIT' });

const world = makeWorld({ witnesses: 2 });
const source = JSON.parse(Buffer.from(world.bundleBytes).toString()) as Record<string, never> & {
  checkpoint: JsonObject & { signatures: JsonObject[] };
  manifest: JsonObject;
  nodes: string[];
};
const text = Buffer.from(world.bundleBytes).toString();
const bytes = (json: string) => new Uint8Array(Buffer.from(json));
const bundleWith = (members: JsonObject) => canonicalBytes({ ...source, ...members });
const checkpointWith = (members: JsonObject) => bundleWith({ checkpoint: { ...source.checkpoint, ...members } });
const signatureWith = (members: JsonObject) =>
  checkpointWith({
    signatures: source.checkpoint.signatures.with(0, { ...source.checkpoint.signatures[0]!, ...members }),
  });

describe('buildBundle', () => {
  it('makes canonical bytes with the manifest in its place', () => {
    expect(world.bundleBytes).toEqual(canonicalBytes(source as JsonObject));
    expect(canonicalBytes(source.manifest)).toEqual(world.manifestBytes);
  });

  it('gives the same bytes in whatever order the parts come', () => {
    const { nodes, checkpoint } = world.parts;
    const signatures = checkpoint.signatures.toReversed();
    const shuffled = {
      ...world.parts,
      nodes: [...nodes.toReversed(), nodes[0]!],
      checkpoint: { ...checkpoint, signatures },
    };
    expect(buildBundle(shuffled)).toEqual(world.bundleBytes);
  });

  it('refuses to make what no device takes', () => {
    const nodes = Array.from({ length: 100 }, (_, index) => new Uint8Array(532).fill(index));
    expect(() => buildBundle({ ...world.parts, nodes })).toThrow(LIMIT);
  });
});

describe('parseBundle', () => {
  it('reads what was put in', () => {
    const bundle = parseBundle(world.bundleBytes);
    expect(bundle).toMatchObject({ ref: world.ref, checkpoint: world.parts.checkpoint, header: world.parts.header });
    expect(bundle.manifest).toEqual(world.manifest);
    expect([...bundle.nodes].map(formatBase64)).toEqual(source.nodes);
    expect(bundle.block).toMatchObject({ number: 100, timestamp: WORLD_BLOCK_TIME });
    expect(bundle.sizeBytes).toBe(world.bundleBytes.length);
  });

  it('takes a checkpoint without signatures: trust is not its question', () => {
    expect(parseBundle(checkpointWith({ signatures: [] })).checkpoint.signatures).toEqual([]);
  });

  const signature = source.checkpoint.signatures[0]!;
  const raw = Buffer.from(String(signature.signature), 'base64');
  const withByte = (at: number, byte: number) => raw.map((old, index) => (index === at ? byte : old));
  const malformed: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', bytes('')],
    ['a final newline', bytes(`${text}\n`)],
    ['a byte order mark', bytes(`\ufeff${text}`)],
    ['white space', bytes(text.replace(',"format"', ', "format"'))],
    ['white space before the manifest', bytes(text.replace('"manifest":{', '"manifest": {'))],
    ['a cut end', world.bundleBytes.subarray(0, -1)],
    ['a second end', bytes(`${text}}`)],
    ['members in another order', bytes(`{"format":"bundle-v1",${text.slice(1).replace(',"format":"bundle-v1"', '')}`)],
    ['an unknown member', bundleWith({ extra: 1 })],
    ['an unknown member of the checkpoint', checkpointWith({ extra: 1 })],
    ['an unknown member of a signature', signatureWith({ extra: 1 })],
    ['an unknown member of the manifest', bundleWith({ manifest: { ...source.manifest, extra: 1 } })],
    ['the manifest twice', bytes(text.replace(',"nodes"', `,"manifest":${JSON.stringify(source.manifest)},"nodes"`))],
    ['the nodes twice', bytes(text.replace(',"nodes"', ',"nodes":[],"nodes"'))],
    ['nodes within the manifest', bytes(text.replace('"model":', '"nodes":[],"model":'))],
    [
      'a manifest within the checkpoint',
      bytes(text.replace('{"checkpoint":{', '{"checkpoint":{"hash":"","manifest":{},')),
    ],
    [
      'the manifest in the checkpoint',
      bytes(text.replace(',"signatures"', `,"manifest":${JSON.stringify(source.manifest)},"signatures"`)),
    ],
    ['no manifest', bytes(text.replace(/"manifest":.*(?="nodes")/, ''))],
    ['no nodes', bytes(text.replace(/,"nodes".*/, '}'))],
    ['a manifest that is a list', bundleWith({ manifest: [] })],
    ['a manifest that is a string', bundleWith({ manifest: 'manifest' })],
    ['a manifest of another format', bundleWith({ manifest: { ...source.manifest, format: 'manifest-v2' } })],
    ['a manifest that is not canonical', bytes(text.replace('"versionCode":1', '"versionCode":01'))],
    ['another format', bundleWith({ format: 'bundle-v2' })],
    ['a format in capitals', bundleWith({ format: 'BUNDLE-V1' })],
    ['a trust file', world.trustBytes],
    ['a manifest', world.manifestBytes],
    ['a header that is no base64', bundleWith({ header: '!' })],
    [
      'a header in base64 without padding',
      bundleWith({ header: formatBase64(world.parts.header).replace(/=*$/, 'A') }),
    ],
    ['a header in base64url', bundleWith({ header: '__8=' })],
    ['a header with loose bits', bundleWith({ header: 'AB==' })],
    ['a header of 14 fields', buildBundle({ ...world.parts, header: makeHeader(wordOf(1), 1, 1, 14) })],
    ['a header of 65 fields', buildBundle({ ...world.parts, header: makeHeader(wordOf(1), 1, 1, 65) })],
    ['a header with trailing bytes', buildBundle({ ...world.parts, header: Uint8Array.of(...world.parts.header, 0) })],
    ['nodes that are no list', bundleWith({ nodes: {} })],
    ['nodes that are no strings', bundleWith({ nodes: [1] })],
    ['unsorted nodes', bundleWith({ nodes: source.nodes.toReversed() })],
    ['a node twice', bundleWith({ nodes: [...source.nodes, source.nodes.at(-1)!] })],
    ['a node that is no base64', bundleWith({ nodes: [...source.nodes, '~'] })],
    ['a hash with 0x', checkpointWith({ hash: `0x${source.checkpoint.hash}` })],
    ['a hash in capitals', checkpointWith({ hash: String(source.checkpoint.hash).toUpperCase() })],
    ['a short hash', checkpointWith({ hash: String(source.checkpoint.hash).slice(2) })],
    ['a negative number', bytes(text.replace('"number":100', '"number":-1'))],
    ['a number with a fraction', bytes(text.replace('"number":100', '"number":100.0'))],
    ['a number as a string', checkpointWith({ number: '100' })],
    ['a number of 2^53', bytes(text.replace('"number":100', '"number":9007199254740992'))],
    ['unsorted signatures', checkpointWith({ signatures: source.checkpoint.signatures.toReversed() })],
    ['a witness twice', checkpointWith({ signatures: [signature, signature] })],
    ['a witness in lower case', signatureWith({ witness: String(signature.witness).toLowerCase() })],
    ['a time with a fraction', signatureWith({ issuedAt: '2026-01-01T00:00:00.0Z' })],
    ['a time with an offset', signatureWith({ issuedAt: '2026-01-01T00:00:00+00:00' })],
    ['a time as seconds', signatureWith({ issuedAt: WORLD_BLOCK_TIME })],
    ['a day that does not exist', signatureWith({ issuedAt: '2026-02-30T00:00:00Z' })],
    ['a max age of 0', signatureWith({ maxAgeSeconds: 0 })],
    ['a max age over a year', signatureWith({ maxAgeSeconds: 31_536_001 })],
    ['a signature of 64 bytes', signatureWith({ signature: formatBase64(raw.subarray(0, 64)) })],
    ['a signature of 66 bytes', signatureWith({ signature: formatBase64(Uint8Array.of(...raw, 27)) })],
    ['a signature with v 0', signatureWith({ signature: formatBase64(withByte(64, 0)) })],
    ['a signature with high s', signatureWith({ signature: formatBase64(withByte(32, 0xff)) })],
    ['not UTF-8', Uint8Array.from(world.bundleBytes, (byte, index) => (index === 20 ? 0xff : byte))],
  ];
  it.each(malformed)('refuses %s', (_, input) => expect(() => parseBundle(input)).toThrow(MALFORMED));

  it('says which kind of file was given instead', () => {
    expect(() => parseBundle(world.trustBytes)).toThrow(/trust-v1/);
    expect(() => parseBundle(world.manifestBytes)).toThrow(/manifest-v1/);
  });

  it('takes the shortest max age', () => {
    expect(parseBundle(signatureWith({ maxAgeSeconds: 1 })).checkpoint.signatures[0]!.maxAgeSeconds).toBe(1);
  });

  it('takes the longest max age', () => {
    expect(parseBundle(signatureWith({ maxAgeSeconds: 31_536_000 })).checkpoint.signatures[0]!.maxAgeSeconds).toBe(
      31_536_000,
    );
  });
});

describe('parseBundle, limits before parsing', () => {
  /** A bundle whose envelope or manifest is blown up by bytes that no parser would get through. */
  const blown = (mark: string, size: number) => bytes(text.replace(mark, `${' '.repeat(size)}${mark}`));
  const manifestRoom = 16 * 1024 * 1024 - world.manifestBytes.length;
  const envelopeRoom = BUNDLE_ENVELOPE_MAX_BYTES - (text.length - ',"manifest":'.length - world.manifestBytes.length);

  it.each([
    ['a file over 16 MiB and 64 KiB', new Uint8Array(BUNDLE_MAX_BYTES + 1)],
    ['a manifest over 16 MiB', blown(',"nodes":', manifestRoom + 1)],
    ['a proof over 64 KiB', blown(',"manifest":', envelopeRoom + 1)],
    ['a proof over 64 KiB behind the manifest', bytes(text.replace(/\]\}$/, `${' '.repeat(envelopeRoom + 1)}]}`))],
  ])('refuses %s', (_, input) => expect(() => parseBundle(input)).toThrow(LIMIT));

  it.each([
    ['a file of that size', new Uint8Array(BUNDLE_MAX_BYTES)],
    ['a manifest of 16 MiB', blown(',"nodes":', manifestRoom)],
    ['a proof of 64 KiB', blown(',"manifest":', envelopeRoom)],
  ])('parses %s', (_, input) => expect(() => parseBundle(input)).toThrow(MALFORMED));

  it('takes as many witnesses as fit', () => {
    const many = Array.from({ length: 64 }, (_, index) => ({ by: testKey(`many ${index}`) }));
    const block = { number: 100, hash: world.parts.checkpoint.hash };
    const checkpoint = signCheckpoint(world.trust, block, WORLD_BLOCK_TIME, many);
    expect(parseBundle(buildBundle({ ...world.parts, checkpoint })).checkpoint.signatures).toHaveLength(64);
  });
});
