import type { Operation } from '../operation.js';
import { malformedPayload } from './malformed-payload.js';

/** The bytes as they are: delta-v1-numeric §1. */
export const RAW: Operation<undefined> = {
  id: 1,
  name: 'RAW',
  width: 1,
  source: 'none',
  positional: false,
  encode: (target) => target.slice(),
  decode(payload, _input, out) {
    if (payload.length !== out.length) throw malformedPayload('RAW', 'not as long as its output');
    out.set(payload);
  },
};
