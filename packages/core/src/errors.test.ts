import { expect, it } from 'vitest';
import { isWeighbridgeError, systemErrorCode, WeighbridgeError } from './errors.js';
import { EXIT_CODES } from './outcome.js';

it('carries code, message, hint, details and cause', () => {
  const cause = new Error('why');
  const error = new WeighbridgeError('TAMPERED', 'a.bin differs', {
    hint: 'fetch it',
    details: { file: 'a.bin' },
    cause,
  });
  expect(error).toMatchObject({
    code: 'TAMPERED',
    message: 'a.bin differs',
    hint: 'fetch it',
    details: { file: 'a.bin' },
    cause,
  });
  expect('cause' in new WeighbridgeError('IO', 'x')).toBe(false);
  expect(new WeighbridgeError('IO', 'x').details).toEqual({});
});

it('is known by its name and code, not by its class', () => {
  const twin = Object.assign(new Error('x'), { name: 'WeighbridgeError', code: 'IO' });
  expect(isWeighbridgeError(new WeighbridgeError('IO', 'x'))).toBe(true);
  expect(isWeighbridgeError(twin)).toBe(true);
  for (const other of [
    new Error('x'),
    Object.assign(new Error('x'), { code: 'ENOENT' }),
    { name: 'WeighbridgeError', code: 'IO' },
    null,
  ]) {
    expect(isWeighbridgeError(other)).toBe(false);
  }
});

it('finds the system error code', () => {
  expect(systemErrorCode(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe('ENOENT');
  expect(systemErrorCode(Object.assign(new Error('x'), { code: 5 }))).toBeUndefined();
  expect(systemErrorCode({ code: 'ENOENT' })).toBeUndefined();
});

it('has one exit code per outcome', () => {
  expect(EXIT_CODES).toEqual({
    OK: 0,
    INTERNAL: 1,
    USAGE: 2,
    TAMPERED: 10,
    ROLLBACK: 11,
    STALE: 12,
    REVOKED: 13,
    UNTRUSTED: 14,
    WRONG_ARTIFACT: 15,
    NOT_APPROVED: 16,
    LICENSE_REFUSED: 17,
    MALFORMED: 20,
    UNSAFE_MODEL: 21,
    LIMIT: 22,
    UNVERIFIABLE: 30,
    IO: 40,
    BUSY: 41,
  });
});
