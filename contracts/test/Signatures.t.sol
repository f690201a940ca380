// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "../src/IReleaseRegistry.sol";
import { RegistryTest } from "./support/RegistryTest.sol";
import {
    ConsentingWallet,
    DirtyWallet,
    EndlessWallet,
    RefusingWallet,
    RevertingWallet,
    ShortWallet,
    SilentWallet,
    VerboseWallet,
    WritingWallet
} from "./support/Wallets.sol";

/// @title Approvals that somebody relays.
contract SignaturesTest is RegistryTest {
    function setUp() public override {
        super.setUp();
        _claim(3, 2);
        _register();
    }

    // --- batches

    function test_relay_byAnyone() public {
        IReleaseRegistry.SignedApproval[] memory approvals = _signedApprovals(2);
        _expectEvent();
        emit IReleaseRegistry.ReleaseApproved(RELEASE_KEY, _approver(0), 0, false);
        _expectEvent();
        emit IReleaseRegistry.ReleaseApproved(RELEASE_KEY, _approver(1), 1, true);
        vm.prank(STRANGER);
        _equal(_relay(approvals), 2);
        _equal(_recordOf(REF), abi.encode(PUBLISHER, 1, 2, 0, 3, 2, HIGH, LOW));
        _equalVersions(1, 1, 0);
    }

    function test_relay_moreThanNeeded() public {
        _equal(_relay(_signedApprovals(3)), 3);
        _equal(_bits(), 7);
        _equal(_status(), 2);
    }

    function test_relay_32Of32() public {
        super.setUp();
        _claim(32, 32);
        _register();
        _equal(_relay(_signedApprovals(32)), 32);
        _equal(_recordOf(REF), abi.encode(PUBLISHER, 1, 2, 0, type(uint32).max, 32, HIGH, LOW));
    }

    function test_relay_completesWhatTransactionsBegan() public {
        _approve(2);
        _equal(_relay(_signedApproval(0)), 1);
        _equal(_status(), 2);
        _equal(_bits(), 5);
    }

    function test_relay_badOnesAreSkipped() public {
        IReleaseRegistry.SignedApproval[] memory approvals = new IReleaseRegistry.SignedApproval[](5);
        approvals[0] = _signedApproval(0);
        approvals[0].signature = new bytes(65);
        approvals[1] = _signedApproval(7);
        approvals[2] = _signedApproval(1);
        approvals[3] = _signedApproval(2);
        approvals[3].deadline += 1;
        approvals[4] = _signedApproval(0);
        _equal(_relay(approvals), 2);
        _equal(_bits(), 3);
        _equal(_status(), 2);
    }

    function test_relay_theSameApproverTwiceInABatch() public {
        IReleaseRegistry.SignedApproval[] memory approvals = _signedApprovals(2);
        approvals[1] = approvals[0];
        _equal(_relay(approvals), 1);
        _equal(_status(), 1);
        _equal(_bits(), 1);
    }

    function test_relay_againLater() public {
        _relay(_signedApproval(0));
        _refuse(_signedApproval(0), IReleaseRegistry.AlreadyApproved.selector, _approver(0));
    }

    function test_relay_noneGoodTellsTheFirstReason() public {
        IReleaseRegistry.SignedApproval[] memory approvals = new IReleaseRegistry.SignedApproval[](2);
        approvals[0] = _signedApproval(0);
        approvals[0].deadline = NOW - 1;
        approvals[1] = _signedApproval(7);
        _expect(IReleaseRegistry.DeadlinePassed.selector, NOW - 1);
        _relay(approvals);
        (approvals[0], approvals[1]) = (approvals[1], approvals[0]);
        _expect(IReleaseRegistry.NotApprover.selector, _approver(7));
        _relay(approvals);
        approvals[0] = _signedApproval(1);
        approvals[0].signature = "";
        _expect(IReleaseRegistry.SignatureInvalid.selector, _approver(1));
        _relay(approvals);
    }

    function test_relay_none() public {
        IReleaseRegistry.SignedApproval[] memory approvals;
        _expect(IReleaseRegistry.ApprovalsMissing.selector);
        _relay(approvals);
    }

    // --- the release

    function test_relay_unknownRevokedOrAnotherRelease() public {
        IReleaseRegistry.SignedApproval[] memory approvals = _signedApprovals(1);
        _expect(IReleaseRegistry.ReleaseUnknown.selector);
        registry.approveBySignature("acme/pilot-llm@9", 1, HIGH, LOW, 1, approvals);
        _expect(IReleaseRegistry.DigestMismatch.selector, HIGH, LOW);
        registry.approveBySignature(REF, 1, LOW, LOW, 1, approvals);
        _expect(IReleaseRegistry.DigestMismatch.selector, HIGH, LOW);
        registry.approveBySignature(REF, 1, HIGH, HIGH, 1, approvals);
        _expect(IReleaseRegistry.VersionCodeMismatch.selector, 1);
        registry.approveBySignature(REF, 2, HIGH, LOW, 1, approvals);
        _revoke();
        _expect(IReleaseRegistry.ReleaseIsRevoked.selector);
        _relay(approvals);
    }

    // --- epoch, deadline, chain

    function test_relay_anotherEpoch() public {
        IReleaseRegistry.SignedApproval[] memory approvals = _signedApprovals(1);
        _expect(IReleaseRegistry.EpochMismatch.selector, 1);
        registry.approveBySignature(REF, 1, HIGH, LOW, 2, approvals);
        _expect(IReleaseRegistry.EpochMismatch.selector, 1);
        registry.approveBySignature(REF, 1, HIGH, LOW, 0, approvals);
    }

    function test_relay_signedBeforeAConfiguration() public {
        IReleaseRegistry.SignedApproval[] memory approvals = _signedApprovals(2);
        _configure(_approvers(3), 2, 2);
        _expect(IReleaseRegistry.EpochMismatch.selector, 2);
        _relay(approvals);
        _expect(IReleaseRegistry.SignatureInvalid.selector, _approver(0));
        registry.approveBySignature(REF, 1, HIGH, LOW, 2, approvals);
        _equal(_bits(), 0);
    }

    function test_relay_atAndAfterTheDeadline() public {
        vm.warp(NOW + 7 days + 1);
        _refuseNumber(_signedApproval(0), IReleaseRegistry.DeadlinePassed.selector, NOW + 7 days);
        vm.warp(NOW + 7 days);
        _equal(_relay(_signedApproval(0)), 1);
    }

    function test_relay_onAForkWithAnotherChainId() public {
        uint256 fork = 31_338;
        IReleaseRegistry.SignedApproval[] memory approvals = _signedApprovals(1);
        vm.chainId(fork);
        _expect(IReleaseRegistry.ChainMismatch.selector, fork);
        _relay(approvals);
        IReleaseRegistry.SignedApproval[] memory ofTheFork = _signedApprovals(1);
        _expect(IReleaseRegistry.ChainMismatch.selector, fork);
        _relay(ofTheFork);
    }

    // --- what was signed

    function test_relay_ofAnotherDomain() public {
        _refuseDomain(_domainSeparator("Weighbridge", "1", block.chainid + 1, address(registry)));
        _refuseDomain(_domainSeparator("Weighbridge", "1", block.chainid, STRANGER));
        _refuseDomain(_domainSeparator("Weighbridge", "2", block.chainid, address(registry)));
        _refuseDomain(_domainSeparator("weighbridge", "1", block.chainid, address(registry)));
    }

    function test_relay_ofAnotherApproval() public {
        Approval memory approval = _approvalOf(_approver(0));
        approval.model = "acme/pilot-llm2";
        _refuseApproval(approval);
        approval = _approvalOf(_approver(0));
        approval.version = "1.2.1";
        _refuseApproval(approval);
        approval = _approvalOf(_approver(0));
        approval.versionCode = 2;
        _refuseApproval(approval);
        approval = _approvalOf(_approver(0));
        approval.epoch = 2;
        _refuseApproval(approval);
    }

    function test_relay_ofAnotherDigestDeadlineOrApprover() public {
        Approval memory approval = _approvalOf(_approver(0));
        approval.digestHigh = LOW;
        _refuseApproval(approval);
        approval = _approvalOf(_approver(0));
        approval.digestLow = HIGH;
        _refuseApproval(approval);
        _refuseApproval(_approvalOf(_approver(1)));
        IReleaseRegistry.SignedApproval memory signed = _signedApproval(0);
        signed.deadline += 1;
        _refuseSignature(signed);
    }

    function test_relay_ofAConfiguration() public {
        IReleaseRegistry.SignedApproval memory approval = _signedApproval(0);
        approval.signature = _sign(_keyOf(0), _configDigest(registry, _config(_approvers(3), 2)));
        _refuseSignature(approval);
    }

    function test_relay_signedByAnotherApprover() public {
        IReleaseRegistry.SignedApproval memory approval = _signedApproval(0);
        approval.signature = _sign(_keyOf(1), _approvalDigest(registry, _approvalOf(_approver(0))));
        _refuseSignature(approval);
    }

    // --- forms of a signature

    function test_relay_highS() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keyOf(0), _approvalDigest(registry, _approvalOf(_approver(0))));
        bytes32 high = bytes32(CURVE_ORDER - uint256(s));
        _refuseForm(abi.encodePacked(r, high, v == 27 ? uint8(28) : uint8(27)));
        _refuseForm(abi.encodePacked(r, high, v));
    }

    function test_relay_v0And1() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keyOf(0), _approvalDigest(registry, _approvalOf(_approver(0))));
        _refuseForm(abi.encodePacked(r, s, v - 27));
        _refuseForm(abi.encodePacked(r, s, v == 27 ? uint8(28) : uint8(27)));
        _refuseForm(abi.encodePacked(r, s, uint8(29)));
        _refuseForm(abi.encodePacked(r, s, v + 128));
    }

    function test_relay_compactAndOtherLengths() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keyOf(0), _approvalDigest(registry, _approvalOf(_approver(0))));
        _refuseForm(abi.encodePacked(r, bytes32(uint256(s) | uint256(v - 27) << 255)));
        _refuseForm(abi.encodePacked(r, s, v, uint8(0)));
        _refuseForm(abi.encodePacked(r, s));
        _refuseForm("");
    }

    function testFuzz_relay_anyBytes(bytes calldata signature) public {
        _refuseForm(signature);
    }

    function testFuzz_relay_anyFlippedBit(uint256 seed) public {
        IReleaseRegistry.SignedApproval memory approval = _signedApproval(0);
        uint256 bit = _bound(seed, 0, 519);
        approval.signature[bit / 8] ^= bytes1(uint8(1 << bit % 8));
        _refuseSignature(approval);
    }

    /// @dev The precompile answers zero for what it can't recover.
    function test_relay_zeroAddress() public {
        IReleaseRegistry.SignedApproval memory approval = _signedApproval(0);
        approval.approver = address(0);
        _refuse(approval, IReleaseRegistry.NotApprover.selector, address(0));
        approval.signature = new bytes(65);
        _refuse(approval, IReleaseRegistry.NotApprover.selector, address(0));
    }

    // --- wallets

    function test_relay_walletConsents() public {
        vm.etch(_approver(0), address(new ConsentingWallet()).code);
        IReleaseRegistry.SignedApproval memory approval = _signedApproval(0);
        approval.signature = "whatever it takes";
        _equal(_relay(approval), 1);
        _equal(_bits(), 1);
    }

    function test_relay_walletDecidesEvenWhereItsKeySigned() public {
        vm.etch(_approver(0), address(new RefusingWallet()).code);
        _refuseSignature(_signedApproval(0));
    }

    function test_relay_walletWithABadAnswer() public {
        vm.etch(_approver(0), address(new RevertingWallet()).code);
        _refuseSignature(_signedApproval(0));
        vm.etch(_approver(0), address(new SilentWallet()).code);
        _refuseSignature(_signedApproval(0));
        vm.etch(_approver(0), address(new ShortWallet()).code);
        _refuseSignature(_signedApproval(0));
        vm.etch(_approver(0), address(new DirtyWallet()).code);
        _refuseSignature(_signedApproval(0));
    }

    function test_relay_walletMayNotWrite() public {
        vm.etch(_approver(0), address(new WritingWallet()).code);
        _refuseSignature(_signedApproval(0));
    }

    function test_relay_walletWithAHugeAnswer() public {
        vm.etch(_approver(0), address(new VerboseWallet()).code);
        IReleaseRegistry.SignedApproval[] memory approvals = _signedApprovals(2);
        uint256 before = gasleft();
        _equal(_relay(approvals), 2);
        // what the wallet spent on its memory is its bound; nothing of it is copied here
        _true(before - gasleft() < 800_000, "bounded");
    }

    function test_relay_walletThatBurnsAllItGets() public {
        vm.etch(_approver(0), address(new EndlessWallet()).code);
        IReleaseRegistry.SignedApproval[] memory approvals = _signedApprovals(2);
        uint256 before = gasleft();
        _equal(_relay(approvals), 1);
        _true(before - gasleft() < 800_000, "bounded");
        _equal(_bits(), 2);
    }

    // --- shorthands

    function _refuse(IReleaseRegistry.SignedApproval memory approval, bytes4 problem, address account) private {
        _expect(problem, account);
        _relay(approval);
    }

    function _refuseNumber(IReleaseRegistry.SignedApproval memory approval, bytes4 problem, uint256 number) private {
        _expect(problem, number);
        _relay(approval);
    }

    function _refuseSignature(IReleaseRegistry.SignedApproval memory approval) private {
        _refuse(approval, IReleaseRegistry.SignatureInvalid.selector, approval.approver);
    }

    function _refuseForm(bytes memory signature) private {
        IReleaseRegistry.SignedApproval memory approval = _signedApproval(0);
        approval.signature = signature;
        _refuseSignature(approval);
    }

    /// @dev Approver 0 signs something else than what is relayed.
    function _refuseApproval(Approval memory approval) private {
        IReleaseRegistry.SignedApproval memory signed = _signedApproval(0);
        signed.signature = _sign(_keyOf(0), _approvalDigest(registry, approval));
        _refuseSignature(signed);
    }

    function _refuseDomain(bytes32 separator) private {
        IReleaseRegistry.SignedApproval memory signed = _signedApproval(0);
        signed.signature = _sign(_keyOf(0), _approvalDigest(separator, _approvalOf(_approver(0))));
        _refuseSignature(signed);
    }
}
