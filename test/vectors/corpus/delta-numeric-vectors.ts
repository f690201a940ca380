import { NUMERIC_STREAMS, type NumericStream } from './delta-numeric-streams.js';
import { type Vector, vector } from './vector.js';

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

/** Streams of delta-v1-numeric, and what they must decode to. */
export function deltaNumericVectors(): Vector[] {
  const good = Object.entries<NumericStream>(NUMERIC_STREAMS).map(([name, stream]) =>
    vector('delta-numeric', name, 'OK', { says: `${stream.says}.`, given: given(stream), files: files(stream) }),
  );
  return [...good, ...damaged()];
}

function given({ operation }: NumericStream) {
  return { operation };
}

function files({ source, target, payload, resource }: NumericStream): Record<string, Uint8Array> {
  const always = { 'source.bin': bytesOf(source), 'target.bin': bytesOf(target), 'payload.bin': bytesOf(payload) };
  return resource === undefined ? always : { ...always, 'resource.bin': bytesOf(resource) };
}

/** A payload spoiled. `target.bin` gives the length of the output. */
function bad(name: string, says: string, stream: NumericStream, spoil: (payload: Uint8Array) => Uint8Array): Vector {
  const spoiled = { ...files(stream), 'payload.bin': spoil(bytesOf(stream.payload)) };
  return vector('delta-numeric', name, 'MALFORMED', { says: `${says}.`, given: given(stream), files: spoiled });
}

function damaged(): Vector[] {
  return [...ofAnyKind(), ...ofBlocks(), ...ofSymbols(), ...ofHeads(), withoutResource(), withSpoiledResource()];
}

const put =
  (at: number, ...bytes: number[]) =>
  (payload: Uint8Array) => {
    const spoiled = payload.slice();
    spoiled.set(bytes, at);
    return spoiled;
  };
const cut = (payload: Uint8Array) => payload.subarray(0, -1);
const longer = (payload: Uint8Array) => Uint8Array.of(...payload, 0);

function ofAnyKind(): Vector[] {
  return Object.entries<NumericStream>(NUMERIC_STREAMS).flatMap(([name, stream]) => [
    bad(`${name}_cut`, 'the last byte is missing', stream, cut),
    bad(`${name}_longer`, 'a byte follows', stream, longer),
  ]);
}

function ofBlocks(): Vector[] {
  const { t16_nothing_changed: zero, t16_special_codes: plain, planes16 } = NUMERIC_STREAMS;
  const twoBlocks = () => Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0);
  return [
    bad('block_of_an_unknown_coder', 'coder 5', zero, put(0, 5)),
    bad('block_of_no_elements', 'a block of no elements before the others', zero, (payload) =>
      Uint8Array.of(1, 0, 0, 0, 0, 0, 0, ...payload),
    ),
    bad('block_of_too_many_elements', 'a block of more elements than the output has', zero, put(1, 3)),
    bad('block_of_too_few_elements', 'blocks of fewer elements than the output has', zero, put(1, 1)),
    bad('block_small_before_another', 'a block of less than 4096 elements which is not the last', zero, twoBlocks),
    bad('block_of_zeros_with_a_body', 'a block of zeros that has a body', zero, (payload) =>
      longer(put(4, 1)(payload)),
    ),
    bad('block_of_zeros_where_zero_leaves_bits_open', 'a block of zeros in PLANES16', planes16, (payload) =>
      Uint8Array.of(...payload.subarray(0, 4), 1, 120, 0, 0, 0, 0, 0),
    ),
    bad('block_plain_of_another_length', 'a plain block with a byte too many', plain, (payload) =>
      longer(put(4, 11)(payload)),
    ),
    bad('block_beyond_the_payload', 'a block that is longer than the payload', plain, put(6, 1)),
  ];
}

/** Where the symbols of a block by its own tables begin: the header's length stands at 7. */
const symbolsAt = (payload: Uint8Array) => 9 + payload[7]! + 3;

function ofSymbols(): Vector[] {
  const { t16_bf16_own_tables: own, t16_bf16_adaptive: adaptive } = NUMERIC_STREAMS;
  const first = (payload: Uint8Array) => payload[symbolsAt(payload)]!;
  return [
    bad('symbols_from_a_state_below_the_bound', 'a state below 2^23', own, (payload) =>
      put(symbolsAt(payload) + 2, 0x7f, 0)(payload),
    ),
    bad('symbols_from_a_state_above_the_bound', 'a state of 2^31 and more', own, (payload) =>
      put(symbolsAt(payload) + 3, 0x80)(payload),
    ),
    bad('symbols_that_end_in_another_state', 'a state that does not end as it must', own, (payload) =>
      put(symbolsAt(payload), first(payload) ^ 1)(payload),
    ),
    bad('symbols_of_another_length', 'symbols that are longer than their block', own, (payload) =>
      put(symbolsAt(payload) - 1, 1)(payload),
    ),
    bad('tables_beyond_their_block', 'tables that are longer than their block', own, put(8, 1)),
    bad('adaptive_symbols_beyond_their_block', 'symbols that are longer than their block', adaptive, put(9, 1)),
  ];
}

function ofHeads(): Vector[] {
  const { t32, planes16, planes32_of_bf16: planes32, qblk_q8_0: q8, qblk_q4_0: q4 } = NUMERIC_STREAMS;
  return [
    bad('t32_of_32_zero_bits', 'T32 with 32 low bits that are zero', t32, put(0, 32)),
    bad('planes16_of_more_bits_than_a_float_has', 'zeros and open bits of 15 together', planes16, put(0, 12, 3)),
    bad('planes32_of_more_bits_than_a_float_has', 'zeros and open bits of 31 together', planes32, put(0, 16, 15)),
    bad('qblk_q8_0_lead_of_a_block', 'as many leading bytes as a block has', q8, put(0, 34)),
    bad('qblk_q4_0_lead_of_a_block', 'as many leading bytes as a block has', q4, put(0, 18)),
    bad('qblk_plain_of_another_length', 'bytes as they are, but not all of them', q8, put(0, 255)),
  ];
}

function withoutResource(): Vector {
  const { resource: _resource, ...stream } = NUMERIC_STREAMS.t16_bf16_trained_tables_and_an_escape;
  return bad('trained_tables_without_a_resource', 'trained tables, but no resource', stream, (payload) => payload);
}

function withSpoiledResource(): Vector {
  const stream = NUMERIC_STREAMS.t16_bf16_trained_tables_and_an_escape;
  const resource = Buffer.from(cut(bytesOf(stream.resource))).toString('base64');
  return bad(
    'trained_tables_cut',
    'a resource whose last byte is missing',
    { ...stream, resource },
    (payload) => payload,
  );
}
