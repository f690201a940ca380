import { lstat, rm } from 'node:fs/promises';
import { saysAbsent } from '@weighbridge/durable-files/io-error';
import { looseObjectPath } from './repository-layout.js';

const CORRUPT = /corrupt|inflate|unpack|mismatch|bad (?:object|tree)|not a tree object|unable to (?:read|parse)/;
const OID = /\b[0-9a-f]{40}(?:[0-9a-f]{24})?\b/g;

/** Whether git complains of objects that it cannot read. */
export function saysCorrupt(stderr: string): boolean {
  return CORRUPT.test(stderr);
}

/**
 * Removes the loose objects that git said were corrupt.
 * @param stderr what it said
 * @returns whether there was one
 */
export async function removeCorrupt(repository: string, stderr: string): Promise<boolean> {
  let removed = false;
  for (const line of stderr.split('\n').filter(saysCorrupt)) {
    for (const [oid] of line.matchAll(OID)) removed = (await removeLoose(repository, oid)) || removed;
  }
  return removed;
}

async function removeLoose(repository: string, oid: string): Promise<boolean> {
  const path = looseObjectPath(repository, oid);
  try {
    await lstat(path);
  } catch (error) {
    if (saysAbsent(error)) return false;
    throw error;
  }
  await rm(path, { force: true });
  return true;
}
