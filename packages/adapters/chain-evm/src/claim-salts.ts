import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalBytes, parseCanonical } from '@weighbridge/core/canonical-json';
import { systemErrorCode } from '@weighbridge/core/errors';
import { toHex } from '@weighbridge/core/hex';
import { Members } from '@weighbridge/core/members';
import { sha3Digest } from '@weighbridge/core/sha3';
import { createDurably } from '@weighbridge/durable-files/durable-create';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { removeDurably } from '@weighbridge/durable-files/durable-remove';
import { asIoError } from '@weighbridge/durable-files/io-error';

/** What a claim was announced with, kept until it is revealed, so that a claim that broke off can be finished. */
export interface ClaimSalts {
  /**
   * The salt of a claim, 64 hex digits; made at the first call, durable when it returns.
   * @param claim everything that the claim says
   */
  saltFor(claim: string): Promise<string>;
  forget(claim: string): Promise<void>;
}

const MAX_BYTES = 1024;

/** One file per claim, `claims/<digest of the claim>.json`. @param folder the home's `journal` */
export function createFileClaimSalts(folder: string, chain: string): ClaimSalts {
  const claims = join(folder, 'claims');
  const fileOf = (claim: string) => join(claims, `${sha3Digest(new TextEncoder().encode(`${chain}\n${claim}`))}.json`);
  return {
    async saltFor(claim) {
      const path = fileOf(claim);
      const known = await readSalt(path);
      if (known !== undefined) return known;
      await makeFolderDurably(claims, 0o700);
      const salt = toHex(randomBytes(32));
      await createDurably(path, canonicalBytes({ format: 'claim-salt-v1', salt }), 0o600);
      return salt;
    },
    forget: (claim) => removeDurably(fileOf(claim)),
  };
}

export function createMemoryClaimSalts(): ClaimSalts {
  const salts = new Map<string, string>();
  return {
    async saltFor(claim) {
      const salt = salts.get(claim) ?? toHex(randomBytes(32));
      salts.set(claim, salt);
      return salt;
    },
    forget: async (claim) => void salts.delete(claim),
  };
}

async function readSalt(path: string): Promise<string | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw asIoError('read', path, error);
  }
  const members = Members.of(parseCanonical(bytes, path, { maxBytes: MAX_BYTES }), path);
  members.word('format', 'claim-salt-v1');
  const salt = members.hash32('salt');
  members.done();
  return salt;
}
