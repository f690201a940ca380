import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';

/** References of the releases that the prepared publisher has. */
export const PILOT_1 = 'acme/pilot@1.0.0';
export const PILOT_2 = 'acme/pilot@2.0.0';
/** Registered, not approved. */
export const PILOT_3 = 'acme/pilot@3.0.0';
/** Revoked. */
export const TINY = 'acme/tiny@1.0.0';

/** What was made once for all test files; read only. */
export const prepared = {
  /** `pilot-1`, `pilot-2`, `pilot-3`, `tiny` */
  model: (name: string) => join(inject('world'), 'models', name),
  /** `pilot-1-early` is from before 2.0.0 was approved, `tiny` from before it was revoked. */
  bundle: (name: 'pilot-1-early' | 'pilot-1' | 'pilot-2' | 'tiny' | 'tiny-revoked') =>
    join(inject('world'), `${name}.bundle`),
  get home() {
    return join(inject('world'), 'publisher');
  },
  get trust() {
    return join(inject('world'), 'trust.json');
  },
};

/** A folder of a test's own, removed when the test has ended. */
export interface Sandbox {
  readonly folder: string;
  at(...parts: string[]): string;
  /** A copy, which may be changed, of the prepared publisher's home. */
  publisher(name?: string): string;
  /** A copy, which may be changed, of a prepared model. */
  model(name: string, as?: string): string;
  /** Copies a file or folder as it is. */
  copy(from: string, name: string): string;
}

export function sandbox(): Sandbox {
  const box = openSandbox();
  onTestFinished(() => rmSync(box.folder, { recursive: true, force: true }));
  return box;
}

/** For what a file of tests shares; the caller removes it. */
export function openSandbox(): Sandbox {
  return openSandboxAt(mkdtempSync(join(tmpdir(), 'weighbridge-test-')));
}

/** In a folder that is there. */
export function openSandboxAt(folder: string): Sandbox {
  const at = (...parts: string[]) => join(folder, ...parts);
  const copy = (from: string, name: string) => {
    mkdirSync(join(at(name), '..'), { recursive: true });
    execFileSync('cp', ['-a', from, at(name)]);
    return at(name);
  };
  return {
    folder,
    at,
    copy,
    publisher: (name = 'publisher') => copy(prepared.home, name),
    model: (name, as = name) => copy(prepared.model(name), as),
  };
}
