import { describe, expect, test } from 'vitest';
import { guardedLookup, maySendTo, scopeOf } from './address-scope.js';

describe('scopeOf', () => {
  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.0.9', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.1.1', 'private'],
    ['::ffff:192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd12::1', 'private'],
    ['169.254.169.254', 'never'],
    ['::ffff:169.254.169.254', 'never'],
    ['fe80::1', 'never'],
    ['fd00:ec2::254', 'never'],
    ['0.0.0.0', 'never'],
    ['::', 'never'],
    ['224.0.0.1', 'never'],
    ['255.255.255.255', 'never'],
    ['64:ff9b::7f00:1', 'never'],
    ['2002:7f00:1::', 'never'],
    ['::7f00:1', 'never'],
    ['1.1.1.1', 'public'],
    ['::ffff:1.1.1.1', 'public'],
    ['2606:4700::1111', 'public'],
    ['localhost', 'never'],
    ['', 'never'],
  ])('%s is %s', (address, scope) => {
    expect(scopeOf(address)).toBe(scope);
  });
});

test.each([
  ['public', 'public', true],
  ['public', 'private', false],
  ['public', 'loopback', false],
  ['public', 'never', false],
  ['private', 'public', true],
  ['private', 'private', true],
  ['private', 'loopback', false],
  ['loopback', 'loopback', true],
  ['loopback', 'private', true],
  ['loopback', 'never', false],
  ['never', 'public', false],
] as const)('one at %s may send us to %s: %s', (from, to, may) => {
  expect(maySendTo(from, to)).toBe(may);
});

describe('guardedLookup', () => {
  const look = (allowed: (address: string) => boolean, all: boolean) =>
    new Promise((resolve) => {
      guardedLookup(allowed)('localhost', { all }, (error, address) => resolve(error ?? address));
    });

  test('a name that leads where it may not is refused', async () => {
    expect(await look(() => false, false)).toMatchObject({
      code: 'UNVERIFIABLE',
      details: { refusedHost: 'localhost' },
    });
  });

  test('of several addresses only those that are allowed are connected to', async () => {
    const only = (address: string) => address === '127.0.0.1';
    expect(await look(only, false)).toBe('127.0.0.1');
    expect(await look(only, true)).toEqual([{ address: '127.0.0.1', family: 4 }]);
  });
});
