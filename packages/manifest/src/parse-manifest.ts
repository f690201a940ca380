import type { Digest, RelativePath } from '@weighbridge/core/brands';
import { parseCanonical } from '@weighbridge/core/canonical-json';
import { type JsonObject, type JsonValue, malformed } from '@weighbridge/core/json';
import { compareUtf8, Members } from '@weighbridge/core/members';
import { isModelName, isVersion } from '@weighbridge/core/names';
import { pathProblem, requireNoTwins, showPath } from '@weighbridge/core/paths';
import { sha3Digest } from '@weighbridge/core/sha3';
import { isCid } from './cid.js';
import {
  type BaseModel,
  type FormatFacts,
  type LicenseEvidence,
  type LicenseFacts,
  MANIFEST_MAX_BYTES,
  type Manifest,
  type ManifestFile,
  type Source,
} from './manifest.js';

const WHAT = 'the manifest';

/** manifest-v1 §7, release digest: SHA3-512 of the canonical manifest. */
export function releaseDigest(canonicalManifest: Uint8Array): Digest {
  return sha3Digest(canonicalManifest);
}

/**
 * Parses manifest-v1 strictly, by all rules of §1 to §4.
 * @param bytes hostile until their digest was compared with a proven one
 * @throws MALFORMED, LIMIT
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  return readManifest(parseCanonical(bytes, WHAT, { maxBytes: MANIFEST_MAX_BYTES }));
}

/** Reads a manifest that stands inside another canonical file. @throws MALFORMED */
export function readManifest(value: JsonObject): Manifest {
  const members = Members.of(value, WHAT);
  const manifest: Manifest = {
    format: members.word('format', 'manifest-v1'),
    model: members.parsed('model', 'a model name', (text) => (isModelName(text) ? text : undefined)),
    version: members.parsed('version', 'a version', (text) => (isVersion(text) ? text : undefined)),
    versionCode: members.integer('versionCode', 1),
    files: members.list('files', readFile),
    license: readLicense(members.object('license')),
    baseModels: members.list('baseModels', readBaseModel),
    source: readSource(members.object('source')),
  };
  members.done();
  requireOrder(manifest.files);
  return manifest;
}

/** manifest-v1 §3.7 and §4.1: at least one file, sorted, no twins. */
function requireOrder(files: readonly ManifestFile[]): void {
  if (files.length === 0) throw malformed(WHAT, 'lists no file');
  files.forEach((file, index) => {
    if (index > 0 && compareUtf8(files[index - 1]!.path, file.path) >= 0) {
      throw malformed(WHAT, `does not list its files in order: ${showPath(file.path)}`);
    }
  });
  requireNoTwins(files.map((file) => file.path));
}

function readFile(item: JsonValue, place: string): ManifestFile {
  const members = Members.of(item, WHAT, place);
  const file: ManifestFile = {
    path: readPath(members, 'path'),
    size: members.integer('size'),
    'sha3-512': members.digest('sha3-512'),
    tree: members.digest('tree'),
    sha256: members.hash32('sha256'),
    cid: members.parsed('cid', 'a CIDv1', (text) => (isCid(text) ? text : undefined)),
    ...(members.has('facts') ? { facts: readFacts(members.object('facts')) } : {}),
  };
  members.done();
  return file;
}

function readPath(members: Members, name: string): RelativePath {
  const path = members.string(name);
  const problem = pathProblem(path);
  if (problem !== undefined) throw malformed(WHAT, `lists the path ${showPath(path)}, which ${problem}`);
  return path as RelativePath;
}

function readFacts(members: Members): FormatFacts {
  const facts = { format: members.string('format'), tensors: members.integer('tensors') };
  members.done();
  return facts;
}

function readLicense(members: Members): LicenseFacts {
  const license = {
    declared: members.string('declared'),
    concluded: members.string('concluded'),
    evidence: members.list('evidence', readEvidence),
  };
  members.done();
  return license;
}

function readEvidence(item: JsonValue, place: string): LicenseEvidence {
  const members = Members.of(item, WHAT, place);
  const evidence = { path: readPath(members, 'path'), id: members.string('id'), exact: members.boolean('exact') };
  members.done();
  return evidence;
}

function readBaseModel(item: JsonValue, place: string): BaseModel {
  const members = Members.of(item, WHAT, place);
  const base = {
    name: members.string('name'),
    releaseDigest: members.value('releaseDigest') === null ? null : members.digest('releaseDigest'),
    license: members.string('license'),
  };
  members.done();
  return base;
}

function readSource(members: Members): Source {
  const source = { kind: members.string('kind'), uri: members.string('uri'), revision: members.string('revision') };
  members.done();
  return source;
}
