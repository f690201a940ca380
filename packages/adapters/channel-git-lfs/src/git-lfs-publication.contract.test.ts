import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listed, noise, publishRelease, readFrom, releaseOfFiles } from '@weighbridge/ports/testing/channel-release';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runGit } from './git-command.js';
import { looseObjectPath, repositoryPath } from './repository-layout.js';
import { damageFile, filesBelow, gitBlobId, type StorePlace, storePlace } from './testing/store-place.js';

const PLAIN = releaseOfFiles('1.0.0', { '.gitattributes': '', 'plain.txt': 'some text that lies in the commit\n' });
const NEXT = releaseOfFiles('1.1.0', { '.gitattributes': '', 'plain.txt': 'other text\n' });
/** No process has this number. */
const NOBODY = 4_194_305;

describe('publishing into a repository', () => {
  let place: StorePlace;
  let repository: string;
  beforeEach(async () => {
    place = await storePlace();
    repository = repositoryPath(place.folder, PLAIN.ref);
  });
  afterEach(() => place.dispose());

  const git = async (...args: string[]) => (await runGit(repository, args)).trim();
  const plainText = async () => Buffer.from(await readFrom(place.channel, PLAIN, 'plain.txt')).toString();

  test('what a killed publisher left is swept; what a living one writes is not', async () => {
    const waiting = (name: string) => join(place.folder, '.waiting', name, '0');
    const [killed, living, foreign] = [`${NOBODY}.${'a'.repeat(16)}`, `1.${'b'.repeat(16)}`, 'notes'].map(waiting);
    for (const path of [killed!, living!, foreign!]) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, 'x');
    }
    const publication = await place.publisher.publish(PLAIN.ref);
    expect([killed, living, foreign].map((path) => existsSync(path!))).toEqual([false, true, true]);
    const other = await place.publisher.publish(NEXT.ref);
    const own = filesBelow(join(place.folder, '.waiting')).length;
    await publication.add('a' as never, 1);
    await place.publisher.publish(NEXT.ref);
    expect(filesBelow(join(place.folder, '.waiting'))).toHaveLength(own + 1);
    await publication.abandon();
    await other.abandon();
  });

  test('killed between branch and tag: the same commit gets its tag', async () => {
    const first = await publishRelease(place.publisher, PLAIN);
    await git('update-ref', '-d', 'refs/tags/1.0.0');
    expect(await place.channel.receipt(PLAIN)).toBeUndefined();
    expect(await publishRelease(place.publisher, PLAIN)).toEqual(first);
    expect(await git('rev-list', '--count', 'refs/heads/main')).toBe('1');
  });

  test('an old lock of git’s is removed; a new one is BUSY', async () => {
    await publishRelease(place.publisher, PLAIN);
    const lock = join(repository, 'refs/heads/main.lock');
    writeFileSync(lock, '');
    await expect(publishRelease(place.publisher, NEXT)).rejects.toMatchObject({ code: 'BUSY' });
    expect(await place.channel.receipt(NEXT)).toBeUndefined();
    utimesSync(lock, 0, 0);
    await publishRelease(place.publisher, NEXT);
    expect(await place.channel.receipt(NEXT)).toBeDefined();
  });

  test('what is no version of the model gets a tag alone, and can be published again', async () => {
    await publishRelease(place.publisher, PLAIN);
    const main = await git('rev-parse', 'refs/heads/main');
    const beside = { ...releaseOfFiles('delta-1', { 'update.bin': 'an update' }), isBeside: true };
    const receipt = await publishRelease(place.publisher, beside);
    expect(await git('rev-parse', 'refs/heads/main')).toBe(main);
    expect(await git('rev-parse', 'refs/tags/delta-1')).toBe(receipt.root);
    expect(await git('rev-list', '--count', 'refs/tags/delta-1')).toBe('1');
    expect(Buffer.from(await readFrom(place.channel, beside, 'update.bin')).toString()).toBe('an update');
    expect(await publishRelease(place.publisher, beside)).toEqual(receipt);
    await publishRelease(place.publisher, NEXT);
    expect(await git('rev-list', '--count', 'refs/heads/main')).toBe('2');
  });

  test('another release under the same version is TAMPERED, and the first one stays', async () => {
    const receipt = await publishRelease(place.publisher, PLAIN);
    const other = releaseOfFiles('1.0.0', { 'plain.txt': 'changed' });
    await expect(publishRelease(place.publisher, other)).rejects.toMatchObject({ code: 'TAMPERED' });
    expect(await place.channel.receipt(PLAIN)).toEqual(receipt);
    expect(await place.channel.receipt(other)).toBeUndefined();
    expect(await plainText()).toContain('some text');
  });

  test.each(['flipped', 'cut', 'emptied', 'missing', 'symlink', 'FIFO'] as const)(
    'a file of the commit that was %s is refused, and made good by publishing again',
    async (fault) => {
      const receipt = await publishRelease(place.publisher, PLAIN);
      const text = PLAIN.files.get('plain.txt')!;
      damageFile(looseObjectPath(repository, gitBlobId(text)), 20, fault);
      const code = fault === 'missing' ? 'UNVERIFIABLE' : 'TAMPERED';
      await expect(readFrom(place.channel, PLAIN, 'plain.txt')).rejects.toMatchObject({ code });
      expect(await publishRelease(place.publisher, PLAIN)).toEqual(receipt);
      expect(await plainText()).toContain('some text');
    },
  );

  test.each(['refs/tags/1.0.0^{tree}', 'refs/tags/1.0.0:.weighbridge'])(
    'a rotten tree (%s) is never taken for good, and made good by publishing again',
    async (name) => {
      const receipt = await publishRelease(place.publisher, PLAIN);
      damageFile(looseObjectPath(repository, await git('rev-parse', name)), 20, 'flipped');
      await expect(place.channel.manifest(PLAIN)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
      expect(await publishRelease(place.publisher, PLAIN)).toEqual(receipt);
      expect(await place.channel.manifest(PLAIN)).toEqual(PLAIN.canonical);
    },
  );

  test('a rotten commit is TAMPERED: its parent is not known', async () => {
    const { root } = await publishRelease(place.publisher, PLAIN);
    damageFile(looseObjectPath(repository, root), 20, 'flipped');
    await expect(publishRelease(place.publisher, PLAIN)).rejects.toMatchObject({ code: 'TAMPERED' });
  });

  test('a reader may leave in the middle of a large file of the commit', { timeout: 10_000 }, async () => {
    const large = releaseOfFiles('1.0.0', { '.gitattributes': '', 'large.bin': noise(1, 5_000_000) });
    await publishRelease(place.publisher, large);
    for (let times = 0; times < 5; times += 1)
      for await (const _ of place.channel.open(large, listed(large, 'large.bin'), 0)) break;
    expect(await readFrom(place.channel, large, 'large.bin', 4 * 1_048_576)).toEqual(
      large.files.get('large.bin')!.slice(4 * 1_048_576),
    );
  });

  test('a repository that git packed reads and takes on as before', async () => {
    await publishRelease(place.publisher, PLAIN);
    await runGit(repository, ['gc', '--quiet', '--prune=now']);
    expect(await plainText()).toContain('some text');
    const receipt = await publishRelease(place.publisher, PLAIN);
    expect(await place.channel.receipt(PLAIN)).toEqual(receipt);
    await publishRelease(place.publisher, NEXT);
    expect(await git('rev-list', '--count', 'refs/heads/main')).toBe('2');
  });

  test('hooks and settings that somebody left there run nothing', async () => {
    await publishRelease(place.publisher, PLAIN);
    const ran = join(place.folder, 'ran');
    const hook = join(repository, 'hooks', 'reference-transaction');
    mkdirSync(dirname(hook));
    writeFileSync(hook, `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
    const config = join(repository, 'config');
    writeFileSync(config, `${readFileSync(config, 'utf8').replace('/dev/null', join(repository, 'hooks'))}`);
    await publishRelease(place.publisher, NEXT);
    expect(existsSync(ran)).toBe(false);
  });
});
