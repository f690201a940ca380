import { isWeighbridgeError } from '@weighbridge/core/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalApprovalFile, parseApprovalFile } from './approval-file.js';
import { approvalDigest } from './approval.js';
import { buildBundle, type BundleParts, parseBundle } from './bundle.js';
import { emptyDeviceState, learnOk } from './device-state.js';
import { canonicalDeviceState, parseDeviceState } from './device-state-file.js';
import { testKey } from './testing/keys.js';
import { makeWorld } from './testing/world.js';
import { parseTrust } from './trust.js';
import { decideClaim } from './verdict.js';

const world = makeWorld({ witnesses: 2 });
const decision = decideClaim({
  trust: world.trust,
  bundle: world.bundle,
  deviceState: 'unused',
  hostSeconds: world.nowSeconds,
});
const learned = decision.accepted
  ? learnOk(emptyDeviceState(), decision.claim, { hostSeconds: world.nowSeconds })
  : emptyDeviceState();
const key = testKey('approver');
const unsigned = {
  ...world.trust,
  ...world.ref,
  versionCode: 1,
  digest: world.bundle.releaseDigest,
  approver: key.address,
  epoch: 0,
  deadline: 5,
};
const approval = canonicalApprovalFile({ ...unsigned, signature: key.sign(approvalDigest(unsigned, unsigned)) });

const FILES = [
  ['bundle', parseBundle, world.bundleBytes],
  ['trust file', parseTrust, world.trustBytes],
  ['device state', parseDeviceState, canonicalDeviceState(learned)],
  ['approval file', parseApprovalFile, approval],
] as const;

/** Small and large changes of good bytes, and pieces of JSON that a parser may stumble over. */
const TOKENS = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\u0000',
  '\\ud800',
  '1e9',
  '-0',
  'null',
  '{}',
  '[]',
  '"__proto__":{},',
  '\ufeff',
  '9007199254740993',
];
const anyPiece = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 4 }),
  fc.constantFrom(...TOKENS).map((token) => new Uint8Array(Buffer.from(token))),
);
const anyChange = fc.record({
  at: fc.nat(),
  removed: fc.oneof(fc.constant(0), fc.nat(8), fc.nat(2000)),
  piece: anyPiece,
});

function changed(
  source: Uint8Array,
  changes: readonly { at: number; removed: number; piece: Uint8Array }[],
): Uint8Array {
  return changes.reduce<Uint8Array>((bytes, { at, removed, piece }) => {
    const start = at % (bytes.length + 1);
    return new Uint8Array(Buffer.concat([bytes.subarray(0, start), piece, bytes.subarray(start + removed)]));
  }, source);
}

/** Runs it and answers; any error that is not ours breaks the test. */
function outcomeOf(run: () => string): string {
  try {
    return run();
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    expect(error.hint).toBeTruthy();
    return error.code;
  }
}

describe.each(FILES)('a %s with any change', (_, parse, source) => {
  it('is refused as MALFORMED or LIMIT, or is the same file', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = changed(source, changes);
        const outcome = outcomeOf(() => (parse(bytes) === undefined ? 'nothing' : 'parsed'));
        expect(['MALFORMED', 'LIMIT', 'parsed']).toContain(outcome);
      }),
      { numRuns: 1500 },
    );
  });
});

describe.each(FILES)('a %s given as something else', (name, _, source) => {
  it.each(FILES.filter(([other]) => other !== name))('as %s is refused', (_other, parse) => {
    expect(outcomeOf(() => (parse(source) === undefined ? 'nothing' : 'parsed'))).toMatch(/^(MALFORMED|LIMIT)$/);
  });
});

describe('a bundle made of changed parts', () => {
  const swap = (bytes: Uint8Array, at: number, byte: number) =>
    bytes.map((old, index) => (index === at % bytes.length ? byte : old));
  const anyParts = fc.record({
    part: fc.constantFrom('header', 'node', 'signature', 'hash', 'number', 'cut', 'more'),
    at: fc.nat(),
    byte: fc.nat(255),
  });

  function partsWith({ part, at, byte }: { part: string; at: number; byte: number }): BundleParts {
    const { parts } = world;
    const { checkpoint, nodes } = parts;
    const node = at % nodes.length;
    const [first, ...others] = checkpoint.signatures as readonly [(typeof checkpoint.signatures)[0]];
    if (part === 'header') return { ...parts, header: swap(parts.header, at, byte) };
    if (part === 'node') return { ...parts, nodes: nodes.with(node, swap(nodes[node]!, at, byte)) };
    if (part === 'cut') return { ...parts, nodes: nodes.with(node, nodes[node]!.subarray(0, byte)) };
    if (part === 'more') return { ...parts, nodes: [...nodes, Uint8Array.of(byte, at & 255)] };
    if (part === 'number') return { ...parts, checkpoint: { ...checkpoint, number: at } };
    if (part === 'hash')
      return {
        ...parts,
        checkpoint: {
          ...checkpoint,
          hash: Buffer.from(swap(Buffer.from(checkpoint.hash, 'hex'), at, byte)).toString('hex'),
        },
      };
    return {
      ...parts,
      checkpoint: { ...checkpoint, signatures: [{ ...first, signature: swap(first.signature, at, byte) }, ...others] },
    };
  }

  it('is MALFORMED or UNTRUSTED, or the same bundle', () => {
    const counts: Record<string, number> = {};
    fc.assert(
      fc.property(anyParts, (change) => {
        const bytes = buildBundle(partsWith(change));
        const outcome = outcomeOf(() => {
          const verdict = decideClaim({
            trust: world.trust,
            bundle: parseBundle(bytes),
            deviceState: 'unused',
            hostSeconds: world.nowSeconds,
          });
          return verdict.accepted ? 'OK' : verdict.refusal.code;
        });
        counts[outcome] = (counts[outcome] ?? 0) + 1;
        expect(['MALFORMED', 'UNTRUSTED', ...(Buffer.compare(bytes, world.bundleBytes) === 0 ? ['OK'] : [])]).toContain(
          outcome,
        );
      }),
      { numRuns: 700 },
    );
    expect(counts.UNTRUSTED).toBeGreaterThan(200);
  });
});
