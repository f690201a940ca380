import { describe, expect, it } from 'vitest';
import { showDuration } from './durations.js';

describe('showDuration', () => {
  it.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [59, '59 seconds'],
    [60, '1 minute'],
    [3_661, '1 hour 1 minute'],
    [86_400, '1 day'],
    [2_592_000, '30 days'],
    [2_592_001, '30 days 1 second'],
    [31_536_000, '365 days'],
  ])('%i: %s', (seconds, text) => expect(showDuration(seconds)).toBe(text));
});
