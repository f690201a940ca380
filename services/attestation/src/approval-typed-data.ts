import type { Approval } from '@weighbridge/verify/approval';
import type { Registry } from '@weighbridge/verify/eip712';

const field = (name: string, type: string) => ({ name, type });

/** approval-v1 §3 as eth_signTypedData_v4 takes it. */
export function approvalTypedData({ chainId, contract }: Registry, approval: Approval) {
  const { digest, ...rest } = approval;
  const message = { ...rest, digestHigh: `0x${digest.slice(0, 64)}`, digestLow: `0x${digest.slice(64)}` };
  return {
    types: {
      EIP712Domain: [
        field('name', 'string'),
        field('version', 'string'),
        field('chainId', 'uint256'),
        field('verifyingContract', 'address'),
      ],
      Approval: [
        field('approver', 'address'),
        field('model', 'string'),
        field('version', 'string'),
        field('versionCode', 'uint64'),
        field('digestHigh', 'bytes32'),
        field('digestLow', 'bytes32'),
        field('epoch', 'uint64'),
        field('deadline', 'uint64'),
      ],
    },
    primaryType: 'Approval',
    domain: { name: 'Weighbridge', version: '1', chainId, verifyingContract: contract },
    message,
  };
}
