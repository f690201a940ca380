import { describe, expect, it } from 'vitest';
import { CHANGE_SYMBOLS, CHANGE_TOPS, FLOAT_CHANGES } from './float-changes.js';

describe('float changes', () => {
  it('are said by their symbol and its open bits, all 65,536 of them', () => {
    for (let change = 0; change < 65_536; change++) {
      const symbol = CHANGE_SYMBOLS[change]!;
      const open = change & ((1 << FLOAT_CHANGES.widths[symbol]!) - 1);
      if ((CHANGE_TOPS[symbol]! | open) !== change)
        expect.fail(`${change} came back as ${CHANGE_TOPS[symbol]! | open}`);
    }
    expect(Math.max(...CHANGE_SYMBOLS)).toBe(FLOAT_CHANGES.escape - 1);
  });

  it('leave no bits open where they are small', () => {
    const small = [0, 1, 2, 3, 0x7fff, 0x7ffe, 0x8000, 0x8001];
    expect(small.map((change) => FLOAT_CHANGES.widths[CHANGE_SYMBOLS[change]!]!)).toEqual(small.map(() => 0));
  });
});
