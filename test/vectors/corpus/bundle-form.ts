import type { Outcome } from '@weighbridge/core/outcome';
import type { RlpItem } from '@weighbridge/verify/rlp';
import { bundleVector } from './bundle-vector.js';
import { canonical, type Json } from './canonical.js';
import { entry } from './release.js';
import { type JsonObject, scene, trustFile, W1, W2 } from './scene.js';
import { highS, shiftedV } from './spellings.js';
import type { Vector } from './vector.js';

const made = scene({
  trust: { witnesses: [W1.address, W2.address].sort(), threshold: 1 },
  signers: [{ by: W1 }, { by: W2 }],
});
const { bundle } = made;
const text = canonical(bundle);
const [first] = bundle.checkpoint.signatures;

/** Bundles that are not spelled as bundle-v1 is: whatever is signed in them, nobody looks at it. */
export function malformedBundles(): Vector[] {
  return [...spelling(), ...members(), ...signatures(), ...lists(), ...headers(), ...manifests()];
}

function spelling(): Vector[] {
  return [
    malformed('empty_file', 'no bytes.', ''),
    malformed('truncated', 'the last byte is missing.', text.slice(0, -1)),
    malformed('trailing_newline', 'a line feed after the end.', `${text}\n`),
    malformed('byte_order_mark', 'a byte order mark before the beginning.', `\ufeff${text}`),
    malformed('white_space', 'a space after a comma.', text.replace(',"nodes"', ', "nodes"')),
    malformed(
      'white_space_before_the_manifest',
      'a space before the embedded manifest.',
      text.replace('"manifest":', '"manifest": '),
    ),
    malformed(
      'white_space_in_the_manifest',
      'a space inside the embedded manifest.',
      text.replace('"versionCode":1', '"versionCode": 1'),
    ),
    malformed(
      'members_unsorted',
      'the members stand in another order.',
      `{"format":"bundle-v1",${text.slice(1).replace(',"format":"bundle-v1"', '')}`,
    ),
    malformed('needless_escape', 'a letter is written as an escape.', text.replace('"bundle-v1"', '"\\u0062undle-v1"')),
    malformed(
      'format_twice',
      'the member format stands there twice, the same each time.',
      text.replace('"format":"bundle-v1"', '"format":"bundle-v1","format":"bundle-v1"'),
    ),
    malformed(
      'manifest_twice',
      'two manifests: one reader takes the first, another the last.',
      text.replace('"manifest":', `"manifest":${canonical({ ...bundle.manifest, version: '6.6.6' })},"manifest":`),
    ),
    malformed(
      'not_utf8',
      'a byte that is no UTF-8 in a string of the manifest.',
      new Uint8Array(Buffer.from(text.replace('"MIT"', '"M\u00ffT"'), 'latin1')),
    ),
    malformed('two_bundles', 'two bundles one after the other.', text + text),
    malformed('a_list', 'the bundle inside a list.', `[${text}]`),
  ];
}

function members(): Vector[] {
  const { checkpoint: _, ...unsigned } = bundle;
  const { header: __, ...headless } = bundle;
  return [
    malformed('unknown_member', 'a member that bundle-v1 does not have.', { ...bundle, comment: 'hello' }),
    malformed(
      'unknown_member_of_the_checkpoint',
      'a member that a checkpoint does not have.',
      checkpointWith({ chainId: 1 }),
    ),
    malformed(
      'unknown_member_of_a_signature',
      'a member that a signature does not have.',
      signatureWith({ name: 'w1' }),
    ),
    malformed('proto_member', 'a member called `__proto__`.', `{"__proto__":{},${text.slice(1)}`),
    malformed('checkpoint_missing', 'there is no checkpoint.', unsigned),
    malformed('header_missing', 'there is no header.', headless),
    malformed('unknown_format', 'a format that nobody knows yet.', { ...bundle, format: 'bundle-v2' }),
    malformed('format_is_a_number', 'the format is no text.', { ...bundle, format: 1 }),
    malformed('trust_file_as_bundle', 'a good file of another kind.', trustFile({}, 'acme/pilot-llm')),
    malformed('number_is_a_text', 'the block number is written as a text.', checkpointWith({ number: '100' })),
    malformed('number_is_negative', 'the block number is below zero.', text.replace('"number":100', '"number":-1')),
    malformed(
      'number_with_a_fraction',
      'the block number is written as 100.0.',
      text.replace('"number":100', '"number":100.0'),
    ),
    malformed(
      'number_with_an_exponent',
      'the block number is written as 1e2.',
      text.replace('"number":100', '"number":1e2'),
    ),
    malformed(
      'number_beyond_2_53',
      'the block number is 2^53.',
      text.replace('"number":100', '"number":9007199254740992'),
    ),
    malformed(
      'hash_in_capitals',
      'the block hash is written in capitals.',
      checkpointWith({ hash: made.blockHash.toUpperCase() }),
    ),
    malformed(
      'hash_with_0x',
      'the block hash begins with 0x.',
      checkpointWith({ hash: `0x${made.blockHash.slice(2)}` }),
    ),
    malformed(
      'hash_of_sha3_512_length',
      'the block hash has 128 digits.',
      checkpointWith({ hash: made.releaseDigest }),
    ),
  ];
}

function signatures(): Vector[] {
  const signature = String(first!.signature);
  const raw = Buffer.from(signature, 'base64');
  return [
    malformed(
      'high_s',
      'the same signature in its second spelling: s above half of the order.',
      signatureWith({ signature: highS(signature) }),
    ),
    malformed('v_0_or_1', 'v is 0 or 1.', signatureWith({ signature: shiftedV(signature, -27) })),
    malformed(
      'v_with_a_chain_id',
      'v is 37 or 38, as in a transaction of chain 1.',
      signatureWith({ signature: shiftedV(signature, 10) }),
    ),
    malformed(
      'compact_signature',
      'a signature of 64 bytes.',
      signatureWith({ signature: raw.subarray(0, 64).toString('base64') }),
    ),
    malformed(
      'signature_of_66_bytes',
      'a signature with a byte more.',
      signatureWith({ signature: Buffer.concat([raw, Buffer.of(0)]).toString('base64') }),
    ),
    malformed('signature_in_hex', 'a signature in hex.', signatureWith({ signature: `0x${raw.toString('hex')}` })),
    malformed(
      'base64_without_padding',
      'base64 without its padding.',
      signatureWith({ signature: signature.replace(/=+$/, '') }),
    ),
    malformed(
      'base64_with_stray_bits',
      'base64 whose last digit has bits that no byte takes.',
      signatureWith({ signature: strayBits(signature) }),
    ),
    malformed('base64_for_urls', 'the header in the base64 of URLs.', {
      ...bundle,
      header: Buffer.from(String(bundle.header), 'base64').toString('base64url'),
    }),
    malformed(
      'witness_in_lower_case',
      'an address that is not in EIP-55 spelling.',
      signatureWith({ witness: String(first!.witness).toLowerCase() }),
    ),
    malformed(
      'witness_with_a_wrong_capital',
      'an address with one letter in the wrong case.',
      signatureWith({ witness: otherCase(String(first!.witness)) }),
    ),
    malformed(
      'issue_time_with_a_fraction',
      'a time with a fraction of a second.',
      signatureWith({ issuedAt: '2026-01-01T00:00:10.000Z' }),
    ),
    malformed(
      'issue_time_with_an_offset',
      'a time with an offset in place of Z.',
      signatureWith({ issuedAt: '2026-01-01T00:00:10+00:00' }),
    ),
    malformed('issue_time_in_unix_seconds', 'a time as a number.', signatureWith({ issuedAt: 1_767_225_610 })),
    malformed(
      'issue_time_on_a_day_that_is_none',
      'the 30th of February.',
      signatureWith({ issuedAt: '2026-02-30T00:00:10Z' }),
    ),
    malformed('max_age_zero', 'a max age of 0.', signatureWith({ maxAgeSeconds: 0 })),
    malformed(
      'max_age_above_a_year',
      'a max age of a year and a second.',
      signatureWith({ maxAgeSeconds: 31_536_001 }),
    ),
  ];
}

function lists(): Vector[] {
  const { nodes } = bundle;
  return [
    malformed('nodes_unsorted', 'the nodes are not sorted.', { ...bundle, nodes: nodes.toReversed() }),
    malformed('node_twice', 'one node stands there twice.', { ...bundle, nodes: [...nodes, nodes.at(-1)!] }),
    malformed('node_is_no_text', 'a node is a number.', { ...bundle, nodes: [...nodes, 1] }),
    malformed('nodes_are_an_object', 'the nodes are an object.', {
      ...bundle,
      nodes: Object.fromEntries(nodes.entries()),
    }),
    malformed('signatures_null', 'the signatures are null.', checkpointWith({ signatures: null })),
  ];
}

/** Signed as they are: only the spelling is wrong. */
function headers(): Vector[] {
  const withHeader = (name: string, says: string, options: Parameters<typeof scene>[0]) =>
    malformed(name, says, scene(options).bundle);
  const stretch = (raw: Uint8Array) => Uint8Array.of(0xfa, 0, raw[1]!, raw[2]!, ...raw.subarray(3));
  return [
    withHeader('header_of_14_fields', 'a header with too few fields.', { headerFields: 14 }),
    withHeader('header_of_65_fields', 'a header with too many fields.', { headerFields: 65 }),
    withHeader('header_with_a_long_length', 'the length of the header has a leading zero byte: no canonical RLP.', {
      rawHeader: stretch,
    }),
    withHeader('header_with_a_byte_after_it', 'a byte after the end of the header.', {
      rawHeader: (raw) => Uint8Array.of(...raw, 0),
    }),
    withHeader('header_cut_off', 'the last byte of the header is missing.', {
      rawHeader: (raw) => raw.subarray(0, -1),
    }),
    withHeader('header_that_is_a_string', 'the header is a byte string, no list.', {
      rawHeader: () => Uint8Array.of(0x83, 1, 2, 3),
    }),
    withHeader('header_with_a_list_in_it', 'a field of the header is a list.', {
      header: (fields) => fields.with(12, [] as RlpItem),
    }),
    withHeader('header_number_with_a_leading_zero', 'the number in the header has a leading zero byte.', {
      header: (fields) => fields.with(8, Uint8Array.of(0, 100)),
    }),
    withHeader('header_time_beyond_2_53', 'the time in the header has eight bytes.', {
      header: (fields) => fields.with(11, new Uint8Array(8).fill(0x7f)),
    }),
    withHeader('header_with_a_short_state_root', 'the state root has 31 bytes.', {
      header: (fields) => fields.with(3, new Uint8Array(31).fill(1)),
    }),
  ];
}

/** Registered as they are: what is wrong with the manifest is not its digest. */
function manifests(): Vector[] {
  const withManifest = (name: string, says: string, manifest: Record<string, Json>) =>
    malformed(name, says, scene({ manifest }).bundle);
  return [
    withManifest('manifest_with_a_climbing_path', 'the registered manifest lists a path that leaves the folder.', {
      files: [entry('../model.bin', 'x')],
    }),
    withManifest('manifest_without_files', 'the registered manifest lists nothing.', { files: [] }),
    withManifest('manifest_unsorted', 'the registered manifest lists its files in another order.', {
      files: [entry('b', 'x'), entry('a', 'x')],
    }),
    withManifest('manifest_with_an_unknown_member', 'the registered manifest has a member more.', {
      createdAt: '2026-01-01T00:00:00Z',
    }),
    malformed('manifest_as_a_text', 'the manifest is embedded as a text.', {
      ...bundle,
      manifest: canonical(bundle.manifest),
    }),
    malformed('manifest_null', 'the manifest is null.', { ...bundle, manifest: null }),
  ];
}

/** Files over the limits, made when they are needed. */
export function largeBundles(): Vector[] {
  const around = (mark: string): [string, string] => [
    text.slice(0, text.indexOf(mark) + mark.length),
    text.slice(text.indexOf(mark) + mark.length),
  ];
  const recipe = (mark: string, filler: Json): Json => {
    const [before, after] = around(mark);
    return { file: 'bundle.json', parts: [{ text: before, times: 1 }, filler, { text: after, times: 1 }] };
  };
  return [
    large(
      'proof_over_64_kib',
      'LIMIT',
      'header, nodes and checkpoint have more than 64 KiB.',
      recipe('"nodes":["', { text: 'AAAA', times: 16_384 }),
    ),
    large(
      'manifest_over_16_mib',
      'LIMIT',
      'the manifest has more than 16 MiB.',
      recipe('"declared":"MIT', { text: 'x', times: 16_777_216 }),
    ),
    large('file_over_all_limits', 'LIMIT', 'zeros without end: refused by its size, before anything is read as JSON.', {
      file: 'bundle.json',
      parts: [{ text: '0', times: 17_000_000 }],
    }),
  ];
}

function large(name: string, outcome: Outcome, says: string, recipe: Json): Vector {
  return bundleVector(name, outcome, says, made, { recipe });
}

function malformed(name: string, says: string, spelled: JsonObject | string | Uint8Array): Vector {
  return bundleVector(name, 'MALFORMED', says, made, { bundle: spelled });
}

function checkpointWith(changed: Record<string, Json>): JsonObject {
  return { ...bundle, checkpoint: { ...bundle.checkpoint, ...changed } };
}

function signatureWith(changed: Record<string, Json>): JsonObject {
  return checkpointWith({ signatures: bundle.checkpoint.signatures.with(0, { ...first!, ...changed }) });
}

/** The address with its first letter in the other case. */
function otherCase(address: string): string {
  return address.replace(/(?<=^0x[0-9]*)[a-fA-F]/, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

/** The digit before the padding with its unused bits set; a reader that drops them sees the same bytes. */
function strayBits(padded: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return padded.replace(
    /(.)(=+)$/,
    (_, digit: string, padding: string) => `${digits[digits.indexOf(digit) + 1]}${padding}`,
  );
}
