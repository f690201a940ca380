import type { ModelName, ReleaseName, Version } from './brands.js';
import { WeighbridgeError } from './errors.js';
import { showText } from './show-text.js';

const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;
const VERSION = /^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/;

/** A namespace, or the name of a model in it. */
export function isName(text: string): boolean {
  return NAME.test(text) && !text.includes('..');
}

/** Also a Git tag, hence not ending in `.` or `.lock`. */
export function isVersion(text: string): text is Version {
  return VERSION.test(text) && !text.includes('..') && !text.endsWith('.') && !text.endsWith('.lock');
}

export function isModelName(text: string): text is ModelName {
  const parts = text.split('/');
  return parts.length === 2 && parts.every(isName);
}

export interface ReleaseRef {
  readonly namespace: string;
  readonly model: ModelName;
  readonly version: Version;
  readonly name: ReleaseName;
}

export function releaseRef(model: ModelName, version: Version): ReleaseRef {
  return { namespace: namespaceOf(model), model, version, name: `${model}@${version}` as ReleaseName };
}

export function namespaceOf(model: ModelName): string {
  return model.slice(0, model.indexOf('/'));
}

/** Parses `namespace/name@version`; undefined for anything else. */
export function tryReleaseRef(text: string): ReleaseRef | undefined {
  const at = text.indexOf('@');
  const model = text.slice(0, at);
  const version = text.slice(at + 1);
  return at > 0 && isModelName(model) && isVersion(version) ? releaseRef(model, version) : undefined;
}

/** @throws USAGE */
export function parseReleaseRef(text: string): ReleaseRef {
  const ref = tryReleaseRef(text);
  if (ref !== undefined) return ref;
  throw new WeighbridgeError('USAGE', `"${showText(text)}" is no release reference`, {
    hint: 'write it as namespace/name@version, for example acme/pilot-llm@1.2.0',
  });
}

/** @throws USAGE */
export function parseModelName(text: string): ModelName {
  if (isModelName(text)) return text;
  throw new WeighbridgeError('USAGE', `"${showText(text)}" is no model name`, {
    hint: 'write it as namespace/name in lower-case letters, digits, ".", "_" and "-", for example acme/pilot-llm',
  });
}

/** @throws USAGE */
export function parseNamespace(text: string): string {
  if (isName(text)) return text;
  throw new WeighbridgeError('USAGE', `"${showText(text)}" is no namespace`, {
    hint: 'use 1 to 64 lower-case letters, digits, ".", "_" and "-", beginning and ending with a letter or digit',
  });
}

/** @throws USAGE */
export function parseVersion(text: string): Version {
  if (isVersion(text)) return text;
  throw new WeighbridgeError('USAGE', `"${showText(text)}" is no version`, {
    hint: 'use 1 to 64 letters, digits, ".", "+" and "-", beginning with a letter or digit, for example 1.2.0',
  });
}
