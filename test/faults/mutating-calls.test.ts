import { describe, expect, test } from 'vitest';
import { CallReader, injectable } from './mutating-calls.js';
import { sample } from './seeded-sample.js';

function read(...lines: string[]): CallReader {
  const reader = new CallReader('/disk');
  for (const line of lines) reader.read(line);
  return reader;
}

describe('calls that count', () => {
  test.each([
    ['7 fsync(18</disk/slots>) = 0', true],
    ['7 fsync(18</disk>) = 0', true],
    ['7 fsync(18</diskette/x>) = 0', false],
    ['7 rename("/disk/a.tmp", "/disk/a") = 0', true],
    ['7 write(17<anon_inode:[eventfd]>, "\\1\\0"..., 8) = 8', false],
    ['7 openat(AT_FDCWD</>, "/disk/a", O_RDONLY) = 4</disk/a>', false],
    ['7 openat(AT_FDCWD</>, "/disk/a", O_WRONLY|O_CREAT, 0600) = 4</disk/a>', true],
  ])('%s', (line, counts) => {
    expect(read(line).calls[0]?.counts).toBe(counts);
  });

  test('signals and ends are no calls', () => {
    expect(read('7 --- SIGSTOP {si_signo=SIGSTOP} ---', '7 +++ exited with 0 +++').calls).toEqual([]);
  });

  test('an outcome on standard output is an answer, other words are not', () => {
    expect(read('7 write(1<pipe:[1]>, "bin/weigh"..., 40) = 40').answered).toBe(false);
    expect(read('7 write(1<pipe:[1]>, "{\\"outcome\\":\\"OK\\""..., 40) = 40').answered).toBe(true);
  });
});

test('what cannot be hit alone is no point: strace counts for each thread', () => {
  const { calls } = read(
    '7 fsync(3</disk/a>) = 0',
    '8 fsync(4</elsewhere>) = 0',
    '7 fsync(3</disk/b>) = 0',
    '8 rename("/disk/a", "/disk/b") = 0',
  );
  expect(injectable(calls).map(({ name, ordinal }) => `${name} ${ordinal}`)).toEqual(['fsync 2', 'rename 1']);
});

test('a sample keeps order and the last point, and is the same each time', () => {
  const points = Array.from({ length: 20 }, (_, index) => index);
  const chosen = sample(points, 5, String);
  expect(chosen).toHaveLength(5);
  expect(chosen.at(-1)).toBe(19);
  expect(chosen).toEqual([...chosen].sort((a, b) => a - b));
  expect(sample(points, 5, String)).toEqual(chosen);
});
