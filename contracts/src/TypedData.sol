// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "./IReleaseRegistry.sol";

/// @title What approvers sign (EIP-712).
/// @dev Words are laid out behind the free memory pointer and hashed there; nothing is allocated.
library TypedData {
    bytes32 private constant APPROVAL = keccak256(
        "Approval(address approver,string model,string version,uint64 versionCode,bytes32 digestHigh,bytes32 digestLow,uint64 epoch,uint64 deadline)"
    );
    bytes32 private constant CONFIG = keccak256(
        "Config(string namespace,address publisher,address guardian,Approver[] approvers,uint8 threshold,uint64 epoch,uint64 deadline)Approver(address key,bytes32 role)"
    );
    bytes32 private constant APPROVER = keccak256("Approver(address key,bytes32 role)");
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME = keccak256("Weighbridge");
    bytes32 private constant VERSION = keccak256("1");

    /// @dev All that a release's approvals share; the first word is left for the type and the second for the approver.
    struct Terms {
        bytes32 typeHash;
        address approver;
        bytes32 modelHash;
        bytes32 versionHash;
        uint256 versionCode;
        bytes32 digestHigh;
        bytes32 digestLow;
        uint256 epoch;
        uint256 deadline;
    }

    /// @notice The hash of an `Approval`; whoever fills `terms` leaves `typeHash` out.
    function hashApproval(Terms memory terms) internal pure returns (bytes32 structHash) {
        terms.typeHash = APPROVAL;
        assembly ("memory-safe") {
            structHash := keccak256(terms, 0x120)
        }
    }

    /// @notice The hash of a `Config` whose members the caller reads, and so checks, too.
    /// @dev Its head in the calldata has the order of the EIP-712 encoding, with offsets where the two hashes belong.
    function hashConfig(IReleaseRegistry.Config calldata config, bytes32 nsKey)
        internal
        pure
        returns (bytes32 structHash)
    {
        bytes32 approversHash = _hashApprovers(config.approvers);
        bytes32 typeHash = CONFIG;
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, typeHash)
            calldatacopy(add(words, 0x20), config, 0xe0)
            mstore(add(words, 0x20), nsKey)
            mstore(add(words, 0x80), approversHash)
            structHash := keccak256(words, 0x100)
        }
    }

    /// @notice What is signed.
    function digest(uint256 chainId, address registry, bytes32 structHash) internal pure returns (bytes32 signed) {
        (bytes32 domain, bytes32 name, bytes32 version) = (DOMAIN, NAME, VERSION);
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, domain)
            mstore(add(words, 0x20), name)
            mstore(add(words, 0x40), version)
            mstore(add(words, 0x60), chainId)
            mstore(add(words, 0x80), registry)
            let separator := keccak256(words, 0xa0)
            mstore(words, hex"1901")
            mstore(add(words, 0x02), separator)
            mstore(add(words, 0x22), structHash)
            signed := keccak256(words, 0x42)
        }
    }

    function _hashApprovers(IReleaseRegistry.Approver[] calldata approvers) private pure returns (bytes32 arrayHash) {
        bytes32 typeHash = APPROVER;
        assembly ("memory-safe") {
            let words := mload(0x40)
            let hashes := add(words, 0x60)
            let end := hashes
            mstore(words, typeHash)
            for { let i := 0 } lt(i, approvers.length) { i := add(i, 1) } {
                calldatacopy(add(words, 0x20), add(approvers.offset, mul(i, 0x40)), 0x40)
                mstore(end, keccak256(words, 0x60))
                end := add(end, 0x20)
            }
            arrayHash := keccak256(hashes, sub(end, hashes))
        }
    }
}
