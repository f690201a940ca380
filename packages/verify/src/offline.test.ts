import { describe, expect, it } from 'vitest';
import { canonicalDeviceState, parseDeviceState } from './device-state-file.js';
import { emptyDeviceState } from './device-state.js';
import { type OfflineEntry, type OfflineInput, verifyOffline } from './offline.js';
import { digestsOf } from './testing/release.js';
import { makeWorld, type World, type WorldOptions } from './testing/world.js';

function entriesOf(world: World): OfflineEntry[] {
  return world.entries.map((entry) => ({ ...entry, tree: digestsOf(world.files.get(entry.path)!).tree }));
}
function inputOf(
  options: WorldOptions = {},
  change: (world: World) => Partial<OfflineInput> = () => ({}),
): OfflineInput {
  const world = makeWorld(options);
  const { trustBytes, bundleBytes, nowSeconds: hostSeconds } = world;
  return { trustBytes, bundleBytes, hostSeconds, entries: entriesOf(world), ...change(world) };
}
const noise = new Uint8Array(Buffer.from('noise'));

describe('verifyOffline', () => {
  it('accepts a release and says what to remember', () => {
    const verdict = verifyOffline(inputOf({ versionCode: 4 }));
    expect(verdict).toMatchObject({
      outcome: 'OK',
      details: { release: 'acme/pilot-llm@1.0.0' },
      claim: { status: 'approved' },
    });
    expect(parseDeviceState(verdict.stateBytes!).models.get(verdict.claim!.ref.model)).toEqual({
      versionCode: 4,
      minAllowed: 0,
    });
  });

  it('obeys what it said to remember', () => {
    const newer = verifyOffline(inputOf({ versionCode: 4, version: '1.1.0' }));
    const older = verifyOffline(inputOf({ versionCode: 3 }, () => ({ stateBytes: newer.stateBytes })));
    expect([newer.outcome, older.outcome]).toEqual(['OK', 'ROLLBACK']);
    expect(older).not.toHaveProperty('stateBytes');
  });

  it('remembers a revocation', () => {
    const fresh = canonicalDeviceState(emptyDeviceState());
    const revoked = verifyOffline(inputOf({ record: { status: 3 } }, () => ({ stateBytes: fresh })));
    expect(revoked.outcome).toBe('REVOKED');
    const again = verifyOffline(inputOf({}, () => ({ stateBytes: revoked.stateBytes })));
    expect(again).toMatchObject({ outcome: 'REVOKED', hint: expect.stringMatching(/./) });
  });

  const flipped = ({ entries }: Pick<OfflineInput, 'entries'>) =>
    entries.with(0, { ...entries[0]!, tree: entries[1]!.tree! });
  it.each<[string, OfflineInput, string, string?]>([
    ['a bundle that is none', inputOf({}, () => ({ bundleBytes: noise })), 'MALFORMED'],
    ['a trust file that is none', inputOf({}, () => ({ trustBytes: noise })), 'MALFORMED'],
    ['a wish that is no release', inputOf({}, () => ({ wanted: 'pilot-llm' })), 'USAGE'],
    ['another wish', inputOf({}, () => ({ wanted: 'acme/pilot-llm@1.0.1' })), 'WRONG_ARTIFACT'],
    ['a damaged state', inputOf({}, () => ({ stateBytes: noise })), 'UNVERIFIABLE'],
    [
      'a revoked release and a damaged state',
      inputOf({ record: { status: 3 } }, () => ({ stateBytes: noise })),
      'REVOKED',
    ],
    ['an empty folder', inputOf({}, () => ({ entries: [] })), 'TAMPERED', 'config.json'],
    ['a missing file', inputOf({}, (world) => ({ entries: entriesOf(world).slice(1) })), 'TAMPERED', 'config.json'],
    [
      'a folder of something else',
      inputOf({}, () => ({ entries: [{ path: 'x', isUtf8: true, kind: 'file', sizeBytes: 1 }] })),
      'WRONG_ARTIFACT',
    ],
    [
      'other bytes',
      inputOf({}, (world) => ({ entries: flipped({ entries: entriesOf(world) }) })),
      'TAMPERED',
      'config.json',
    ],
    ['bytes that nobody digested', inputOf({}, (world) => ({ entries: world.entries })), 'TAMPERED', 'config.json'],
  ])('%s', (_, input, outcome, file) => {
    const verdict = verifyOffline(input);
    expect(verdict).toMatchObject({
      outcome,
      hint: expect.stringMatching(/./),
      ...(file === undefined ? {} : { details: { file } }),
    });
    expect(verdict).not.toHaveProperty('stateBytes');
  });

  it('takes the release that is wished for', () => {
    expect(verifyOffline(inputOf({}, () => ({ wanted: 'acme/pilot-llm@1.0.0' }))).outcome).toBe('OK');
  });
});
