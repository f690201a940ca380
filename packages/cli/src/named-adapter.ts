import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AdapterPair } from '@weighbridge/delta/predict/read-adapter';
import { readNamedFile } from '@weighbridge/files-local/named-file';
import { readAdapterFile } from '@weighbridge/journeys/read-adapter-file';
import { openNamedFile } from './named-file.js';

const CONFIG_MAX_BYTES = 1024 * 1024;
const CONFIG_NAME = 'adapter_config.json';

/** The adapter that `--adapter` names, with the description that PEFT puts beside it. @throws USAGE, MALFORMED, LIMIT, IO */
export async function readNamedAdapter(path: string | undefined): Promise<readonly AdapterPair[]> {
  if (path === undefined) return [];
  const file = await openNamedFile(path, 'name the adapter file in the safetensors format');
  try {
    return readAdapterFile(file, path, await readConfig(join(dirname(path), CONFIG_NAME)));
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
