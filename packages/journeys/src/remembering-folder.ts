import type { ReadableFile, ReleaseFolder } from '@weighbridge/ports/release-folder';

/** A release folder whose files are remembered as they were opened, to be compared once more later. */
export interface RememberingFolder {
  readonly folder: ReleaseFolder;
  /** The first file whose size, mtime, ctime or inode is no longer what it was; undefined when all are. */
  firstChanged(): Promise<string | undefined>;
}

export function rememberingFolder(folder: ReleaseFolder): RememberingFolder {
  const opened = new Map<string, ReadableFile>();
  return {
    folder: {
      location: folder.location,
      isSingleFile: folder.isSingleFile,
      scan: (passOver) => folder.scan(passOver),
      readMetadata: (path, maxBytes) => folder.readMetadata(path, maxBytes),
      open: async (path) => {
        const file = await folder.open(path);
        opened.set(path, file);
        return file;
      },
    },
    firstChanged: async () => {
      for (const [path, file] of opened) if (!(await file.isUnchanged())) return path;
      return undefined;
    },
  };
}
