import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const sources = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
const textOf = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');

test('no node but the embedded one is asked for more than every node can', () => {
  const own = /anvil_|evm_|eth_accounts|eth_sendTransaction|debug_|personal_|hardhat_/;
  expect(sources.length).toBeGreaterThan(25);
  expect(sources.filter((name) => own.test(textOf(name)))).toEqual(['anvil-node.ts']);
});

test('only the embedded chain and its parts know anvil', () => {
  const embedded = ['anvil-node.ts', 'anvil-process.ts', 'embedded-chain.ts'];
  expect(sources.filter((name) => /from '\.\/anvil-/.test(textOf(name)))).toEqual(['embedded-chain.ts']);
  expect(sources).toEqual(expect.arrayContaining(embedded));
});

test('nothing imports ethers before it is needed', () => {
  const loading = sources.filter((name) => /^import (?!type ).*'ethers/m.test(textOf(name)));
  expect(loading).toEqual([]);
});
