import { goldenBytes } from '../../support/golden-stream.js';
import { canonical } from './canonical.js';
import {
  broken,
  copy,
  deltaPackage,
  leb128,
  type PackageSpec,
  type PieceSpec,
  raw,
  type WrittenFile,
} from './delta-package.js';
import { BASE, fail, file, filesOf, ok, plain, TARGET } from './delta-vector.js';
import { EXAMPLE_FILES, RELEASE } from './release.js';
import { scene } from './scene.js';
import type { Vector } from './vector.js';

const CHUNK = 1_048_576;

/** Packages that apply. */
export function goodDeltas(): Vector[] {
  const large = CHUNK + 5000;
  const equal = filesOf(BASE).map((one, index) => ({ ...one, pieces: [copy(one.bytes.length, index, 0)] }));
  const shifted = { path: 'b', bytes: goldenBytes(large + 3).subarray(3), pieces: [copy(large, 1, 3)] };
  const written = (path: string, text: string, pieces: readonly PieceSpec[]) => ({ ...file(path, text), pieces });
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

/** Packages of registered releases. */
export function releaseDeltas(): Vector[] {
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

/** The golden stream with 20 new bytes around the border of its chunks. */
function borderFile(size: number): WrittenFile {
  const bytes = Buffer.from(goldenBytes(size));
  bytes.fill('new bytes!', CHUNK - 10, CHUNK + 10);
  return { path: 'golden', bytes, pieces: [copy(CHUNK - 10, 0, 0), raw(20), copy(size - CHUNK - 10, 0, CHUNK + 10)] };
}
