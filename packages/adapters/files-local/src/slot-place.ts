import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RelativePath } from '@weighbridge/core/brands';
import { METADATA_FOLDER } from '@weighbridge/core/paths';
import { asIoError } from '@weighbridge/durable-files/io-error';
import type { FetchPlace } from '@weighbridge/ports/fetch-place';
import { Assembly } from './assembly.js';

/**
 * A release that is put together in a folder which nothing reads meanwhile: the idle slot of a device. There is room for one
 * release there and not for two, so that it is written where it will lie; whoever opens this has noted before that the folder
 * holds nothing whole.
 * @param folder exists; absolute and free of symlinks
 */
export function openSlotPlace(folder: string): FetchPlace {
  const assembly = new Assembly(folder);
  const kept: Kept = { files: new Set(), folders: new Set() };
  return {
    location: folder,
    requireRoom: (bytes) => assembly.requireRoom(bytes),
    open: (path: RelativePath, sizeBytes) => {
      keep(kept, path);
      return assembly.open(path, sizeBytes);
    },
    putMetadata: (path, bytes) => {
      keep(kept, `${METADATA_FOLDER}/${path}`);
      return assembly.putMetadata(path, bytes);
    },
    finish: async () => {
      await removeOthers(folder, '', kept);
      await assembly.syncFolders();
    },
    discard: () => removeOthers(folder, '', { files: new Set(), folders: new Set() }),
    close: async () => {},
  };
}

interface Kept {
  readonly files: Set<string>;
  /** Those that the files lie in. */
  readonly folders: Set<string>;
}

function keep({ files, folders }: Kept, path: string): void {
  files.add(path);
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.add(path.slice(0, at));
}

/** What a broken-off run left, of another release or half-written. Names are bytes: one may be no UTF-8. */
async function removeOthers(root: string, below: string, kept: Kept): Promise<void> {
  const folder = join(root, below);
  try {
    for (const name of readdirSync(folder, { encoding: 'buffer' })) {
      const text = name.toString();
      const path = below === '' ? text : `${below}/${text}`;
      if (!Buffer.from(text).equals(name)) await removeEntry(folder, name);
      else if (kept.folders.has(path)) await removeOthers(root, path, kept);
      else if (!kept.files.has(path)) await removeEntry(folder, name);
    }
  } catch (cause) {
    throw asIoError('remove what does not belong in', folder, cause);
  }
}

function removeEntry(folder: string, name: Buffer): Promise<void> {
  const path = Buffer.concat([Buffer.from(`${folder}/`), name]);
  return rm(path as unknown as string, { recursive: true, force: true });
}
