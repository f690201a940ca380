import { describe, expect, it } from 'vitest';
import { codeOfWeight, MOST_WEIGHT_CODE, weightOf } from './minifloat.js';

describe('weight codes', () => {
  it('grow with their weights and come back', () => {
    for (let code = 1; code <= MOST_WEIGHT_CODE; code++) {
      expect(weightOf(code)).toBeGreaterThan(weightOf(code - 1));
      expect(codeOfWeight(weightOf(code))).toBe(code);
    }
  });

  it('stand for the nearest weight, at least 1', () => {
    expect([0.1, 1, 7.6, 17.2, 16_384].map((weight) => weightOf(codeOfWeight(weight)))).toEqual([1, 1, 8, 18, 16_384]);
  });
});
