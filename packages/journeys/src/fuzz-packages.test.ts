import { operationOf } from '@weighbridge/delta/operations';
import { describe, expect, it } from 'vitest';
import { badSeeds, fuzzPackages, fuzzSeeds, operationsOf } from './testing/fuzz-packages.js';

/** Many more by scripts/fuzz/delta.mjs. */
const CASES = 3000;

describe('damaged packages', () => {
  it('seeds are good', async () => {
    const seeds = await fuzzSeeds();
    const operations = new Set(seeds.flatMap(operationsOf));
    for (let id = 0; id < 256; id += 1) if (operationOf(id) !== undefined) expect(operations, `${id}`).toContain(id);
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
