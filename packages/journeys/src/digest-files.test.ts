import type { ProgressListener } from '@weighbridge/ports/progress';
import { FakeReleaseFolder } from '@weighbridge/ports/testing/fake-release-folder';
import { digestsOf } from '@weighbridge/verify/testing/release';
import { beforeEach, describe, expect, it } from 'vitest';
import { digestFiles } from './digest-files.js';
import { FakeEngine } from './testing/fake-engine.js';

const FILES = [
  { path: 'a', sizeBytes: 3 },
  { path: 'b', sizeBytes: 4 },
];

let folder: FakeReleaseFolder;
let engine: FakeEngine;
let abort: AbortController;
let heard: unknown[];

const progress: ProgressListener = {
  start: (step, totalBytes) => heard.push(['start', step, totalBytes]),
  advance: (bytes) => heard.push(bytes),
  stop: () => heard.push('stop'),
};

beforeEach(() => {
  folder = new FakeReleaseFolder({ a: 'aaa', b: 'bbbb' });
  engine = new FakeEngine();
  abort = new AbortController();
  heard = [];
});

function digestAll() {
  const doors = { folder, engine, progress, signal: abort.signal };
  return digestFiles(doors, FILES, 'digesting', (file, options) => engine.digestAll(file, options));
}

describe('digestFiles', () => {
  it('digests each file and tells how far it is', async () => {
    const expected = [digestsOf(Buffer.from('aaa')), digestsOf(Buffer.from('bbbb'))];
    expect((await digestAll()).map(({ digests }) => digests)).toEqual(expected);
    expect(heard).toEqual([['start', 'digesting', 7], 3, 4, 'stop']);
  });

  it('a file that changes while it is read is BUSY', async () => {
    engine.afterRead = () => folder.put('b', 'bbbb');
    await expect(digestAll()).rejects.toMatchObject({ code: 'BUSY', details: { file: 'b' } });
    expect(heard.at(-1)).toBe('stop');
  });

  it('a file that is gone is what opening says', async () => {
    folder.remove('a');
    await expect(digestAll()).rejects.toMatchObject({ code: 'TAMPERED' });
    expect(heard.at(-1)).toBe('stop');
  });

  it('an aborted signal ends it before anything is opened', async () => {
    folder.remove('a');
    abort.abort(new Error('ended'));
    await expect(digestAll()).rejects.toThrow('ended');
    expect(engine.asked).toEqual([]);
  });

  it('closes what it opened, whatever happens', async () => {
    const open = folder.open.bind(folder);
    let closed = 0;
    folder.open = async (path) => {
      const file = await open(path);
      return {
        ...file,
        close: async () => {
          closed += 1;
          await file.close();
        },
      };
    };
    engine.afterRead = () => {
      throw new Error('disk');
    };
    await expect(digestAll()).rejects.toThrow('disk');
    expect(closed).toBe(2);
  });
});
