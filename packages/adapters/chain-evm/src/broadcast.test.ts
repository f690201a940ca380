import { expect, test } from 'vitest';
import { broadcast } from './broadcast.js';
import type { JsonRpc } from './json-rpc.js';

const saying = (message: string): JsonRpc => ({
  location: 'http://node',
  ask: async () => ({ refusal: { code: -32000, message, data: undefined } }),
  close: () => {},
});

test.each([
  ['already known', 'pooled'],
  ['transaction already imported', 'pooled'],
  ['Known transaction', 'pooled'],
  ['ALREADY_EXISTS: already known', 'pooled'],
  ['AlreadyKnown', 'pooled'],
  ['nonce too low', 'nonce-used'],
  ['nonce too low: next nonce 2, tx nonce 1', 'nonce-used'],
  ['Nonce too low', 'nonce-used'],
  ['OldNonce, Current nonce: 5', 'nonce-used'],
  ['replacement transaction underpriced', 'nonce-claimed'],
  ['Replacement transaction underpriced: new tx gas fee bump is too low', 'nonce-claimed'],
  ['could not replace existing tx: transaction underpriced to replace', 'nonce-claimed'],
  ['insufficient funds for gas * price + value: address 0x01 have 0 want 1', 'unfunded'],
  ['Insufficient funds for gas * price + value', 'unfunded'],
  ['InsufficientFunds, Account balance: 0', 'unfunded'],
  ['transaction underpriced: gas tip cap 0, minimum needed 1', 'refused'],
  ['exceeds block gas limit', 'refused'],
  ['tx fee (2.00 ether) exceeds the configured cap (1.00 ether)', 'refused'],
  ['intrinsic gas too low', 'refused'],
])('%j means %s', async (text, outcome) => {
  expect(await broadcast(saying(text), '0x00')).toEqual({ outcome, text });
});

test('a node that takes it has it', async () => {
  const rpc = { ...saying(''), ask: async () => ({ result: '0x00' }) };
  expect(await broadcast(rpc, '0x00')).toMatchObject({ outcome: 'pooled' });
});
