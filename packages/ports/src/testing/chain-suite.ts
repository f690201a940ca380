import type { Address, Digest } from '@weighbridge/core/brands';
import { sha3Digest } from '@weighbridge/core/sha3';
import { parseModelName, parseReleaseRef, type ReleaseRef } from '@weighbridge/core/names';
import { type Approval, approvalDigest } from '@weighbridge/verify/approval';
import { readHeader } from '@weighbridge/verify/header';
import { type ProvenRelease, proveRelease } from '@weighbridge/verify/proof';
import { isAddress } from '@weighbridge/verify/signatures';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chain, type NamespaceClaim, REASONS, type ReleaseClaim, type SignedApproval } from '../chain.js';
import type { Signer } from '../signer.js';

/** A chain with a registry, and what can happen to the way there. */
export interface ChainPlace {
  readonly chain: Chain;
  /** A new key that can pay for transactions. */
  signer(): Promise<Signer>;
  /** Unix seconds of the newest block. */
  now(): Promise<number>;
  /** From then on the chain cannot be reached. Called last. */
  disconnect(): Promise<void>;
  dispose(): Promise<void>;
}

const DAY = 86_400;

/** What every Chain must do. All tests share one chain, each with namespaces and keys of its own. */
export function chainSuite(name: string, setup: () => Promise<ChainPlace>): void {
  describe(`Chain: ${name}`, () => {
    let place: ChainPlace;
    let chain: Chain;
    beforeAll(async () => {
      place = await setup();
      chain = place.chain;
    });
    afterAll(() => place.dispose());

    let count = 0;
    /** A newly claimed namespace, and whoever has a role in it. */
    async function fresh(threshold = 2, approverCount = 2) {
      count += 1;
      const namespace = `ns-${count}`;
      const publisher = await place.signer();
      const guardian = await place.signer();
      const approvers: Signer[] = [];
      for (let index = 0; index < approverCount; index += 1) approvers.push(await place.signer());
      const roles = approvers.map(({ address }, index) => ({ key: address, role: `role-${index}` }));
      const claim: NamespaceClaim = { namespace, guardian: guardian.address, approvers: roles, threshold };
      await chain.claim(claim, publisher);
      return { namespace, publisher, guardian, approvers, claim };
    }

    const shared = new Map<string, ReturnType<typeof fresh>>();
    /** A model of its own in a namespace that other tests may use too. */
    async function claimed(threshold = 2, approverCount = 2) {
      const key = `${threshold} of ${approverCount}`;
      const members = shared.get(key) ?? fresh(threshold, approverCount);
      shared.set(key, members);
      count += 1;
      return { ...(await members), model: `model-${count}` };
    }
    type Claimed = Awaited<ReturnType<typeof claimed>>;

    function releaseOf(
      { namespace, model = 'model' }: { namespace: string; model?: string },
      version = '1.0.0',
      versionCode = 1,
      bytes = version,
    ): ReleaseClaim {
      return { ref: parseReleaseRef(`${namespace}/${model}@${version}`), versionCode, digest: digestOf(bytes) };
    }

    async function registered(threshold = 2, approverCount = 2) {
      const place = await claimed(threshold, approverCount);
      const release = releaseOf(place);
      await chain.register(release, place.publisher);
      return { ...place, release };
    }

    async function approved() {
      const all = await registered(1, 1);
      await chain.approve(all.release, all.approvers[0]!);
      return all;
    }

    async function signed(release: ReleaseClaim, by: Signer, changes: Partial<Approval> = {}): Promise<SignedApproval> {
      const { model, version } = release.ref;
      const deadline = changes.deadline ?? (await place.now()) + DAY;
      const { versionCode, digest } = release;
      const terms = { approver: by.address, model, version, versionCode, digest, epoch: 1, ...changes, deadline };
      return { approver: by.address, deadline, signature: await by.sign(approvalDigest(chain.identity, terms)) };
    }

    async function proven(ref: ReleaseRef): Promise<ProvenRelease | undefined> {
      const { header, nodes } = await chain.prove(ref);
      const { contract, codeHash } = chain.identity;
      const { stateRoot } = readHeader(header);
      return proveRelease({ stateRoot, nodes, contract, codeHash, model: ref.model, version: ref.version });
    }

    describe('identity', () => {
      test('names the chain, the contract and its code', () => {
        const { chainId, contract, codeHash, development } = chain.identity;
        expect(Number.isSafeInteger(chainId) && chainId > 0).toBe(true);
        expect(isAddress(contract)).toBe(true);
        expect(codeHash).toMatch(/^[0-9a-f]{64}$/);
        expect(development).toBe([31337, 1337].includes(chainId));
      });
    });

    describe('what nobody wrote', () => {
      test('is absent', async () => {
        const ref = parseReleaseRef('nobody/nothing@1');
        expect(await chain.namespace('nobody')).toBeUndefined();
        expect(await chain.release(ref)).toBeUndefined();
        expect(await chain.model(ref.model)).toEqual({ latest: 0, latestApproved: 0, minAllowed: 0 });
        expect(await chain.history(ref)).toEqual({ approvals: [], revocation: undefined });
      });
    });

    describe('claim', () => {
      test('makes the sender the publisher', async () => {
        const { namespace, publisher, guardian, approvers } = await fresh(2, 3);
        expect(await chain.namespace(namespace)).toEqual({
          publisher: publisher.address,
          guardian: guardian.address,
          epoch: 1,
          threshold: 2,
          approvers: approvers.map(({ address }, index) => ({
            index,
            key: address,
            role: `role-${index}`,
            active: true,
          })),
        });
      });

      test('by the same publisher with the same members sends nothing', async () => {
        const { claim, publisher } = await fresh();
        expect(await chain.claim(claim, publisher)).toMatchObject({ transaction: undefined });
      });

      test('of what belongs to somebody else, or of the own with other members, is UNTRUSTED', async () => {
        const { claim, publisher, namespace } = await fresh();
        await expect(chain.claim(claim, await place.signer())).rejects.toMatchObject({ code: 'UNTRUSTED' });
        await expect(chain.claim({ ...claim, threshold: 1 }, publisher)).rejects.toMatchObject({ code: 'UNTRUSTED' });
        expect(await chain.namespace(namespace)).toMatchObject({ publisher: publisher.address, threshold: 2 });
      });

      test('lets the guardian be the publisher', async () => {
        const [publisher, approver] = [await place.signer(), await place.signer()];
        const approvers = [{ key: approver.address, role: 'r'.repeat(31) }];
        await chain.claim(
          { namespace: 'own-guardian', guardian: publisher.address, approvers, threshold: 1 },
          publisher,
        );
        const record = await chain.namespace('own-guardian');
        expect(record).toMatchObject({ guardian: publisher.address, approvers: [{ role: 'r'.repeat(31) }] });
      });

      const [publisher, a, b] = ['publisher', 'a', 'b'] as const;
      test.each([
        ['the publisher among the approvers', { approvers: [a, publisher] }],
        ['the guardian among the approvers', { approvers: [a, b], guardian: b }],
        ['an approver twice', { approvers: [a, a] }],
        ['no approvers', { approvers: [], threshold: 1 }],
        ['a threshold of 0', { approvers: [a, b], threshold: 0 }],
        ['a threshold that cannot be reached', { approvers: [a, b], threshold: 3 }],
      ] as const)('with %s is USAGE', async (what, faulty) => {
        const keys: Record<string, Signer> = {
          publisher: await place.signer(),
          a: await place.signer(),
          b: await place.signer(),
        };
        const { guardian = 'publisher', threshold = 1 } = faulty as { guardian?: string; threshold?: number };
        const claim: NamespaceClaim = {
          namespace: `faulty-${what.length}`,
          guardian: keys[guardian]!.address,
          approvers: faulty.approvers.map((key) => ({ key: keys[key]!.address, role: 'r' })),
          threshold,
        };
        await expect(chain.claim(claim, keys.publisher!)).rejects.toMatchObject({ code: 'USAGE' });
        expect(await chain.namespace(claim.namespace)).toBeUndefined();
      });

      test('with a role of more than 31 bytes is USAGE', async () => {
        const [publisher, approver] = [await place.signer(), await place.signer()];
        const approvers = [{ key: approver.address, role: 'ä'.repeat(16) }];
        const claim = { namespace: 'long-role', guardian: publisher.address, approvers, threshold: 1 };
        await expect(chain.claim(claim, publisher)).rejects.toMatchObject({ code: 'USAGE' });
      });

      test('takes 32 approvers and a threshold of 32', async () => {
        const { namespace, release } = await registered(32, 32);
        expect((await chain.namespace(namespace))?.approvers).toHaveLength(32);
        expect(await chain.release(release.ref)).toMatchObject({ threshold: 32, status: 'pending' });
        expect(await proven(release.ref)).toMatchObject({ threshold: 32 });
      });
    });

    describe('register', () => {
      test('records a pending release', async () => {
        const { publisher, release } = await registered();
        expect(await chain.release(release.ref)).toEqual({
          publisher: publisher.address,
          versionCode: 1,
          status: 'pending',
          reason: 'none',
          approvals: 0,
          threshold: 2,
          digest: release.digest,
        });
        expect(await chain.model(release.ref.model)).toEqual({ latest: 1, latestApproved: 0, minAllowed: 0 });
      });

      test('gives the receipt of a transaction', async () => {
        const all = await claimed();
        const receipt = await chain.register(releaseOf(all), all.publisher);
        expect(receipt).toEqual({
          transaction: expect.stringMatching(/^0x[0-9a-f]{64}$/),
          blockNumber: expect.any(Number),
          final: expect.any(Boolean),
        });
      });

      test('of the same again sends nothing, also when it is approved', async () => {
        const { publisher, release, approvers } = await registered(1);
        expect(await chain.register(release, publisher)).toMatchObject({ transaction: undefined });
        await chain.approve(release, approvers[0]!);
        expect(await chain.register(release, publisher)).toMatchObject({ transaction: undefined });
        expect(await chain.release(release.ref)).toMatchObject({ status: 'approved' });
      });

      test('of other bytes under a registered version is TAMPERED, with both digests', async () => {
        const all = await registered();
        const other = releaseOf(all, '1.0.0', 1, 'other bytes');
        await expect(chain.register(other, all.publisher)).rejects.toMatchObject({
          code: 'TAMPERED',
          details: { expected: all.release.digest, found: other.digest },
        });
        expect(await chain.release(all.release.ref)).toMatchObject({ digest: all.release.digest });
      });

      test('of the same bytes with another version code is USAGE', async () => {
        const all = await registered();
        await expect(chain.register({ ...all.release, versionCode: 2 }, all.publisher)).rejects.toMatchObject({
          code: 'USAGE',
        });
      });

      test.each(['guardian', 'approver', 'stranger'])('by the %s is UNTRUSTED', async (who) => {
        const all = await claimed();
        const signer = { guardian: all.guardian, approver: all.approvers[0]! }[who] ?? (await place.signer());
        await expect(chain.register(releaseOf(all), signer)).rejects.toMatchObject({ code: 'UNTRUSTED' });
        expect(await chain.release(releaseOf(all).ref)).toBeUndefined();
      });

      test('in a namespace that nobody claimed is UNVERIFIABLE', async () => {
        const release = releaseOf({ namespace: 'unclaimed' });
        await expect(chain.register(release, await place.signer())).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
      });

      test.each([
        [5, 'ROLLBACK'],
        [4, 'ROLLBACK'],
        [5 + 2 ** 32 + 1, 'USAGE'],
        [2 ** 53 - 1, 'USAGE'],
      ])('with version code %i after 5 is %s', async (versionCode, code) => {
        const all = await claimed();
        await chain.register(releaseOf(all, '5', 5), all.publisher);
        const next = releaseOf(all, 'next', versionCode);
        await expect(chain.register(next, all.publisher)).rejects.toMatchObject({ code });
        expect(await chain.model(next.ref.model)).toMatchObject({ latest: 5 });
      });

      test('takes a step of 2^32', async () => {
        const all = await registered();
        const next = releaseOf(all, 'next', 1 + 2 ** 32);
        await chain.register(next, all.publisher);
        expect(await chain.model(next.ref.model)).toMatchObject({ latest: 1 + 2 ** 32 });
        expect(await proven(next.ref)).toMatchObject({ versionCode: 1 + 2 ** 32 });
      });

      test('takes versions of all spellings', async () => {
        const all = await claimed();
        const versions = ['0', 'A.b+c-d', 'v'.repeat(64)];
        for (const [index, version] of versions.entries()) {
          await chain.register(releaseOf(all, version, index + 1), all.publisher);
          expect(await chain.release(releaseOf(all, version).ref)).toMatchObject({ digest: digestOf(version) });
        }
      });
    });

    describe('approve', () => {
      test('makes a release approved when the threshold is reached', async () => {
        const { release, approvers } = await registered(2, 3);
        await chain.approve(release, approvers[2]!);
        expect(await chain.release(release.ref)).toMatchObject({ status: 'pending', approvals: 0b100 });
        expect(await chain.model(release.ref.model)).toMatchObject({ latestApproved: 0 });
        await chain.approve(release, approvers[0]!);
        expect(await chain.release(release.ref)).toMatchObject({ status: 'approved', approvals: 0b101 });
        expect(await chain.model(release.ref.model)).toMatchObject({ latestApproved: 1 });
        await chain.approve(release, approvers[1]!);
        expect(await chain.release(release.ref)).toMatchObject({ status: 'approved', approvals: 0b111 });
      });

      test('by the same again sends nothing and is not counted twice', async () => {
        const { release, approvers } = await registered();
        await chain.approve(release, approvers[0]!);
        expect(await chain.approve(release, approvers[0]!)).toMatchObject({ transaction: undefined });
        expect(await chain.release(release.ref)).toMatchObject({ status: 'pending', approvals: 1 });
      });

      test.each(['publisher', 'guardian', 'stranger'])('by the %s is UNTRUSTED', async (who) => {
        const all = await registered();
        const signer = { publisher: all.publisher, guardian: all.guardian }[who] ?? (await place.signer());
        await expect(chain.approve(all.release, signer)).rejects.toMatchObject({ code: 'UNTRUSTED' });
        expect(await chain.release(all.release.ref)).toMatchObject({ approvals: 0 });
      });

      test("by another namespace's approver is UNTRUSTED", async () => {
        const [{ release }, { approvers }] = [await registered(), await claimed(1, 1)];
        await expect(chain.approve(release, approvers[0]!)).rejects.toMatchObject({ code: 'UNTRUSTED' });
      });

      test('of what is not registered is UNVERIFIABLE', async () => {
        const all = await claimed();
        await expect(chain.approve(releaseOf(all), all.approvers[0]!)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
      });

      test('of another digest is TAMPERED, with both; of another version code WRONG_ARTIFACT', async () => {
        const { release, approvers } = await registered();
        const other = { ...release, digest: digestOf('other') };
        await expect(chain.approve(other, approvers[0]!)).rejects.toMatchObject({
          code: 'TAMPERED',
          details: { expected: release.digest, found: other.digest },
        });
        const wrong = { ...release, versionCode: 2 };
        await expect(chain.approve(wrong, approvers[0]!)).rejects.toMatchObject({ code: 'WRONG_ARTIFACT' });
      });
    });

    describe('relayed approvals', () => {
      test('count like transactions, whoever hands them in', async () => {
        const { release, approvers } = await registered();
        const approvals = await Promise.all(approvers.map((by) => signed(release, by)));
        await chain.relayApprovals(release, 1, approvals, await place.signer());
        expect(await chain.release(release.ref)).toMatchObject({ status: 'approved', approvals: 0b11 });
      });

      test('again send nothing', async () => {
        const { release, approvers } = await registered();
        const [approval, relayer] = [await signed(release, approvers[0]!), await place.signer()];
        await chain.relayApprovals(release, 1, [approval], relayer);
        const again = await chain.relayApprovals(release, 1, [approval], relayer);
        expect(again).toMatchObject({ transaction: undefined });
        expect(await chain.release(release.ref)).toMatchObject({ approvals: 1 });
      });

      test('count each approver once', async () => {
        const { release, approvers } = await registered();
        const approval = await signed(release, approvers[0]!);
        await chain.relayApprovals(release, 1, [approval, approval], approvers[1]!);
        expect(await chain.release(release.ref)).toMatchObject({ status: 'pending', approvals: 1 });
      });

      test('pass over bad ones beside good ones', async () => {
        const { release, approvers } = await registered();
        const bad = await signed(release, approvers[0]!, { versionCode: 2 });
        await chain.relayApprovals(release, 1, [bad, await signed(release, approvers[1]!)], approvers[0]!);
        expect(await chain.release(release.ref)).toMatchObject({ status: 'pending', approvals: 0b10 });
      });

      const others: readonly (readonly [string, Partial<Approval>])[] = [
        ['another version', { version: '2.0.0' as Approval['version'] }],
        ['another model', { model: parseModelName('other/model') }],
        ['another version code', { versionCode: 2 }],
        ['another digest', { digest: digestOf('other') }],
        ['another epoch', { epoch: 2 }],
        ['another approver', { approver: `0x${'11'.repeat(20)}` as Address }],
      ];
      test.each(others)('whose signature is for %s are UNTRUSTED', async (_, changes) => {
        const { release, approvers } = await registered();
        const approval = await signed(release, approvers[0]!, changes);
        await expect(chain.relayApprovals(release, 1, [approval], approvers[0]!)).rejects.toMatchObject({
          code: 'UNTRUSTED',
        });
        expect(await chain.release(release.ref)).toMatchObject({ approvals: 0 });
      });

      test('for another chain or another contract are UNTRUSTED', async () => {
        const { release, approvers } = await registered();
        const by = approvers[0]!;
        const { model, version } = release.ref;
        const deadline = (await place.now()) + DAY;
        const terms = { ...release, approver: by.address, model, version, epoch: 1, deadline };
        for (const registry of [
          { ...chain.identity, chainId: 1 },
          { ...chain.identity, contract: by.address },
        ]) {
          const approval = {
            approver: by.address,
            deadline,
            signature: await by.sign(approvalDigest(registry, terms)),
          };
          await expect(chain.relayApprovals(release, 1, [approval], by)).rejects.toMatchObject({ code: 'UNTRUSTED' });
        }
      });

      test.each([
        ['with another deadline', (approval: SignedApproval) => ({ ...approval, deadline: approval.deadline + 1 })],
        ['with a high s', (approval: SignedApproval) => ({ ...approval, signature: mirrored(approval.signature) })],
        [
          'with v 0 or 1',
          (approval: SignedApproval) => ({ ...approval, signature: changed(approval.signature, 64, 27) }),
        ],
        [
          'with a flipped bit',
          (approval: SignedApproval) => ({ ...approval, signature: changed(approval.signature, 5, 1) }),
        ],
        [
          'cut to 64 bytes',
          (approval: SignedApproval) => ({ ...approval, signature: approval.signature.slice(0, 64) }),
        ],
        ['of no bytes', (approval: SignedApproval) => ({ ...approval, signature: new Uint8Array() })],
      ])('%s are UNTRUSTED', async (_, damage) => {
        const { release, approvers } = await registered();
        const approval = damage(await signed(release, approvers[0]!));
        await expect(chain.relayApprovals(release, 1, [approval], approvers[0]!)).rejects.toMatchObject({
          code: 'UNTRUSTED',
        });
        expect(await chain.release(release.ref)).toMatchObject({ approvals: 0 });
      });

      test('past their deadline are STALE', async () => {
        const { release, approvers } = await registered();
        const approval = await signed(release, approvers[0]!, { deadline: (await place.now()) - 10 });
        await expect(chain.relayApprovals(release, 1, [approval], approvers[0]!)).rejects.toMatchObject({
          code: 'STALE',
        });
      });

      test('of another epoch, or of who is no approver, are UNTRUSTED', async () => {
        const { release, approvers, publisher } = await registered();
        const later = await signed(release, approvers[0]!, { epoch: 2 });
        await expect(chain.relayApprovals(release, 2, [later], approvers[0]!)).rejects.toMatchObject({
          code: 'UNTRUSTED',
        });
        for (const by of [publisher, await place.signer()]) {
          const approval = await signed(release, by);
          await expect(chain.relayApprovals(release, 1, [approval], by)).rejects.toMatchObject({ code: 'UNTRUSTED' });
        }
      });

      test('that are none are USAGE', async () => {
        const { release, approvers } = await registered();
        await expect(chain.relayApprovals(release, 1, [], approvers[0]!)).rejects.toMatchObject({ code: 'USAGE' });
      });

      test('of a release with another digest are TAMPERED', async () => {
        const { release, approvers } = await registered();
        const other = { ...release, digest: digestOf('other') };
        const approval = await signed(other, approvers[0]!);
        await expect(chain.relayApprovals(other, 1, [approval], approvers[0]!)).rejects.toMatchObject({
          code: 'TAMPERED',
        });
      });
    });

    describe('revoke', () => {
      test('ends a release for good, with reason and text', async () => {
        const all = await approved();
        await chain.revoke(all.release.ref, 'security', 'Überlauf im Tokenizer', all.guardian);
        expect(await chain.release(all.release.ref)).toMatchObject({ status: 'revoked', reason: 'security' });
        const { revocation } = await chain.history(all.release.ref);
        expect(revocation?.text).toBe('Überlauf im Tokenizer');
        await expect(chain.register(all.release, all.publisher)).rejects.toMatchObject({ code: 'REVOKED' });
        await expect(chain.approve(all.release, all.approvers[0]!)).rejects.toMatchObject({ code: 'REVOKED' });
        const approval = await signed(all.release, all.approvers[0]!);
        await expect(chain.relayApprovals(all.release, 1, [approval], all.guardian)).rejects.toMatchObject({
          code: 'REVOKED',
        });
      });

      test.each(REASONS.slice(1))('takes the reason %s, for a pending release too', async (reason) => {
        const { release, guardian } = await registered();
        await chain.revoke(release.ref, reason, '', guardian);
        expect(await chain.release(release.ref)).toMatchObject({ status: 'revoked', reason });
        expect((await proven(release.ref))?.reason).toBe(REASONS.indexOf(reason));
      });

      test('again sends nothing and keeps the first reason', async () => {
        const { release, guardian } = await registered();
        await chain.revoke(release.ref, 'legal', 'first', guardian);
        expect(await chain.revoke(release.ref, 'other', 'second', guardian)).toMatchObject({ transaction: undefined });
        expect(await chain.release(release.ref)).toMatchObject({ reason: 'legal' });
        expect((await chain.history(release.ref)).revocation?.text).toBe('first');
      });

      test.each(['publisher', 'approver', 'stranger'])('by the %s is UNTRUSTED', async (who) => {
        const all = await registered();
        const signer = { publisher: all.publisher, approver: all.approvers[0]! }[who] ?? (await place.signer());
        await expect(chain.revoke(all.release.ref, 'other', '', signer)).rejects.toMatchObject({ code: 'UNTRUSTED' });
        expect(await chain.release(all.release.ref)).toMatchObject({ status: 'pending' });
      });

      test('of what is not registered is UNVERIFIABLE', async () => {
        const all = await claimed();
        const { ref } = releaseOf(all);
        await expect(chain.revoke(ref, 'other', '', all.guardian)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
      });

      test('leaves other releases alone', async () => {
        const all = await approved();
        const next = releaseOf(all, '2', 2);
        await chain.register(next, all.publisher);
        await chain.revoke(next.ref, 'quality', '', all.guardian);
        expect(await chain.release(all.release.ref)).toMatchObject({ status: 'approved' });
        expect(await chain.model(next.ref.model)).toEqual({ latest: 2, latestApproved: 1, minAllowed: 0 });
      });
    });

    describe('requireVersion', () => {
      const model = ({ release }: { release: ReleaseClaim }) => release.ref.model;

      test('raises minAllowed up to the latest approved', async () => {
        const all = await approved();
        await chain.requireVersion(model(all), 1, all.guardian);
        expect(await chain.model(model(all))).toMatchObject({ minAllowed: 1 });
        expect(await proven(all.release.ref)).toMatchObject({ minAllowed: 1 });
      });

      test('of one at or below it sends nothing', async () => {
        const all = await approved();
        await chain.requireVersion(model(all), 1, all.guardian);
        expect(await chain.requireVersion(model(all), 1, all.guardian)).toMatchObject({ transaction: undefined });
      });

      test('above the latest approved is NOT_APPROVED', async () => {
        const all = await approved();
        await chain.register(releaseOf(all, '2', 2), all.publisher);
        await expect(chain.requireVersion(model(all), 2, all.guardian)).rejects.toMatchObject({ code: 'NOT_APPROVED' });
        expect(await chain.model(model(all))).toMatchObject({ minAllowed: 0 });
      });

      test('by who is not the guardian is UNTRUSTED', async () => {
        const all = await approved();
        for (const signer of [all.publisher, all.approvers[0]!]) {
          await expect(chain.requireVersion(model(all), 1, signer)).rejects.toMatchObject({ code: 'UNTRUSTED' });
        }
      });
    });

    describe('history', () => {
      test('tells who approved, in order, and when', async () => {
        const { release, approvers } = await registered(2, 3);
        const before = await place.now();
        await chain.approve(release, approvers[2]!);
        await chain.relayApprovals(release, 1, [await signed(release, approvers[0]!)], approvers[1]!);
        const after = await place.now();
        const { approvals } = await chain.history(release.ref);
        expect(approvals.map(({ key, index }) => ({ key, index }))).toEqual([
          { key: approvers[2]!.address, index: 2 },
          { key: approvers[0]!.address, index: 0 },
        ]);
        expect(approvals.every(({ at }) => at >= before && at <= after)).toBe(true);
      });

      test('is of one release', async () => {
        const all = await approved();
        const next = releaseOf(all, '2', 2);
        await chain.register(next, all.publisher);
        expect(await chain.history(next.ref)).toEqual({ approvals: [], revocation: undefined });
      });
    });

    describe('prove', () => {
      test.each(['pending', 'approved', 'revoked'] as const)('proves a release that is %s', async (status) => {
        const all = status === 'pending' ? await registered() : await approved();
        if (status === 'revoked') await chain.revoke(all.release.ref, 'legal', '', all.guardian);
        const record = (await chain.release(all.release.ref))!;
        const proof = await proven(all.release.ref);
        expect(record.status).toBe(status);
        expect(proof).toEqual({
          ...record,
          reason: REASONS.indexOf(record.reason),
          ...(await chain.model(all.release.ref.model)),
        });
      });

      test('proves that a release is not registered', async () => {
        const all = await registered();
        expect(await proven(releaseOf(all, 'other').ref)).toBeUndefined();
      });

      test('gives the header, its facts, and no node twice', async () => {
        const { release } = await registered();
        const proof = await chain.prove(release.ref);
        const { hash, number, timestamp } = readHeader(proof.header);
        expect({ hash, number, timestamp }).toEqual({
          hash: proof.blockHash,
          number: proof.number,
          timestamp: proof.timestamp,
        });
        expect(new Set(proof.nodes.map((node) => node.join())).size).toBe(proof.nodes.length);
      });

      test('is of the newest state', async () => {
        const all = await registered(1, 1);
        const { number } = await chain.prove(all.release.ref);
        const { blockNumber } = await chain.approve(all.release, all.approvers[0]!);
        expect(blockNumber).toBeGreaterThan(number);
        expect((await chain.prove(all.release.ref)).number).toBeGreaterThanOrEqual(blockNumber);
      });
    });

    describe('a chain that cannot be reached', () => {
      test('is UNVERIFIABLE for whoever asks', async () => {
        const all: Claimed & { release: ReleaseClaim } = await registered();
        const { ref } = all.release;
        await place.disconnect();
        const calls = [
          () => chain.release(ref),
          () => chain.model(ref.model),
          () => chain.namespace(all.namespace),
          () => chain.history(ref),
          () => chain.prove(ref),
          () => chain.approve(all.release, all.approvers[0]!),
        ];
        for (const call of calls) {
          await expect(call()).rejects.toMatchObject({ code: 'UNVERIFIABLE', hint: expect.stringMatching(/./) });
        }
      });
    });
  });
}

function digestOf(text: string): Digest {
  return sha3Digest(new TextEncoder().encode(text));
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The same signature with the other s. */
function mirrored(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${Buffer.from(signature.subarray(32, 64)).toString('hex')}`);
  const high = Buffer.from((ORDER - s).toString(16).padStart(64, '0'), 'hex');
  return Uint8Array.of(...signature.subarray(0, 32), ...high, signature[64]! === 27 ? 28 : 27);
}

function changed(bytes: Uint8Array, index: number, by: number): Uint8Array {
  return bytes.map((byte, at) => (at === index ? (by === 27 ? byte - 27 : byte ^ by) : byte));
}
