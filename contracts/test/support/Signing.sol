// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "../../src/IReleaseRegistry.sol";
import { Assertions } from "./Assertions.sol";

/// @title EIP-712 as a wallet does it, written out anew: no type string or hash is taken from the sources.
abstract contract Signing is Assertions {
    struct Approval {
        address approver;
        string model;
        string version;
        uint64 versionCode;
        bytes32 digestHigh;
        bytes32 digestLow;
        uint64 epoch;
        uint64 deadline;
    }

    uint256 internal constant CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _domainSeparator(string memory name, string memory version, uint256 chainId, address registry)
        internal
        pure
        returns (bytes32)
    {
        bytes32 typeHash =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        return keccak256(abi.encode(typeHash, keccak256(bytes(name)), keccak256(bytes(version)), chainId, registry));
    }

    function _approvalDigest(IReleaseRegistry registry, Approval memory approval) internal view returns (bytes32) {
        bytes32 separator = _domainSeparator("Weighbridge", "1", block.chainid, address(registry));
        return _approvalDigest(separator, approval);
    }

    function _approvalDigest(bytes32 separator, Approval memory approval) internal pure returns (bytes32) {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "Approval(address approver,string model,string version,uint64 versionCode,bytes32 digestHigh,bytes32 digestLow,uint64 epoch,uint64 deadline)"
                ),
                approval.approver,
                keccak256(bytes(approval.model)),
                keccak256(bytes(approval.version)),
                approval.versionCode,
                approval.digestHigh,
                approval.digestLow,
                approval.epoch,
                approval.deadline
            )
        );
        return keccak256(abi.encodePacked("\x19\x01", separator, structHash));
    }

    function _configDigest(IReleaseRegistry registry, IReleaseRegistry.Config memory config)
        internal
        view
        returns (bytes32)
    {
        bytes32 separator = _domainSeparator("Weighbridge", "1", block.chainid, address(registry));
        return keccak256(abi.encodePacked("\x19\x01", separator, _configHash(config)));
    }

    function _configHash(IReleaseRegistry.Config memory config) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "Config(string namespace,address publisher,address guardian,Approver[] approvers,uint8 threshold,uint64 epoch,uint64 deadline)Approver(address key,bytes32 role)"
                ),
                keccak256(bytes(config.ns)),
                config.publisher,
                config.guardian,
                _approversHash(config.approvers),
                config.threshold,
                config.epoch,
                config.deadline
            )
        );
    }

    function _approversHash(IReleaseRegistry.Approver[] memory approvers) private pure returns (bytes32) {
        bytes memory hashes;
        for (uint256 i = 0; i < approvers.length; ++i) {
            bytes32 typeHash = keccak256("Approver(address key,bytes32 role)");
            hashes = bytes.concat(hashes, keccak256(abi.encode(typeHash, approvers[i].key, approvers[i].role)));
        }
        return keccak256(hashes);
    }
}
