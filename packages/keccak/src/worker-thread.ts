import { Worker } from 'node:worker_threads';
import type { Fault, Job, Report } from './digest-worker.js';

const CLOSED: Fault = { kind: 'failed', at: 0, message: 'its thread ended' };

/**
 * One thread, one job at a time. It keeps the process alive while it works and not a moment longer.
 * `run` never rejects: a thread that dies reports a fault.
 */
export class WorkerThread {
  private readonly worker: Worker;
  private receive: ((report: Report) => void) | undefined;
  private fault = CLOSED;
  private isAlive = true;

  /** @param onDeath called when the thread ends, for whatever reason */
  constructor(private readonly onDeath: () => void) {
    // No loader of the main thread is wanted here: the worker is plain JavaScript, and starts sooner without.
    this.worker = new Worker(new URL('./digest-worker.js', import.meta.url), { execArgv: [] });
    this.worker.on('message', (report: Report) => this.receive?.(report));
    this.worker.on('error', (error) => {
      this.fault = { kind: 'failed', at: 0, message: error.message };
    });
    this.worker.on('exit', () => this.die());
  }

  /** @param onReport called with each report but the last, which is returned */
  run(job: Job, onReport: (report: Report) => void): Promise<Report> {
    if (!this.isAlive) return Promise.resolve(this.lastReport());
    this.worker.ref();
    return new Promise((resolve) => {
      this.receive = (report) => {
        if (!report.done) return onReport(report);
        this.receive = undefined;
        this.worker.unref();
        resolve(report);
      };
      this.worker.postMessage(job);
    });
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private die(): void {
    this.isAlive = false;
    this.onDeath();
    this.receive?.(this.lastReport());
  }

  private lastReport(): Report {
    return { bytes: 0, done: true, fault: this.fault };
  }
}
