// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "../src/IReleaseRegistry.sol";
import { RegistryTest } from "./support/RegistryTest.sol";

/// @title Who gets a namespace, and with which members.
contract NamespacesTest is RegistryTest {
    // --- commit and reveal

    function test_claim_recordsTheConfiguration() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(3);
        _commit(NS, PUBLISHER, GUARDIAN, approvers, 2);
        vm.roll(1001);
        vm.prank(PUBLISHER);
        _expectEvent();
        emit IReleaseRegistry.NamespaceClaimed(NS_KEY, NS);
        _expectEvent();
        emit IReleaseRegistry.NamespaceConfigured(NS_KEY, 1);
        registry.claim(NS, GUARDIAN, approvers, 2, SALT);
        _equal(_namespace(NS), abi.encode(PUBLISHER, GUARDIAN, 1, 2, 7, approvers));
    }

    function test_namespaceOf_unknownIsZero() public view {
        IReleaseRegistry.Approver[] memory none;
        _equal(_namespace(NS), abi.encode(0, 0, 0, 0, 0, none));
    }

    function test_claim_withoutCommitment() public {
        _expect(IReleaseRegistry.CommitmentUnknown.selector);
        _callClaim(NS, GUARDIAN, _approvers(1), 1);
    }

    function test_claim_frontRunByAnotherSender() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(1);
        _commit(NS, PUBLISHER, GUARDIAN, approvers, 1);
        vm.roll(1001);
        vm.prank(STRANGER);
        _expect(IReleaseRegistry.CommitmentUnknown.selector);
        registry.claim(NS, GUARDIAN, approvers, 1, SALT);
        _callClaim(NS, GUARDIAN, approvers, 1);
    }

    /// @dev Who sees the claim and commits to it himself is a block too late.
    function test_claim_frontRunByALaterCommitment() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(1);
        _commit(NS, PUBLISHER, GUARDIAN, approvers, 1);
        vm.roll(1001);
        _commit(NS, STRANGER, GUARDIAN, approvers, 1);
        vm.prank(STRANGER);
        _expect(IReleaseRegistry.CommitmentTooEarly.selector);
        registry.claim(NS, GUARDIAN, approvers, 1, SALT);
        _callClaim(NS, GUARDIAN, approvers, 1);
    }

    function test_commit_againByAStrangerDelaysNothing() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(1);
        _commit(NS, PUBLISHER, GUARDIAN, approvers, 1);
        vm.roll(1001);
        _commit(NS, PUBLISHER, GUARDIAN, approvers, 1);
        _callClaim(NS, GUARDIAN, approvers, 1);
    }

    function test_claim_inTheBlockOfTheCommitment() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(1);
        _commit(NS, PUBLISHER, GUARDIAN, approvers, 1);
        _expect(IReleaseRegistry.CommitmentTooEarly.selector);
        _callClaim(NS, GUARDIAN, approvers, 1);
    }

    function test_claim_after256Blocks() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(1);
        _commit(NS, PUBLISHER, GUARDIAN, approvers, 1);
        vm.roll(1256);
        _callClaim(NS, GUARDIAN, approvers, 1);
    }

    function test_claim_after257Blocks() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(1);
        _commit(NS, PUBLISHER, GUARDIAN, approvers, 1);
        vm.roll(1257);
        _expect(IReleaseRegistry.CommitmentExpired.selector);
        _callClaim(NS, GUARDIAN, approvers, 1);
    }

    function test_commit_renewsAnExpiredOne() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(1);
        _commit(NS, PUBLISHER, GUARDIAN, approvers, 1);
        vm.roll(1257);
        _commit(NS, PUBLISHER, GUARDIAN, approvers, 1);
        vm.roll(1258);
        _callClaim(NS, GUARDIAN, approvers, 1);
    }

    function test_claim_withAnotherConfigurationThanCommitted() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(2);
        _commit(NS, PUBLISHER, GUARDIAN, approvers, 1);
        vm.roll(1001);
        _expect(IReleaseRegistry.CommitmentUnknown.selector);
        _callClaim("acme2", GUARDIAN, approvers, 1);
        _expect(IReleaseRegistry.CommitmentUnknown.selector);
        _callClaim(NS, STRANGER, approvers, 1);
        _expect(IReleaseRegistry.CommitmentUnknown.selector);
        _callClaim(NS, GUARDIAN, approvers, 2);
        approvers[1].role = SECURITY;
        _expect(IReleaseRegistry.CommitmentUnknown.selector);
        _callClaim(NS, GUARDIAN, approvers, 1);
        vm.prank(PUBLISHER);
        _expect(IReleaseRegistry.CommitmentUnknown.selector);
        registry.claim(NS, GUARDIAN, _approvers(2), 1, keccak256("another salt"));
    }

    function test_claim_takenByAnother() public {
        _claim(1, 1);
        _refuse(NS, STRANGER, GUARDIAN, _approvers(1), 1, abi.encodeWithSelector(_taken()));
        (address publisher,,,,,) = registry.namespaceOf(NS);
        _equal(publisher, PUBLISHER);
    }

    function test_claim_takenByOneself() public {
        _claim(1, 1);
        _expect(IReleaseRegistry.CommitmentUnknown.selector);
        _callClaim(NS, GUARDIAN, _approvers(1), 1);
        _refuse(NS, PUBLISHER, GUARDIAN, _approvers(1), 1, abi.encodeWithSelector(_taken()));
    }

    // --- names

    function test_claim_goodNames() public {
        string[8] memory names = ["a", "0", "9z", "a-b", "a.b", "a_b", "a--b._-c", _repeat("z", 64)];
        for (uint256 i = 0; i < names.length; ++i) {
            _claim(names[i], PUBLISHER, GUARDIAN, _approvers(1), 1);
            (address publisher,,,,,) = registry.namespaceOf(names[i]);
            _equal(publisher, PUBLISHER);
        }
    }

    function test_claim_badNames() public {
        string[17] memory names = [
            "",
            "-a",
            "a-",
            ".a",
            "a.",
            "_a",
            "a_",
            "a..b",
            "Acme",
            "a/b",
            "a@b",
            "a b",
            " a",
            unicode"é",
            "a\x00b",
            "a\x00",
            _repeat("z", 65)
        ];
        for (uint256 i = 0; i < names.length; ++i) {
            _refuseName(names[i]);
        }
    }

    function testFuzz_claim_names(bytes calldata seed) public {
        string memory name = _spell(seed, "ab09._-zA/", 66);
        if (_isName(bytes(name))) _claim(name, PUBLISHER, GUARDIAN, _approvers(1), 1);
        else _refuseName(name);
    }

    function testFuzz_claim_anyByte(bytes1 character) public {
        bytes memory name = abi.encodePacked("a", character, "b");
        if (_isName(name)) _claim(string(name), PUBLISHER, GUARDIAN, _approvers(1), 1);
        else _refuseName(string(name));
    }

    // --- members

    function test_claim_guardianMayBeThePublisher() public {
        _claim(NS, PUBLISHER, PUBLISHER, _approvers(1), 1);
        (, address guardian,,,,) = registry.namespaceOf(NS);
        _equal(guardian, PUBLISHER);
    }

    function test_claim_approverIsPublisher() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(2);
        approvers[1].key = PUBLISHER;
        _refuseMembers(GUARDIAN, approvers, 1, _of(IReleaseRegistry.ApproverIsPublisher.selector, PUBLISHER));
    }

    function test_claim_approverIsGuardian() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(2);
        approvers[1].key = GUARDIAN;
        _refuseMembers(GUARDIAN, approvers, 1, _of(IReleaseRegistry.ApproverIsGuardian.selector, GUARDIAN));
    }

    function test_claim_zeroAddresses() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(2);
        bytes memory problem = abi.encodeWithSelector(IReleaseRegistry.GuardianZero.selector);
        _refuseMembers(address(0), approvers, 1, problem);
        approvers[1].key = address(0);
        _refuseMembers(GUARDIAN, approvers, 1, abi.encodeWithSelector(IReleaseRegistry.ApproverZero.selector));
    }

    function test_claim_approverTwice() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(3);
        approvers[2] = approvers[0];
        bytes memory problem = _of(IReleaseRegistry.ApproverDuplicate.selector, _approver(0));
        _refuseMembers(GUARDIAN, approvers, 1, problem);
        approvers[2].role = SECURITY;
        _refuseMembers(GUARDIAN, approvers, 1, problem);
    }

    function test_claim_roleOf31And32Bytes() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(1);
        approvers[0].role = bytes32(bytes(_repeat("r", 32)));
        bytes memory problem = abi.encodeWithSelector(IReleaseRegistry.RoleTooLong.selector, approvers[0].role);
        _refuseMembers(GUARDIAN, approvers, 1, problem);
        approvers[0].role = bytes32(bytes(_repeat("r", 31)));
        _claim(NS, PUBLISHER, GUARDIAN, approvers, 1);
        (,,,,, IReleaseRegistry.Approver[] memory kept) = registry.namespaceOf(NS);
        _equal(kept[0].role, approvers[0].role);
    }

    function test_claim_thresholds() public {
        IReleaseRegistry.Approver[] memory none;
        _refuseMembers(GUARDIAN, none, 0, _ofThreshold(0, 0));
        _refuseMembers(GUARDIAN, none, 1, _ofThreshold(1, 0));
        _refuseMembers(GUARDIAN, _approvers(3), 0, _ofThreshold(0, 3));
        _refuseMembers(GUARDIAN, _approvers(3), 4, _ofThreshold(4, 3));
        _refuseMembers(GUARDIAN, _approvers(3), 255, _ofThreshold(255, 3));
        _claim(3, 3);
        (,,, uint8 threshold,,) = registry.namespaceOf(NS);
        _equal(threshold, 3);
    }

    function test_claim_32Approvers() public {
        _claim(32, 32);
        (,,, uint8 threshold, uint32 active, IReleaseRegistry.Approver[] memory approvers) = registry.namespaceOf(NS);
        _equal(threshold, 32);
        _equal(active, type(uint32).max);
        _equal(abi.encode(approvers), abi.encode(_approvers(32)));
    }

    function test_claim_33Approvers() public {
        bytes memory problem = abi.encodeWithSelector(IReleaseRegistry.ApproverLimit.selector);
        _refuseMembers(GUARDIAN, _approvers(33), 1, problem);
    }

    // --- shorthands

    function _callClaim(
        string memory ns,
        address guardian,
        IReleaseRegistry.Approver[] memory approvers,
        uint8 threshold
    ) private {
        vm.prank(PUBLISHER);
        registry.claim(ns, guardian, approvers, threshold, SALT);
    }

    function _refuse(
        string memory ns,
        address publisher,
        address guardian,
        IReleaseRegistry.Approver[] memory approvers,
        uint8 threshold,
        bytes memory problem
    ) private {
        _commit(ns, publisher, guardian, approvers, threshold);
        vm.roll(block.number + 1);
        vm.prank(publisher);
        _expect(problem);
        registry.claim(ns, guardian, approvers, threshold, SALT);
    }

    function _refuseName(string memory ns) private {
        bytes memory problem = abi.encodeWithSelector(IReleaseRegistry.NamespaceMalformed.selector);
        _refuse(ns, PUBLISHER, GUARDIAN, _approvers(1), 1, problem);
    }

    function _refuseMembers(
        address guardian,
        IReleaseRegistry.Approver[] memory approvers,
        uint8 threshold,
        bytes memory problem
    ) private {
        _refuse(NS, PUBLISHER, guardian, approvers, threshold, problem);
    }

    function _taken() private pure returns (bytes4) {
        return IReleaseRegistry.NamespaceTaken.selector;
    }

    function _of(bytes4 problem, address account) private pure returns (bytes memory) {
        return abi.encodeWithSelector(problem, account);
    }

    function _ofThreshold(uint8 threshold, uint256 approvers) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IReleaseRegistry.ThresholdInvalid.selector, threshold, approvers);
    }

    function _namespace(string memory ns) private view returns (bytes memory namespace) {
        (, namespace) = address(registry).staticcall(abi.encodeCall(IReleaseRegistry.namespaceOf, (ns)));
    }

    /// @dev `[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?` without two dots in a row, character by character.
    function _isName(bytes memory name) private pure returns (bool good) {
        good = name.length > 0 && name.length <= 64;
        for (uint256 i = 0; good && i < name.length; ++i) {
            bytes1 c = name[i];
            bool edge = (c >= "a" && c <= "z") || (c >= "0" && c <= "9");
            bool inner = i > 0 && i < name.length - 1 && (c == "." || c == "_" || c == "-");
            good = edge || (inner && !(c == "." && name[i - 1] == "."));
        }
    }
}
