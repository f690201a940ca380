import type { Clock } from '@weighbridge/ports/clock';

/** The clock of this machine. */
export const systemClock: Clock = {
  nowSeconds: () => Math.floor(Date.now() / 1000),
};
