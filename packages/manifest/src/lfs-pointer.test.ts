import { describe, expect, it } from 'vitest';
import { cpuSeconds } from '../../../test/support/cpu-seconds.js';
import { isLfsPointer } from './lfs-pointer.js';

const OID = 'a'.repeat(64);
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${OID}\nsize 12345\n`;
const isPointer = (text: string) => isLfsPointer(Buffer.from(text));

describe('is a pointer', () => {
  it.each([
    POINTER,
    POINTER.trimEnd(),
    `version https://git-lfs.github.com/spec/v1\noid sha256:${OID}\n`,
    `version https://git-lfs.github.com/spec/v1\next-0-foo sha256:${OID}\noid sha256:${OID}\nsize 1\n`,
    `version https://git-lfs.github.com/spec/v1\noid sha256:${OID}\nsize 1\nx-later y\n`,
  ])('%j', (text) => expect(isPointer(text)).toBe(true));

  it('in a view into a larger buffer', () => {
    const buffer = Buffer.from(`xx${POINTER}yy`);
    expect(isLfsPointer(buffer.subarray(2, -2))).toBe(true);
  });
});

describe('is none', () => {
  it.each([
    '',
    'version https://git-lfs.github.com/spec/v1\n',
    ` ${POINTER}`,
    POINTER.replace('v1', 'v2'),
    POINTER.replace('sha256', 'sha512'),
    POINTER.replace(OID, OID.slice(1)),
    POINTER.replace(OID, 'A'.repeat(64)),
    `${POINTER}\nmore`,
    `{"a": ${JSON.stringify(POINTER)}}`,
    `${POINTER}x ${'y'.repeat(1024)}\n`,
  ])('%j', (text) => expect(isPointer(text)).toBe(false));

  it('however it tries to keep the pattern busy', () => {
    const seconds = cpuSeconds(() => {
      expect(isPointer(`${POINTER}${'a '.repeat(400)}\n!`)).toBe(false);
      expect(isPointer(`version https://git-lfs.github.com/spec/v1\n${'a b\n'.repeat(200)}`)).toBe(false);
    });
    expect(seconds).toBeLessThan(1);
  });
});
