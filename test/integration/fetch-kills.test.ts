import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { expectOutcome, startWeighbridge } from '../support/command-line.js';
import { MIB, noise, put } from '../support/models.js';
import { until } from '../support/hold-lock.js';
import { sandbox } from '../support/sandbox.js';

/** 50 with FETCH_KILLS=50; a few in every run. */
const KILLS = Number(process.env.FETCH_KILLS ?? 6);
const CHUNKS = 48;
const REF = 'solo/big@1.0.0';

test(`killed at ${KILLS} points, a fetch always goes on with what it had verified`, { timeout: 600_000 }, async () => {
  const box = sandbox();
  const home = box.at('home');
  const weights = noise('fetch-kills', CHUNKS * MIB);
  await put(box.at('model/weights.bin'), weights);
  await expectOutcome('OK', ['register', box.at('model'), '--model', 'solo/big', '--version', '1.0.0'], { home });
  const { answer } = await expectOutcome('OK', ['approve', REF], { home });
  const pieces = join(home, 'journal/fetch', String(answer.releaseDigest));

  let broken = 0;
  let most = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const to = box.at(`to-${kill}`);
    const { child, ended } = startWeighbridge(['fetch', REF, '--to', to], { home });
    await until(() => existsSync(join(pieces, 'weights.bin')) || existsSync(to));
    await sleep((kill / KILLS) * 600);
    child.kill('SIGKILL');
    await ended;
    const kept = goodChunks(join(pieces, 'weights.bin'), weights);
    if (kept > 0 && kept < CHUNKS) broken += 1;
    if (!existsSync(to)) {
      const again = await expectOutcome('OK', ['fetch', REF, '--to', to], { home });
      const [fetched] = again.answer.fetched as { chunks: number }[];
      // what was verified is never fetched again
      expect(fetched?.chunks ?? 0).toBe(CHUNKS - kept);
      most = Math.max(most, kept);
    }
    expect(readFileSync(join(to, 'weights.bin')).equals(weights)).toBe(true);
    rmSync(to, { recursive: true });
  }
  console.log(
    `fetch killed at ${KILLS} points: ${broken} in mid-file, resumed with up to ${most} of ${CHUNKS} chunks, lost 0`,
  );
  expect(broken, 'some kills came in mid-file').toBeGreaterThan(0);
});

function goodChunks(path: string, weights: Buffer): number {
  if (!existsSync(path)) return 0;
  const found = readFileSync(path);
  let good = 0;
  for (let at = 0; at < weights.length; at += MIB)
    if (found.subarray(at, at + MIB).equals(weights.subarray(at, at + MIB))) good += 1;
  return good;
}
