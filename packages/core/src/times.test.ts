import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatTime, parseTime } from './times.js';

it.each([
  ['1970-01-01T00:00:00Z', 0],
  ['2000-02-29T23:59:59Z', 951_868_799],
  ['2026-01-01T00:00:00Z', 1_767_225_600],
  ['9999-12-31T23:59:59Z', 253_402_300_799],
])('%s is %i', (text, seconds) => {
  expect(parseTime(text)).toBe(seconds);
  expect(formatTime(seconds)).toBe(text);
});

it('round trip', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
      expect(parseTime(formatTime(seconds))).toBe(seconds);
    }),
  );
});

it.each([
  '',
  '2026-01-01',
  '2026-01-01T00:00:00',
  '2026-01-01T00:00:00.000Z',
  '2026-01-01T00:00:00+00:00',
  '2026-01-01t00:00:00z',
  '2026-01-01 00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2025-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-01-32T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-12-31T23:59:60Z',
  '1969-12-31T23:59:59Z',
  '0000-01-01T00:00:00Z',
  '+12026-01-01T00:00:00Z',
  '2026-1-1T0:0:0Z',
  ' 2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00Z\n',
  '２026-01-01T00:00:00Z',
])('%j is no time', (text) => expect(parseTime(text)).toBeUndefined());
