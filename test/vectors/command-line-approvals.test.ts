import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectOutcome } from '../support/command-line.js';
import { ALICE, type ApprovalTarget, approvalCases } from './corpus/approval-vectors.js';
import { EXAMPLE_RELEASE, readCorpus } from './runner/read-corpus.js';
import { sampled } from './runner/command-line.js';

const root = mkdtempSync(join(tmpdir(), 'weighbridge-vectors-'));
const home = join(root, 'home');
const REF = 'acme/pilot-llm@1.0.0';
afterAll(() => rmSync(root, { recursive: true, force: true }));

// What an approver signs names chain, contract and digest: each vector is signed again for a release of this chain.
describe('weighbridge approve --relay', () => {
  let target: ApprovalTarget;

  beforeAll(async () => {
    await expectOutcome('OK', ['namespace', 'claim', 'acme', '--approver', `${ALICE.address}=security`], { home });
    const [model, version] = REF.split('@') as [string, string];
    const registered = await expectOutcome(
      'OK',
      ['register', EXAMPLE_RELEASE, '--model', model, '--version', version, '--license', 'MIT'],
      { home },
    );
    const { answer: namespace } = await expectOutcome('OK', ['namespace', 'show', 'acme'], { home });
    const trustFile = join(root, 'trust.json');
    const { answer: trust } = await expectOutcome('OK', ['trust', 'export', '-o', trustFile], { home });
    target = {
      chainId: Number(trust.chainId),
      contract: String(trust.contract),
      model,
      version,
      versionCode: Number(registered.answer.versionCode),
      releaseDigest: String(registered.answer.releaseDigest),
      epoch: Number(namespace.epoch),
      now: Math.floor(Date.now() / 1000),
    };
  }, 60_000);

  // The good one comes last: had a bad one counted, the release would be approved before it.
  const vectors = sampled(readCorpus('approval-v1')).sort(
    (a, b) => Number(a.outcome === 'OK') - Number(b.outcome === 'OK'),
  );
  it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', async (name, vector) => {
    if (vector.outcome === 'OK')
      await expectOutcome('OK', ['show', REF], { home }).then(({ answer }) => expect(answer.status).toBe('pending'));
    const made = approvalCases(target).find((one) => name === `${one.name}_${one.outcome === 'OK' ? 'ok' : 'fail'}`);
    const file = join(root, name, 'approval.json');
    mkdirSync(join(root, name));
    writeFileSync(file, made?.file ?? vector.file('approval.json')!);
    const { answer } = await expectOutcome(vector.outcome, ['approve', REF, '--relay', file], { home });
    if (vector.outcome === 'OK')
      expect(answer).toMatchObject({ status: 'approved', approvals: [{ key: ALICE.address }] });
  });
});
