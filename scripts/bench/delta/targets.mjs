// What a package of each pair must be, and what is aimed at: bytes, by facts of the pair measured in the same run.

const KIB = 1024;
const leaves = (size) => 64 * Math.ceil(size / 1_048_576);
/** What a package may hold beside the payloads of its operations. */
export const overheadLimit = (size) => ({ must: 0.0002 * size + 16 * KIB, reach: 0.0001 * size + 4 * KIB });

const ofBest =
  (must, reach) =>
  ({ best }) => ({ must: must * best, reach: reach * best });
const ofEntropy =
  (must, reach, extra = 0) =>
  ({ entropy }) => ({ must: must * entropy + extra, reach: reach * entropy + extra });
const ofFile =
  (share) =>
  ({ size }) => ({ must: share * 1.01 * size, reach: share * 0.985 * size });
const ofLeaves = ({ size }) => ({ must: leaves(size) + 16 * KIB, reach: leaves(size) + 4 * KIB });
const opaque = ({ best }) => ({ must: 1.3 * best + 8 * KIB, reach: 1.1 * best });
const ofAdapter = ({ adapter, size }) => ({
  must: adapter * 1.02 + overheadLimit(size).must,
  reach: adapter + overheadLimit(size).reach,
});

/** By row: the pair and how it is built, and its limits in bytes. `entropy: true` where they stand on the pair's entropy. */
export const ROWS = {
  r1: { limits: ofBest(1, 0.93) },
  r3: { limits: ofBest(0.5, 0.45) },
  r5: { limits: opaque },
  r7: { limits: opaque },
  s1: { adapter: true, limits: ofAdapter },
  's1-bf16': { adapter: true, limits: ofBest(0.13, 0.08) },
  's1-alone': { pair: 's1', limits: ofBest(0.78, 0.145) },
  s3: { entropy: true, limits: ofEntropy(1.04, 1.015) },
  s4: { entropy: true, limits: ofEntropy(1.04, 1.015) },
  s5: { entropy: true, limits: ofEntropy(1.06, 1.02, 32 * KIB) },
  s6: { limits: ofBest(0.78, 0.75) },
  's6-q4': { limits: ofBest(0.8, 0.67) },
  s9: { entropy: true, limits: ofEntropy(1.04, 1.015) },
  rename: { limits: ofLeaves },
  unchanged: { limits: ofLeaves },
  unrelated: { limits: ofFile(0.67) },
  'unrelated-f16': { limits: ofFile(0.89) },
  'unrelated-f32': { limits: ofFile(0.83) },
  int8: { limits: ofBest(0.62, 0.57) },
  'int8-renamed': { limits: ofBest(0.85, 0.62) },
  requantized: { limits: ofBest(1, 0.03) },
  adapter70b: { limits: () => ({ must: 22.2e6, reach: 21.5e6 }) },
  big: { entropy: true, limits: ofEntropy(1.04, 1.015, 0) },
};

/** CPU seconds and MiB for 200 MB of bf16, building with a self-apply and applying with all digests. */
export const COSTS = {
  build: { cpu: { must: 15, reach: 8 }, peak: { must: 250, reach: 130 } },
  apply: { cpu: { must: 6, reach: 4.5 }, peak: { must: 128, reach: 96 } },
};
