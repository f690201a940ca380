import { encodeRlp, type RlpItem } from '@weighbridge/verify/rlp';
import { pack } from '@weighbridge/verify/testing/trie-builder';

/** Trie nodes by hand; paths are hex digits. */
export function leaf(path: string, value: RlpItem): Uint8Array {
  return encodeRlp([pack(path, 2), value]);
}

export function extension(path: string, child: RlpItem): Uint8Array {
  return encodeRlp([pack(path, 0), child]);
}

/** @param children by hex digit */
export function branch(children: Readonly<Record<string, RlpItem>>, value: RlpItem = new Uint8Array(0)): Uint8Array {
  return encodeRlp([...[...'0123456789abcdef'].map((digit) => children[digit] ?? new Uint8Array(0)), value]);
}
