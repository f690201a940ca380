import { type Cid, parseCid } from '@weighbridge/manifest/cid-bytes';

/** What an IPFS client asks a trustless gateway for. */
export type GatewayRequest = RawRequest | CarRequest | EmptyRequest;

interface BlockPath {
  readonly root: Cid;
  /** Names below the root. */
  readonly path: readonly string[];
}

export interface RawRequest extends BlockPath {
  readonly kind: 'raw';
}

export interface CarRequest extends BlockPath {
  readonly kind: 'car';
  readonly scope: 'all' | 'entity' | 'block';
  /** First and last byte of the file; negative ones count from its end, undefined is the end. */
  readonly bytes: { readonly from: number; readonly to: number | undefined } | undefined;
  readonly dups: boolean;
}

/** The identity CID of no bytes, by which clients find out whether a gateway is one. */
export interface EmptyRequest {
  readonly kind: 'empty';
}

/** A request that is answered with a status and a sentence. */
export class BadRequest extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export const EMPTY_CID = 'bafkqaaa';
const MOST_URL_CHARACTERS = 8192;
const MOST_PARTS = 128;
const RAW_TYPE = 'application/vnd.ipld.raw';
const CAR_TYPE = 'application/vnd.ipld.car';
const SCOPES = ['all', 'entity', 'block'] as const;
const BYTES = /^(-?[0-9]{1,16}):(\*|-?[0-9]{1,16})$/;

/** @throws BadRequest */
export function parseGatewayRequest(target: string, accept: string): GatewayRequest {
  if (target.length > MOST_URL_CHARACTERS) throw new BadRequest(414, 'the address is too long');
  const { pathname, searchParams } = requireUrl(target);
  const [first, second, ...rest] = pathname.split('/').slice(1).map(decodePart);
  if (first !== 'ipfs' || second === undefined) throw new BadRequest(404, 'ask for /ipfs/CID');
  const { type, parameters } = requestedType(searchParams, accept);
  if (second === EMPTY_CID && rest.length === 0 && type === 'raw') return { kind: 'empty' };
  const root = parseCid(second);
  if (root === undefined) {
    throw new BadRequest(400, 'no CIDv1 in base32 of a raw or DAG-PB block by SHA2-256 or SHA3-512');
  }
  const block = { root, path: requirePath(rest) };
  return type === 'raw'
    ? { kind: 'raw', ...block }
    : { kind: 'car', ...block, ...carOptions(searchParams, parameters) };
}

function requireUrl(target: string): URL {
  try {
    // The host is never looked at; with two slashes in front, the path would be taken for one.
    if (/^\/(?!\/)/.test(target)) return new URL(target, 'http://gateway.invalid');
  } catch {}
  throw new BadRequest(400, 'no address');
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new BadRequest(400, 'a wrong percent-encoding');
  }
}

function requirePath(parts: readonly string[]): readonly string[] {
  const path = parts.at(-1) === '' ? parts.slice(0, -1) : parts;
  const isPath = path.length <= MOST_PARTS && path.every((part) => part !== '' && !/[/\0]/.test(part));
  if (!isPath) throw new BadRequest(400, 'no path below a folder');
  return path;
}

type TypeParameters = ReadonlyMap<string, string>;

/** `format=` stands above the header, as in the gateway specification. */
function requestedType(query: URLSearchParams, accept: string): { type: 'raw' | 'car'; parameters: TypeParameters } {
  const listed = accept.split(',').map(mediaType);
  const format = query.get('format');
  if (format === 'raw') return { type: 'raw', parameters: new Map() };
  const car = listed.find(({ name }) => name === CAR_TYPE);
  if (format === 'car') return { type: 'car', parameters: car?.parameters ?? new Map() };
  if (format !== null) throw new BadRequest(400, 'formats are raw and car');
  const first = listed.find(({ name }) => name === RAW_TYPE || name === CAR_TYPE);
  if (first === undefined) throw new BadRequest(406, `ask with ?format=raw or with Accept: ${RAW_TYPE} or ${CAR_TYPE}`);
  return { type: first.name === RAW_TYPE ? 'raw' : 'car', parameters: first.parameters };
}

function mediaType(text: string): { name: string; parameters: TypeParameters } {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  return { name, parameters: new Map(parameters.map((part) => [part.split('=')[0]!, part.split('=')[1] ?? ''])) };
}

function carOptions(query: URLSearchParams, parameters: TypeParameters): Pick<CarRequest, 'scope' | 'bytes' | 'dups'> {
  const option = (name: string): string | undefined => query.get(`car-${name}`) ?? parameters.get(name);
  if ((option('version') ?? '1') !== '1') throw new BadRequest(400, 'CARs are of version 1');
  const order = option('order') ?? 'dfs';
  if (order !== 'dfs' && order !== 'unk') throw new BadRequest(400, 'blocks come in the order dfs');
  const dups = option('dups') ?? 'n';
  if (dups !== 'y' && dups !== 'n') throw new BadRequest(400, 'dups is y or n');
  const wanted = query.get('dag-scope') ?? (query.has('entity-bytes') ? 'entity' : 'all');
  const scope = SCOPES.find((each) => each === wanted);
  if (scope === undefined) throw new BadRequest(400, 'dag-scope is all, entity or block');
  return { scope, bytes: scope === 'entity' ? entityBytes(query.get('entity-bytes')) : undefined, dups: dups === 'y' };
}

function entityBytes(text: string | null): CarRequest['bytes'] {
  if (text === null) return undefined;
  const match = BYTES.exec(text);
  const from = Number(match?.[1]);
  const to = match?.[2] === '*' ? undefined : Number(match?.[2]);
  const isOrdered = to === undefined || from < 0 !== to < 0 || from <= to;
  if (match === null || !Number.isSafeInteger(from) || !isOrdered) throw new BadRequest(400, 'entity-bytes is FROM:TO');
  return { from, to };
}
