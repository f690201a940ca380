import { testKey } from '@weighbridge/verify/testing/keys';
import type { Outcome } from '@weighbridge/core/outcome';
import { base64, canonical, type Json } from './canonical.js';
import { MODEL } from './release.js';
import { type JsonObject, scene, trustFile, W1, W2, W3 } from './scene.js';
import { highS } from './spellings.js';
import type { Vector } from './vector.js';
import { vector } from './vector.js';

const trust = trustFile({}, MODEL);
const text = canonical(trust);
const ADDRESSES = Array.from({ length: 12 }, (_, index) => testKey(`address ${index}`).address).sort();

/** Trust files as a person imports them on a device that has none. */
export function trustVectors(): Vector[] {
  return [...good(), ...spelling(), ...keys(), ...numbers(), ...lists()];
}

function good(): Vector[] {
  return [
    ok('plain', 'one witness, one model.', trust, { version: 1, models: [MODEL], threshold: 1 }),
    ok('two_of_three', 'three witnesses, two are needed.', {
      ...trust,
      witnesses: [W1.address, W2.address, W3.address].sort(),
      threshold: 2,
    }),
    ok(
      'sorted_by_the_bytes_of_the_text',
      'addresses are sorted by the bytes of their EIP-55 text: capitals before small letters.',
      { ...trust, witnesses: ADDRESSES },
    ),
    ok('rpc_alone', 'no witness at all: both 0, since the anchor is rpc alone.', {
      ...trust,
      anchors: ['rpc'],
      witnesses: [],
      threshold: 0,
      rpcQuorum: 2,
    }),
    ok('both_anchors', 'the anchors stand in order of preference, which is no alphabetical one.', {
      ...trust,
      anchors: ['witness', 'rpc'],
      rpcQuorum: 1,
    }),
    ok('rpc_first', 'the anchors the other way round.', { ...trust, anchors: ['rpc', 'witness'], rpcQuorum: 1 }),
    ok('many_models', 'models and namespaces, sorted.', {
      ...trust,
      models: ['acme/*', 'acme/pilot-llm', 'zeta-9/voice.v2'],
    }),
    ok('root_keys', 'two root keys of three may follow it up.', {
      ...trust,
      rootKeys: [W1.address, W2.address, W3.address].sort(),
      rootThreshold: 2,
    }),
    ok('longest_max_age', 'a max age of a year.', { ...trust, maxAgeSeconds: 31_536_000 }),
    ok('shortest_max_age', 'a max age of a second.', { ...trust, maxAgeSeconds: 1 }),
  ];
}

function spelling(): Vector[] {
  const { codeHash: _, ...without } = trust;
  return [
    bad('empty_file', 'no bytes.', ''),
    bad('trailing_newline', 'a line feed after the end.', `${text}\n`),
    bad('byte_order_mark', 'a byte order mark before the beginning.', `\ufeff${text}`),
    bad('pretty', 'white space for people.', JSON.stringify(JSON.parse(text), undefined, 2)),
    bad(
      'members_unsorted',
      'the members stand in another order.',
      `{"version":1,${text.slice(1).replace(',"version":1', '')}`,
    ),
    bad(
      'version_twice',
      'two versions: one reader takes the first, another the last.',
      text.replace('"version":1', '"version":1,"version":9'),
    ),
    bad('unknown_member', 'a member more.', { ...trust, expires: '2027-01-01T00:00:00Z' }),
    bad('member_missing', 'no code hash.', without),
    bad('unknown_format', 'a format that nobody knows yet.', { ...trust, format: 'trust-v2' }),
    bad('bundle_as_trust_file', 'a good file of another kind.', scene().bundle),
    bad('yaml', 'what another tool would call its configuration.', 'format: trust-v1\nversion: 1\n'),
    vector('trust-v1', 'over_64_kib', 'LIMIT', {
      says: 'more than 64 KiB.',
      files: {},
      recipe: {
        file: 'trust.json',
        parts: [
          { text: text.slice(0, text.indexOf('acme/')), times: 1 },
          { text: 'a', times: 65_536 },
          { text: text.slice(text.indexOf('acme/')), times: 1 },
        ],
      },
    }),
  ];
}

function keys(): Vector[] {
  const pair = [W1.address, W2.address].sort();
  const signature = base64(W1.sign(new Uint8Array(32).fill(7)));
  const signed = (list: Json) => ({ ...trust, rootKeys: pair, rootThreshold: 1, signatures: list });
  const entries = pair.map((key) => ({ key, signature }));
  return [
    bad('witness_in_lower_case', 'an address that is not in EIP-55 spelling.', {
      ...trust,
      witnesses: [W1.address.toLowerCase()],
    }),
    bad('witness_without_0x', 'an address without its 0x.', { ...trust, witnesses: [W1.address.slice(2)] }),
    bad('contract_with_a_wrong_capital', 'an address with one letter in the wrong case.', {
      ...trust,
      contract: '0x5fbDB2315678afecb367f032d93F642f64180aa3',
    }),
    bad('contract_of_21_bytes', 'an address with a byte too many.', {
      ...trust,
      contract: `${String(trust.contract)}00`,
    }),
    bad('witnesses_unsorted', 'the witnesses are not sorted.', { ...trust, witnesses: pair.toReversed() }),
    bad('witness_twice', 'one witness stands there twice, to be two.', {
      ...trust,
      witnesses: [W1.address, W1.address],
      threshold: 2,
    }),
    bad('sorted_without_case', 'the addresses are sorted as if capitals were small letters.', {
      ...trust,
      witnesses: [...ADDRESSES].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)),
    }),
    bad('root_key_twice', 'one root key stands there twice.', {
      ...trust,
      rootKeys: [W1.address, W1.address],
      rootThreshold: 2,
    }),
    bad('root_keys_unsorted', 'the root keys are not sorted.', {
      ...trust,
      rootKeys: pair.toReversed(),
      rootThreshold: 1,
    }),
    bad('signatures_unsorted', 'the signatures are not sorted by key.', signed(entries.toReversed())),
    bad('signature_twice', 'one key signed twice.', signed([entries[0]!, entries[0]!])),
    bad(
      'signature_high_s',
      'a signature in its second spelling.',
      signed([{ key: pair[0]!, signature: highS(signature) }]),
    ),
    bad('signature_with_an_unknown_member', 'a signature with a member more.', signed([{ ...entries[0]!, by: 'w1' }])),
  ];
}

function numbers(): Vector[] {
  return [
    bad('version_zero', 'versions begin with 1.', { ...trust, version: 0 }),
    bad(
      'version_beyond_2_53',
      'a version that a float cannot hold.',
      text.replace('"version":1', '"version":9007199254740993'),
    ),
    bad('version_as_text', 'a version as a text.', { ...trust, version: '1' }),
    bad('threshold_zero_with_witnesses', 'a threshold of 0: nobody would have to sign.', { ...trust, threshold: 0 }),
    bad('threshold_zero_without_witnesses', 'no witness and a threshold of 0, with the anchor witness.', {
      ...trust,
      witnesses: [],
      threshold: 0,
    }),
    bad('threshold_above_the_witnesses', 'two of one.', { ...trust, threshold: 2 }),
    bad('rpc_quorum_zero', 'a quorum of 0, with the anchor rpc.', {
      ...trust,
      anchors: ['rpc', 'witness'],
      rpcQuorum: 0,
    }),
    bad('root_threshold_above_the_keys', 'one of no root keys.', { ...trust, rootThreshold: 1 }),
    bad('max_age_zero', 'a max age of 0.', { ...trust, maxAgeSeconds: 0 }),
    bad('max_age_above_a_year', 'a max age of a year and a second.', { ...trust, maxAgeSeconds: 31_536_001 }),
    bad(
      'max_age_with_a_fraction',
      'a max age of half a second more.',
      text.replace('"maxAgeSeconds":2592000', '"maxAgeSeconds":2592000.5'),
    ),
    bad('issued_at_with_a_fraction', 'a time with a fraction.', { ...trust, issuedAt: '2025-12-31T00:00:00.0Z' }),
    bad('issued_at_in_small_letters', 'a time with t and z.', { ...trust, issuedAt: '2025-12-31t00:00:00z' }),
    bad('issued_at_24_o_clock', 'a time of 24:00:00.', { ...trust, issuedAt: '2025-12-31T24:00:00Z' }),
    bad('issued_at_leap_second', 'a time with a 61st second.', { ...trust, issuedAt: '2016-12-31T23:59:60Z' }),
    bad('code_hash_in_capitals', 'a code hash in capitals.', { ...trust, codeHash: 'AB'.repeat(32) }),
    bad('code_hash_with_0x', 'a code hash with 0x before it.', { ...trust, codeHash: `0x${'ab'.repeat(32)}` }),
    bad('code_hash_too_short', 'a code hash of 63 digits.', { ...trust, codeHash: 'a'.repeat(63) }),
    bad('require_clock_as_text', 'a text where true or false belongs.', { ...trust, requireClock: 'true' }),
    bad('require_clock_as_number', 'a number where true or false belongs.', { ...trust, requireClock: 1 }),
  ];
}

function lists(): Vector[] {
  return [
    bad('anchors_empty', 'no anchor at all.', { ...trust, anchors: [] }),
    bad('anchor_twice', 'one anchor stands there twice.', { ...trust, anchors: ['witness', 'witness'] }),
    bad('anchor_unknown', 'an anchor that nobody knows.', { ...trust, anchors: ['dns'] }),
    bad('models_empty', 'no model at all.', { ...trust, models: [] }),
    bad('models_unsorted', 'the models are not sorted.', { ...trust, models: ['b/x', 'a/x'] }),
    bad('model_twice', 'one model stands there twice.', { ...trust, models: ['a/x', 'a/x'] }),
    bad('model_star', 'every model of everybody.', { ...trust, models: ['*'] }),
    bad('model_star_namespace', 'a model of every namespace.', { ...trust, models: ['*/pilot-llm'] }),
    bad('model_star_in_a_bad_namespace', 'every model of a namespace that cannot be.', {
      ...trust,
      models: ['Acme/*'],
    }),
    bad('model_star_of_three_parts', 'a star below a model.', { ...trust, models: ['acme/pilot-llm/*'] }),
    bad('model_prefix', 'a part of a name with a star.', { ...trust, models: ['acme/pilot-*'] }),
    bad('model_in_capitals', 'a name in capitals.', { ...trust, models: ['Acme/pilot-llm'] }),
    bad('model_with_a_version', 'a release where a model belongs.', { ...trust, models: ['acme/pilot-llm@1.0.0'] }),
    bad('witnesses_null', 'null where a list belongs.', { ...trust, witnesses: null }),
  ];
}

function ok(name: string, says: string, file: JsonObject, expected: Record<string, Json> = {}): Vector {
  return imported(name, 'OK', says, file, expected);
}

function bad(name: string, says: string, file: JsonObject | string): Vector {
  return imported(name, 'MALFORMED', says, file, {});
}

function imported(
  name: string,
  outcome: Outcome,
  says: string,
  file: JsonObject | string,
  expected: Record<string, Json>,
): Vector {
  return vector('trust-v1', name, outcome, {
    says,
    files: { 'trust.json': typeof file === 'string' ? file : canonical(file) },
    expected,
  });
}
