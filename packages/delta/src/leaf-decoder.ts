import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { ByteReader } from './byte-reader.js';
import { decodeBytes } from './general/decode-bytes.js';
import { gatherSource, scatterParts } from './leaf-gather.js';
import { type LeafGroup, type LeafPart, groupParts } from './leaf-parts.js';
import type { BaseBytes } from './operation.js';
import { BYTES, COPY, codecOf } from './operations.js';
import { NO_RESOURCE } from './package-table.js';

const NOTHING = new Uint8Array(0);

/** Gives the model that an operation read from a resource. @throws what reading it throws */
export type ModelOf = (resource: number) => unknown;

/** Writes leaves of a target out of their payloads and the base (delta-v1 §5). One leaf at a time. */
export class LeafDecoder {
  private readonly source = new Uint8Array(CHUNK_BYTES);
  private readonly gathered = new Uint8Array(CHUNK_BYTES);

  constructor(
    private readonly base: BaseBytes,
    private readonly modelOf: ModelOf,
    private readonly location: string,
  ) {}

  /**
   * Fills `out`, a whole leaf.
   * @param payload hostile, though its digest was compared
   * @throws MALFORMED, LIMIT; IO
   */
  decode(parts: readonly LeafPart[], payload: Uint8Array, out: Uint8Array): void {
    for (const { operation, source, at, length } of parts) {
      if (operation === COPY.id) this.base.read(source!.file, source!.offset, out.subarray(at, at + length));
    }
    const reader = new ByteReader(payload, `a payload of ${this.location}`);
    for (const group of groupParts(parts)) this.decodeGroup(group, reader.bytes(reader.varint()), out);
    reader.end();
  }

  private decodeGroup(group: LeafGroup, stream: Uint8Array, out: Uint8Array): void {
    const [only] = group.parts;
    const isWhole = group.parts.length === 1;
    const into = isWhole ? out.subarray(only!.at, only!.at + group.length) : this.gathered.subarray(0, group.length);
    const model = group.resource === NO_RESOURCE ? undefined : this.modelOf(group.resource);
    if (group.operation === BYTES.id) decodeBytes(stream, this.base, into);
    else this.decodeBy(group, stream, model, into);
    if (!isWhole) scatterParts(group, into, out);
  }

  private decodeBy(group: LeafGroup, stream: Uint8Array, model: unknown, into: Uint8Array): void {
    const codec = codecOf(group.operation);
    const source = codec.source === 'aligned' ? gatherSource(group, this.base, this.source) : NOTHING;
    codec.decode(stream, { source, model, first: codec.positional ? group.parts[0]!.first : 0 }, into);
  }
}
