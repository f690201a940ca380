import type { ProgressListener } from '@weighbridge/ports/progress';
import type { GlobalFlags } from './global-flags.js';
import { usage } from './usage.js';

const MODES = ['auto', 'bar', 'plain', 'json', 'none'] as const;
type Mode = (typeof MODES)[number];

const INTERVAL_MS = { bar: 100, plain: 2_000, json: 500 } as const;
const BAR_WIDTH = 24;

/** Progress on stderr alone. @throws USAGE for an unknown mode */
export function createProgress({ progress, quiet }: GlobalFlags): ProgressListener {
  if (!(MODES as readonly string[]).includes(progress)) {
    throw usage(`--progress ${JSON.stringify(progress)} is unknown`, `use one of ${MODES.join(', ')}`);
  }
  const mode = resolveMode(progress as Mode, quiet);
  return mode === 'none' ? SILENT : new StderrProgress(mode);
}

function resolveMode(mode: Mode, quiet: boolean): Exclude<Mode, 'auto'> {
  if (quiet) return 'none';
  if (mode === 'auto') return process.stderr.isTTY ? 'bar' : 'none';
  return mode;
}

const SILENT: ProgressListener = { start() {}, advance() {}, stop() {} };

class StderrProgress implements ProgressListener {
  private step = '';
  private total = 0;
  private done = 0;
  private startedAt = 0;
  private shownAt = 0;

  constructor(private readonly mode: 'bar' | 'plain' | 'json') {}

  start(step: string, totalBytes: number): void {
    this.step = step;
    this.total = totalBytes;
    this.done = 0;
    this.startedAt = performance.now();
    this.shownAt = this.startedAt;
  }

  advance(bytes: number): void {
    this.done += bytes;
    const now = performance.now();
    if (now - this.shownAt < INTERVAL_MS[this.mode]) return;
    this.shownAt = now;
    process.stderr.write(this.line(now));
  }

  stop(): void {
    if (this.mode === 'bar' && this.shownAt !== this.startedAt) process.stderr.write('\r\x1b[K');
  }

  private line(now: number): string {
    const { step, total, done } = this;
    if (this.mode === 'json') return `${JSON.stringify({ step, bytes: done, totalBytes: total })}\n`;
    const share = total === 0 ? 1 : done / total;
    const rate = (done / 1e6 / ((now - this.startedAt) / 1000)).toFixed(0);
    const text = `${step} ${(share * 100).toFixed(0)} % of ${(total / 1e6).toFixed(1)} MB, ${rate} MB/s`;
    if (this.mode === 'plain') return `${text}\n`;
    const filled = Math.round(share * BAR_WIDTH);
    return `\r[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${text}\x1b[K`;
  }
}
