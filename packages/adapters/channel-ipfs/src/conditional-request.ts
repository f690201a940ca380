import type { IncomingHttpHeaders } from 'node:http';

const ONE_RANGE = /^bytes=([0-9]{0,16})-([0-9]{0,16})$/;

/** Whether a client has already what an etag names; weak and strong ones are equal for that. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  const bare = (text: string): string => text.trim().replace(/^W\//, '');
  return (header ?? '').split(',').some((each) => each.trim() === '*' || bare(each) === bare(etag));
}

/**
 * The one range that is asked for, `to` included; undefined where the whole is to be sent, as several ranges and
 * ill-formed ones are answered.
 */
export function byteRange(
  headers: IncomingHttpHeaders,
  etag: string,
  sizeBytes: number,
): { readonly from: number; readonly to: number } | 'unsatisfiable' | undefined {
  const condition = headers['if-range'];
  if (condition !== undefined && condition !== etag) return undefined;
  const [, first = '', last = ''] = ONE_RANGE.exec(headers.range ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const to = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (first !== '' && last !== '' && Number(first) > Number(last)) return undefined;
  return from >= sizeBytes || from > to ? 'unsatisfiable' : { from, to };
}
