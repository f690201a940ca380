import type { Side } from '@weighbridge/delta/plan-package';
import type { OpenedContent } from './open-content.js';

/** The tensors of each file, as far as a reader knows its format: what none covers is only written in a more general way. */
export function readSide({ files }: OpenedContent): Side['files'] {
  return files.map(({ path }) => ({ path, tensors: undefined }));
}
