import { setTimeout as sleep } from 'node:timers/promises';
import { canonicalJson } from '@weighbridge/core/canonical-json';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { fromHex, toHex } from '@weighbridge/core/hex';
import type { NamespaceClaim, NamespaceRecord, Receipt } from '@weighbridge/ports/chain';
import type { Signer } from '@weighbridge/ports/signer';
import { keccak256 } from '@weighbridge/verify/keccak256';
import type { ClaimSalts } from './claim-salts.js';
import { approverTuples } from './registry-abi.js';
import type { RegistryReads } from './registry-reads.js';
import { explain, type RegistryCall, type RegistryWriter, simulateNext, writeRegistry } from './registry-writes.js';

/**
 * Claims a namespace: announces a commitment, waits for a block to pass, reveals. The salt is durable before the
 * announcement, so a claim that broke off anywhere goes on where it stood; what the chain says decides the next step.
 * @throws UNTRUSTED when it belongs to somebody else, or to the same publisher with other members; USAGE; UNVERIFIABLE
 */
export async function claimNamespace(
  writer: RegistryWriter,
  reads: RegistryReads,
  salts: ClaimSalts,
  claim: NamespaceClaim,
  publisher: Signer,
): Promise<Receipt> {
  const terms = describe(claim, publisher);
  const salt = `0x${await salts.saltFor(terms)}`;
  const reveal = revealCall(reads, claim, publisher, salt);
  if (!(await reveal.isDone!('latest'))) await announce(writer, reveal, publisher);
  const receipt = await writeRegistry(writer, reveal, publisher);
  await salts.forget(terms);
  return receipt;
}

function describe({ namespace, guardian, approvers, threshold }: NamespaceClaim, publisher: Signer): string {
  const members = approvers.map(({ key, role }) => ({ key, role }));
  return canonicalJson({ namespace, guardian, approvers: members, threshold, publisher: publisher.address });
}

function revealCall(reads: RegistryReads, claim: NamespaceClaim, publisher: Signer, salt: string): RegistryCall {
  const { namespace, guardian, approvers, threshold } = claim;
  return {
    method: 'claim',
    args: [namespace, guardian, approverTuples(approvers), threshold, salt],
    purpose: `claim ${namespace}`,
    isDone: async (tag) => {
      const record = await reads.namespace(namespace, tag);
      return record !== undefined && isAsClaimed(record, claim, publisher);
    },
  };
}

function isAsClaimed(record: NamespaceRecord, claim: NamespaceClaim, publisher: Signer): boolean {
  const members = (list: NamespaceClaim['approvers']) => list.map(({ key, role }) => `${key} ${role}`).join();
  return (
    record.publisher === publisher.address &&
    record.guardian === claim.guardian &&
    record.threshold === claim.threshold &&
    members(record.approvers.filter(({ active }) => active)) === members(claim.approvers)
  );
}

/** Commits unless a commitment of this claim lives, then waits until the next block may hold the reveal. */
async function announce(writer: RegistryWriter, reveal: RegistryCall, publisher: Signer): Promise<void> {
  const deadline = performance.now() + writer.limits.confirmWithinMs;
  while (performance.now() < deadline) {
    const simulation = await simulateNext(writer, reveal, publisher);
    if ('gas' in simulation) return;
    const { name } = simulation.refusal;
    if (name === 'CommitmentUnknown' || name === 'CommitmentExpired') await commit(writer, reveal, publisher);
    else if (name !== 'CommitmentTooEarly') throw explain(reveal, simulation.refusal);
    else await sleep(writer.limits.pollMs[0]);
  }
  throw new WeighbridgeError('UNVERIFIABLE', `${reveal.purpose}: the chain makes no new block`, {
    hint: 'run the command again; it goes on where it stands',
  });
}

async function commit(writer: RegistryWriter, reveal: RegistryCall, publisher: Signer): Promise<void> {
  const commitment = commitmentOf(writer, reveal, publisher);
  const call = { method: 'commit', args: [commitment], purpose: `announce the ${reveal.purpose}` };
  await writeRegistry(writer, call, publisher);
}

/** The contract hashes the ABI encoding of the arguments: the call data behind the selector. */
function commitmentOf({ abi }: RegistryWriter, reveal: RegistryCall, publisher: Signer): string {
  const data = abi.encodeFunctionData('commitmentOf', [publisher.address, ...reveal.args]);
  return `0x${toHex(keccak256(fromHex(data.slice(10))))}`;
}
