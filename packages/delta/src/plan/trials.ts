/** After so many tensors in a row that it did nothing for, one in so many is tried. */
const VAIN_TRIES = 3;
const TRY_EVERY = 16;

/** Keeps what is costly to try from being tried on every tensor of a package that it does nothing for. */
export class Trials {
  private vain = 0;
  private seen = 0;

  isDue(): boolean {
    this.seen += 1;
    return this.vain < VAIN_TRIES || this.seen % TRY_EVERY === 0;
  }

  tell(wasWorth: boolean): void {
    this.vain = wasWorth ? 0 : this.vain + 1;
  }
}
