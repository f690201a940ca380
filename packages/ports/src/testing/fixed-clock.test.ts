import { expect, test } from 'vitest';
import { FixedClock } from './fixed-clock.js';

test('stands still until it is told otherwise', () => {
  const clock = new FixedClock(100);
  expect([clock.nowSeconds(), clock.nowSeconds()]).toEqual([100, 100]);
  clock.advance(-30);
  expect(clock.nowSeconds()).toBe(70);
});
