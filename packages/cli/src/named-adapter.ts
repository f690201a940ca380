import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { AdapterPair } from '@weighbridge/delta/predict/read-adapter';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import { readNamedFile } from '@weighbridge/files-local/named-file';
import { readAdapterFile } from '@weighbridge/journeys/read-adapter-file';

const CONFIG_MAX_BYTES = 1024 * 1024;
import { usage } from './usage.js';

const WEIGHTS_NAME = 'adapter_model.safetensors';
const CONFIG_NAME = 'adapter_config.json';

/** The adapter that `--adapter` names, a file or PEFT's folder, with the description that PEFT puts beside it. @throws USAGE, MALFORMED, LIMIT, IO */
export async function readNamedAdapter(path: string | undefined): Promise<readonly AdapterPair[]> {
  if (path === undefined) return [];
  const folder = await openReleaseFolder(path);
  const { entries } = await folder.scan([]);
  const name = folder.isSingleFile ? basename(path) : WEIGHTS_NAME;
  if (!entries.some((entry) => entry.path === name))
    throw usage(`${path} holds no ${WEIGHTS_NAME}`, 'name the adapter file in the safetensors format');
  const file = await folder.open(name);
  const beside = folder.isSingleFile ? dirname(path) : path;
  try {
    return readAdapterFile(file, path, await readConfig(join(beside, CONFIG_NAME)));
  } finally {
    await file.close();
  }
}

async function readConfig(path: string): Promise<unknown> {
  if (!existsSync(path)) return undefined;
  const bytes = await readNamedFile(path, CONFIG_MAX_BYTES, 'the description of the adapter');
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    // It only says where to look first.
    return undefined;
  }
}
