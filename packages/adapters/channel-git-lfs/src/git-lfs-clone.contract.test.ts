import { lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { noise, publishRelease, releaseOfFiles, type TestRelease } from '@weighbridge/ports/testing/channel-release';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repositoryPath } from './repository-layout.js';
import { createLfsEndpoint } from './lfs-endpoint.js';
import { type GitClient, gitClient } from './testing/git-client.js';
import { serve } from './testing/served-store.js';
import { filesBelow, type StorePlace, storePlace } from './testing/store-place.js';

const FILES = {
  'config.json': '{"layers":2}\n',
  empty: '',
  'model.safetensors': noise(1, 3_000_000),
  'sub/ä.txt': 'a name beyond ASCII\n',
  'sub/vocab.txt': 'a\nb\n',
};
const HUB_ATTRIBUTES = '*.safetensors filter=lfs diff=lfs merge=lfs -text\n';

describe('what Debian’s git and git-lfs find', () => {
  let place: StorePlace;
  let git: GitClient;
  let work: string;
  let dispose: () => void;
  beforeEach(async () => {
    place = await storePlace();
    const made = temporaryFolder();
    work = made.path;
    dispose = made.dispose;
    git = gitClient(work);
  });
  afterEach(async () => {
    dispose();
    await place.dispose();
  });

  function clone(release: TestRelease, version?: string): string {
    const from = repositoryPath(place.folder, release.ref);
    const to = join(work, `clone-${version ?? 'main'}`);
    git.run(work, 'clone', '--quiet', ...(version === undefined ? [] : ['--branch', version]), from, to);
    return to;
  }

  function expectWhole(folder: string, release: TestRelease): void {
    git.run(folder, 'lfs', 'fsck');
    git.run(folder, 'fsck', '--strict');
    // Attributes that mark themselves lie there as they are, or nobody could read them; git would like a pointer, and says
    // so when it looks at the bytes, which depends on whether it wrote its index in the same tick of the clock.
    const marksItself = git.run(folder, 'check-attr', 'filter', '--', '.gitattributes').includes('filter: lfs');
    const status = git.run(folder, 'status', '--porcelain');
    expect(marksItself ? status.replace(' M .gitattributes\n', '') : status).toBe('');
    for (const [path, bytes] of release.files)
      expect(Buffer.compare(readFileSync(join(folder, path)), bytes), path).toBe(0);
    expect(new Uint8Array(readFileSync(join(folder, '.weighbridge/manifest.json')))).toEqual(release.canonical);
  }

  test.each([
    ['no attributes of its own', {}, 4],
    ['attributes that mark its weights', { '.gitattributes': HUB_ATTRIBUTES }, 1],
    ['attributes that mark metadata too', { '.gitattributes': `*.json filter=lfs\n${HUB_ATTRIBUTES}` }, 2],
    ['attributes that mark all', { '.gitattributes': '* filter=lfs diff=lfs merge=lfs -text\n' }, 4],
    ['attributes that mark nothing', { '.gitattributes': '# none\n' }, 0],
    ['empty attributes', { '.gitattributes': '' }, 0],
  ])('a release with %s', async (_, attributes, objects) => {
    const release = releaseOfFiles('1.0.0', { ...FILES, ...attributes });
    const { root } = await publishRelease(place.publisher, release);
    const folder = clone(release);
    expectWhole(folder, release);
    expect(git.run(folder, 'rev-parse', 'HEAD').trim()).toBe(root);
    const store = join(repositoryPath(place.folder, release.ref), 'lfs/objects');
    expect(filesBelow(store)).toHaveLength(objects);
    expect(git.run(folder, 'lfs', 'ls-files').trim().split('\n').filter(Boolean)).toHaveLength(objects);
  });

  test('each version under its tag, the last one on the branch', async () => {
    const first = releaseOfFiles('1.0.0', FILES);
    const second = releaseOfFiles('1.1.0+build.2', { ...FILES, 'model.safetensors': noise(2, 1_500_000) });
    await publishRelease(place.publisher, first);
    await publishRelease(place.publisher, second);
    expectWhole(clone(first, '1.0.0'), first);
    expectWhole(clone(second, '1.1.0+build.2'), second);
    const main = clone(second);
    expectWhole(main, second);
    expect(git.run(main, 'log', '--format=%an <%ae> %s').trim().split('\n')).toEqual([
      'Weighbridge <weighbridge@localhost> acme/pilot-llm@1.1.0+build.2',
      'Weighbridge <weighbridge@localhost> acme/pilot-llm@1.0.0',
    ]);
  });

  test('the same release gives the same commit elsewhere and later', async () => {
    const release = releaseOfFiles('1.0.0', FILES);
    const { root } = await publishRelease(place.publisher, release);
    const other = await storePlace();
    try {
      expect((await publishRelease(other.publisher, release)).root).toBe(root);
    } finally {
      await other.dispose();
    }
  });

  test('everything lies uncompressed and loose', async () => {
    const release = releaseOfFiles('1.0.0', { ...FILES, '.gitattributes': '', 'plain.bin': 'x'.repeat(500_000) });
    await publishRelease(place.publisher, release);
    const repository = repositoryPath(place.folder, release.ref);
    expect(filesBelow(join(repository, 'objects/pack'))).toEqual([]);
    const largest = Math.max(...filesBelow(join(repository, 'objects')).map((path) => lstatSync(path).size));
    expect(largest).toBeGreaterThan(3_000_000);
    const sizes = filesBelow(join(repository, 'objects')).map((path) => lstatSync(path).size);
    expect(sizes.some((size) => size > 500_000 && size < 501_000)).toBe(true);
  });

  test('published again, what a clone shares with the store is no longer shared', async () => {
    const release = releaseOfFiles('1.0.0', FILES);
    await publishRelease(place.publisher, release);
    clone(release);
    await publishRelease(place.publisher, release);
    const store = join(repositoryPath(place.folder, release.ref), 'lfs/objects');
    expect(filesBelow(store).map((path) => lstatSync(path).nlink)).toEqual([1, 1, 1, 1]);
  });

  test('settings, hooks and attributes of the user change nothing', async () => {
    mkdirSync(join(work, 'git'), { recursive: true });
    const release = releaseOfFiles('1.0.0', { ...FILES, '.gitattributes': '*.txt text eol=crlf ident\n' });
    await publishRelease(place.publisher, release);
    const repository = repositoryPath(place.folder, release.ref);
    expect(git.run(repository, 'cat-file', 'blob', '1.0.0:sub/vocab.txt')).toBe('a\nb\n');
  });

  test('cloned and pulled over HTTP', async () => {
    const first = releaseOfFiles('1.0.0', FILES);
    const second = releaseOfFiles('1.1.0', { ...FILES, 'model.safetensors': noise(2, 1_500_000) });
    await publishRelease(place.publisher, first);
    await publishRelease(place.publisher, second);
    const served = await serve(createLfsEndpoint({ folder: place.folder }));
    try {
      const folder = join(work, 'clone');
      await git.runBeside(work, 'clone', '--quiet', `${served.url}/acme/pilot-llm.git`, folder);
      expectWhole(folder, second);
      await git.runBeside(folder, 'checkout', '--quiet', '1.0.0');
      expectWhole(folder, first);
      rmSync(join(folder, '.git/lfs'), { recursive: true });
      await git.runBeside(folder, 'lfs', 'pull');
      git.run(folder, 'lfs', 'fsck', '--objects');
      const shallow = join(work, 'shallow');
      await git.runBeside(
        work,
        '-c',
        'protocol.version=0',
        'clone',
        '--quiet',
        '--depth=1',
        '--branch',
        '1.0.0',
        `${served.url}/acme/pilot-llm.git`,
        shallow,
      );
      expectWhole(shallow, first);
      await expect(git.runBeside(folder, 'push', 'origin', 'HEAD:refs/heads/x')).rejects.toThrow(/403/);
    } finally {
      await served.close();
    }
  });
});
