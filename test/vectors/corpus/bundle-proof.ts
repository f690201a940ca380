import { keccakText } from '@weighbridge/verify/keccak256';
import { bundleVector } from './bundle-vector.js';
import { base64, type Json } from './canonical.js';
import { EXAMPLE_FILES, entry, manifest } from './release.js';
import { type JsonObject, otherSlot, type Scene, scene, slotsOf } from './scene.js';
import { flipped, word } from './signing.js';
import { ISSUED } from './times.js';
import type { Vector } from './vector.js';

const EMPTY_CODE = 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470';

/** Bundles whose header, proof or manifest does not hold, however well they are signed. */
export function proofBundles(): Vector[] {
  return [...headers(), ...nodes(), ...states(), ...manifests()];
}

function headers(): Vector[] {
  const plain = scene();
  const withHeader = (other: Scene) => ({ ...plain.bundle, header: other.bundle.header });
  return [
    untrusted(
      'header_of_another_block',
      'the header is that of the next block.',
      plain,
      withHeader(scene({ number: 101 })),
    ),
    untrusted(
      'header_with_one_field_more',
      'the signed header and one more field.',
      plain,
      withHeader(scene({ headerFields: 22 })),
    ),
    untrusted(
      'header_with_one_field_less',
      'the signed header without its last field.',
      plain,
      withHeader(scene({ headerFields: 20 })),
    ),
    untrusted(
      'header_with_another_state_root',
      'everything as signed, but the state root.',
      plain,
      withHeader(scene({ header: (fields) => fields.with(3, word(3)) })),
    ),
    untrusted(
      'header_with_a_later_time',
      'everything as signed, but the time of the block.',
      plain,
      withHeader(scene({ blockTime: ISSUED })),
    ),
    untrusted(
      'block_after_the_issue_time',
      'the block is a second younger than what its witness calls now.',
      scene({ blockTime: ISSUED + 1 }),
    ),
  ];
}

function nodes(): Vector[] {
  const plain = scene();
  const withNodes = (list: string[]) => ({ ...plain.bundle, nodes: list.sort() });
  const all = plain.bundle.nodes;
  const more = scene({ alsoProve: [otherSlot(1)] });
  return [
    ...all.map((_, index) =>
      untrusted(
        `node_${index + 1}_missing`,
        `node ${index + 1} of ${all.length} is missing.`,
        plain,
        withNodes(all.toSpliced(index, 1)),
      ),
    ),
    untrusted('no_nodes', 'there is no proof at all.', plain, withNodes([])),
    untrusted('node_unused', 'a good node of another slot, which none of the paths needs.', more),
    untrusted(
      'node_of_nothing',
      'a node that belongs to no trie.',
      plain,
      withNodes([...all, base64(keccakText('junk'))]),
    ),
    untrusted('empty_node', 'a node without bytes.', plain, withNodes([...all, ''])),
    untrusted('node_flipped', 'one bit of a node is flipped.', plain, withNodes(all.with(0, flipped(all[0]!, 20)))),
    untrusted(
      'node_with_a_byte_more',
      'a node has a byte after its end.',
      plain,
      withNodes(all.with(1, base64(Buffer.concat([Buffer.from(all[1]!, 'base64'), Buffer.of(0)])))),
    ),
  ];
}

function states(): Vector[] {
  const registered = { model: 'acme/pilot-llm', version: '0.9.0' };
  return [
    untrusted(
      'other_code_hash',
      'the contract holds other code than the trust file pins.',
      scene({ code: 'other code' }),
    ),
    untrusted(
      'code_hash_of_nothing',
      'the trust file pins the hash of no code, the contract has some.',
      scene({ trust: { codeHash: EMPTY_CODE } }),
    ),
    untrusted(
      'account_absent',
      'there is no contract at the address, which is proven.',
      scene({ account: '0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512' }),
    ),
    untrusted(
      'slots_of_another_release',
      "another version is registered, and its slots are proven beside the absence of this one's.",
      scene({ registered, alsoProve: Object.values(slotsOf(registered.model, registered.version)) }),
    ),
    untrusted('digest_without_its_high_half', 'the high half of the digest is zero.', scene({ absent: ['high'] })),
    untrusted('digest_without_its_low_half', 'the low half of the digest is zero.', scene({ absent: ['low'] })),
    untrusted('meta_absent', 'there is a digest, and nothing that says whose.', scene({ absent: ['meta'] })),
    untrusted('model_absent', 'the release is there, its model is not.', scene({ absent: ['model'] })),
    untrusted('status_none', 'a release without a status.', scene({ record: { status: 0 } })),
    untrusted('status_unknown', 'a status that no version of the registry knows.', scene({ record: { status: 4 } })),
    bundleVector(
      'not_registered_but_another_version',
      'UNVERIFIABLE',
      'another version of the model is registered, the absence of this one is proven.',
      scene({ registered }),
    ),
    bundleVector(
      'not_registered',
      'UNVERIFIABLE',
      'the absence of the release is proven: there is nothing to verify against.',
      scene({ record: null }),
    ),
  ];
}

function manifests(): Vector[] {
  const plain = scene();
  const files = Object.entries({ ...EXAMPLE_FILES, 'weights/model.bin': 'Other bytes.\n' }).map(([path, text]) =>
    entry(path, text),
  );
  const withManifest = (members: Record<string, Json>) => ({ ...plain.bundle, manifest: manifest(members) });
  return [
    untrusted(
      'manifest_with_other_files',
      'the manifest lists other bytes than the registered one.',
      plain,
      withManifest({ files }),
    ),
    untrusted(
      'manifest_with_another_license',
      'the manifest declares another license than the registered one.',
      plain,
      withManifest({ license: { declared: 'Apache-2.0', concluded: 'NOASSERTION', evidence: [] } }),
    ),
    untrusted(
      'manifest_of_another_version',
      'the manifest of another version with the proof of this one.',
      plain,
      withManifest({ version: '1.0.1' }),
    ),
    untrusted(
      'manifest_of_another_model',
      'the manifest of another model with the proof of this one.',
      scene({ trust: { models: ['acme/*'] } }),
      withManifest({ model: 'acme/other' }),
    ),
    untrusted(
      'version_code_differs',
      'the manifest says version code 1, the registry 2.',
      scene({ record: { versionCode: 2, latest: 2, latestApproved: 2 } }),
    ),
    untrusted(
      'version_code_differs_from_the_approved',
      'the manifest says version code 2, the registry 1.',
      scene({ manifest: { versionCode: 2 }, record: { versionCode: 1 } }),
    ),
  ];
}

function untrusted(name: string, says: string, made: Scene, bundle?: JsonObject): Vector {
  return bundleVector(name, 'UNTRUSTED', says, made, bundle === undefined ? {} : { bundle });
}
