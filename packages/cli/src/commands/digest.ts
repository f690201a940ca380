import type { Digest, RelativePath } from '@weighbridge/core/brands';
import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { showPath } from '@weighbridge/core/paths';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import { digestFiles } from '@weighbridge/journeys/digest-files';
import { scanRelease } from '@weighbridge/journeys/scan-release';
import { contentDigest } from '@weighbridge/manifest/content-digest';
import { success } from '../answer.js';
import type { Run } from '../command.js';
import type { Context } from '../context.js';

interface DigestedFile {
  readonly path: RelativePath;
  readonly size: number;
  readonly 'sha3-512': Digest;
  readonly tree: Digest;
}

interface DigestedInput {
  readonly files: readonly DigestedFile[];
  readonly contentDigest?: Digest;
}

export const run: Run = async (context, { args }) => {
  const engine = await context.engine();
  const inputs: DigestedInput[] = [];
  for (const path of args) inputs.push(await digestInput(context, engine, path));
  const [only] = inputs;
  const count = inputs.reduce((sum, { files }) => sum + files.length, 0);
  return success({
    message: `digested ${count} ${count === 1 ? 'file' : 'files'}`,
    members: inputs.length === 1 ? { ...only } : { inputs },
    lines: inputs.flatMap(linesOf),
  });
};

async function digestInput(context: Context, engine: DigestEngine, path: string): Promise<DigestedInput> {
  const folder = await openReleaseFolder(path);
  const doors = { folder, engine, progress: context.progress, signal: context.signal };
  const source = await scanRelease(folder);
  const digested = await digestFiles(doors, source, 'digesting', (file, options) => engine.digestAll(file, options));
  const files = digested.map(({ file, digests }) => ({
    path: file.path,
    size: digests.sizeBytes,
    'sha3-512': digests.whole,
    tree: digests.tree,
  }));
  return folder.isSingleFile ? { files } : { files, contentDigest: contentDigest(files) };
}

function linesOf({ files, contentDigest: content }: DigestedInput): string[] {
  const lines = files.flatMap((file) => [
    `${file['sha3-512']}  ${showPath(file.path)}`,
    `  tree ${file.tree}  ${file.size} bytes`,
  ]);
  return content === undefined ? lines : [...lines, `content ${content}`];
}
