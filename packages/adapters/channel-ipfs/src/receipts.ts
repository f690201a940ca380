import { closeSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { isDigest } from '@weighbridge/core/hex';
import { showPath } from '@weighbridge/core/paths';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { writeDurably } from '@weighbridge/durable-files/durable-write';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import { isCid } from '@weighbridge/manifest/cid';
import { parseReceipt, RECEIPT_MAX_BYTES, receiptBytes } from '@weighbridge/manifest/receipt';
import type { ChannelReceipt, PublishedRelease } from '@weighbridge/ports/channel';
import { openBlockFile, readAndClose } from './block-file.js';

const SUFFIX = '.json';

/** receipt-v1 §3.1: one file a release that was published and read back. */
export interface Receipts {
  /** Undefined when there is none. @throws TAMPERED when it is damaged; IO */
  get(release: PublishedRelease): Promise<ChannelReceipt | undefined>;
  put(receipt: ChannelReceipt): Promise<void>;
  count(): Promise<number>;
}

export function createReceipts(folder: string): Receipts {
  const pathOf = ({ releaseDigest }: PublishedRelease): string => join(folder, `${releaseDigest}${SUFFIX}`);
  return {
    async get(release) {
      const path = pathOf(release);
      const receipt = await read(path);
      if (receipt === undefined || receipt.ref.name !== release.ref.name) return undefined;
      if (receipt.releaseDigest === release.releaseDigest) return receipt;
      throw damaged(path, 'is that of another release');
    },
    async put(receipt) {
      await makeFolderDurably(folder, 0o700);
      await writeDurably(pathOf(receipt), receiptBytes(receipt), { mode: 0o600 });
    },
    async count() {
      try {
        const names = await readdir(folder);
        return names.filter((name) => name.endsWith(SUFFIX) && isDigest(name.slice(0, -SUFFIX.length))).length;
      } catch (cause) {
        if (saysAbsent(cause)) return 0;
        throw asIoError('list', folder, cause);
      }
    },
  };
}

async function read(path: string): Promise<ChannelReceipt | undefined> {
  try {
    const opened = openBlockFile(path);
    if (opened === 'absent') return undefined;
    if (typeof opened === 'string') throw damaged(path, `is a ${opened}, no regular file`);
    if (opened.sizeBytes > RECEIPT_MAX_BYTES) {
      closeSync(opened.fd);
      throw damaged(path, 'is too large');
    }
    return requireOurs(path, parseReceipt(await readAndClose(opened)));
  } catch (cause) {
    if (isWeighbridgeError(cause) && cause.code === 'MALFORMED') throw damaged(path, 'is damaged', cause);
    throw asIoError('read', path, cause);
  }
}

function requireOurs(path: string, receipt: ChannelReceipt): ChannelReceipt {
  if (receipt.channel !== 'ipfs' || !isCid(receipt.root)) throw damaged(path, 'is that of another channel');
  return receipt;
}

function damaged(path: string, problem: string, cause?: unknown): WeighbridgeError {
  return new WeighbridgeError('TAMPERED', `the receipt ${showPath(path)} ${problem}`, {
    hint: 'publish the release again, which writes it anew',
    details: { channel: 'ipfs', file: showPath(path) },
    cause,
  });
}
