import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const MIB = 1_048_576;

/** Bytes that anyone can make again: SHAKE128 of a seed. */
export function noise(seed: string, length: number): Buffer {
  return createHash('shake128', { outputLength: length }).update(seed).digest();
}

export async function put(path: string, bytes: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

/** A release of several files, the largest with three chunks. */
export async function makePilot(folder: string, version = 1): Promise<string> {
  await put(join(folder, 'model.safetensors'), noise(`pilot-${version}`, 2 * MIB + 4321));
  await put(join(folder, 'config.json'), `{"architectures":["PilotForCausalLM"],"rev":${version}}\n`);
  await put(join(folder, 'tokenizer/vocab.txt'), Array.from({ length: 300 }, (_, i) => `token${i}`).join('\n'));
  await put(join(folder, 'LICENSE'), 'MIT License\n\nPermission is hereby granted, free of charge\n');
  await put(join(folder, 'README.md'), `# Pilot ${version}\n`);
  return folder;
}

/** A release of one small file. */
export async function makeTiny(folder: string, seed = 'tiny'): Promise<string> {
  await put(join(folder, 'weights.bin'), noise(seed, 1000));
  return folder;
}
