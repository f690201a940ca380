import type { Digest, ModelName } from '@weighbridge/core/brands';
import { parseCanonical } from '@weighbridge/core/canonical-json';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { toHex } from '@weighbridge/core/hex';
import { malformed } from '@weighbridge/core/json';
import { parseModelName, parseReleaseRef } from '@weighbridge/core/names';
import type { Outcome } from '@weighbridge/core/outcome';
import { pathProblem, requireNoTwins } from '@weighbridge/core/paths';
import { sha3 } from '@weighbridge/core/sha3';
import { chunkCount, leavesMatch, treeRoot, verifyChunk } from '@weighbridge/core/tree';
import { relayApproval } from '@weighbridge/journeys/relay-approval';
import { importTrust } from '@weighbridge/journeys/import-trust';
import { MANIFEST_MAX_BYTES } from '@weighbridge/manifest/manifest';
import { parseManifest, releaseDigest } from '@weighbridge/manifest/parse-manifest';
import { FakeChain } from '@weighbridge/ports/testing/fake-chain';
import { FakeDocument } from '@weighbridge/ports/testing/fake-document';
import { testSigner } from '@weighbridge/ports/testing/test-signer';
import type { Address } from '@weighbridge/core/brands';
import { parseApprovalFile } from '@weighbridge/verify/approval-file';
import { refusalError } from '@weighbridge/verify/refusal';
import { parseTrust } from '@weighbridge/verify/trust';
import { decideTrustUpdate } from '@weighbridge/verify/trust-import';
import { describe, expect, it } from 'vitest';
import { goldenBytes } from '../support/golden-stream.js';
import { seconds } from './corpus/times.js';
import { type ReadVector, readCorpus, text } from './runner/read-corpus.js';

/** Runs a vector against the package that reads its format; whatever it throws is the outcome. */
type Runner = (vector: ReadVector) => void | Promise<void>;

function suite(format: string, run: Runner): void {
  describe(format, () => {
    it.each(readCorpus(format).map((vector) => [vector.name, vector] as const))('%s', async (_, vector) => {
      expect(await outcomeOf(run, vector), vector.says).toBe(vector.outcome);
    });
  });
}

async function outcomeOf(run: Runner, vector: ReadVector): Promise<Outcome> {
  try {
    await run(vector);
    return 'OK';
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return error.code;
  }
}

suite('canonical-json', ({ file }) => {
  const bytes = file('input.json')!;
  const value = parseCanonical(bytes, 'the input', { maxBytes: MANIFEST_MAX_BYTES });
  // A null prototype, so that __proto__ is a member.
  expect(Object.keys(value)).toEqual(Object.keys(JSON.parse(text(bytes))));
});

suite('paths', ({ file }) => {
  const paths = JSON.parse(text(file('paths.json'))) as string[];
  for (const path of paths) {
    const problem = pathProblem(path);
    if (problem !== undefined) throw malformed('the list', problem);
  }
  requireNoTwins(paths);
});

suite('manifest-v1', ({ file, expected }) => {
  const bytes = file('manifest.json')!;
  parseManifest(bytes);
  expect(releaseDigest(bytes)).toBe(expected.releaseDigest);
});

suite('tree-v1', ({ name, file, given }) => {
  if (name.startsWith('roots')) return checkRoots(JSON.parse(text(file('roots.json'))));
  const isGood = name.startsWith('leaves')
    ? leavesMatch(file('leaves.bin')!, Number(given.size), given.tree as Digest)
    : isProven(JSON.parse(text(file('proof.json'))));
  if (!isGood)
    throw refusalError({ code: 'TAMPERED', message: 'it does not belong to the root', hint: '-', details: {} });
});

suite('trust-v1', async ({ file, given, expected }) => {
  if (given.how === 'update') {
    const decision = decideTrustUpdate(parseTrust(file('present.json')!), parseTrust(file('trust.json')!));
    if (!decision.accepted) throw refusalError(decision.refusal);
    return;
  }
  const [trust, deviceState] = [new FakeDocument(file('present.json')), new FakeDocument(file('state.json'))];
  const reset = ((given.reset ?? []) as ModelName[]).map(parseModelName);
  try {
    const imported = await importTrust({ trust, deviceState, log: async () => undefined }, file('trust.json')!, reset);
    expect(imported.trust).toMatchObject(expected);
    expect(text(trust.bytes)).toBe(text(file('trust.json')));
  } catch (error) {
    expect(text(trust.bytes)).toBe(text(file('present.json')));
    throw error;
  } finally {
    expect(text(deviceState.bytes)).toBe(text(file('after.json')));
  }
});

suite('approval-v1', async ({ file, given }) => {
  const {
    chainId,
    contract,
    model,
    version,
    versionCode,
    releaseDigest: digest,
    approvers,
  } = given as unknown as ApprovalGiven;
  const now = seconds(given.now!);
  const ref = parseReleaseRef(`${model}@${version}`);
  const publisher = testSigner('publisher');
  const chain = new FakeChain({ chainId, contract, startSeconds: now - 10 });
  const approverRecords = approvers.map((key) => ({ key, role: 'security' }));
  await chain.claim(
    { namespace: ref.namespace, guardian: testSigner('guardian').address, approvers: approverRecords, threshold: 1 },
    publisher,
  );
  await chain.register({ ref, versionCode, digest }, publisher);
  expect((await chain.namespace(ref.namespace))?.epoch).toBe(given.epoch);
  try {
    await relayApproval(chain, ref, parseApprovalFile(file('approval.json')!), undefined, testSigner('relayer'), now);
    expect((await chain.release(ref))?.status).toBe('approved');
  } catch (error) {
    expect((await chain.release(ref))?.status).toBe('pending');
    throw error;
  }
});

interface ApprovalGiven {
  readonly chainId: number;
  readonly contract: Address;
  readonly model: string;
  readonly version: string;
  readonly versionCode: number;
  readonly releaseDigest: Digest;
  readonly approvers: readonly Address[];
}

/** Leaf i of these made-up files is the SHA3-512 of i in decimal digits. */
function checkRoots(cases: readonly { size: number; leaves: number; tree: string }[]): void {
  for (const { size, leaves, tree } of cases) {
    const list = Array.from({ length: leaves }, (_, index) => sha3(Buffer.from(String(index))));
    expect(chunkCount(size)).toBe(leaves);
    expect(treeRoot(size, new Uint8Array(Buffer.concat(list)))).toBe(tree);
  }
}

interface ProofFile {
  readonly size: number;
  readonly index: number;
  readonly chunk: { readonly from: number; readonly length: number };
  readonly path: readonly string[];
  readonly tree: Digest;
}

function isProven({ size, index, chunk, path, tree }: ProofFile): boolean {
  const bytes = goldenBytes(chunk.from + chunk.length).subarray(chunk.from);
  const nodes = path.map((node) => new Uint8Array(Buffer.from(node, 'hex')));
  expect(nodes.map(toHex)).toEqual(path);
  return verifyChunk(size, index, bytes, nodes, tree);
}
