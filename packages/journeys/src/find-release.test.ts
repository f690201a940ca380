import { expect, test } from 'vitest';
import { requireNamespace, requireRelease } from './find-release.js';
import { House, publisher, REF, registeredHouse } from './testing/house.js';

test('finds what the chain has', async () => {
  const { chain } = await registeredHouse();
  expect(await requireRelease(chain, REF)).toMatchObject({ publisher: publisher.address });
  expect(await requireNamespace(chain, 'acme')).toMatchObject({ publisher: publisher.address });
});

test('what the chain has not is UNVERIFIABLE, with the next step', async () => {
  const { chain } = new House();
  const refusal = { code: 'UNVERIFIABLE', hint: expect.stringMatching(/./) };
  await expect(requireRelease(chain, REF)).rejects.toMatchObject(refusal);
  await expect(requireNamespace(chain, 'acme')).rejects.toMatchObject(refusal);
});
