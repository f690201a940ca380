import { type RefusalDetails, WeighbridgeError } from '@weighbridge/core/errors';
import type { Refusal } from '@weighbridge/core/outcome';

export function refuse(code: Refusal, message: string, details: RefusalDetails = {}): never {
  throw new WeighbridgeError(code, message, { hint: 'do it otherwise', details });
}
