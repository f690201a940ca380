/** Hands out turns of the event loop, one at a time, so that any number of callers holds it up no longer than one. */
export class EventLoopTurns {
  private last = Promise.resolve();

  next(): Promise<void> {
    this.last = this.last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.last;
  }
}
