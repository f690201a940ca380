import { WeighbridgeError } from '@weighbridge/core/errors';
import { EXIT_CODES, type Refusal } from '@weighbridge/core/outcome';
import { describe, expect, it } from 'vitest';
import { HttpRefusal, problemOf, STATUS_OF } from './problem.js';

describe('problemOf', () => {
  it.each(Object.keys(EXIT_CODES).filter((code) => code !== 'OK' && code !== 'INTERNAL'))('%s', (code) => {
    const error = new WeighbridgeError(code as Refusal, 'why', { hint: 'next', details: { file: 'a', status: 200 } });
    const status = STATUS_OF[code as Refusal];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(problemOf(error)).toMatchObject({ status, outcome: code, detail: 'why', hint: 'next', file: 'a' });
  });

  it('tells what HTTP alone knows', () => {
    expect(problemOf(new HttpRefusal(404, 'USAGE', 'gone', 'look'))).toMatchObject({ status: 404, title: 'Not Found' });
  });

  it.each([new Error('secret'), 'secret', undefined, new WeighbridgeError('INTERNAL', 'secret')])(
    'tells nothing of a fault: %s',
    (fault) => {
      expect(problemOf(fault)).toMatchObject({ status: 500, outcome: 'INTERNAL' });
      expect(JSON.stringify(problemOf(fault))).not.toContain('secret');
    },
  );
});
