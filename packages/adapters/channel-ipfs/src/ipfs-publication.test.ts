import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { cidText, parseCid } from '@weighbridge/manifest/cid-bytes';
import { parseReceipt } from '@weighbridge/manifest/receipt';
import { channelRelease, listed, publishRelease, readFrom } from '@weighbridge/ports/testing/channel-release';
import { build } from 'esbuild';
import { type ImportCandidate, importer } from 'ipfs-unixfs-importer';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBlockStore } from './block-store.js';
import { createIpfsChannel } from './ipfs-channel.js';
import { manifestCid } from './published-files.js';
import { buildReleaseFolder } from './release-folder.js';
import { blockPath, filesBelow, type StorePlace, storePlace, testEngine } from './testing/store-place.js';

const RELEASE = channelRelease();
const MODEL = listed(RELEASE, 'model.bin');

/** Publishes the suite's release, says when it has written all and waits there. */
const SCRIPT = `
  import { createHash } from 'node:crypto';
  import { channelRelease, writeFiles } from '@weighbridge/ports/testing/channel-release';
  import { createIpfsChannel } from './ipfs-channel.js';
  const engine = { digestChunk: async (algorithm, bytes) => createHash(algorithm).update(bytes).digest() };
  const channel = createIpfsChannel({ folder: process.argv[2], engine });
  const publication = await channel.publish();
  await writeFiles(publication, channelRelease());
  process.stdout.write('written');
  setInterval(() => {}, 1000);
`;

describe('publishing into blocks as files', () => {
  let place: StorePlace;
  const { path: tools, dispose: removeTools } = temporaryFolder();
  beforeAll(() =>
    build({
      stdin: { contents: SCRIPT, resolveDir: import.meta.dirname, loader: 'ts' },
      outfile: join(tools, 'publish.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@weighbridge/source'],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    }),
  );
  afterAll(removeTools);
  beforeEach(async () => {
    place = await storePlace();
  });
  afterEach(() => place.dispose());

  test('lays it out as receipt-v1 says, and the root is that of another implementation', async () => {
    const receipt = await publishRelease(place.channel, RELEASE);
    const leaves = [...RELEASE.digests.values()].filter(({ sizeBytes }) => sizeBytes > 0);
    const files: Record<string, Uint8Array> = {
      ...Object.fromEntries(RELEASE.files),
      '.weighbridge/manifest.json': RELEASE.canonical,
      ...Object.fromEntries(leaves.map((digests) => [`.weighbridge/leaves/${digests.tree}`, digests.leaves])),
    };
    const blocks = new Set<string>();
    const put = async <T extends { toString(): string }>(cid: T) => {
      blocks.add(cid.toString());
      return cid;
    };
    const candidates = Object.entries(files).map(([path, bytes]): ImportCandidate => ({ path, content: bytes }));
    let root = '';
    for await (const entry of importer(candidates, { put } as never, {
      profile: 'unixfs-v1-2025',
      wrapWithDirectory: true,
    })) {
      root = entry.cid.toString();
    }
    expect(receipt.root).toBe(root);
    const names = filesBelow(join(place.folder, 'blocks')).map((path) => path.split('/').slice(-2));
    expect(names.map(([, name]) => name).sort()).toEqual(
      [...blocks, cidText(manifestCid(RELEASE.releaseDigest).bytes)].sort(),
    );
    for (const [bucket, name] of names) expect(bucket).toBe(name!.slice(-3, -1));
    const written = readFileSync(join(place.folder, 'receipts', `${RELEASE.releaseDigest}.json`));
    expect(parseReceipt(written)).toEqual(receipt);
  });

  test('what a killed one left is gone after the next', async () => {
    const child = spawn(process.execPath, [join(tools, 'publish.mjs'), place.folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(filesBelow(join(place.folder, 'tmp'))).not.toHaveLength(0);
    expect(await place.channel.receipt(RELEASE)).toBeUndefined();
    await publishRelease(place.channel, RELEASE);
    expect(readdirSync(join(place.folder, 'tmp'))).toEqual([]);
  });

  test('what another process has open stays', async () => {
    const others = join(place.folder, 'tmp', `${process.ppid}.${'0'.repeat(16)}`);
    mkdirSync(others, { recursive: true });
    writeFileSync(join(others, '0-0'), 'x');
    await publishRelease(place.channel, RELEASE);
    expect(filesBelow(others)).toHaveLength(1);
  });

  test.each(['flipped', 'cut', 'missing'] as const)('a receipt that was %s is no receipt', async (fault) => {
    await publishRelease(place.channel, RELEASE);
    const path = join(place.folder, 'receipts', `${RELEASE.releaseDigest}.json`);
    const bytes = readFileSync(path);
    if (fault === 'missing') {
      rmSync(path);
      expect(await place.channel.receipt(RELEASE)).toBeUndefined();
    } else {
      writeFileSync(path, fault === 'cut' ? bytes.subarray(0, -2) : bytes.fill(0x20, 5, 6));
      await expect(place.channel.receipt(RELEASE)).rejects.toMatchObject({ code: 'TAMPERED' });
    }
    await publishRelease(place.channel, RELEASE);
    expect(await place.channel.receipt(RELEASE)).toBeDefined();
  });

  test('a receipt is that of one name', async () => {
    await publishRelease(place.channel, RELEASE);
    const other = { ref: channelRelease('1.1.0', 2).ref, releaseDigest: RELEASE.releaseDigest };
    expect(await place.channel.receipt(other)).toBeUndefined();
  });

  test('inner nodes are verified: one of another file is TAMPERED', async () => {
    await publishRelease(place.channel, RELEASE);
    const other = channelRelease('1.1.0', 2);
    await publishRelease(place.channel, other);
    const foreign = readFileSync(blockPath(place.folder, parseCid(listed(other, 'model.bin').cid)!));
    writeFileSync(blockPath(place.folder, parseCid(MODEL.cid)!), foreign);
    await expect(readFrom(place.channel, RELEASE, 'model.bin')).rejects.toMatchObject({ code: 'TAMPERED' });
  });

  test('a file of another size than its DAG is TAMPERED', async () => {
    await publishRelease(place.channel, RELEASE);
    const read = async (size: number) => {
      for await (const _ of place.channel.open(RELEASE, { ...MODEL, size }, 0));
    };
    for (const size of [MODEL.size - 1, MODEL.size + 1, MODEL.size + 1_048_576, 2 ** 40, 2 ** 53 - 1]) {
      await expect(read(size)).rejects.toMatchObject({ code: 'TAMPERED' });
    }
    await expect(read(7)).rejects.toMatchObject({ code: 'TAMPERED' });
  });

  test('a folder with more files than fit into its block is LIMIT', async () => {
    const link = { cid: manifestCid(RELEASE.releaseDigest).bytes, fileBytes: 0, dagBytes: 0 };
    const files = Array.from({ length: 9000 }, (_, index) => [[`${index}`.padStart(128, '0')], link] as const);
    expect(() => buildReleaseFolder(files, () => {})).toThrowError(expect.objectContaining({ code: 'LIMIT' }));
    expect(() => buildReleaseFolder(files.slice(0, 4000), () => {})).not.toThrow();
  });

  test('a full or read-only disk is IO', async () => {
    writeFileSync(join(place.folder, '..', 'file'), '');
    const channel = createIpfsChannel({ folder: join(place.folder, '..', 'file'), engine: testEngine });
    await expect(channel.publish(RELEASE.ref)).rejects.toMatchObject({ code: 'IO' });
    const store = createBlockStore(join(place.folder, '..', 'file'), testEngine.digestChunk);
    await expect(store.put(manifestCid(RELEASE.releaseDigest), RELEASE.canonical)).rejects.toMatchObject({
      code: 'IO',
    });
  });
});
