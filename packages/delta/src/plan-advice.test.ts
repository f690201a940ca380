import { expect, test } from 'vitest';
import { adviseOnBudget } from './plan-advice.js';

const layer = (index: number) => [
  { name: `layers.${index}.q_proj.weight`, shape: [4096, 4096], bytes: 3_000_000, changed: 1 },
  { name: `layers.${index}.v_proj.weight`, shape: [1024, 4096], bytes: 1_000_000, changed: 1 },
  { name: `layers.${index}.mlp.weight`, shape: [11_008, 4096], bytes: 9_000_000, changed: 1 },
  { name: `layers.${index}.norm.weight`, shape: [4096], bytes: 2_000, changed: 1 },
];

test('what would fit has numbers that fit', () => {
  const tensors = [...layer(0), ...layer(1)];
  const advice = adviseOnBudget(tensors, 20_000, 21_000_000);
  for (const { totalBytes } of advice) expect(totalBytes).toBeLessThanOrEqual(21_000_000);
  const [all, attention, int8, fewer, stages] = advice;
  // (4096 + 4096 + 1024 + 4096 + 11008 + 4096) × 2 layers × 10.46 bits a rank
  expect(all).toMatchObject({ kind: 'adapter', matrices: 6, rank: Math.min(256, Math.floor(20_980_000 / 74_287)) });
  expect(attention).toMatchObject({ kind: 'adapter', matrices: 4, rank: 256 });
  expect(int8?.kind).toBe('adapter-int8');
  expect(fewer).toMatchObject({ kind: 'fewer-tensors', keep: ['layers.0.mlp.weight'], totalBytes: 17_024_000 });
  expect(stages).toMatchObject({ kind: 'stages', stages: 2 });
});

test('nothing fits where the package has no room for itself', () => {
  expect(adviseOnBudget(layer(0), 30_000, 30_000)).toEqual([]);
});

test('no stages where one tensor alone is too large', () => {
  const kinds = adviseOnBudget(layer(0), 0, 5_000_000).map(({ kind }) => kind);
  expect(kinds).not.toContain('stages');
  expect(kinds).toContain('fewer-tensors');
});
