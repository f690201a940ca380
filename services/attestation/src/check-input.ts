import { WeighbridgeError } from '@weighbridge/core/errors';
import { showText } from '@weighbridge/core/show-text';
import type { z } from 'zod';

const SHOWN_ISSUES = 5;

/** @throws MALFORMED naming what is wrong, all of it at once */
export function checkInput(schema: z.ZodType, value: unknown, what: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, SHOWN_ISSUES).map(({ path, message }) => {
    const where = showText(path.map(String).join('.'), 80);
    return where === '' ? showText(message) : `${where}: ${showText(message)}`;
  });
  throw new WeighbridgeError('MALFORMED', `${what}: ${issues.join('; ')}`, {
    hint: 'GET /v1/openapi.json describes what is taken',
  });
}
