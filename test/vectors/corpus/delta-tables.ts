import type { Outcome } from '@weighbridge/core/outcome';
import { broken, type DeltaPackage, deltaPackage, leb128, sealed } from './delta-package.js';
import { BASE, bad, fail, failing, filesOf, flipped, plain, whole } from './delta-vector.js';
import type { Vector } from './vector.js';

/** delta-v1 §2, broken. */
export function headerDeltas(): Vector[] {
  const broke = (name: string, outcome: Outcome, says: string, bytes: Buffer) =>
    failing(name, outcome, says, bytes, BASE);
  const bytes = sealed(whole);
  const longer = broken(whole, 'labels', (labels) => Buffer.concat([labels, Buffer.of(0)]));
  return [
    broke('another_magic', 'MALFORMED', 'it begins otherwise.', sealed(whole, { magic: 'WBDELTB\0' })),
    broke('another_version', 'MALFORMED', 'format version 2.', sealed(whole, { version: 2 })),
    broke('operation_set_0', 'MALFORMED', 'there is no such set.', sealed(whole, { operationSet: 0 })),
    broke('operation_set_2', 'LIMIT', 'a newer applier is needed.', sealed(whole, { operationSet: 2 })),
    broke('reserved_field_used', 'MALFORMED', 'a field that is zero in this version.', sealed(whole, { reserved: 1 })),
    broke('signature', 'MALFORMED', 'a signature, which this version has not.', sealed(whole, { signature: 1 })),
    broke('cut', 'MALFORMED', 'its last byte is missing.', bytes.subarray(0, -1)),
    broke('cut_in_the_header', 'MALFORMED', '160 bytes.', bytes.subarray(0, 160)),
    broke('empty', 'MALFORMED', 'no bytes.', Buffer.alloc(0)),
    broke(
      'byte_after_the_end',
      'MALFORMED',
      'one byte more than its header says.',
      Buffer.concat([bytes, Buffer.of(0)]),
    ),
    broke('table_of_2_53_bytes', 'MALFORMED', 'a length beyond 2^53 − 1.', sealed(whole, { tableBytes: 2n ** 53n })),
    broke('table_of_2_31_bytes', 'LIMIT', 'a table over 64 MiB.', sealed(whole, { tableBytes: 2n ** 31n })),
    broke('table_of_no_bytes', 'MALFORMED', 'a table of no bytes.', sealed(whole, { tableBytes: 0n })),
    broke(
      'table_changed',
      'TAMPERED',
      'the header names the digest of another table.',
      sealed(longer, { tableDigest: bytes.subarray(32, 96) }),
    ),
  ];
}

/** delta-v1 §3, broken. */
export function tableDeltas(): Vector[] {
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
