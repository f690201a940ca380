import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { CHUNK_BYTES, chunkLength } from '@weighbridge/core/tree';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { type Cid, cidBytes, parseCid, RAW, readCid, SHA2_256 } from '@weighbridge/manifest/cid-bytes';
import { channelRelease } from '@weighbridge/ports/testing/channel-release';
import type { ChannelPlace, StoredPiece, StoreFault } from '@weighbridge/ports/testing/channel-suite';
import { createBlockStore } from '../block-store.js';
import { createIpfsChannel } from '../ipfs-channel.js';
import { manifestCid } from '../published-files.js';

export const testEngine: Pick<DigestEngine, 'digestChunk'> = {
  digestChunk: async (algorithm, bytes) => createHash(algorithm).update(bytes).digest(),
};

export interface StorePlace extends ChannelPlace {
  readonly folder: string;
}

/** An embedded channel in a new folder. */
export async function storePlace(): Promise<StorePlace> {
  const { path: home, dispose } = temporaryFolder();
  const folder = join(home, 'ipfs');
  const channel = createIpfsChannel({ folder, engine: testEngine });
  return {
    folder,
    channel,
    publisher: channel,
    reopen: async () => createIpfsChannel({ folder, engine: testEngine }),
    damage: async (piece, fault) => damageFile(pathOf(folder, piece), fault),
    countObjects: async () => filesBelow(folder).length,
    damageWaiting: async () => {
      const [path] = filesBelow(join(folder, 'tmp'));
      damageFile(path!, 'flipped');
    },
    dispose: async () => dispose(),
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

/** The file of a block. */
export function blockPath(folder: string, cid: Cid): string {
  return createBlockStore(join(folder, 'blocks'), testEngine.digestChunk).pathOf(cid);
}

export function leafCid(bytes: Uint8Array): Cid {
  return readCid(cidBytes(RAW, SHA2_256, createHash('sha256').update(bytes).digest()))!;
}

function pathOf(folder: string, piece: StoredPiece): string {
  return blockPath(folder, pieceCid(piece));
}

/** The block that holds a piece of the suite's release. */
export function pieceCid(piece: StoredPiece): Cid {
  const release = channelRelease();
  if (piece.kind === 'manifest') return manifestCid(release.releaseDigest);
  if (piece.kind === 'leaves') return leafCid(release.digests.get(piece.file.path)!.leaves);
  const { path, size, cid } = piece.file;
  if (size <= CHUNK_BYTES) return parseCid(cid)!;
  const from = piece.chunk * CHUNK_BYTES;
  return leafCid(release.files.get(path)!.subarray(from, from + chunkLength(size, piece.chunk)));
}

export function damageFile(path: string, fault: StoreFault): void {
  const bytes = readFileSync(path);
  if (fault === 'flipped') writeFileSync(path, bytes.fill(bytes[7]! ^ 1, 7, 8));
  else if (fault === 'cut') writeFileSync(path, bytes.subarray(0, -1));
  else if (fault === 'longer') writeFileSync(path, Buffer.concat([bytes, Buffer.of(0)]));
  else if (fault === 'emptied') writeFileSync(path, '');
  else if (fault === 'missing') rmSync(path);
  else if (fault === 'symlink') {
    renameSync(path, `${path}.elsewhere`);
    symlinkSync(`${path}.elsewhere`, path);
  } else {
    rmSync(path);
    execFileSync('mkfifo', [path]);
  }
}
