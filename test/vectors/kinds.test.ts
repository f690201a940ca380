import { isWeighbridgeError } from '@weighbridge/core/errors';
import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import { parseApprovalFile } from '@weighbridge/verify/approval-file';
import { parseBundle } from '@weighbridge/verify/bundle';
import { parseDeviceState } from '@weighbridge/verify/device-state-file';
import { parseSlotsState } from '@weighbridge/verify/slot-state-file';
import { parseTrust } from '@weighbridge/verify/trust';
import { describe, expect, it } from 'vitest';
import { type ReadVector, readCorpus } from './runner/read-corpus.js';

/** Each kind of file, a good one of it, and what reads it. */
const KINDS: Readonly<Record<string, readonly [vector: string, file: string, parse: (bytes: Uint8Array) => unknown]>> =
  {
    'manifest-v1': ['plain_ok', 'manifest.json', parseManifest],
    'bundle-v1': ['plain_ok', 'bundle.json', parseBundle],
    'trust-v1': ['plain_ok', 'trust.json', parseTrust],
    'device-state-v1': ['same_again_ok', 'state.json', parseDeviceState],
    'approval-v1': ['good_ok', 'approval.json', parseApprovalFile],
    'slots-v1': ['two_confirmed_ok', 'state.json', parseSlotsState],
  };
const pairs = Object.keys(KINDS).flatMap((offered) => Object.keys(KINDS).map((wanted) => [offered, wanted] as const));

describe('a good file of one kind', () => {
  it.each(pairs)('%s, read as %s', (offered, wanted) => {
    expect(outcomeOf(() => KINDS[wanted]![2](fileOf(offered)))).toBe(offered === wanted ? 'OK' : 'MALFORMED');
  });
});

function fileOf(kind: string): Uint8Array {
  const [name, file] = KINDS[kind]!;
  return (readCorpus(kind).find((vector) => vector.name === name) as ReadVector).file(file)!;
}

function outcomeOf(parse: () => unknown): string {
  try {
    parse();
    return 'OK';
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return error.code;
  }
}
