import type { Outcome } from '@weighbridge/core/outcome';
import { PREDICT_STREAMS, type PredictStream } from './delta-predict-streams.js';
import { type Vector, vector } from './vector.js';

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

/** Streams and resources of delta-v1-predict, and what they must decode to. */
export function deltaPredictVectors(): Vector[] {
  const good = Object.entries<PredictStream>(PREDICT_STREAMS).map(([name, stream]) =>
    vector('delta-predict', name, 'OK', { says: `${stream.says}.`, given: given(stream), files: files(stream) }),
  );
  return [...good, ...badStreams(), ...badScales(), ...badFactors()];
}

function given({ operation, first = 0 }: PredictStream) {
  return { operation, first };
}

function files({ source, target, payload, resource }: PredictStream): Record<string, Uint8Array> {
  return {
    'source.bin': bytesOf(source),
    'target.bin': bytesOf(target),
    'payload.bin': bytesOf(payload),
    'resource.bin': bytesOf(resource),
  };
}

/** `target.bin` gives the length of the output. */
function bad(name: string, outcome: Outcome, says: string, stream: PredictStream, spoiled: object): Vector {
  const spoiledFiles = { ...files(stream), ...spoiled };
  return vector('delta-predict', name, outcome, { says: `${says}.`, given: given(stream), files: spoiledFiles });
}

const cut = (bytes: Uint8Array) => bytes.subarray(0, -1);
const longer = (bytes: Uint8Array) => Uint8Array.of(...bytes, 0);

function badStreams(): Vector[] {
  const { t16s_f16_scales_by_row: scaled, t16s_f16_as_they_are: plain } = PREDICT_STREAMS;
  const { lora_bf16_corrected: corrected, lora_bf16_recipe_0: exact, lora_bf16_as_they_are: stored } = PREDICT_STREAMS;
  const cases = {
    t16s: scaled,
    t16s_as_they_are: plain,
    lora_corrected: corrected,
    lora_exact: exact,
    lora_stored: stored,
  };
  const ofAny = Object.entries<PredictStream>(cases).flatMap(([name, stream]) => [
    bad(`${name}_cut`, 'MALFORMED', 'the last byte is missing', stream, {
      'payload.bin': cut(bytesOf(stream.payload)),
    }),
    bad(`${name}_longer`, 'MALFORMED', 'a byte follows', stream, { 'payload.bin': longer(bytesOf(stream.payload)) }),
  ]);
  const put = (stream: PredictStream, ...head: number[]) => {
    const payload = bytesOf(stream.payload);
    payload.set(head);
    return { 'payload.bin': payload };
  };
  const beyond: PredictStream = { ...PREDICT_STREAMS.t16s_f16_from_the_middle_of_a_row, first: 60 };
  return [
    ...ofAny,
    bad('t16s_of_no_known_form', 'MALFORMED', 'a first byte of 2', scaled, put(scaled, 2)),
    bad('lora_of_no_known_form', 'MALFORMED', 'a first byte of 3', corrected, put(corrected, 3)),
    bad('lora_reach_0', 'MALFORMED', 'corrections in no context', corrected, put(corrected, 1, 0, 0)),
    bad('lora_reach_513', 'MALFORMED', 'corrections in contexts that do not exist', corrected, put(corrected, 1, 1, 2)),
    bad('t16s_elements_beyond_the_tensor', 'MALFORMED', 'a part that ends outside of its tensor', beyond, {}),
  ];
}

/** Varints: 2^20 + 1, 2^19 + 1, 2^53 − 1. */
const ABOVE_CHANNELS = [0x81, 0x80, 0x40];
const ABOVE_COLUMNS = [0x81, 0x80, 0x20];
const LARGEST = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];

function badScales(): Vector[] {
  const stream = PREDICT_STREAMS.t16s_f16_scales_by_row;
  const resource = bytesOf(stream.resource);
  const refuse = (name: string, outcome: Outcome, says: string, bytes: Uint8Array) =>
    bad(`scales_${name}`, outcome, says, stream, { 'resource.bin': bytes });
  const nothing = [14, 0, 0, 0, 0];
  return [
    refuse('cut', 'MALFORMED', 'a resource whose last byte is missing', cut(resource)),
    refuse('longer', 'MALFORMED', 'a byte after the resource', longer(resource)),
    refuse('along_no_axis', 'MALFORMED', 'an axis of 3', Uint8Array.of(3, ...resource.subarray(1))),
    refuse('without_rows', 'MALFORMED', 'no rows', Uint8Array.of(0, 0, 14)),
    refuse('without_columns', 'MALFORMED', 'no columns', Uint8Array.of(0, 9, 0)),
    refuse('of_too_many_elements', 'MALFORMED', 'more than 2^53 − 1 elements', Uint8Array.of(0, ...LARGEST, 14)),
    refuse('of_too_many_places', 'MALFORMED', 'scales of 21 places', Uint8Array.of(1, 9, 14, 21, 0, 0, 0, 0)),
    refuse('of_too_many_columns', 'LIMIT', '524,289 columns', Uint8Array.of(0, 9, ...ABOVE_COLUMNS)),
    refuse('of_too_many_rows', 'LIMIT', '1,048,577 scales', Uint8Array.of(1, ...ABOVE_CHANNELS, 14, ...nothing)),
  ];
}

function badFactors(): Vector[] {
  const stream = PREDICT_STREAMS.lora_bf16_recipe_0;
  const resource = bytesOf(stream.resource);
  const refuse = (name: string, outcome: Outcome, says: string, bytes: Uint8Array) =>
    bad(`factors_${name}`, outcome, says, stream, { 'resource.bin': bytes });
  /** recipe, rows, columns, rank (a byte each), scale, forms: the range-coded part begins at 16. */
  const put = (at: number, ...values: number[]) => {
    const spoiled = resource.slice();
    spoiled.set(values, at);
    return spoiled;
  };
  const shaped = (...shape: number[]) => Uint8Array.of(resource[0]!, ...shape, ...resource.subarray(4));
  return [
    refuse('cut', 'MALFORMED', 'a resource whose last byte is missing', cut(resource)),
    refuse('longer', 'MALFORMED', 'a byte after the resource', longer(resource)),
    refuse('recipe_12', 'MALFORMED', 'a recipe that does not exist', put(0, 12)),
    refuse('without_rows', 'MALFORMED', 'no rows', put(1, 0)),
    refuse('without_columns', 'MALFORMED', 'no columns', put(2, 0)),
    refuse('rank_0', 'MALFORMED', 'a rank of 0', put(3, 0)),
    refuse('scale_infinite', 'MALFORMED', 'a scale that is not finite', put(10, 0xf0, 0x7f)),
    refuse('of_no_known_form', 'MALFORMED', 'left factors in form 2', put(12, 2)),
    refuse('of_24_places', 'MALFORMED', 'right factors of 24 places', put(14, 0, 24)),
    refuse('of_too_large_steps', 'MALFORMED', 'whole multiples of 2^104', put(12, 1, 104)),
    refuse('of_too_many_ranks', 'LIMIT', 'a rank of 1025', shaped(9, 14, 0x81, 0x08)),
    refuse('of_too_many_columns', 'LIMIT', '1,048,577 columns', shaped(9, ...ABOVE_CHANNELS, 1)),
    refuse('of_too_many_factors', 'LIMIT', 'more than 16,777,216 factors', shaped(...LARGEST, 14, 2)),
  ];
}
