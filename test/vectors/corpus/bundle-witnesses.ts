import type { Outcome } from '@weighbridge/core/outcome';
import { type BundleCase, bundleVector } from './bundle-vector.js';
import type { Json } from './canonical.js';
import { CHECKPOINT_TYPE, statement } from './checkpoint.js';
import { type JsonObject, type Scene, STRANGER, scene, W1, W2, W3 } from './scene.js';
import { CHAIN_ID, flipped } from './signing.js';
import { DAY, ISSUED, MAX_AGE, time } from './times.js';
import type { Vector } from './vector.js';

const OTHER_CONTRACT = '0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512';
const twoOfThree = { witnesses: [W1.address, W2.address, W3.address].sort(), threshold: 2 };

/** Bundles whose witnesses do not vouch for them. */
export function witnessBundles(): Vector[] {
  return [...forged(), ...misplaced(), ...tooFew()];
}

/** Canonical, and some signature does not recover to the address beside it. */
function forged(): Vector[] {
  const plain = scene();
  const [good] = plain.bundle.checkpoint.signatures;
  const other = scene({ signers: [{ by: STRANGER }] }).bundle.checkpoint.signatures[0]!;
  const withStranger = scene({ signers: [{ by: W1 }, { by: STRANGER }] });
  return [
    untrusted(
      'signature_bit_flipped',
      'one bit of r is flipped.',
      plain,
      signatureWith(plain, { signature: flipped(String(good!.signature), 5) }),
    ),
    untrusted(
      'signature_other_v',
      'v is 28 for 27 or the other way round: another key would have signed.',
      plain,
      signatureWith(plain, { signature: flipped(flipped(flipped(String(good!.signature), 64, 0), 64, 1), 64, 2) }),
    ),
    untrusted(
      'signature_r_zero',
      'r is 0: no key can have made this signature.',
      plain,
      signatureWith(plain, { signature: zeroed(String(good!.signature), 0, 32) }),
    ),
    untrusted(
      'signature_s_zero',
      's is 0: no key can have made this signature.',
      plain,
      signatureWith(plain, { signature: zeroed(String(good!.signature), 32, 64) }),
    ),
    untrusted(
      'signature_of_a_stranger_under_a_trusted_name',
      'a stranger signed, the address beside it is the witness.',
      plain,
      signatureWith(plain, { signature: other.signature! }),
    ),
    untrusted(
      'issue_time_made_younger',
      'the issue time is later than what was signed.',
      plain,
      signatureWith(plain, { issuedAt: time(ISSUED + DAY) }),
    ),
    untrusted(
      'max_age_made_longer',
      'the max age is longer than what was signed.',
      plain,
      signatureWith(plain, { maxAgeSeconds: MAX_AGE + 1 }),
    ),
    untrusted(
      'bad_signature_of_a_stranger_beside_good',
      "enough good signatures, and a stranger's that is not his: one bad signature spoils the bundle.",
      withStranger,
      signatureWith(withStranger, { maxAgeSeconds: 1 }, STRANGER.address),
    ),
  ];
}

/** Good signatures over something else. */
function misplaced(): Vector[] {
  const signedBy = (signer: Parameters<typeof statement>[1]) => scene({ signers: [signer] });
  return [
    untrusted(
      'signature_of_another_chain_in_the_domain',
      'signed for the domain of chain 1.',
      signedBy({ by: W1, domain: { chainId: 1 } }),
    ),
    untrusted(
      'signature_of_another_chain_in_the_struct',
      'the struct that was signed names chain 1.',
      reSigned({ chainId: 1 }, { domain: { chainId: CHAIN_ID } }),
    ),
    untrusted(
      'signature_of_another_chain',
      'signed for the same contract on chain 1, domain and struct.',
      reSigned({ chainId: 1 }),
    ),
    untrusted(
      'signature_of_another_contract',
      'signed for another registry on this chain.',
      signedBy({ by: W1, domain: { contract: OTHER_CONTRACT } }),
    ),
    untrusted(
      'signature_of_another_domain',
      'signed under another domain name.',
      signedBy({ by: W1, domain: { name: 'Weighbridge' } }),
    ),
    untrusted(
      'signature_of_another_domain_version',
      'signed under version 2 of the domain.',
      signedBy({ by: W1, domain: { version: '2' } }),
    ),
    untrusted(
      'signature_of_another_struct',
      'the same words under another type name.',
      signedBy({ by: W1, type: CHECKPOINT_TYPE.replace('Checkpoint', 'Approval') }),
    ),
    untrusted(
      'signature_of_another_number',
      'the checkpoint and its signature say block 101, the header 100.',
      scene({ signed: { number: 101 } }),
    ),
    untrusted(
      'number_changed',
      'the checkpoint says block 101, its signature and the header 100.',
      scene(),
      checkpointWith(scene(), { number: 101 }),
    ),
    untrusted(
      'hash_changed',
      'the checkpoint names a hash that nobody signed.',
      scene(),
      checkpointWith(scene(), { hash: 'ab'.repeat(32) }),
    ),
    untrusted(
      'hash_of_another_block',
      'the witness signed another hash than that of the header.',
      scene({ signed: { hash: 'ab'.repeat(32) } }),
    ),
  ];
}

function tooFew(): Vector[] {
  const one = scene({ trust: twoOfThree });
  const [only] = one.bundle.checkpoint.signatures;
  const pair = scene({ trust: twoOfThree, signers: [{ by: W1 }, { by: W2 }] });
  return [
    untrusted('no_signatures', 'nobody signed.', scene({ signers: [] })),
    untrusted('strangers_alone', 'only a stranger signed.', scene({ signers: [{ by: STRANGER }] })),
    untrusted('threshold_not_met', 'two trusted witnesses are needed, one signed.', one),
    untrusted(
      'threshold_not_met_with_a_stranger',
      'two trusted witnesses are needed; one signed, and a stranger.',
      scene({ trust: twoOfThree, signers: [{ by: W1 }, { by: STRANGER }] }),
    ),
    untrusted(
      'trust_without_witnesses',
      'the trust file takes the anchor rpc alone, which needs a network.',
      scene({ trust: { anchors: ['rpc'], rpcQuorum: 1, witnesses: [], threshold: 0 } }),
    ),
    untrusted(
      'trust_in_rpc_alone_beside_witnesses',
      'the trust file names the witness that signed, but takes the anchor rpc alone.',
      scene({ trust: { anchors: ['rpc'], rpcQuorum: 1 } }),
    ),
    untrusted(
      'witness_no_longer_trusted',
      'signed by a witness that the trust file no longer names.',
      scene({ trust: { witnesses: [W2.address] } }),
    ),
    refused(
      'witness_twice',
      'MALFORMED',
      'one witness stands in the list twice, to be counted as two.',
      one,
      checkpointWith(one, { signatures: [only!, only!] }),
    ),
    refused(
      'witness_twice_at_two_times',
      'MALFORMED',
      'one witness stands in the list twice, with two good signatures of two times.',
      one,
      checkpointWith(one, {
        signatures: [
          only!,
          statement({ chainId: CHAIN_ID, number: 100, hash: one.blockHash }, { by: W1, issuedAt: ISSUED + 1 }),
        ],
      }),
    ),
    refused(
      'witnesses_unsorted',
      'MALFORMED',
      'the signatures are not sorted by witness.',
      pair,
      checkpointWith(pair, { signatures: pair.bundle.checkpoint.signatures.toReversed() }),
    ),
  ];
}

function untrusted(name: string, says: string, made: Scene, bundle?: JsonObject): Vector {
  return refused(name, 'UNTRUSTED', says, made, bundle);
}

function refused(name: string, outcome: Outcome, says: string, made: Scene, bundle?: JsonObject): Vector {
  const other: BundleCase = bundle === undefined ? {} : { bundle };
  return bundleVector(name, outcome, says, made, other);
}

/** The witness's signature, made for another chain than the bundle's. */
function reSigned(block: { chainId: number }, signer: Partial<Parameters<typeof statement>[1]> = {}): Scene {
  const made = scene();
  const signed = statement({ number: 100, hash: made.blockHash, ...block }, { by: W1, ...signer });
  return { ...made, bundle: { ...made.bundle, checkpoint: { ...made.bundle.checkpoint, signatures: [signed] } } };
}

function checkpointWith({ bundle }: Scene, members: Record<string, Json>): JsonObject {
  return { ...bundle, checkpoint: { ...bundle.checkpoint, ...members } };
}

function signatureWith(made: Scene, members: Record<string, Json>, witness: string = W1.address): JsonObject {
  const signatures = made.bundle.checkpoint.signatures.map((entry) =>
    entry.witness === witness ? { ...entry, ...members } : entry,
  );
  return checkpointWith(made, { signatures });
}

function zeroed(signature: string, from: number, to: number): string {
  return Buffer.from(signature, 'base64').fill(0, from, to).toString('base64');
}
