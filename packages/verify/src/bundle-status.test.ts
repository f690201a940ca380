import { describe, expect, it } from 'vitest';
import { parseBundle, buildBundle } from './bundle.js';
import { statedStatus } from './bundle-status.js';
import type { WorldRecord } from './testing/registry-state.js';
import { makeWorld } from './testing/world.js';

describe('statedStatus', () => {
  it.each<[WorldRecord, string]>([
    [{ status: 1 }, 'pending'],
    [{ status: 2 }, 'approved'],
    [{ status: 2, latest: 2, latestApproved: 2 }, 'superseded'],
    [{ status: 3 }, 'revoked'],
  ])('%j: %s', (record, status) => expect(statedStatus(makeWorld({ record }).bundle)).toBe(status));

  it('has nothing to say of a release that is not registered, nor without nodes', () => {
    expect(statedStatus(makeWorld({ record: null }).bundle)).toBeUndefined();
    expect(statedStatus(parseBundle(buildBundle({ ...makeWorld().parts, nodes: [] })))).toBeUndefined();
  });
});
