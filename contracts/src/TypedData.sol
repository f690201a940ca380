// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "./IReleaseRegistry.sol";

/// @title What approvers sign (EIP-712).
library TypedData {
    bytes32 internal constant APPROVAL = keccak256(
        "Approval(address approver,string model,string version,uint64 versionCode,bytes32 digestHigh,bytes32 digestLow,uint64 epoch,uint64 deadline)"
    );
    bytes32 internal constant CONFIG = keccak256(
        "Config(string namespace,address publisher,address guardian,Approver[] approvers,uint8 threshold,uint64 epoch,uint64 deadline)Approver(address key,bytes32 role)"
    );
    bytes32 internal constant APPROVER = keccak256("Approver(address key,bytes32 role)");
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME = keccak256("Weighbridge");
    bytes32 private constant VERSION = keccak256("1");

    function domainSeparator(uint256 chainId, address registry) internal pure returns (bytes32) {
        return keccak256(abi.encode(DOMAIN, NAME, VERSION, chainId, registry));
    }

    function digest(bytes32 separator, bytes32 structHash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", separator, structHash));
    }

    function hashConfig(IReleaseRegistry.Config calldata config) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                CONFIG,
                keccak256(bytes(config.ns)),
                config.publisher,
                config.guardian,
                hashApprovers(config.approvers),
                config.threshold,
                config.epoch,
                config.deadline
            )
        );
    }

    function hashApprovers(IReleaseRegistry.Approver[] calldata approvers) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](approvers.length);
        for (uint256 i = 0; i < approvers.length; ++i) {
            hashes[i] = keccak256(abi.encode(APPROVER, approvers[i].key, approvers[i].role));
        }
        return keccak256(abi.encodePacked(hashes));
    }
}
