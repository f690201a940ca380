import type { IncomingMessage } from 'node:http';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { type JsonValue, parseJson } from '@weighbridge/core/json';
import { HttpRefusal } from '@weighbridge/service-kit/problem';

export const BODY_MAX_BYTES = 64 * 1024;
const BODY_WITHIN_MS = 15_000;

/**
 * Reads a JSON body strictly: no duplicate members, no prototypes, bounded size, depth and time.
 * @throws 415 for another type or encoding, 408 for a slow one; LIMIT; MALFORMED
 */
export async function readJsonBody(request: IncomingMessage): Promise<JsonValue> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!/^application\/(?:[a-z0-9.+-]+\+)?json(?:;|$)/i.test(type) || encoding !== 'identity') {
    throw new HttpRefusal(
      415,
      'USAGE',
      'the body must be JSON without an encoding',
      'send it with Content-Type: application/json',
    );
  }
  return parseJson(await readBytes(request), 'the body', { maxBytes: BODY_MAX_BYTES });
}

async function readBytes(request: IncomingMessage): Promise<Uint8Array> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > BODY_MAX_BYTES) throw tooLarge();
  const timer = setTimeout(() => request.destroy(tooSlow()), BODY_WITHIN_MS);
  try {
    const pieces: Buffer[] = [];
    let have = 0;
    // The client gets its answer on this connection: it must not be destroyed.
    for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      have += piece.length;
      if (have > BODY_MAX_BYTES) throw tooLarge();
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } finally {
    clearTimeout(timer);
  }
}

function tooLarge(): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `the body has more than ${BODY_MAX_BYTES} bytes`, {
    hint: 'files are uploaded with PUT /v1/uploads/{id}/files/{path}',
  });
}

function tooSlow(): HttpRefusal {
  return new HttpRefusal(408, 'LIMIT', 'the body did not come in time', 'send it faster');
}
