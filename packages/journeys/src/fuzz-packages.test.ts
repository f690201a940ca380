import { describe, expect, it } from 'vitest';
import { badSeeds, fuzzPackages, fuzzSeeds } from './testing/fuzz-packages.js';

/** Many more by scripts/fuzz/delta.mjs. */
const CASES = 3000;

describe('damaged packages', () => {
  it('seeds are good', async () => {
    const seeds = await fuzzSeeds();
    expect(seeds.length).toBeGreaterThan(3);
    expect(await badSeeds(seeds)).toEqual([]);
  });

  it(`${CASES} of them: refused or right, and nothing else`, { timeout: 120_000 }, async () => {
    const { faults, outcomes, decoded, slowestMs } = await fuzzPackages(await fuzzSeeds(), CASES, 1);
    console.log(
      `${CASES} packages: ${JSON.stringify(outcomes)}, ${decoded} reached decoders, slowest ${Math.round(slowestMs)} ms`,
    );
    expect(faults).toEqual([]);
    expect(decoded).toBeGreaterThan(CASES / 3);
  });
});
