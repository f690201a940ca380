import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync, renameSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { createNodeEngine } from '@weighbridge/keccak/node-engine';
import { channelRelease, type TestRelease } from '@weighbridge/ports/testing/channel-release';
import type { ChannelPlace, StoredPiece, StoreFault } from '@weighbridge/ports/testing/channel-suite';
import { createGitLfsChannel } from '../git-lfs-channel.js';
import { objectPath } from '../lfs-objects.js';
import { looseObjectPath, repositoryPath } from '../repository-layout.js';

const RELEASE = channelRelease();

export interface StorePlace extends ChannelPlace {
  readonly folder: string;
}

/** An embedded channel in a new folder. */
export async function storePlace(): Promise<StorePlace> {
  const { path: home, dispose } = temporaryFolder();
  const folder = join(home, 'git');
  const engine = createNodeEngine({ threads: 1 });
  const channel = createGitLfsChannel({ folder, engine });
  return {
    folder,
    channel,
    publisher: channel,
    reopen: async () => createGitLfsChannel({ folder, engine }),
    damage: async (piece, fault) => damagePiece(folder, piece, fault),
    countObjects: async () => filesBelow(folder).length,
    damageWaiting: async () => {
      const path = filesBelow(join(folder, '.waiting')).find((file) => readFileSync(file).length > CHUNK_BYTES)!;
      damageFile(path, 7, 'flipped');
    },
    dispose: async () => {
      await engine.close();
      dispose();
    },
  };
}

export function filesBelow(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

/** Damages what holds a piece of the suite's release. */
export function damagePiece(folder: string, piece: StoredPiece, fault: StoreFault): void {
  const repository = repositoryPath(folder, RELEASE.ref);
  if (piece.kind === 'weights') {
    damageFile(objectPath(repository, piece.file.sha256), piece.chunk * CHUNK_BYTES + 7, fault);
  } else {
    const bytes = blobBytes(RELEASE, piece);
    const path = looseObjectPath(repository, gitBlobId(bytes));
    // git passes over what follows the end of an object, so that a longer one is made a good object of more bytes.
    if (fault === 'longer') writeLooseObject(path, Buffer.concat([bytes, Buffer.of(0)]));
    // A loose object is a zlib stream of stored blocks: two bytes and five before its text begins.
    else damageFile(path, 7 + `blob ${bytes.length}\0`.length + 7, fault);
  }
}

function writeLooseObject(path: string, bytes: Uint8Array): void {
  chmodSync(path, 0o600);
  writeFileSync(path, deflateSync(Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]), { level: 0 }));
}

function blobBytes(release: TestRelease, piece: StoredPiece): Uint8Array {
  return piece.kind === 'leaves' ? release.digests.get(piece.file.path)!.leaves : release.canonical;
}

export function gitBlobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

export function damageFile(path: string, at: number, fault: StoreFault): void {
  const bytes = readFileSync(path);
  chmodSync(path, 0o600);
  if (fault === 'flipped') writeFileSync(path, bytes.with(at, bytes[at]! ^ 1));
  else if (fault === 'cut') writeFileSync(path, bytes.subarray(0, -1));
  else if (fault === 'longer') writeFileSync(path, Buffer.concat([bytes, Buffer.of(0)]));
  else if (fault === 'emptied') writeFileSync(path, '');
  else if (fault === 'symlink') {
    renameSync(path, `${path}.away`);
    symlinkSync(`${path}.away`, path);
  } else {
    rmSync(path);
    if (fault === 'FIFO') execFileSync('mkfifo', [path]);
  }
}
