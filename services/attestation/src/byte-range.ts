import { HttpRefusal } from '@weighbridge/service-kit/problem';

/** First byte and the one after the last. */
export interface ByteRange {
  readonly first: number;
  readonly end: number;
}

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * RFC 9110 §14: one range. What is no byte range, or several of them, is passed over, as a server may.
 * @throws 416 for a range that lies outside the file
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const [, from, to] = RANGE.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  const first = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? sizeBytes : Math.min(sizeBytes, Number(to) + 1);
  if (first < end) return { first, end };
  throw new HttpRefusal(416, 'USAGE', `the file has ${sizeBytes} bytes`, 'ask for a range within it', {
    'content-range': `bytes */${sizeBytes}`,
  });
}
