import type { Outcome } from '@weighbridge/core/outcome';
import { type Vector, vector } from './vector.js';

const FIRST = 'The quick brown fox jumps over the lazy dog.';
const LAST = 'Pack my box with five dozen liquor jugs.';
/** Three files; the one between is empty. Addresses 0 to 43, and 44 to 83. */
const BASE = { 'base-0.bin': FIRST, 'base-1.bin': '', 'base-2.bin': LAST };

/** `weighbridge ` 40 times as a brotli stream. */
const BROTLI = Buffer.from('a1f80ec06fa474f3a66519da5d9da5152b84d502e958b57404', 'hex');
const UNPACKED = 'weighbridge '.repeat(40);

const stored = (bytes: Uint8Array | string) => (bytes.length === 0 ? [] : [0, ...Buffer.from(bytes)]);
const brotli = [1, ...BROTLI];

/** Numbers of the list are single bytes, or more where a number is longer: the vectors spell them out. */
interface Stream {
  readonly form?: number;
  readonly count: readonly number[];
  readonly listBytes?: readonly number[];
  readonly list: readonly number[];
  readonly differences: Uint8Array | string;
  readonly literals: readonly number[];
}

function payload({ form = 0, count, list, listBytes = [list.length], differences, literals }: Stream): Uint8Array {
  const packed = stored(Uint8Array.from(list));
  const differing = stored(differences);
  return Uint8Array.of(
    form,
    ...count,
    ...listBytes,
    packed.length,
    ...packed,
    differing.length,
    ...differing,
    ...literals,
  );
}

function bytesVector(name: string, outcome: Outcome, says: string, stream: Uint8Array, target: string): Vector {
  const files = { ...BASE, 'payload.bin': stream, 'target.bin': target };
  return vector('delta-general', name, outcome, { says: `${says}.`, files });
}

/** Streams of BYTES over a base of three files, and what they must decode to. */
export function deltaGeneralVectors(): Vector[] {
  return [...good(), ...badPlaces(), ...badLengths(), ...badNumbers(), ...badPacking()];
}

const ok = (name: string, says: string, stream: Uint8Array, target: string) =>
  bytesVector(name, 'OK', says, stream, target);
/** `target.bin` gives the length of the output. */
const refused = (name: string, says: string, stream: Uint8Array, size: number, outcome: Outcome = 'MALFORMED') =>
  bytesVector(name, outcome, says, stream, ' '.repeat(size));

/** `The slow brown fox`: 4 bytes of the base, 4 literals, 10 bytes of the base from address 9 on. */
const FOX: Stream = {
  count: [2],
  list: [0, 4, 0, 4, 10, 2 * (9 - 4)],
  differences: new Uint8Array(14),
  literals: stored('slow'),
};

function good(): Vector[] {
  return [
    ok('literals_stored', 'literals alone', Uint8Array.of(0, 0, ...stored('new')), 'new'),
    ok('literals_brotli', 'literals alone, packed', Uint8Array.of(0, 0, ...brotli), UNPACKED),
    ok('empty', 'no bytes at all', Uint8Array.of(0, 0), ''),
    ok('two_alignments', 'literals between two parts of one file', payload(FOX), 'The slow brown fox'),
    ok(
      'differences_wrap',
      'the byte of the base plus the difference, modulo 256',
      payload({ count: [1], list: [0, 3, 0], differences: Uint8Array.of(255, 0, 12), literals: [] }),
      'Shq',
    ),
    ok(
      'address_behind_an_empty_file',
      'the last byte of one file, then the first of the next that has any; literals at the end',
      payload({
        count: [2],
        list: [0, 1, 2 * 43 - 0, 0, 4, 0].flatMap(leb),
        differences: new Uint8Array(5),
        literals: stored('!'),
      }),
      '.Pack!',
    ),
    ok(
      'address_backward',
      'the second part lies before the first one',
      payload({ count: [2], list: [0, 5, 2 * 4, 0, 4, 2 * 9 - 1], differences: new Uint8Array(9), literals: [] }),
      'quickThe ',
    ),
  ];
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, value >>> 7];
}

const one = (list: readonly number[], length: number, literals = 0): Uint8Array =>
  payload({ count: [1], list, differences: new Uint8Array(length), literals: stored(' '.repeat(literals)) });

function badPlaces(): Vector[] {
  return [
    refused('across_two_files', 'an alignment from one file into the next', one([0, 2, 86], 2), 2),
    refused('beyond_the_last_file', 'an alignment that ends behind the base', one([0, 2, ...leb(166)], 2), 2),
    refused('behind_the_base', 'an alignment that begins behind the base', one([0, 1, ...leb(168)], 1), 1),
    refused('before_the_base', 'an alignment that begins before the base', one([0, 1, 1], 1), 1),
  ];
}

function badLengths(): Vector[] {
  return [
    refused('alignment_of_nothing', 'an alignment of no bytes', one([0, 0, 0], 0, 3), 3),
    refused('alignment_too_long', 'an alignment of more bytes than the output has', one([0, 4, 0], 4), 3),
    refused('literals_too_long', 'more literals before an alignment than the output has', one([4, 1, 0], 1, 2), 3),
    refused('literals_missing', 'fewer literals than remain', one([0, 2, 0], 2, 1), 4),
    refused('literals_over', 'more literals than remain', one([0, 2, 0], 2, 3), 4),
    refused('differences_missing', 'fewer differences than bytes aligned', one([0, 3, 0], 2), 3),
    refused('differences_over', 'more differences than bytes aligned', one([0, 3, 0], 4), 3),
    refused('output_longer', 'fewer bytes than the output has', payload(FOX), 19),
    refused('output_shorter', 'more bytes than the output has', payload(FOX), 17),
  ];
}

/** 2^31, 2^32, 2^53 − 1 in seven bits a byte; then one more, and 2^63. */
const LARGE = {
  '2_31': [0x80, 0x80, 0x80, 0x80, 8],
  '2_32': [0x80, 0x80, 0x80, 0x80, 16],
  '2_53_less_1': [255, 255, 255, 255, 255, 255, 255, 15],
  '2_53': [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 16],
  '2_63': [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
};

function badNumbers(): Vector[] {
  const large = Object.entries(LARGE).flatMap(([name, number]) => [
    refused(`literals_of_${name}`, 'as many literals', one([...number, 1, 0], 1, 2), 3),
    refused(`length_of_${name}`, 'an alignment of as many bytes', one([0, ...number, 0], 1, 2), 3),
    refused(`address_of_${name}`, 'an address as large', one([0, 1, ...number], 1, 2), 3),
  ]);
  return [
    ...large,
    refused('count_of_2_31', 'as many alignments', payload({ ...FOX, count: LARGE['2_31'] }), 18, 'LIMIT'),
    refused('count_of_65537', 'one alignment too many', payload({ ...FOX, count: [0x81, 0x80, 4] }), 18, 'LIMIT'),
    refused('count_of_2_63', 'no number that there is', payload({ ...FOX, count: LARGE['2_63'] }), 18),
    refused('count_padded', 'a number not in its shortest form', payload({ ...FOX, count: [0x82, 0] }), 18),
    refused('count_less', 'fewer alignments than the list has', payload({ ...FOX, count: [1] }), 18),
    refused('count_more', 'more alignments than the list has', payload({ ...FOX, count: [3] }), 18),
    refused(
      'list_too_long',
      'a list of more than 24 bytes an alignment',
      payload({ ...FOX, listBytes: [49] }),
      18,
      'LIMIT',
    ),
    refused('list_longer', 'a list that is shorter than its length says', payload({ ...FOX, listBytes: [7] }), 18),
  ];
}

function badPacking(): Vector[] {
  const fox = payload(FOX);
  return [
    refused('nothing', 'no stream', new Uint8Array(0), 3),
    refused('form_unknown', 'another form', payload({ ...FOX, form: 1 }), 18),
    refused('cut', 'the last byte is missing', fox.subarray(0, -1), 18),
    refused('cut_in_the_list', 'the stream ends inside of its list', fox.subarray(0, 7), 18),
    refused('longer', 'a byte follows', Uint8Array.of(...fox, 0), 18),
    refused('packed_form_unknown', 'literals packed in an unknown way', Uint8Array.of(0, 0, 2, 65, 65), 2),
    refused('packed_nothing_for_bytes', 'no literals where there must be some', Uint8Array.of(0, 0), 3),
    refused('packed_bytes_for_nothing', 'a form where there are no literals', Uint8Array.of(0, 0, 0), 0),
    refused('brotli_cut', 'a brotli stream without its end', Uint8Array.of(0, 0, ...brotli.slice(0, -1)), 480),
    refused('brotli_longer', 'a byte behind a brotli stream', Uint8Array.of(0, 0, ...brotli, 0), 480),
    refused('brotli_of_more', 'a brotli stream of one byte more', Uint8Array.of(0, 0, ...brotli), 479),
    refused('brotli_of_fewer', 'a brotli stream of one byte fewer', Uint8Array.of(0, 0, ...brotli), 481),
    refused('brotli_none', 'no brotli stream', Uint8Array.of(0, 0, 1, 255, 255, 255), 480),
  ];
}
