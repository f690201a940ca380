import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PackageDraft } from '@weighbridge/ports/package-draft';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPackageDraft } from './local-package-draft.js';

const HEAD = Buffer.from('head');
const LARGE = Buffer.alloc(3 * 1024 * 1024 + 5, 'payload');

let folder: string;
let path: string;
const drafts: PackageDraft[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'package-draft-'));
  path = join(folder, 'a.wbdelta');
});

afterEach(async () => {
  for (const draft of drafts.splice(0)) await draft.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openDraft(at = path): Promise<PackageDraft> {
  const draft = await openPackageDraft(at);
  drafts.push(draft);
  return draft;
}

async function seal(draft: PackageDraft, ...payloads: readonly Uint8Array[]): Promise<Buffer> {
  for (const payload of payloads) await draft.append(payload);
  const file = await draft.seal(HEAD);
  const bytes = Buffer.alloc(file.sizeBytes);
  file.readInto(0, bytes);
  await file.close();
  return bytes;
}

describe('a draft', () => {
  it('has its head before its payloads, and appears when it is published', async () => {
    const draft = await openDraft();
    const bytes = await seal(draft, Buffer.from('one'), LARGE, new Uint8Array(0), Buffer.from('two'));
    const expected = Buffer.concat([HEAD, Buffer.from('one'), LARGE, Buffer.from('two')]);
    expect(bytes.equals(expected)).toBe(true);
    expect(readdirSync(folder)).not.toContain('a.wbdelta');
    await draft.publish();
    await draft.close();
    expect(readdirSync(folder)).toEqual(['a.wbdelta']);
    expect(readFileSync(path).equals(expected)).toBe(true);
    expect(statSync(path).mode & 0o133).toBe(0);
  });

  it('that is closed before leaves nothing, and what had its name stays', async () => {
    writeFileSync(path, 'old');
    const draft = await openDraft();
    await seal(draft, LARGE);
    await draft.close();
    expect(readdirSync(folder)).toEqual(['a.wbdelta']);
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('takes the place of a file, and of a symlink without following it', async () => {
    writeFileSync(join(folder, 'other'), 'other');
    symlinkSync('other', path);
    const draft = await openDraft();
    await seal(draft);
    await draft.publish();
    await draft.close();
    expect(readFileSync(path, 'utf8')).toBe('head');
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('other');
  });

  it('is no folder, and has one around it', async () => {
    mkdirSync(path);
    await expect(openDraft()).rejects.toMatchObject({ code: 'USAGE' });
    await expect(openDraft(join(folder, 'missing', 'a'))).rejects.toMatchObject({ code: 'USAGE' });
    expect(readdirSync(folder)).toEqual(['a.wbdelta']);
  });

  it('may be written twice at the same time: the last one counts', async () => {
    const [first, second] = [await openDraft(), await openDraft()];
    await seal(first, Buffer.from('1'));
    await seal(second, Buffer.from('2'));
    await second.publish();
    await first.publish();
    for (const draft of drafts) await draft.close();
    expect(readFileSync(path, 'utf8')).toBe('head1');
    expect(readdirSync(folder)).toEqual(['a.wbdelta']);
  });
});
