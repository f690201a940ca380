/** Binary places of the running means. */
const PLACES = 10;
const SLOWEST = 7;
const SLOWEST_OVERALL = 10;
/** How much a row's first mean, which is that of all rows, counts. */
const PRIOR_AGE = 3;

/**
 * Running means of how far weights are from their predictions, by row and by column, as logarithms in 16ths of an octave
 * (delta-v1-predict §3.3): fine-tuning moves some channels much more than others.
 */
export class NoiseEstimate {
  readonly #columns: Int32Array;
  readonly #columnAges: Uint8Array;
  #row = 0;
  #rowAge = 0;
  #overall = 0;
  #overallAge = 0;

  constructor(readonly mostColumns: number) {
    this.#columns = new Int32Array(mostColumns);
    this.#columnAges = new Uint8Array(mostColumns);
  }

  reset(columns: number): this {
    this.#columns.fill(0, 0, columns);
    this.#columnAges.fill(0, 0, columns);
    this.#row = 0;
    this.#rowAge = 0;
    this.#overall = 0;
    this.#overallAge = 0;
    return this;
  }

  beginRow(): void {
    this.#row = this.#overall;
    this.#rowAge = this.#overallAge === 0 ? 0 : PRIOR_AGE;
  }

  /** @param first what to think before anything was seen */
  at(column: number, first: number): number {
    return this.#overallAge === 0 ? first : (this.#row + this.#columns[column]!) >> PLACES;
  }

  learn(column: number, distance: number): void {
    const exact = distance << PLACES;
    const column_ = this.#columns[column]!;
    const row = this.#row;
    this.#rowAge = older(this.#rowAge, SLOWEST);
    this.#row = row + ((exact - column_ - row) >> stepOf(this.#rowAge));
    this.#overallAge = older(this.#overallAge, SLOWEST_OVERALL);
    this.#overall += (exact - column_ - this.#overall) >> stepOf(this.#overallAge);
    const isFirst = this.#overallAge === 1;
    const age = this.#columnAges[column]!;
    this.#columnAges[column] = older(age, SLOWEST);
    if (!isFirst) this.#columns[column] = column_ + ((exact - row - column_) >> stepOf(age + 3));
  }
}

function older(age: number, slowest: number): number {
  return age < 1 << slowest ? age + 1 : age;
}

/** Binary logarithm of the part by which a mean of this age moves. */
function stepOf(age: number): number {
  return 31 - Math.clz32(age);
}
