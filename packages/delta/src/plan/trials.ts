/** After some tensors of a shape in a row that it did nothing for, one in so many is tried. */
const TRY_EVERY = 16;

/** Keeps what is costly to try from being tried on every tensor of a shape that it does nothing for. */
export class Trials {
  private readonly byShape = new Map<string, { vain: number; seen: number }>();

  /** @param vainTries how many tensors in a row it may do nothing for */
  constructor(private readonly vainTries: number) {}

  isDue(shape: readonly number[]): boolean {
    const past = this.past(shape);
    past.seen += 1;
    return past.vain < this.vainTries || past.seen % TRY_EVERY === 0;
  }

  tell(shape: readonly number[], wasWorth: boolean): void {
    const past = this.past(shape);
    past.vain = wasWorth ? 0 : past.vain + 1;
  }

  private past(shape: readonly number[]): { vain: number; seen: number } {
    const key = shape.join('x');
    const past = this.byShape.get(key) ?? { vain: 0, seen: 0 };
    this.byShape.set(key, past);
    return past;
  }
}
