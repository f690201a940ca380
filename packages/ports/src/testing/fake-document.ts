import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Document } from '../document.js';

/** A document in memory. What lies there can be changed behind its back, as on a disk. */
export class FakeDocument implements Document {
  readonly location: string;
  /** Undefined while it is absent. */
  bytes: Uint8Array | undefined;
  /** Something else that lies at its name. */
  obstacle: 'symlink' | 'FIFO' | 'folder' | undefined;
  isReadOnly = false;
  isUnreadable = false;
  /** How often something was written. */
  writes = 0;

  constructor(bytes?: Uint8Array, location = '/fake/document.json') {
    this.bytes = bytes;
    this.location = location;
  }

  async read(maxBytes: number): Promise<Uint8Array | undefined> {
    this.requireNoObstacle();
    if (this.isUnreadable) throw refusal('IO', `cannot read ${this.location}`);
    if (this.bytes !== undefined && this.bytes.length > maxBytes)
      throw refusal('LIMIT', `${this.location} is too large`);
    return this.bytes?.slice();
  }

  async write(bytes: Uint8Array): Promise<boolean> {
    this.requireNoObstacle();
    if (this.isReadOnly) return false;
    this.bytes = bytes.slice();
    this.isUnreadable = false;
    this.writes += 1;
    return true;
  }

  private requireNoObstacle(): void {
    if (this.obstacle !== undefined) throw refusal('USAGE', `${this.location} is a ${this.obstacle}`);
  }
}

function refusal(code: 'IO' | 'LIMIT' | 'USAGE', message: string): WeighbridgeError {
  return new WeighbridgeError(code, message, { hint: 'this is a fake' });
}
