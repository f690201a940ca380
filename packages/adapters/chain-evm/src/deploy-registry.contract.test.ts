import { afterEach, expect, test } from 'vitest';
import { REGISTRY_ADDRESS } from './code-hash.js';
import { hasCode } from './deploy-registry.js';
import { createRegistryChain } from './registry-chain.js';
import { type AnvilPlace, openAnvilPlace } from './testing/anvil-place.js';

let place: AnvilPlace;
afterEach(() => place.dispose());

test.each([
  ['that has the factory', {}],
  ['that lacks the factory', { 'disable-default-create2-deployer': '' }],
  ['of another id', { 'chain-id': '1337' }],
])('the registry has its one address on a chain %s', async (_, settings) => {
  place = await openAnvilPlace(settings);
  expect(await hasCode(place.rpc, REGISTRY_ADDRESS)).toBe(true);
  // compares the code with what our artifact gives for this chain
  await createRegistryChain({ rpc: place.rpc, identity: place.identity, finality: 'latest' });
});
