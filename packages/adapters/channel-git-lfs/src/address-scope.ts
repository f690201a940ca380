import { lookup as resolveHost, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { WeighbridgeError } from '@weighbridge/core/errors';

/** From where nobody outside this machine comes, to everywhere. */
const SCOPES = ['loopback', 'private', 'public'] as const;
export type AddressScope = (typeof SCOPES)[number] | 'never';

const SUBNETS: readonly (readonly [AddressScope, 'ipv4' | 'ipv6', string, number])[] = [
  ['loopback', 'ipv4', '127.0.0.0', 8],
  ['loopback', 'ipv6', '::1', 128],
  ['private', 'ipv4', '10.0.0.0', 8],
  ['private', 'ipv4', '100.64.0.0', 10],
  ['private', 'ipv4', '172.16.0.0', 12],
  ['private', 'ipv4', '192.168.0.0', 16],
  ['private', 'ipv6', 'fc00::', 7],
  // Where clouds keep their secrets, and what is no address of a host.
  ['never', 'ipv4', '169.254.0.0', 16],
  ['never', 'ipv6', 'fe80::', 10],
  ['never', 'ipv6', 'fd00:ec2::', 32],
  ['never', 'ipv4', '0.0.0.0', 8],
  ['never', 'ipv4', '224.0.0.0', 3],
  ['never', 'ipv6', '::', 128],
  ['never', 'ipv6', 'ff00::', 8],
];

const LISTS = new Map<AddressScope, BlockList>();
for (const [scope, family, network, prefix] of SUBNETS) {
  const list = LISTS.get(scope) ?? new BlockList();
  list.addSubnet(network, prefix, family);
  LISTS.set(scope, list);
}

/** Who can reach an address; an IPv4 address written as IPv6 counts as what it is. */
export function scopeOf(address: string): AddressScope {
  const family = isIP(address);
  if (family === 0) return 'never';
  for (const scope of ['never', 'loopback', 'private'] as const)
    if (LISTS.get(scope)!.check(address, family === 4 ? 'ipv4' : 'ipv6')) return scope;
  return embedsIpv4(address) ? 'never' : 'public';
}

/** Ways around a list of addresses: IPv4 inside of IPv6 by NAT64, 6to4, Teredo or the old compatible form. */
function embedsIpv4(address: string): boolean {
  return EMBEDDING.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

const EMBEDDING = new BlockList();
for (const [network, prefix] of [
  ['64:ff9b::', 32],
  ['2002::', 16],
  ['2001::', 32],
  ['::', 96],
] as const)
  EMBEDDING.addSubnet(network, prefix, 'ipv6');

/** Whether one who was reached at `from` may send us to `to`: never nearer to us than it is itself. */
export function maySendTo(from: AddressScope, to: AddressScope): boolean {
  if (to === 'never') return false;
  return from !== 'never' && SCOPES.indexOf(to as 'public') >= SCOPES.indexOf(from as 'public');
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** For sockets: resolves a name and refuses what may not be reached, so that what is checked is what is connected to. */
export function guardedLookup(allowed: (address: string) => boolean) {
  return (host: string, options: LookupOptions, callback: LookupCallback): void => {
    resolveHost(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      const good = addresses.filter(({ address }) => allowed(address));
      const [first] = good;
      if (first === undefined) return callback(refusedAddress(host), '');
      if (options.all === true) callback(null, good);
      else callback(null, first.address, first.family);
    });
  };
}

export function refusedAddress(host: string): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `the server sends us to ${host}, which it has no business to name`, {
    hint: 'let it hand out objects from an address that is as public as its own',
    details: { channel: 'git-lfs', refusedHost: host },
  });
}
