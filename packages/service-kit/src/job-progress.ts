import type { JobContext } from '@weighbridge/ports/queue';
import type { ProgressListener } from '@weighbridge/ports/progress';

/** What a journey tells its listener, told to whoever watches the job. */
export function progressOf(context: JobContext): ProgressListener {
  let step = '';
  let doneBytes = 0;
  let totalBytes = 0;
  const tell = (): void => context.progress({ step, doneBytes, totalBytes });
  return {
    start(name, total) {
      [step, doneBytes, totalBytes] = [name, 0, total];
      tell();
    },
    advance(bytes) {
      doneBytes += bytes;
      tell();
    },
    stop() {},
  };
}
