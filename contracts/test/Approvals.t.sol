// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "../src/IReleaseRegistry.sol";
import { RegistryTest } from "./support/RegistryTest.sol";

/// @title k of n: which approvals count, and what they do. Signatures are in Signatures.t.sol.
contract ApprovalsTest is RegistryTest {
    function setUp() public override {
        super.setUp();
        _claim(3, 2);
        _register();
    }

    // --- k of n

    function test_approve_belowAtAndAboveTheThreshold() public {
        _expectApproved(0, 0, false);
        _approve(0);
        _equal(_recordOf(REF), abi.encode(PUBLISHER, 1, 1, 0, 1, 2, HIGH, LOW));
        _equalVersions(1, 0, 0);
        _expectApproved(2, 2, true);
        _approve(2);
        _equal(_recordOf(REF), abi.encode(PUBLISHER, 1, 2, 0, 5, 2, HIGH, LOW));
        _equalVersions(1, 1, 0);
        _expectApproved(1, 1, true);
        _approve(1);
        _equal(_recordOf(REF), abi.encode(PUBLISHER, 1, 2, 0, 7, 2, HIGH, LOW));
        _equalVersions(1, 1, 0);
    }

    function testFuzz_approve_anyKOfN(uint256 seed, uint8 approvers, uint8 threshold) public {
        super.setUp();
        approvers = uint8(_bound(approvers, 1, 32));
        threshold = uint8(_bound(threshold, 1, approvers));
        _claim(approvers, threshold);
        _register();
        uint256 first = _bound(seed, 0, approvers - 1);
        for (uint256 i = 0; i < threshold; ++i) {
            _equal(_status(), 1);
            _approve((first + i) % approvers);
        }
        _equal(_status(), 2);
    }

    function test_approve_32Of32() public {
        super.setUp();
        _claim(32, 32);
        _register();
        for (uint256 i = 0; i < 31; ++i) {
            _approve(i);
        }
        _equal(_recordOf(REF), abi.encode(PUBLISHER, 1, 1, 0, uint256(type(uint32).max) >> 1, 32, HIGH, LOW));
        _approve(31);
        _equal(_recordOf(REF), abi.encode(PUBLISHER, 1, 2, 0, type(uint32).max, 32, HIGH, LOW));
    }

    function test_approve_anOlderReleaseLowersNothing() public {
        _register("acme/pilot-llm@2.0.0", 2);
        _approveRef("acme/pilot-llm@2.0.0", 2, 0);
        _approveRef("acme/pilot-llm@2.0.0", 2, 1);
        _equalVersions(2, 2, 0);
        _approve(0);
        _approve(1);
        _equal(_status(), 2);
        _equalVersions(2, 2, 0);
    }

    // --- who

    function test_approve_byOthers() public {
        address[3] memory others = [PUBLISHER, GUARDIAN, STRANGER];
        for (uint256 i = 0; i < others.length; ++i) {
            _refuse(others[i], _of(IReleaseRegistry.NotApprover.selector, others[i]));
        }
        _equal(_bits(), 0);
    }

    function test_approve_byAnApproverOfAnotherNamespace() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(1);
        approvers[0].key = _approver(9);
        _claim("other", STRANGER, GUARDIAN, approvers, 1);
        _refuse(_approver(9), _of(IReleaseRegistry.NotApprover.selector, _approver(9)));
    }

    function test_approve_twice() public {
        _approve(0);
        _refuse(_approver(0), _of(IReleaseRegistry.AlreadyApproved.selector, _approver(0)));
        _equal(_status(), 1);
    }

    /// @dev A later configuration may seat who registered the release.
    function test_approve_byWhoRegisteredIt() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(3);
        approvers[2].key = PUBLISHER;
        IReleaseRegistry.Config memory config = _config(approvers, 1);
        config.publisher = STRANGER;
        registry.configure(config, _configSignatures(config, 2));
        _refuse(PUBLISHER, _of(IReleaseRegistry.ApproverIsPublisher.selector, PUBLISHER));
    }

    // --- what

    function test_approve_unknownRelease() public {
        vm.prank(_approver(0));
        _expect(IReleaseRegistry.ReleaseUnknown.selector);
        registry.approve("acme/pilot-llm@9.9.9", 1, HIGH, LOW);
    }

    function test_approve_anotherDigest() public {
        vm.prank(_approver(0));
        _expect(IReleaseRegistry.DigestMismatch.selector, HIGH, LOW);
        registry.approve(REF, 1, LOW, LOW);
        vm.prank(_approver(0));
        _expect(IReleaseRegistry.DigestMismatch.selector, HIGH, LOW);
        registry.approve(REF, 1, HIGH, HIGH);
    }

    function test_approve_anotherVersionCode() public {
        vm.prank(_approver(0));
        _expect(IReleaseRegistry.VersionCodeMismatch.selector, 1);
        registry.approve(REF, 2, HIGH, LOW);
    }

    function test_approve_revoked() public {
        _approve(0);
        _revoke();
        _refuse(_approver(1), abi.encodeWithSelector(IReleaseRegistry.ReleaseIsRevoked.selector));
        _equal(_status(), 3);
        _equalVersions(1, 0, 0);
    }

    // --- members that change while a release waits

    function test_approve_byARemovedApprover() public {
        _configure(_others(), 2, 2);
        _refuse(_approver(0), _of(IReleaseRegistry.NotApprover.selector, _approver(0)));
    }

    function test_approve_theBitOfARemovedApproverNoLongerCounts() public {
        _approve(0);
        _configure(_others(), 2, 2);
        _approve(1);
        _equal(_status(), 1);
        _equal(_bits(), 3);
        _approve(2);
        _equal(_status(), 2);
        _equal(_bits(), 7);
    }

    function test_approve_whoComesBackHasANewIndex() public {
        _approve(0);
        _configure(_others(), 2, 2);
        _configureBySeats(_approvers(3), 2, 1, 2);
        (,,,, uint32 active, IReleaseRegistry.Approver[] memory ever) = registry.namespaceOf(NS);
        _equal(active, 14);
        _equal(ever.length, 4);
        _equal(ever[3].key, _approver(0));
        _equal(ever[3].role, LEGAL);
        _equal(ever[0].role, 0);
        _equal(_bits(), 1);
        _expectApproved(0, 3, false);
        _approve(0);
        _approve(1);
        _equal(_status(), 2);
        _equal(_bits(), 11);
    }

    function test_approve_whoChangesHisRoleHasANewIndex() public {
        _approve(0);
        IReleaseRegistry.Approver[] memory approvers = _approvers(3);
        approvers[0].role = SECURITY;
        _configure(approvers, 2, 2);
        (,,,, uint32 active, IReleaseRegistry.Approver[] memory ever) = registry.namespaceOf(NS);
        _equal(active, 14);
        _equal(ever[3].key, _approver(0));
        _equal(ever[3].role, SECURITY);
        _approve(1);
        _equal(_status(), 1);
        _approve(0);
        _equal(_status(), 2);
        _equal(_bits(), 11);
    }

    function test_approve_anApprovedReleaseStaysApproved() public {
        _approve(0);
        _approve(1);
        IReleaseRegistry.Approver[] memory approvers = new IReleaseRegistry.Approver[](1);
        approvers[0] = IReleaseRegistry.Approver(_approver(7), LEGAL);
        _configure(approvers, 1, 2);
        _equal(_status(), 2);
    }

    function test_approve_thresholdRaisedInFlight() public {
        _configure(_approvers(3), 3, 2);
        _approve(0);
        _approve(1);
        _equal(_status(), 2);
        _register("acme/pilot-llm@2.0.0", 2);
        _equal(_recordOf("acme/pilot-llm@2.0.0"), abi.encode(PUBLISHER, 2, 1, 0, 0, 3, HIGH, LOW));
    }

    function test_approve_thresholdLoweredInFlight() public {
        _configure(_approvers(3), 1, 2);
        _approve(0);
        _equal(_status(), 1);
        _approve(1);
        _equal(_status(), 2);
    }

    /// @dev Enough bits of active approvers do nothing by themselves: an approval must arrive.
    function test_approve_isReckonedWhenAnApprovalArrives() public {
        _approve(0);
        _configure(_others(), 1, 2);
        _equal(_status(), 1);
        _equalVersions(1, 0, 0);
    }

    // --- shorthands

    /// @return approvers 1 and 2
    function _others() private pure returns (IReleaseRegistry.Approver[] memory approvers) {
        approvers = _approvers(2);
        approvers[0].key = _approver(2);
        approvers[1].key = _approver(1);
    }

    function _configureBySeats(IReleaseRegistry.Approver[] memory approvers, uint8 threshold, uint256 one, uint256 two)
        private
    {
        IReleaseRegistry.Config memory config = _config(approvers, threshold);
        bytes32 digest = _configDigest(registry, config);
        IReleaseRegistry.ConfigSignature[] memory signatures = new IReleaseRegistry.ConfigSignature[](2);
        signatures[0] = IReleaseRegistry.ConfigSignature(_approver(one), _sign(_keyOf(one), digest));
        signatures[1] = IReleaseRegistry.ConfigSignature(_approver(two), _sign(_keyOf(two), digest));
        registry.configure(config, signatures);
    }

    function _expectApproved(uint256 i, uint8 index, bool approved) private {
        _expectEvent();
        emit IReleaseRegistry.ReleaseApproved(RELEASE_KEY, _approver(i), index, approved);
    }

    function _refuse(address sender, bytes memory problem) private {
        vm.prank(sender);
        _expect(problem);
        registry.approve(REF, 1, HIGH, LOW);
    }

    function _of(bytes4 problem, address account) private pure returns (bytes memory) {
        return abi.encodeWithSelector(problem, account);
    }
}
