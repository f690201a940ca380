import { describe, expect, it } from 'vitest';
import { parseDuration, parseInteger, parseSize } from './quantities.js';

const usage = (flag: string) =>
  expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(flag), hint: expect.stringMatching(/./) });

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['30s', 30],
    ['5m', 300],
    ['2h', 7200],
    ['7d', 604_800],
    ['365d', 31_536_000],
  ])('%s', (text, seconds) => expect(parseDuration(text, '--max-age')).toBe(seconds));

  it.each(['', '7', 'd', '7 d', ' 7d', '7D', '-7d', '1.5h', '7dd', '1e3s', '7d\n', '１d', '9999999999999d'])(
    '%j is USAGE',
    (text) => {
      expect(() => parseDuration(text, '--max-age')).toThrow(usage('--max-age'));
    },
  );

  it('takes the most that is allowed, and no more', () => {
    expect(parseDuration('60s', '--x', 60)).toBe(60);
    expect(() => parseDuration('61s', '--x', 60)).toThrow(usage('60'));
  });
});

describe('parseInteger', () => {
  it('takes both ends', () => {
    expect([parseInteger('1', '--k', 1, 32), parseInteger('32', '--k', 1, 32), parseInteger('0', '--k', 0)]).toEqual([
      1, 32, 0,
    ]);
    expect(parseInteger('9007199254740991', '--k', 0)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each(['', '0', '33', '-1', '+1', '01', '1.0', '1e1', '0x1', ' 1', '9007199254740992', '99999999999999999'])(
    '%j is USAGE',
    (text) => {
      expect(() => parseInteger(text, '--k', 1, 32)).toThrow(usage('--k'));
    },
  );

  it('what cannot be counted exactly is USAGE', () => {
    expect(() => parseInteger('9007199254740992', '--k', 0)).toThrow(usage('--k'));
  });
});

describe('parseSize', () => {
  it.each([
    ['0', 0],
    ['21MB', 21_000_000],
    ['1kB', 1000],
    ['1KB', 1000],
    ['2GB', 2_000_000_000],
    ['1KiB', 1024],
    ['64MiB', 67_108_864],
    ['1GiB', 1_073_741_824],
    ['7B', 7],
  ])('%s', (text, bytes) => expect(parseSize(text, '--max-upload')).toBe(bytes));

  it.each(['', 'MB', '-1', '1.5MB', '1 MB', '1TB', '1mb', '1Mib', '999999999999999GB', '1e3'])(
    '%j is USAGE',
    (text) => {
      expect(() => parseSize(text, '--max-upload')).toThrow(usage('--max-upload'));
    },
  );
});
