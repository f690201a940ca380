import type { RelativePath } from '@weighbridge/core/brands';
import { FakeReleaseFolder } from '@weighbridge/ports/testing/fake-release-folder';
import { expect, it } from 'vitest';
import { measurePackage } from './build-package.js';
import { openContent } from './open-content.js';
import { FakeEngine } from './testing/fake-engine.js';
import { SILENT } from './testing/house.js';

it('a package that is only measured lets the process do other things after each leaf', async () => {
  const leaves = 4;
  const doors = { engine: new FakeEngine(), progress: SILENT, signal: new AbortController().signal };
  const folder = new FakeReleaseFolder({ zeros: new Uint8Array(leaves * 1_048_576) });
  const content = await openContent(doors, folder, ['zeros' as RelativePath], 'reading');
  const target = { content, pinned: { kind: 'content' as const, contentDigest: content.contentDigest } };
  let leavesBetween = 0;
  let most = 0;
  let isOver = false;
  const turn = (): void => {
    most = Math.max(most, leavesBetween);
    leavesBetween = 0;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const progress = { ...SILENT, advance: () => (leavesBetween += 1) };
  await measurePackage({ ...doors, progress }, { base: undefined, target, bundle: undefined });
  isOver = true;
  await content.close();
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(2);
});
