import { keccak256 } from '@weighbridge/verify/keccak256';
import { decodeRlp, encodeRlp, type RlpItem, rlpInteger } from '@weighbridge/verify/rlp';
import { bundleVector } from './bundle-vector.js';
import { type SceneOptions, scene } from './scene.js';
import { branch, extension, leaf } from './trie-nodes.js';
import type { Vector } from './vector.js';

const EMPTY = new Uint8Array(0);
const WORD = new Uint8Array(32).fill(1);

/** Well signed, every hash holds, and no chain has such a state: what a verifier takes for granted must be checked. */
export function oddStateBundles(): Vector[] {
  return [...values(), ...accounts(), ...tries()];
}

function values(): Vector[] {
  const value = (name: string, says: string, raw: Uint8Array) =>
    untrusted(`slot_value_${name}`, says, { slotValue: ['meta', raw] });
  return [
    value('empty', 'a slot whose value is empty, where it ought to be absent.', encodeRlp(EMPTY)),
    value('zero', 'a slot whose value is a zero byte.', Uint8Array.of(0)),
    value(
      'with_a_leading_zero',
      'a slot whose value begins with a zero byte.',
      encodeRlp(Uint8Array.of(0, ...new Uint8Array(31).fill(7))),
    ),
    value('of_33_bytes', 'a slot whose value has 33 bytes.', encodeRlp(new Uint8Array(33).fill(7))),
    value('that_is_a_list', 'a slot whose value is a list.', encodeRlp([WORD])),
    value('in_a_long_spelling', 'a slot whose value is no canonical RLP.', Uint8Array.of(0xb8, 32, ...WORD)),
    value('with_a_byte_after_it', 'a slot whose value has a byte after its end.', Uint8Array.of(...encodeRlp(WORD), 0)),
  ];
}

function accounts(): Vector[] {
  const account = (name: string, says: string, accountFields: SceneOptions['accountFields'] & {}) =>
    untrusted(`account_${name}`, says, { accountFields });
  return [
    account('of_three_fields', 'an account without a code hash.', (fields) => fields.slice(0, 3)),
    account('of_five_fields', 'an account with a field more.', (fields) => [...fields, EMPTY]),
    account('with_a_short_storage_root', 'an account whose storage root has 31 bytes.', (fields) =>
      fields.with(2, WORD.subarray(1)),
    ),
    account('with_a_list_as_code_hash', 'an account whose code hash is a list.', (fields) => fields.with(3, [])),
    account('with_another_storage_root', 'an account whose storage is somewhere else.', (fields) =>
      fields.with(2, WORD),
    ),
    account('without_storage', 'an account with the storage root of nothing.', (fields) =>
      fields.with(2, keccak256(encodeRlp(EMPTY))),
    ),
  ];
}

/** The account trie by hand: its root stands in the signed header. */
function tries(): Vector[] {
  const trie = (name: string, says: string, accountTrie: SceneOptions['accountTrie'] & {}) =>
    untrusted(`trie_${name}`, says, { accountTrie });
  const under = (node: Uint8Array, make: (hash: Uint8Array) => Uint8Array) => [make(keccak256(node)), node];
  const other = (key: string) => (key[0] === '0' ? '1' : '0');
  const item = (node: Uint8Array): RlpItem => decodeRlp(node);
  return [
    trie('leaf_too_high', 'a leaf whose path is a digit too short.', (key, account) => [leaf(key.slice(1), account)]),
    trie('leaf_too_deep', 'a leaf whose path is a digit too long.', (key, account) => [leaf(`${key}0`, account)]),
    trie('leaf_without_a_value', 'a leaf whose value is empty.', (key) => [leaf(key, EMPTY)]),
    trie('leaf_with_a_wrong_prefix', 'a leaf with a flag that no node has.', (key, account) => [
      encodeRlp([Uint8Array.of(0x40, ...Buffer.from(key, 'hex')), account]),
    ]),
    trie('leaf_with_a_padded_prefix', 'a leaf whose padding is not zero.', (key, account) => [
      encodeRlp([Uint8Array.of(0x21, ...Buffer.from(key, 'hex')), account]),
    ]),
    trie('branch_of_one', 'a branch with a single child, which an extension would spell.', (key, account) =>
      under(leaf(key.slice(1), account), (hash) => branch({ [key[0]!]: hash })),
    ),
    trie('branch_with_a_value', 'a branch with a value, where no key can end.', (key, account) =>
      under(leaf(key.slice(1), account), (hash) => branch({ [key[0]!]: hash, [other(key)]: WORD }, rlpInteger(7))),
    ),
    trie('branch_of_16', 'a branch without the place for a value.', (key, account) =>
      under(leaf(key.slice(1), account), (hash) =>
        encodeRlp((item(branch({ [key[0]!]: hash, [other(key)]: WORD })) as readonly RlpItem[]).slice(0, 16)),
      ),
    ),
    trie('child_of_31_bytes', 'a branch with a child that is neither a hash nor a node.', (key, account) =>
      under(leaf(key.slice(1), account), (hash) => branch({ [key[0]!]: hash, [other(key)]: WORD.subarray(1) })),
    ),
    trie(
      'long_node_inside',
      'a node of more than 31 bytes inside its parent, in place of its hash.',
      (key, account) => [branch({ [key[0]!]: item(leaf(key.slice(1), account)), [other(key)]: WORD })],
    ),
    trie('extension_over_a_leaf', 'an extension with a leaf below it, which one leaf would spell.', (key, account) =>
      under(leaf(key.slice(2), account), (hash) => extension(key.slice(0, 2), hash)),
    ),
    trie('extension_over_an_extension', 'two extensions, which one would spell.', (key, account) => {
      const low = under(leaf(key.slice(5), account), (hash) =>
        branch({ [key[4]!]: hash, [other(key.slice(4))]: WORD }),
      );
      const middle = under(low[0]!, (hash) => extension(key.slice(2, 4), hash));
      return [...under(middle[0]!, (hash) => extension(key.slice(0, 2), hash)), ...low];
    }),
    trie('extension_without_a_path', 'an extension that leads nowhere further.', (key, account) => {
      const low = under(leaf(key.slice(1), account), (hash) => branch({ [key[0]!]: hash, [other(key)]: WORD }));
      return [...under(low[0]!, (hash) => extension('', hash)), low[1]!];
    }),
    trie('node_that_is_a_string', 'a node that is a byte string.', () => [encodeRlp(WORD)]),
    trie('node_with_a_byte_after_it', 'a node with a byte after its end.', (key, account) => [
      Uint8Array.of(...leaf(key, account), 0),
    ]),
  ];
}

function untrusted(name: string, says: string, options: SceneOptions): Vector {
  return bundleVector(name, 'UNTRUSTED', says, scene(options));
}
