// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "../../src/IReleaseRegistry.sol";
import { Assertions } from "./Assertions.sol";
import { Signing } from "./Signing.sol";

/// @title A registry with one namespace, `acme`, and the verbs of its members.
abstract contract RegistryTest is Assertions, Signing {
    string internal constant NS = "acme";
    string internal constant MODEL = "acme/pilot-llm";
    string internal constant REF = "acme/pilot-llm@1.2.0";
    bytes32 internal constant NS_KEY = keccak256("acme");
    bytes32 internal constant MODEL_KEY = keccak256("acme/pilot-llm");
    bytes32 internal constant RELEASE_KEY = keccak256("acme/pilot-llm@1.2.0");
    bytes32 internal constant HIGH = keccak256("high");
    bytes32 internal constant LOW = keccak256("low");
    bytes32 internal constant SALT = keccak256("salt");
    bytes32 internal constant LEGAL = "legal";
    bytes32 internal constant SECURITY = "security";

    address internal constant PUBLISHER = 0x1111111111111111111111111111111111111111;
    address internal constant GUARDIAN = 0x2222222222222222222222222222222222222222;
    address internal constant STRANGER = 0x3333333333333333333333333333333333333333;

    uint64 internal constant NOW = 1_767_225_600;

    IReleaseRegistry internal registry;

    function setUp() public virtual {
        vm.warp(NOW);
        vm.roll(1000);
        registry = IReleaseRegistry(vm.deployCode("ReleaseRegistry.sol:ReleaseRegistry"));
    }

    // --- members

    /// @dev Approver i signs with the private key `_keyOf(i)`.
    function _keyOf(uint256 i) internal pure returns (uint256) {
        return 0xA000 + i;
    }

    function _approver(uint256 i) internal pure returns (address) {
        return vm.addr(_keyOf(i));
    }

    /// @return approvers number 0 to count - 1, all in the role `legal`
    function _approvers(uint256 count) internal pure returns (IReleaseRegistry.Approver[] memory approvers) {
        approvers = new IReleaseRegistry.Approver[](count);
        for (uint256 i = 0; i < count; ++i) {
            approvers[i] = IReleaseRegistry.Approver(_approver(i), LEGAL);
        }
    }

    // --- verbs

    function _claim(uint256 approvers, uint8 threshold) internal {
        _claim(NS, PUBLISHER, GUARDIAN, _approvers(approvers), threshold);
    }

    function _claim(
        string memory ns,
        address publisher,
        address guardian,
        IReleaseRegistry.Approver[] memory approvers,
        uint8 threshold
    ) internal {
        _commit(ns, publisher, guardian, approvers, threshold);
        vm.roll(block.number + 1);
        vm.prank(publisher);
        registry.claim(ns, guardian, approvers, threshold, SALT);
    }

    function _commit(
        string memory ns,
        address publisher,
        address guardian,
        IReleaseRegistry.Approver[] memory approvers,
        uint8 threshold
    ) internal {
        registry.commit(registry.commitmentOf(publisher, ns, guardian, approvers, threshold, SALT));
    }

    function _register() internal {
        _register(REF, 1);
    }

    function _register(string memory ref, uint64 versionCode) internal {
        vm.prank(PUBLISHER);
        registry.register(ref, versionCode, HIGH, LOW);
    }

    function _approve(uint256 i) internal {
        vm.prank(_approver(i));
        registry.approve(REF, 1, HIGH, LOW);
    }

    function _approveRef(string memory ref, uint64 versionCode, uint256 i) internal {
        vm.prank(_approver(i));
        registry.approve(ref, versionCode, HIGH, LOW);
    }

    function _revoke() internal {
        vm.prank(GUARDIAN);
        registry.revoke(REF, 2, "CVE-2026-1234");
    }

    /// @dev A configuration that the first `signers` approvers of the claim sign.
    function _configure(IReleaseRegistry.Approver[] memory approvers, uint8 threshold, uint256 signers) internal {
        IReleaseRegistry.Config memory config = _config(approvers, threshold);
        registry.configure(config, _configSignatures(config, signers));
    }

    function _config(IReleaseRegistry.Approver[] memory approvers, uint8 threshold)
        internal
        view
        returns (IReleaseRegistry.Config memory)
    {
        (,, uint64 epoch,,,) = registry.namespaceOf(NS);
        return IReleaseRegistry.Config(NS, PUBLISHER, GUARDIAN, approvers, threshold, epoch, NOW + 1 days);
    }

    function _configSignatures(IReleaseRegistry.Config memory config, uint256 signers)
        internal
        view
        returns (IReleaseRegistry.ConfigSignature[] memory signatures)
    {
        signatures = new IReleaseRegistry.ConfigSignature[](signers);
        for (uint256 i = 0; i < signers; ++i) {
            bytes memory signature = _sign(_keyOf(i), _configDigest(registry, config));
            signatures[i] = IReleaseRegistry.ConfigSignature(_approver(i), signature);
        }
    }

    // --- signed approvals of REF with version code 1

    function _approvalOf(address approver) internal pure returns (Approval memory) {
        return Approval(approver, MODEL, "1.2.0", 1, HIGH, LOW, 1, NOW + 7 days);
    }

    function _signedApproval(uint256 i) internal view returns (IReleaseRegistry.SignedApproval memory) {
        return _signedApproval(i, _approvalOf(_approver(i)));
    }

    function _signedApproval(uint256 i, Approval memory approval)
        internal
        view
        returns (IReleaseRegistry.SignedApproval memory)
    {
        bytes memory signature = _sign(_keyOf(i), _approvalDigest(registry, approval));
        return IReleaseRegistry.SignedApproval(_approver(i), approval.deadline, signature);
    }

    function _signedApprovals(uint256 count)
        internal
        view
        returns (IReleaseRegistry.SignedApproval[] memory approvals)
    {
        approvals = new IReleaseRegistry.SignedApproval[](count);
        for (uint256 i = 0; i < count; ++i) {
            approvals[i] = _signedApproval(i);
        }
    }

    function _relay(IReleaseRegistry.SignedApproval memory approval) internal returns (uint256) {
        IReleaseRegistry.SignedApproval[] memory approvals = new IReleaseRegistry.SignedApproval[](1);
        approvals[0] = approval;
        return _relay(approvals);
    }

    function _relay(IReleaseRegistry.SignedApproval[] memory approvals) internal returns (uint256) {
        return registry.approveBySignature(REF, 1, HIGH, LOW, 1, approvals);
    }

    // --- readings

    function _status() internal view returns (uint8 status) {
        (,, status,,,,,) = registry.release(REF);
    }

    function _bits() internal view returns (uint32 approvals) {
        (,,,, approvals,,,) = registry.release(REF);
    }

    /// @dev What `release` returns, encoded; all zero when there is none.
    function _recordOf(string memory ref) internal view returns (bytes memory record) {
        (, record) = address(registry).staticcall(abi.encodeCall(IReleaseRegistry.release, (ref)));
    }

    function _equalVersions(uint64 latest, uint64 latestApproved, uint64 minAllowed) internal view {
        (uint64 latestIs, uint64 latestApprovedIs, uint64 minAllowedIs) = registry.modelOf(MODEL);
        _equal(latestIs, latest);
        _equal(latestApprovedIs, latestApproved);
        _equal(minAllowedIs, minAllowed);
    }

    /// @dev The next call must emit the event that the test emits next.
    function _expectEvent() internal {
        vm.expectEmit(true, true, true, true, address(registry));
    }

    function _repeat(bytes1 character, uint256 count) internal pure returns (string memory) {
        bytes memory text = new bytes(count);
        for (uint256 i = 0; i < count; ++i) {
            text[i] = character;
        }
        return string(text);
    }

    /// @dev A text of at most `limit` of the alphabet's characters, one for each byte of the seed.
    function _spell(bytes memory seed, bytes memory alphabet, uint256 limit) internal pure returns (string memory) {
        bytes memory text = new bytes(seed.length < limit ? seed.length : limit);
        for (uint256 i = 0; i < text.length; ++i) {
            text[i] = alphabet[uint8(seed[i]) % alphabet.length];
        }
        return string(text);
    }

    function _bound(uint256 seed, uint256 lowest, uint256 highest) internal pure returns (uint256) {
        return lowest + seed % (highest - lowest + 1);
    }
}
