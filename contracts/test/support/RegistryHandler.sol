// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "../../src/IReleaseRegistry.sol";
import { Signing } from "./Signing.sol";

/// @title Random deeds of the members of one namespace, refused ones among them; remembers what must never change.
/// @dev Four references of one model, six keys that approve, two accounts that take turns as publisher.
contract RegistryHandler is Signing {
    struct Memory {
        uint8 status;
        bytes32 digestHigh;
        bytes32 digestLow;
    }

    string internal constant NS = "acme";
    string internal constant MODEL = "acme/pilot-llm";
    address internal constant GUARDIAN = 0x2222222222222222222222222222222222222222;
    uint256 internal constant KEYS = 6;
    uint256 internal constant REFERENCES = 4;

    IReleaseRegistry private immutable _registry;
    mapping(string ref => Memory) private _memories;
    uint64[3] private _versions;
    /// @notice How many deeds of a kind succeeded.
    mapping(bytes32 kind => uint256) public done;
    /// @notice The first promise that broke, or nothing.
    string public broken;

    constructor(IReleaseRegistry registry) {
        _registry = registry;
    }

    modifier observed() {
        _;
        for (uint256 i = 0; i < REFERENCES; ++i) {
            _observe(refOf(i));
        }
        _observeModel();
        _observeMembers();
    }

    // --- deeds

    function register(uint256 which, uint256 code, bool other) external observed {
        (uint64 latest,,) = _registry.modelOf(MODEL);
        bytes32 high = other ? keccak256("another") : keccak256(bytes(refOf(which)));
        bytes memory call =
            abi.encodeCall(IReleaseRegistry.register, (refOf(which), latest + uint64(code % 4), high, "low"));
        _do("register", _publisher(), call);
    }

    function approve(uint256 which, uint256 who) external observed {
        (uint64 code, bytes32 high, bytes32 low) = _recordOf(refOf(which));
        bytes memory call = abi.encodeCall(IReleaseRegistry.approve, (refOf(which), code, high, low));
        // one of the publishers now and then
        _do("approve", who % 8 < KEYS ? _approver(who % 8) : publisherOf(who), call);
    }

    function approveBySignature(uint256 which, uint256 who, uint64 epochsAgo) external observed {
        (uint64 code, bytes32 high, bytes32 low) = _recordOf(refOf(which));
        (,, uint64 epoch,,,) = _registry.namespaceOf(NS);
        epoch -= epochsAgo % 8 == 0 ? 1 : 0;
        IReleaseRegistry.SignedApproval[] memory approvals = new IReleaseRegistry.SignedApproval[](1);
        approvals[0] = _signed(who % KEYS, Approval(address(0), MODEL, _versionOf(which), code, high, low, epoch, 0));
        bytes memory call =
            abi.encodeCall(IReleaseRegistry.approveBySignature, (refOf(which), code, high, low, epoch, approvals));
        _do("approveBySignature", address(this), call);
    }

    function revoke(uint256 which, uint8 reason, bool byPublisher) external observed {
        // rare, or every release soon ends
        if (reason % 4 != 1) return;
        bytes memory call = abi.encodeCall(IReleaseRegistry.revoke, (refOf(which), reason % 8, "why"));
        _do("revoke", byPublisher ? _publisher() : GUARDIAN, call);
    }

    function requireVersion(uint64 code, bool byPublisher) external observed {
        bytes memory call = abi.encodeCall(IReleaseRegistry.requireVersion, (MODEL, code % 16));
        _do("requireVersion", byPublisher ? _publisher() : GUARDIAN, call);
    }

    /// @dev The set's bits choose among the keys; bit 6 puts the publisher among the approvers.
    function configure(uint256 set, uint8 threshold, uint8 role) external observed {
        IReleaseRegistry.Config memory config;
        config.ns = NS;
        (config.publisher, config.guardian) = (publisherOf(set >> 8), GUARDIAN);
        config.approvers = _chosen(set, role % 8 == 0 ? bytes32("security") : bytes32("legal"), config.publisher);
        config.threshold = threshold % 4;
        (,, config.epoch,,,) = _registry.namespaceOf(NS);
        config.deadline = type(uint64).max;
        _do("configure", address(this), abi.encodeCall(IReleaseRegistry.configure, (config, _signatures(config))));
    }

    // --- names

    function refOf(uint256 which) public pure returns (string memory) {
        return string.concat(MODEL, "@", _versionOf(which));
    }

    function publisherOf(uint256 turn) public pure returns (address) {
        return turn % 2 == 0 ? 0x1111111111111111111111111111111111111111 : vm.addr(0xA000 + KEYS);
    }

    function _versionOf(uint256 which) private pure returns (string memory) {
        return vm.toString(which % REFERENCES);
    }

    function _approver(uint256 i) private pure returns (address) {
        return vm.addr(0xA000 + i);
    }

    function _publisher() private view returns (address publisher) {
        (publisher,,,,,) = _registry.namespaceOf(NS);
    }

    // --- what is sent

    function _do(bytes32 kind, address sender, bytes memory call) private {
        vm.prank(sender);
        (bool success,) = address(_registry).call(call);
        if (success) ++done[kind];
    }

    function _signed(uint256 i, Approval memory approval)
        private
        view
        returns (IReleaseRegistry.SignedApproval memory)
    {
        (approval.approver, approval.deadline) = (_approver(i), type(uint64).max);
        bytes memory signature = _sign(0xA000 + i, _approvalDigest(_registry, approval));
        return IReleaseRegistry.SignedApproval(approval.approver, approval.deadline, signature);
    }

    function _chosen(uint256 set, bytes32 role, address publisher)
        private
        pure
        returns (IReleaseRegistry.Approver[] memory approvers)
    {
        approvers = new IReleaseRegistry.Approver[](KEYS + 1);
        uint256 count;
        for (uint256 i = 0; i < KEYS; ++i) {
            if (set >> i & 1 == 1) approvers[count++] = IReleaseRegistry.Approver(_approver(i), role);
        }
        if (set >> KEYS & 7 == 0) approvers[count++] = IReleaseRegistry.Approver(publisher, role);
        assembly ("memory-safe") {
            mstore(approvers, count)
        }
    }

    function _signatures(IReleaseRegistry.Config memory config)
        private
        view
        returns (IReleaseRegistry.ConfigSignature[] memory signatures)
    {
        signatures = new IReleaseRegistry.ConfigSignature[](KEYS);
        bytes32 digest = _configDigest(_registry, config);
        for (uint256 i = 0; i < KEYS; ++i) {
            signatures[i] = IReleaseRegistry.ConfigSignature(_approver(i), _sign(0xA000 + i, digest));
        }
    }

    // --- what must hold

    function _recordOf(string memory ref) private view returns (uint64 code, bytes32 high, bytes32 low) {
        (, code,,,,, high, low) = _registry.release(ref);
    }

    function _observe(string memory ref) private {
        (,, uint8 status,,,, bytes32 high, bytes32 low) = _registry.release(ref);
        Memory storage before = _memories[ref];
        _hold(status >= before.status, "a status never goes back");
        if (before.status != 0) {
            _hold(high == before.digestHigh && low == before.digestLow, "a digest never changes");
        }
        if (before.status != 2 && status == 2) _hold(_isApprovedByEnough(ref), "approved by k that are active");
        (before.status, before.digestHigh, before.digestLow) = (status, high, low);
    }

    function _isApprovedByEnough(string memory ref) private view returns (bool) {
        (,,,, uint32 approvals, uint8 threshold,,) = _registry.release(ref);
        (,,,, uint32 active,) = _registry.namespaceOf(NS);
        uint256 count;
        for (uint256 i = 0; i < 32; ++i) {
            if (approvals & active & 1 << i != 0) ++count;
        }
        return count >= threshold;
    }

    function _observeModel() private {
        (uint64 latest, uint64 latestApproved, uint64 minAllowed) = _registry.modelOf(MODEL);
        _hold(minAllowed <= latestApproved && latestApproved <= latest, "minAllowed, latestApproved, latest in order");
        _hold(latest >= _versions[0], "latest never falls");
        _hold(latestApproved >= _versions[1], "latestApproved never falls");
        _hold(minAllowed >= _versions[2], "minAllowed never falls");
        _versions = [latest, latestApproved, minAllowed];
    }

    function _observeMembers() private {
        (
            address publisher,
            address guardian,,
            uint8 threshold,
            uint32 active,
            IReleaseRegistry.Approver[] memory ever
        ) = _registry.namespaceOf(NS);
        uint256 count;
        for (uint256 i = 0; i < ever.length; ++i) {
            if (active >> i & 1 == 0) continue;
            ++count;
            _hold(ever[i].key != publisher && ever[i].key != guardian, "an approver has no other office");
        }
        _hold(threshold >= 1 && threshold <= count, "threshold within the approvers");
        _hold(ever.length <= 32, "32 seats in a life");
    }

    function _hold(bool holds, string memory claim) private {
        if (!holds && bytes(broken).length == 0) broken = claim;
    }
}
