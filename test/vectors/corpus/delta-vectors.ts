import type { Outcome } from '@weighbridge/core/outcome';
import { goldenBytes } from '../../support/golden-stream.js';
import { canonical, type Json, sha3 } from './canonical.js';
import {
  broken,
  copy,
  type DeltaPackage,
  deltaPackage,
  leb128,
  type PackageSpec,
  payloadOf,
  raw,
  type SourceFile,
  sealed,
  type WrittenFile,
  zigzag,
} from './delta-package.js';
import { EXAMPLE_FILES, RELEASE } from './release.js';
import { scene } from './scene.js';
import { type Vector, vector } from './vector.js';

const CHUNK = 1_048_576;
/** A base is given by texts, or by how much of the golden stream it has. */
type Given = Readonly<Record<string, string | number>>;

const BASE: Given = { 'config.json': '{"layers":2}\n', 'model.bin': 'These were the weights of the old model.\n' };
const TARGET: Given = {
  'config.json': '{"layers":2}\n',
  'model.bin': 'These were the weights of the new model.\n',
  'notes/README.md': 'new\n',
};
/** Pieces by number: 0 config.json; 1, 2, 3 model.bin; 4 the notes. */
const plain: PackageSpec = {
  base: filesOf(BASE),
  target: [
    { ...file('config.json', TARGET['config.json']!), pieces: [copy(13, 0, 0)] },
    { ...file('model.bin', TARGET['model.bin']!), pieces: [copy(30, 1, 0), raw(3), copy(8, 1, 33)] },
    file('notes/README.md', TARGET['notes/README.md']!),
  ],
};
const whole = deltaPackage(plain);

/** Packages and the base that a device has. */
export function deltaVectors(): Vector[] {
  return [...good(), ...releases(), ...headers(), ...tables(), ...pieces(), ...payloads(), ...bases()];
}

function good(): Vector[] {
  const large = CHUNK + 5000;
  const equal = filesOf(BASE).map((one, index) => ({ ...one, pieces: [copy(one.bytes.length, index, 0)] }));
  const shifted = { path: 'b', bytes: goldenBytes(large + 3).subarray(3), pieces: [copy(large, 1, 3)] };
  const written = (path: string, text: string, pieces: WrittenFile['pieces']) => ({ ...file(path, text), pieces });
  return [
    ok('plain', 'copies and new bytes, in files and between them.', plain, BASE),
    ok('full', 'no base: all bytes are in the package.', { target: filesOf(TARGET) }, undefined),
    ok(
      'empty_files',
      'files without bytes have neither pieces nor payloads.',
      { base: filesOf({ a: '' }), target: filesOf({ a: '', b: '' }) },
      { a: '' },
    ),
    ok('equal_sides', 'nothing changed.', { base: filesOf(BASE), target: equal }, BASE),
    ok(
      'source_across_a_chunk',
      'one piece of two chunks, from an odd offset of another file.',
      { base: filesOf({ a: 'a', golden: large + 3 }), target: [shifted] },
      { a: 'a', golden: large + 3 },
    ),
    ok(
      'raw_across_a_chunk',
      'new bytes on both sides of a border of two chunks, and old ones around them.',
      { base: filesOf({ golden: large }), target: [borderFile(large)] },
      { golden: large },
    ),
    ok(
      'source_that_goes_back',
      'a source before the expected one.',
      { base: filesOf({ a: 'abcdef' }), target: [written('a', 'efabcd', [copy(2, 0, 4), copy(4, 0, 0)])] },
      { a: 'abcdef' },
    ),
    ok(
      'sorted_by_utf8',
      'files sorted by bytes of UTF-8, not by UTF-16: U+FF21 before U+1F9EE.',
      { target: filesOf({ '\uff21': 'x', '\u{1f9ee}': 'y' }) },
      undefined,
    ),
    ok(
      'pieces_of_one_byte',
      'pieces may be as short as a byte.',
      { base: filesOf({ a: 'ab' }), target: [written('a', 'bxa', [copy(1, 0, 1), raw(1), copy(1, 0, 0)])] },
      { a: 'ab' },
    ),
  ];
}

function releases(): Vector[] {
  const { bundle, releaseDigest } = scene();
  const bytes = Buffer.from(canonical(bundle));
  const release = { digest: releaseDigest, bundle: bytes };
  const target = filesOf(EXAMPLE_FILES);
  const full: PackageSpec = { target, release };
  const of = (spec: Partial<PackageSpec>) => deltaPackage({ ...full, ...spec });
  return [
    ok('release', 'a full package of a registered release, with its bundle.', full, undefined, {
      release: RELEASE,
      releaseDigest,
    }),
    ok(
      'release_out_of_a_release',
      'the base is a release, too: its digest is pinned beside that of its content.',
      { ...full, base: filesOf(BASE), baseRelease: 'ab'.repeat(64) },
      BASE,
      { release: RELEASE },
    ),
    fail(
      'release_of_another_digest',
      'MALFORMED',
      'the bundle is of another release than the table pins.',
      of({ release: { ...release, digest: 'ab'.repeat(64) } }),
      undefined,
    ),
    fail(
      'release_with_other_bytes',
      'MALFORMED',
      'a file is not as the manifest in the bundle lists it.',
      of({ target: [file('config.json', 'other'), target[1]!] }),
      undefined,
    ),
    fail(
      'release_with_a_file_more',
      'MALFORMED',
      'a file that the manifest in the bundle does not list.',
      of({ target: [...target, file('x', 'x')] }),
      undefined,
    ),
    fail(
      'release_with_a_broken_bundle',
      'MALFORMED',
      'a bundle that is cut.',
      of({ release: { ...release, bundle: bytes.subarray(0, -1) } }),
      undefined,
    ),
    fail(
      'release_without_a_bundle',
      'MALFORMED',
      'a release needs its bundle.',
      of({ release: { ...release, bundle: Buffer.alloc(0) } }),
      undefined,
    ),
    fail(
      'bundle_without_a_release',
      'MALFORMED',
      'a plain folder has no bundle.',
      broken(
        broken(deltaPackage({ target }), 'bundle.length', () => leb128(2n)),
        'bundle',
        () => Buffer.from('{}'),
      ),
      undefined,
    ),
  ];
}

function headers(): Vector[] {
  const bad = (name: string, outcome: Outcome, says: string, bytes: Buffer) =>
    failing(name, outcome, says, bytes, BASE);
  const bytes = sealed(whole);
  const longer = broken(whole, 'labels', (labels) => Buffer.concat([labels, Buffer.of(0)]));
  return [
    bad('another_magic', 'MALFORMED', 'it begins otherwise.', sealed(whole, { magic: 'WBDELTB\0' })),
    bad('another_version', 'MALFORMED', 'format version 2.', sealed(whole, { version: 2 })),
    bad('operation_set_0', 'MALFORMED', 'there is no such set.', sealed(whole, { operationSet: 0 })),
    bad('operation_set_2', 'LIMIT', 'a newer applier is needed.', sealed(whole, { operationSet: 2 })),
    bad('reserved_field_used', 'MALFORMED', 'a field that is zero in this version.', sealed(whole, { reserved: 1 })),
    bad('signature', 'MALFORMED', 'a signature, which this version has not.', sealed(whole, { signature: 1 })),
    bad('cut', 'MALFORMED', 'its last byte is missing.', bytes.subarray(0, -1)),
    bad('cut_in_the_header', 'MALFORMED', '160 bytes.', bytes.subarray(0, 160)),
    bad('empty', 'MALFORMED', 'no bytes.', Buffer.alloc(0)),
    bad('byte_after_the_end', 'MALFORMED', 'one byte more than its header says.', Buffer.concat([bytes, Buffer.of(0)])),
    bad('table_of_2_53_bytes', 'MALFORMED', 'a length beyond 2^53 − 1.', sealed(whole, { tableBytes: 2n ** 53n })),
    bad('table_of_2_31_bytes', 'LIMIT', 'a table over 64 MiB.', sealed(whole, { tableBytes: 2n ** 31n })),
    bad('table_of_no_bytes', 'MALFORMED', 'a table of no bytes.', sealed(whole, { tableBytes: 0n })),
    bad(
      'table_changed',
      'TAMPERED',
      'the header names the digest of another table.',
      sealed(longer, { tableDigest: bytes.subarray(32, 96) }),
    ),
  ];
}

function tables(): Vector[] {
  const renamed = (index: number, path: string): DeltaPackage => {
    const target = plain.target.map((one, at) => (at === index ? { ...one, path } : one));
    return deltaPackage({ ...plain, target });
  };
  return [
    bad('number_in_a_longer_form', 'MALFORMED', '3 pieces spelled in two bytes.', 'pieces.count', (bytes) =>
      Buffer.of(bytes[0]! | 0x80, 0),
    ),
    bad('number_beyond_2_53', 'MALFORMED', 'a size of 2^53.', 'baseFiles.0.size', () => leb128(2n ** 53n)),
    bad('number_of_2_63', 'MALFORMED', 'a piece of 2^63 bytes.', 'pieces.0.length', () => leb128(2n ** 63n)),
    bad('unknown_kind', 'MALFORMED', 'a target of kind 3.', 'target.kind', () => Buffer.of(3)),
    bad('too_many_pieces', 'LIMIT', '1,000,001 pieces.', 'pieces.count', () => leb128(1_000_001n)),
    bad('too_many_files', 'LIMIT', '100,001 files.', 'targetFiles.count', () => leb128(100_001n)),
    bad('too_many_resources', 'LIMIT', '100,001 resources.', 'resources.count', () => leb128(100_001n)),
    bad('payload_over_2_mib', 'LIMIT', 'a payload of 2 MiB and a byte.', 'payloads.2.0.length', () =>
      leb128(2_097_153n),
    ),
    bad('sums_differ', 'MALFORMED', 'a payload a byte longer than what the file holds.', 'payloads.2.0.length', () =>
      leb128(6n),
    ),
    bad('leaf_changed', 'MALFORMED', 'the content digest is of other leaves.', 'targetFiles.1.leaves', flipped),
    bad(
      'base_tree_changed',
      'MALFORMED',
      'the content digest of the base is of other trees.',
      'baseFiles.0.tree',
      flipped,
    ),
    fail('path_outside', 'MALFORMED', 'a path leads out of the folder.', renamed(2, '../model.bin'), BASE),
    fail('path_absolute', 'MALFORMED', 'a path begins at the root.', renamed(0, '/config.json'), BASE),
    fail('path_of_metadata', 'MALFORMED', 'a file below .weighbridge.', renamed(0, '.weighbridge/bundle.json'), BASE),
    fail('twins', 'MALFORMED', 'two paths that differ by case alone.', renamed(0, 'Model.bin'), BASE),
    fail('unsorted', 'MALFORMED', 'files out of order.', renamed(0, 'z.json'), BASE),
    fail(
      'no_target_file',
      'MALFORMED',
      'a target of no files.',
      deltaPackage({ base: filesOf(BASE), target: [] }),
      BASE,
    ),
    fail(
      'byte_after_the_labels',
      'MALFORMED',
      'the table has a byte more.',
      { ...whole, table: [...whole.table, { name: 'more', bytes: Buffer.of(0) }] },
      BASE,
    ),
  ];
}

function pieces(): Vector[] {
  return [
    bad('gap', 'MALFORMED', 'the pieces end before their file does.', 'pieces.3.length', () => leb128(7n)),
    bad('overlap', 'MALFORMED', 'the pieces go on after their file.', 'pieces.3.length', () => leb128(9n)),
    bad('piece_of_no_bytes', 'MALFORMED', 'a piece of no bytes.', 'pieces.2.length', () => leb128(0n)),
    bad('unknown_operation', 'MALFORMED', 'operation 200.', 'pieces.4.operation', () => Buffer.of(200)),
    bad('source_file_that_is_not_there', 'MALFORMED', 'base file 2 of 2.', 'pieces.0.file', () => leb128(2n)),
    bad('source_before_its_file', 'MALFORMED', 'offset −1.', 'pieces.0.offset', () => zigzag(-1n)),
    bad('source_beyond_its_file', 'MALFORMED', 'one byte beyond the end.', 'pieces.0.offset', () => zigzag(1n)),
    bad('resource_that_is_not_there', 'MALFORMED', 'resource 1 of none.', 'pieces.4.resource', () => leb128(1n)),
    fail(
      'resource_of_raw',
      'MALFORMED',
      'RAW takes no resource.',
      deltaPackage({ ...plain, resources: [{ operation: 1, bytes: Buffer.of(1) }] }),
      BASE,
    ),
    fail(
      'source_without_a_base',
      'MALFORMED',
      'a full package that copies.',
      deltaPackage({ target: [{ ...file('a', 'ab'), pieces: [copy(2, 0, 0)] }] }),
      undefined,
    ),
  ];
}

function payloads(): Vector[] {
  const with_ = (payload: Buffer): DeltaPackage =>
    deltaPackage({ target: [{ ...file('a', 'text'), payloads: [payload] }] });
  const swapped = deltaPackage({ target: [file('a', 'one'), file('b', 'two')] });
  return [
    fail(
      'payload_changed',
      'TAMPERED',
      'a payload has another digest than the table says.',
      { ...whole, body: whole.body.map((bytes, index) => (index === whole.body.length - 1 ? flipped(bytes) : bytes)) },
      BASE,
      { file: 'notes/README.md', chunk: 0 },
    ),
    fail(
      'payloads_exchanged',
      'TAMPERED',
      'two payloads of one length in each other’s place.',
      { ...swapped, body: [...swapped.body].reverse() },
      undefined,
      { file: 'a', chunk: 0 },
    ),
    fail(
      'other_bytes_under_their_own_digest',
      'TAMPERED',
      'a payload that holds together and gives other bytes than the leaf.',
      with_(payloadOf(Buffer.from('tent'))),
      undefined,
      { file: 'a', chunk: 0 },
    ),
    fail(
      'stream_too_short',
      'MALFORMED',
      'a stream that ends before its output does.',
      with_(payloadOf(Buffer.from('tex'))),
      undefined,
    ),
    fail(
      'stream_too_long',
      'MALFORMED',
      'a stream that goes on after its output.',
      with_(payloadOf(Buffer.from('texts'))),
      undefined,
    ),
    fail(
      'stream_beyond_the_payload',
      'MALFORMED',
      'a stream that is longer than its payload.',
      with_(Buffer.concat([leb128(5n), Buffer.from('text')])),
      undefined,
    ),
    fail(
      'byte_after_the_streams',
      'MALFORMED',
      'a payload that goes on after its streams.',
      with_(Buffer.concat([payloadOf(Buffer.from('text')), Buffer.of(0)])),
      undefined,
    ),
    fail('payload_missing', 'MALFORMED', 'a leaf of RAW without a payload.', with_(Buffer.alloc(0)), undefined),
    fail(
      'copy_of_other_bytes',
      'TAMPERED',
      'a source that gives other bytes than the leaf.',
      broken(whole, 'pieces.3.offset', () => zigzag(2n)),
      BASE,
      { file: 'model.bin', chunk: 0 },
    ),
  ];
}

function bases(): Vector[] {
  const other = (name: string, says: string, base: Given, path: string) =>
    fail(name, 'WRONG_ARTIFACT', says, whole, base, { file: path });
  return [
    other(
      'base_with_other_bytes',
      'one byte of the base is another.',
      { ...BASE, 'model.bin': 'These were the weights of the odd model.\n' },
      'model.bin',
    ),
    other(
      'base_that_is_longer',
      'a file of the base is longer.',
      { ...BASE, 'model.bin': `${BASE['model.bin']}\n` },
      'model.bin',
    ),
    other(
      'base_without_a_file',
      'a file of the base is missing.',
      { 'config.json': BASE['config.json']! },
      'model.bin',
    ),
    other(
      'base_with_a_file_more',
      'the device has a file that is no part of the base.',
      { ...BASE, extra: '' },
      'extra',
    ),
    other('base_is_the_target', 'the device has the target already.', TARGET, 'notes/README.md'),
  ];
}

function ok(
  name: string,
  says: string,
  spec: PackageSpec,
  base: Given | undefined,
  more: Readonly<Record<string, Json>> = {},
): Vector {
  const files = Object.fromEntries(spec.target.map(({ path, bytes }) => [path, sha3(bytes)]));
  return deltaVector(name, 'OK', says, sealed(deltaPackage(spec)), base, { files, ...more });
}

function fail(
  name: string,
  outcome: Outcome,
  says: string,
  made: DeltaPackage,
  base: Given | undefined,
  expected: Readonly<Record<string, Json>> = {},
): Vector {
  return deltaVector(name, outcome, says, sealed(made), base, expected);
}

function failing(name: string, outcome: Outcome, says: string, bytes: Uint8Array, base: Given | undefined): Vector {
  return deltaVector(name, outcome, says, bytes, base, {});
}

/** The plain package with one field of its table broken. */
function bad(
  name: string,
  outcome: Outcome,
  says: string,
  fieldName: string,
  change: (bytes: Buffer) => Buffer,
): Vector {
  return fail(name, outcome, says, broken(whole, fieldName, change), BASE);
}

function deltaVector(
  name: string,
  outcome: Outcome,
  says: string,
  bytes: Uint8Array,
  base: Given | undefined,
  expected: Readonly<Record<string, Json>>,
): Vector {
  return vector('delta-v1', name, outcome, {
    says,
    files: { 'package.wbdelta': bytes },
    ...(base === undefined ? {} : { given: { base } }),
    expected,
  });
}

/** The golden stream with 20 new bytes around the border of its chunks. */
function borderFile(size: number): WrittenFile {
  const bytes = Buffer.from(goldenBytes(size));
  bytes.fill('new bytes!', CHUNK - 10, CHUNK + 10);
  return { path: 'golden', bytes, pieces: [copy(CHUNK - 10, 0, 0), raw(20), copy(size - CHUNK - 10, 0, CHUNK + 10)] };
}

function filesOf(given: Given): SourceFile[] {
  return Object.entries(given).map(([path, content]) => file(path, content));
}

function file(path: string, content: string | number): SourceFile {
  return { path, bytes: typeof content === 'number' ? goldenBytes(content) : Buffer.from(content) };
}

function flipped(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  changed[0]! ^= 1;
  return changed;
}
