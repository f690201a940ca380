import { broken, copy, type DeltaPackage, deltaPackage, leb128, payloadOf, zigzag } from './delta-package.js';
import { BASE, bad, fail, file, flipped, type Given, plain, TARGET, whole } from './delta-vector.js';
import type { Vector } from './vector.js';

/** delta-v1 §4, broken. */
export function pieceDeltas(): Vector[] {
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

/** delta-v1 §5, broken. */
export function payloadDeltas(): Vector[] {
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

/** Bases that a package was not made for. */
export function baseDeltas(): Vector[] {
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
