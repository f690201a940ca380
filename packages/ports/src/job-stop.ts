/** Tells a handler to stop. The signal is made when somebody asks for it: it costs more than all else of a small job. */
export class JobStop {
  private controller: AbortController | undefined;
  private reason: Error | undefined;

  get isAborted(): boolean {
    return this.reason !== undefined;
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.reason !== undefined) this.controller.abort(this.reason);
    return this.controller.signal;
  }

  /** The first reason counts. */
  abort(reason: Error): void {
    this.reason ??= reason;
    this.controller?.abort(this.reason);
  }
}
