import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { edit, editJson, sortedJson } from '../support/damage.js';
import { openSandbox, PILOT_3, prepared, type Sandbox } from '../support/sandbox.js';
import { namesIn } from '../support/snapshot.js';

type Kind = 'bundle' | 'trust' | 'approval' | 'manifest' | 'state';

let box: Sandbox;
/** A good file of each kind. */
let good: Record<Kind, string>;
beforeAll(async () => {
  box = openSandbox();
  const home = box.publisher();
  const device = { home: box.at('device'), json: false };
  const approval = box.at('approval');
  await weighbridge(['approve', PILOT_3, '--as', 'bob', '--sign-only', '-o', approval], { home, json: false });
  await weighbridge(
    ['verify', prepared.model('pilot-1'), '--bundle', prepared.bundle('pilot-1'), '--trust', prepared.trust],
    device,
  );
  const manifest = `${home}/manifests/${namesIn(`${home}/manifests`)[0]}`;
  const bundle = prepared.bundle('pilot-1');
  good = { bundle, trust: prepared.trust, approval, manifest, state: box.at('device/device-state.json') };
});
afterAll(() => rmSync(box.folder, { recursive: true, force: true }));

/** Every place of the command line that takes a file, by the kind that it takes. */
const places: readonly (readonly [Kind, string, (path: string) => string[]])[] = [
  [
    'bundle',
    'verify --bundle',
    (path) => ['verify', prepared.model('pilot-1'), '--bundle', path, '--trust', prepared.trust],
  ],
  ['bundle', 'bundle inspect', (path) => ['bundle', 'inspect', path]],
  [
    'trust',
    'verify --trust',
    (path) => ['verify', prepared.model('pilot-1'), '--bundle', prepared.bundle('pilot-1'), '--trust', path],
  ],
  ['trust', 'trust import', (path) => ['trust', 'import', path]],
  ['approval', 'approve --relay', (path) => ['approve', PILOT_3, '--relay', path]],
];
const kinds: readonly Kind[] = ['bundle', 'trust', 'approval', 'manifest', 'state'];

/** Relaying wants the home that has the chain; everything else runs as a new device. */
const homeFor = (place: string) => ({
  home: place === 'approve --relay' ? box.at('publisher') : box.at(`new ${place}`),
});

describe.each(places)('a %s for %s', (kind, place, line) => {
  test.each(kinds.filter((other) => other !== kind))('MALFORMED: a good %s', async (other) => {
    const ended = await weighbridge(line(good[other]), homeFor(place));
    // an approval file may have 4 KiB, which is asked first
    const outcome = place === 'approve --relay' && readFileSync(good[other]).length > 4096 ? 'LIMIT' : 'MALFORMED';
    expect(ended.answer.outcome, String(ended.answer.message)).toBe(outcome);
  });

  test('USAGE: nothing, a folder, a FIFO, a device, no name; a symlink to a good file is as good', async () => {
    const folder = box.at(`odd ${place}`);
    mkdirSync(folder);
    execFileSync('mkfifo', [`${folder}/fifo`]);
    for (const path of [`${folder}/none`, folder, `${folder}/fifo`, '/dev/null', ''])
      await expectOutcome('USAGE', line(path), homeFor(place));
    symlinkSync(good[kind], `${folder}/link`);
    if (place !== 'approve --relay') await expectOutcome('OK', line(`${folder}/link`), homeFor(`odd ${place}`));
  });
});

/** One place for each kind: what parses a kind is the same everywhere. */
describe.each(places.filter(([, place]) => ['bundle inspect', 'trust import', 'approve --relay'].includes(place)))(
  'a %s for %s that holds',
  (kind, place, line) => {
    test.each<[string, (bytes: Buffer) => Uint8Array]>([
      ['nothing', () => Buffer.alloc(0)],
      ['no JSON', () => Buffer.from('{')],
      ['a list', () => Buffer.from('[]')],
      ['null', () => Buffer.from('null')],
      ['a final line break', (bytes) => Buffer.concat([bytes, Buffer.from('\n')])],
      ['a BOM', (bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes])],
      ['a leading space', (bytes) => Buffer.concat([Buffer.from(' '), bytes])],
      ['a second value', (bytes) => Buffer.concat([bytes, Buffer.from('{}')])],
      ['indentation', (bytes) => Buffer.from(JSON.stringify(JSON.parse(bytes.toString()), null, 2).slice(0, 4000))],
      ['a member twice', (bytes) => Buffer.from(bytes.toString().replace(/^\{("[^"]+":)/, '{$1"x",$1'))],
      ['an unknown member', (bytes) => withMembers(bytes, { extra: true })],
      ['an unknown format', (bytes) => withMembers(bytes, { format: 'trust-v9' })],
      ['no format', (bytes) => withMembers(bytes, { format: undefined })],
      ['__proto__', (bytes) => Buffer.from(bytes.toString().replace(/^\{/, '{"__proto__":{},'))],
      [
        'bytes that are no UTF-8',
        (bytes) => Buffer.concat([bytes.subarray(0, 30), Buffer.from([0xff]), bytes.subarray(30)]),
      ],
      ['its second half missing', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ])('MALFORMED: %s', async (name, change) => {
      const path = box.copy(good[kind], `${place} ${name}`);
      edit(path, change);
      await expectOutcome('MALFORMED', line(path), homeFor(place));
    });

    test('MALFORMED or LIMIT: deep nesting', async () => {
      writeFileSync(box.at(`${place} deep`), `${'['.repeat(1500)}${']'.repeat(1500)}`);
      const { answer } = await weighbridge(line(box.at(`${place} deep`)), homeFor(place));
      expect(['MALFORMED', 'LIMIT']).toContain(answer.outcome);
    });
  },
);

describe('members of a trust file', () => {
  const badChecksum = '0x95C638191868250a93D697CD0Dd14b7aB25f56bA';

  test.each<[string, (trust: Record<string, unknown>) => object]>([
    ['version 0', () => ({ version: 0 })],
    ['a fractional version', () => ({ version: 1.5 })],
    ['a time with fraction', () => ({ issuedAt: '2026-01-01T00:00:00.000Z' })],
    ['no models', () => ({ models: [] })],
    ['a model of all', () => ({ models: ['*'] })],
    ['a model pattern in a name', () => ({ models: ['acme/pil*'] })],
    ['no anchors', () => ({ anchors: [] })],
    ['threshold 0', () => ({ threshold: 0 })],
    ['a threshold above the witnesses', () => ({ threshold: 2 })],
    ['a witness in lower case', (t) => ({ witnesses: [String((t.witnesses as string[])[0]).toLowerCase()] })],
    ['a contract of the wrong checksum', () => ({ contract: badChecksum })],
    ['anchor rpc without quorum', () => ({ anchors: ['witness', 'rpc'], rpcQuorum: 0 })],
    ['a max age of 0', () => ({ maxAgeSeconds: 0 })],
    ['a max age of more than a year', () => ({ maxAgeSeconds: 31_536_001 })],
    ['a root threshold without root keys', () => ({ rootThreshold: 1 })],
    ['a code hash in upper case', (t) => ({ codeHash: String(t.codeHash).toUpperCase() })],
  ])('MALFORMED: %s', async (name, change) => {
    const path = box.copy(good.trust, `trust of ${name.replaceAll('/', ' ')}`);
    editJson<Record<string, unknown>>(path, (trust) => ({ ...trust, ...change(trust) }));
    await expectOutcome('MALFORMED', ['trust', 'import', path], { home: box.at('trust-home') });
    expect(namesIn(box.at('trust-home'))).not.toContain('trust.json');
  });
});

function withMembers(bytes: Buffer, members: Record<string, unknown>): Buffer {
  const value = { ...(JSON.parse(bytes.toString()) as object), ...members };
  return Buffer.from(sortedJson(JSON.parse(JSON.stringify(value))));
}
