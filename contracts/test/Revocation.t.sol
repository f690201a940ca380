// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "../src/IReleaseRegistry.sol";
import { RegistryTest } from "./support/RegistryTest.sol";

/// @title What a guardian ends, and what he demands.
contract RevocationTest is RegistryTest {
    function setUp() public override {
        super.setUp();
        _claim(2, 2);
        _register();
    }

    // --- revoke

    function test_revoke_pending() public {
        _approve(1);
        _revokeFor(6, "an order");
        _equal(_recordOf(REF), abi.encode(PUBLISHER, 1, 3, 6, 2, 2, HIGH, LOW));
    }

    function test_revoke_approved() public {
        _approve(0);
        _approve(1);
        _revokeFor(2, "CVE-2026-1234");
        _equal(_recordOf(REF), abi.encode(PUBLISHER, 1, 3, 2, 3, 2, HIGH, LOW));
        _equalVersions(1, 1, 0);
    }

    function test_revoke_byOthers() public {
        address[3] memory others = [PUBLISHER, _approver(0), STRANGER];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.prank(others[i]);
            _expect(IReleaseRegistry.NotGuardian.selector, others[i]);
            registry.revoke(REF, 2, "");
        }
        _equal(_status(), 1);
    }

    function test_revoke_byTheGuardianOfAnotherNamespace() public {
        _claim("other", PUBLISHER, STRANGER, _approvers(1), 1);
        vm.prank(STRANGER);
        _expect(IReleaseRegistry.NotGuardian.selector, STRANGER);
        registry.revoke(REF, 2, "");
    }

    function test_revoke_isTerminal() public {
        _approve(0);
        _revoke();
        _refuseRevoke(REF, 1, abi.encodeWithSelector(IReleaseRegistry.ReleaseIsRevoked.selector));
        vm.prank(PUBLISHER);
        _expect(IReleaseRegistry.ReleaseIsRevoked.selector);
        registry.register(REF, 1, HIGH, LOW);
        vm.prank(PUBLISHER);
        _expect(IReleaseRegistry.ReleaseConflict.selector, HIGH, LOW);
        registry.register(REF, 2, LOW, HIGH);
        vm.prank(_approver(1));
        _expect(IReleaseRegistry.ReleaseIsRevoked.selector);
        registry.approve(REF, 1, HIGH, LOW);
        IReleaseRegistry.SignedApproval[] memory approvals = _signedApprovals(2);
        _expect(IReleaseRegistry.ReleaseIsRevoked.selector);
        _relay(approvals);
        _equal(_recordOf(REF), abi.encode(PUBLISHER, 1, 3, 2, 1, 2, HIGH, LOW));
    }

    function test_revoke_endsOneReleaseAlone() public {
        _register("acme/pilot-llm@2", 2);
        _revoke();
        _equal(_recordOf("acme/pilot-llm@2"), abi.encode(PUBLISHER, 2, 1, 0, 0, 2, HIGH, LOW));
    }

    function testFuzz_revoke_reasons(uint8 reason) public {
        if (reason >= 1 && reason <= 6) {
            _revokeFor(reason, "");
            _equal(_recordOf(REF), abi.encode(PUBLISHER, 1, 3, reason, 0, 2, HIGH, LOW));
        } else {
            _refuseRevoke(REF, reason, abi.encodeWithSelector(IReleaseRegistry.ReasonInvalid.selector, reason));
        }
    }

    function test_revoke_reasonBounds() public {
        uint8[4] memory reasons = [0, 7, 8, 255];
        for (uint256 i = 0; i < reasons.length; ++i) {
            _refuseRevoke(REF, reasons[i], abi.encodeWithSelector(IReleaseRegistry.ReasonInvalid.selector, reasons[i]));
        }
        testFuzz_revoke_reasons(1);
    }

    function test_revoke_unknown() public {
        bytes memory unknown = abi.encodeWithSelector(IReleaseRegistry.ReleaseUnknown.selector);
        _refuseRevoke("acme/pilot-llm@9", 1, unknown);
        _refuseRevoke("acme", 1, unknown);
        _refuseRevoke("acme/pilot-llm@1.2.0 ", 1, unknown);
        bytes memory unclaimed = abi.encodeWithSelector(IReleaseRegistry.NamespaceUnknown.selector);
        _refuseRevoke("other/pilot-llm@1.2.0", 1, unclaimed);
        _refuseRevoke("", 1, unclaimed);
    }

    function testFuzz_revoke_textStandsInTheLog(string calldata text) public {
        _revokeFor(1, text);
    }

    /// @dev The log is a multiple of words and its padding zero, whatever the length.
    function test_revoke_textLengths() public {
        for (uint256 length = 0; length <= 65; ++length) {
            string memory ref = string.concat("acme/pilot-llm@t", vm.toString(length));
            _register(ref, uint64(length) + 2);
            vm.recordLogs();
            vm.prank(GUARDIAN);
            registry.revoke(ref, 3, _repeat("x", length));
            _equal(vm.getRecordedLogs()[0].data, abi.encode(uint8(3), _repeat("x", length)));
        }
    }

    // --- requireVersion

    function test_requireVersion_raises() public {
        _approveCodes(3);
        vm.prank(GUARDIAN);
        _expectEvent();
        emit IReleaseRegistry.MinAllowedRaised(MODEL_KEY, 2);
        registry.requireVersion(MODEL, 2);
        _equalVersions(3, 3, 2);
        vm.prank(GUARDIAN);
        registry.requireVersion(MODEL, 3);
        _equalVersions(3, 3, 3);
    }

    function test_requireVersion_onlyRises() public {
        _approveCodes(3);
        vm.prank(GUARDIAN);
        registry.requireVersion(MODEL, 2);
        for (uint64 code = 0; code <= 2; ++code) {
            _refuseVersion(MODEL, code, IReleaseRegistry.MinAllowedNotRising.selector, 2);
        }
    }

    function test_requireVersion_atMostLatestApproved() public {
        _refuseVersion(MODEL, 1, IReleaseRegistry.MinAllowedTooHigh.selector, 0);
        _approveCodes(2);
        _register("acme/pilot-llm@9", 9);
        _refuseVersion(MODEL, 3, IReleaseRegistry.MinAllowedTooHigh.selector, 2);
        _refuseVersion(MODEL, 9, IReleaseRegistry.MinAllowedTooHigh.selector, 2);
        _refuseVersion(MODEL, type(uint64).max, IReleaseRegistry.MinAllowedTooHigh.selector, 2);
        _equalVersions(9, 2, 0);
    }

    function testFuzz_requireVersion(uint64 first, uint64 second) public {
        _approveCodes(5);
        first = uint64(_bound(first, 1, 5));
        second = uint64(_bound(second, 0, 8));
        vm.prank(GUARDIAN);
        registry.requireVersion(MODEL, first);
        if (second <= first) {
            _refuseVersion(MODEL, second, IReleaseRegistry.MinAllowedNotRising.selector, first);
        } else if (second > 5) {
            _refuseVersion(MODEL, second, IReleaseRegistry.MinAllowedTooHigh.selector, 5);
        } else {
            vm.prank(GUARDIAN);
            registry.requireVersion(MODEL, second);
            _equalVersions(5, 5, second);
        }
    }

    function test_requireVersion_outlivesLaterReleases() public {
        _approveCodes(2);
        vm.prank(GUARDIAN);
        registry.requireVersion(MODEL, 2);
        _register("acme/pilot-llm@3", 3);
        _approveRef("acme/pilot-llm@3", 3, 0);
        _approveRef("acme/pilot-llm@3", 3, 1);
        _equalVersions(3, 3, 2);
    }

    function test_requireVersion_byOthers() public {
        _approveCodes(2);
        address[3] memory others = [PUBLISHER, _approver(0), STRANGER];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.prank(others[i]);
            _expect(IReleaseRegistry.NotGuardian.selector, others[i]);
            registry.requireVersion(MODEL, 1);
        }
    }

    function test_requireVersion_unknown() public {
        _refuseVersion("acme/other", 1, IReleaseRegistry.MinAllowedTooHigh.selector, 0);
        _refuseVersion("acme", 1, IReleaseRegistry.MinAllowedTooHigh.selector, 0);
        vm.prank(GUARDIAN);
        _expect(IReleaseRegistry.NamespaceUnknown.selector);
        registry.requireVersion("other/pilot-llm", 1);
    }

    // --- shorthands

    /// @dev Releases 1 to `last`, registered and approved by both.
    function _approveCodes(uint64 last) private {
        _approve(0);
        _approve(1);
        for (uint64 code = 2; code <= last; ++code) {
            string memory ref = string.concat("acme/pilot-llm@c", vm.toString(code));
            _register(ref, code);
            _approveRef(ref, code, 0);
            _approveRef(ref, code, 1);
        }
    }

    function _revokeFor(uint8 reason, string memory text) private {
        vm.prank(GUARDIAN);
        _expectEvent();
        emit IReleaseRegistry.ReleaseRevoked(RELEASE_KEY, reason, text);
        registry.revoke(REF, reason, text);
    }

    function _refuseRevoke(string memory ref, uint8 reason, bytes memory problem) private {
        vm.prank(GUARDIAN);
        _expect(problem);
        registry.revoke(ref, reason, "");
    }

    function _refuseVersion(string memory model, uint64 code, bytes4 problem, uint256 number) private {
        vm.prank(GUARDIAN);
        _expect(problem, number);
        registry.requireVersion(model, code);
    }
}
