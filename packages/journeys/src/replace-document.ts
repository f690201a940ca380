import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Document } from '@weighbridge/ports/document';

/** Writes what must not be forgotten: a read-only place is an error, never passed over in silence. @throws IO */
export async function replaceDocument(document: Document, bytes: Uint8Array): Promise<void> {
  if (await document.write(bytes)) return;
  throw new WeighbridgeError('IO', `${document.location} is in a read-only place`, {
    hint: 'run this where the file may be written',
  });
}
