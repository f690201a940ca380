import type { Clock } from '../clock.js';

/** A clock that stands still until it is told otherwise. */
export class FixedClock implements Clock {
  /** @param seconds Unix seconds */
  constructor(private seconds: number) {}

  nowSeconds(): number {
    return this.seconds;
  }

  /** @param seconds may be negative */
  advance(seconds: number): void {
    this.seconds += seconds;
  }
}
