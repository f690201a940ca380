import { removeDurably } from '@weighbridge/durable-files/durable-remove';
import { requireReplaceable, writeDurably } from '@weighbridge/durable-files/durable-write';
import { type Answer, answerBytes } from './answer.js';

/** Where a caller reads what was decided: a file that is either of this boot or not there. */
export interface VerdictFile {
  /** @throws IO */
  write(answer: Answer): Promise<void>;
}

/** Removes what an earlier boot left. @param path undefined where nobody wants one @throws USAGE, IO */
export async function openVerdictFile(path: string | undefined): Promise<VerdictFile> {
  if (path === undefined) return { write: async () => {} };
  requireReplaceable(path);
  await removeDurably(path);
  return { write: (answer) => writeDurably(path, answerBytes(answer), { mode: 0o644 }) };
}
