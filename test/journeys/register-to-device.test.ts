import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '@weighbridge/core/outcome';
import { describe, expect, it } from 'vitest';
import { expectOutcome } from '../support/command-line.js';
import { edit, editJson, flipByte } from '../support/damage.js';
import { makePilot } from '../support/models.js';
import { PILOT_2, prepared, type Sandbox, sandbox } from '../support/sandbox.js';

const REF = 'acme/pilot-llm@1.0.0';

describe('from a folder of weights to a device that may load them', () => {
  it('registers, approves by two people in two ways, verifies online, then offline as a device, and is recalled', async () => {
    const { folder: cwd, at } = sandbox();
    await makePilot(at('pilot'));
    const publisher = { cwd, home: at('publisher') };
    const device = { cwd, home: at('device') };
    const say = async (outcome: Outcome, line: string, who: typeof publisher) =>
      (await expectOutcome(outcome, line.split(' '), who)).answer;

    await say('OK', 'namespace claim acme --approver alice=legal --approver bob=security --threshold 2', publisher);
    const registered = await say(
      'OK',
      'register pilot --model acme/pilot-llm --version 1.0.0 --license MIT',
      publisher,
    );
    await say('NOT_APPROVED', `verify pilot --release ${REF}`, publisher);
    await say('OK', `approve ${REF} --as alice --role legal`, publisher);
    await say('NOT_APPROVED', `bundle export ${REF} -o early.bundle`, publisher);
    await say('OK', `approve ${REF} --as bob --sign-only -o bob.approval`, publisher);
    await say('OK', `approve ${REF} --relay bob.approval --as publisher`, publisher);
    const online = await say('OK', `verify pilot --release ${REF}`, publisher);
    await say('OK', `bundle export ${REF} -o pilot.bundle`, publisher);
    await say('OK', 'trust export -o trust.json', publisher);

    await say('OK', 'trust import trust.json', device);
    const offline = await say('OK', 'verify pilot --bundle pilot.bundle --offline', device);
    expect(offline.releaseDigest).toBe(registered.releaseDigest);
    expect(online.releaseDigest).toBe(registered.releaseDigest);
    expect(offline).toMatchObject({ status: 'approved', anchor: 'witness', clock: 'host', development: true });

    await say('OK', `revoke ${REF} --reason recalled`, publisher);
    await say('OK', `bundle export ${REF} -o revoked.bundle`, publisher);
    await say('OK', 'verify pilot --bundle pilot.bundle --offline', device);
    await say('REVOKED', 'verify pilot --bundle revoked.bundle --offline', device);
    await say('REVOKED', 'verify pilot --bundle pilot.bundle --offline', device);
  });
});

/** What a device holds: weights, a bundle, a trust file, a state that has accepted the release. */
async function deviceScene(): Promise<{
  box: Sandbox;
  files: Readonly<Record<'weights' | 'bundle' | 'trust' | 'state', string>>;
  args: string[];
}> {
  const box = sandbox();
  const files = {
    weights: box.model('pilot-2', 'weights'),
    bundle: box.copy(prepared.bundle('pilot-2'), 'pilot.bundle'),
    trust: box.copy(prepared.trust, 'trust.json'),
    state: box.at('device', 'device-state.json'),
  };
  const args = ['verify', files.weights, '--bundle', files.bundle, '--offline', '--trust', files.trust];
  await expectOutcome('OK', args, { home: box.at('device') });
  return { box, files, args };
}

/** Replaces a base64 text in a bundle by one with a flipped bit, in canonical form again. */
function flipInBase64(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  bytes[bytes.length >> 1]! ^= 1;
  return bytes.toString('base64');
}

interface BundleFile {
  readonly header: string;
  readonly nodes: readonly string[];
  readonly checkpoint: { readonly signatures: readonly { readonly signature: string }[] };
}

type Tamper = (files: Awaited<ReturnType<typeof deviceScene>>['files']) => void;

const LINKS: readonly (readonly [link: string, outcome: Outcome, tamper: Tamper])[] = [
  ['bytes of the weights', 'TAMPERED', ({ weights }) => flipByte(join(weights, 'model.safetensors'), 1_500_000)],
  [
    'manifest in the bundle',
    'UNTRUSTED',
    ({ bundle }) =>
      edit(bundle, (bytes) => Buffer.from(bytes.toString().replace('"declared":"MIT"', '"declared":"0BSD"'))),
  ],
  [
    'a node of the proof',
    'UNTRUSTED',
    ({ bundle }) =>
      editJson<BundleFile>(bundle, (value) => ({
        ...value,
        nodes: [flipInBase64(value.nodes[0]!), ...value.nodes.slice(1)].sort(),
      })),
  ],
  [
    'block header',
    'UNTRUSTED',
    ({ bundle }) => editJson<BundleFile>(bundle, (value) => ({ ...value, header: flipInBase64(value.header) })),
  ],
  [
    'signature of the witness',
    'UNTRUSTED',
    ({ bundle }) =>
      editJson<BundleFile>(bundle, ({ checkpoint, ...value }) => {
        const signatures = checkpoint.signatures.map((one) => ({ ...one, signature: flipInBase64(one.signature) }));
        return { ...value, checkpoint: { ...checkpoint, signatures } };
      }),
  ],
  [
    'hash of the checkpoint',
    'UNTRUSTED',
    ({ bundle }) =>
      edit(bundle, (bytes) =>
        Buffer.from(
          bytes.toString().replace(/"hash":"(.)/, (_, digit: string) => `"hash":"${digit === '0' ? '1' : '0'}`),
        ),
      ),
  ],
  [
    'time of the signature',
    'UNTRUSTED',
    ({ bundle }) =>
      edit(bundle, (bytes) => Buffer.from(bytes.toString().replace(/"issuedAt":"\d{4}/, '"issuedAt":"2036'))),
  ],
  [
    'witness in the trust file',
    'UNTRUSTED',
    ({ trust }) =>
      editJson(trust, (value) => ({ ...value, witnesses: ['0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf'] })),
  ],
  [
    'code hash in the trust file',
    'UNTRUSTED',
    ({ trust }) => editJson(trust, (value) => ({ ...value, codeHash: '0'.repeat(64) })),
  ],
  [
    'models in the trust file',
    'WRONG_ARTIFACT',
    ({ trust }) => editJson(trust, (value) => ({ ...value, models: ['other/*'] })),
  ],
  ['device state', 'UNVERIFIABLE', ({ state }) => flipByte(state, 40)],
];

describe('one broken link is enough, and is named by its outcome', () => {
  it.each(LINKS)('%s: %s', async (_, outcome, tamper) => {
    const { box, files, args } = await deviceScene();
    tamper(files);
    await expectOutcome(outcome, args, { home: box.at('device') });
  });

  it('leaves beside the weights: forged ones name no chunk and decide nothing', async () => {
    const { box, args, files } = await deviceScene();
    box.copy(join(prepared.home, 'leaves'), 'weights/.weighbridge/leaves');
    flipByte(join(files.weights, 'model.safetensors'), 1_500_000);
    const good = await expectOutcome('TAMPERED', args, { home: box.at('device') });
    expect(good.answer).toMatchObject({ file: 'model.safetensors', chunk: 1 });
    for (const name of readdirSync(box.at('weights/.weighbridge/leaves'))) {
      flipByte(box.at('weights/.weighbridge/leaves', name), 0);
    }
    const forged = await expectOutcome('TAMPERED', args, { home: box.at('device') });
    expect(forged.answer).not.toHaveProperty('chunk');
  });

  it("the publisher's chain state: a damaged file is not believed", async () => {
    const box = sandbox();
    const home = box.publisher();
    flipByte(join(home, 'chain/state.json'), 5_000);
    await expectOutcome('UNVERIFIABLE', ['verify', prepared.model('pilot-2'), '--release', PILOT_2], { home });
  });
});
