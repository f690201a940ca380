import { afterEach, beforeEach, vi } from 'vitest';

export interface CapturedOutput {
  stdout: string;
  stderr: string;
}

/** Keeps what a test writes to stdout and stderr, and keeps it from the terminal. */
export function captureOutput(): CapturedOutput {
  const captured = { stdout: '', stderr: '' };
  beforeEach(() => {
    for (const name of ['stdout', 'stderr'] as const) {
      captured[name] = '';
      vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
        captured[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
        return true;
      });
    }
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  return captured;
}
