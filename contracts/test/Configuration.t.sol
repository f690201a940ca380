// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "../src/IReleaseRegistry.sol";
import { RegistryTest } from "./support/RegistryTest.sol";
import { ConsentingWallet } from "./support/Wallets.sol";

/// @title How a namespace's members are replaced.
contract ConfigurationTest is RegistryTest {
    function setUp() public override {
        super.setUp();
        _claim(3, 2);
    }

    // --- what it does

    function test_configure_replacesEverything() public {
        IReleaseRegistry.Config memory config = _changed();
        IReleaseRegistry.ConfigSignature[] memory signatures = _configSignatures(config, 2);
        vm.prank(STRANGER);
        _expectEvent();
        emit IReleaseRegistry.NamespaceConfigured(NS_KEY, 2);
        registry.configure(config, signatures);
        _equalMembers(_approver(20), _approver(21), 2, 1, 9);
        (,,,,, IReleaseRegistry.Approver[] memory ever) = registry.namespaceOf(NS);
        _equal(ever.length, 4);
        _equal(ever[0].role, LEGAL);
        _equal(ever[3].key, _approver(3));
        _equal(ever[3].role, SECURITY);
    }

    function test_configure_takesEffectAtOnce() public {
        _register();
        IReleaseRegistry.Config memory config = _changed();
        registry.configure(config, _configSignatures(config, 2));
        vm.prank(PUBLISHER);
        _expect(IReleaseRegistry.NotPublisher.selector, PUBLISHER);
        registry.register("acme/pilot-llm@2", 2, HIGH, LOW);
        vm.prank(GUARDIAN);
        _expect(IReleaseRegistry.NotGuardian.selector, GUARDIAN);
        registry.revoke(REF, 1, "");
        vm.prank(_approver(20));
        registry.register("acme/pilot-llm@2", 2, HIGH, LOW);
        vm.prank(_approver(21));
        registry.revoke(REF, 1, "");
    }

    function test_configure_theOrderOfMembersMovesNoIndex() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(3);
        (approvers[0], approvers[2]) = (approvers[2], approvers[0]);
        _configure(approvers, 2, 2);
        (,,,, uint32 active, IReleaseRegistry.Approver[] memory ever) = registry.namespaceOf(NS);
        _equal(active, 7);
        _equal(abi.encode(ever), abi.encode(_approvers(3)));
    }

    // --- who signs

    function test_configure_belowTheThreshold() public {
        IReleaseRegistry.Config memory config = _changed();
        _refuse(config, _configSignatures(config, 1), _notSigned(1, 2));
        _refuse(config, new IReleaseRegistry.ConfigSignature[](0), _notSigned(0, 2));
        _equalMembers(PUBLISHER, GUARDIAN, 1, 2, 7);
    }

    function test_configure_byThePublisherAlone() public {
        IReleaseRegistry.Config memory config = _changed();
        vm.prank(PUBLISHER);
        _expect(_notSigned(0, 2));
        registry.configure(config, new IReleaseRegistry.ConfigSignature[](0));
    }

    function test_configure_signedByPublisherAndGuardian() public {
        IReleaseRegistry.Config memory config =
            IReleaseRegistry.Config("keyed", _approver(10), _approver(11), _approvers(2), 1, 1, NOW);
        _claim("keyed", _approver(10), _approver(11), _approvers(2), 1);
        IReleaseRegistry.ConfigSignature[] memory signatures = new IReleaseRegistry.ConfigSignature[](2);
        signatures[0] = _signature(10, config);
        signatures[1] = _signature(11, config);
        _refuse(config, signatures, _notSigned(0, 1));
    }

    function test_configure_aSignerCountsOnce() public {
        IReleaseRegistry.Config memory config = _changed();
        IReleaseRegistry.ConfigSignature[] memory signatures = _configSignatures(config, 3);
        signatures[1] = signatures[0];
        signatures[2] = signatures[0];
        _refuse(config, signatures, _notSigned(1, 2));
    }

    function test_configure_badSignaturesAreSkipped() public {
        IReleaseRegistry.Config memory config = _changed();
        IReleaseRegistry.ConfigSignature[] memory signatures = new IReleaseRegistry.ConfigSignature[](5);
        signatures[0] = IReleaseRegistry.ConfigSignature(_approver(0), "");
        signatures[1] = _signature(9, config);
        signatures[2] = _signature(0, config);
        signatures[3] = IReleaseRegistry.ConfigSignature(address(0), new bytes(65));
        signatures[4] = _signature(2, config);
        registry.configure(config, signatures);
        (,, uint64 epoch,,,) = registry.namespaceOf(NS);
        _equal(epoch, 2);
    }

    /// @dev The present members decide, not those that the configuration names.
    function test_configure_signedByTheNewMembers() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(2);
        (approvers[0].key, approvers[1].key) = (_approver(5), _approver(6));
        IReleaseRegistry.Config memory config = _config(approvers, 1);
        IReleaseRegistry.ConfigSignature[] memory signatures = new IReleaseRegistry.ConfigSignature[](2);
        signatures[0] = _signature(5, config);
        signatures[1] = _signature(6, config);
        _refuse(config, signatures, _notSigned(0, 2));
    }

    function test_configure_signedByARemovedApprover() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(3);
        approvers[0].key = _approver(3);
        _configure(approvers, 2, 2);
        IReleaseRegistry.Config memory config = _config(_approvers(3), 2);
        _refuse(config, _configSignatures(config, 2), _notSigned(1, 2));
    }

    function test_configure_theCurrentThresholdDecides() public {
        _configure(_approvers(3), 3, 2);
        IReleaseRegistry.Config memory config = _config(_approvers(3), 1);
        _refuse(config, _configSignatures(config, 2), _notSigned(2, 3));
        registry.configure(config, _configSignatures(config, 3));
        config = _config(_approvers(3), 3);
        registry.configure(config, _configSignatures(config, 1));
    }

    function test_configure_aWalletSigns() public {
        vm.etch(_approver(0), address(new ConsentingWallet()).code);
        IReleaseRegistry.Config memory config = _changed();
        IReleaseRegistry.ConfigSignature[] memory signatures = _configSignatures(config, 2);
        signatures[0].signature = "";
        registry.configure(config, signatures);
        (,, uint64 epoch,,,) = registry.namespaceOf(NS);
        _equal(epoch, 2);
    }

    // --- what was signed

    function test_configure_anotherConfigurationThanSigned() public {
        IReleaseRegistry.ConfigSignature[] memory signatures = _configSignatures(_changed(), 2);
        IReleaseRegistry.Config memory config = _changed();
        config.publisher = STRANGER;
        _refuse(config, signatures, _notSigned(0, 2));
        config = _changed();
        config.guardian = STRANGER;
        _refuse(config, signatures, _notSigned(0, 2));
        config = _changed();
        config.threshold = 2;
        _refuse(config, signatures, _notSigned(0, 2));
        config = _changed();
        config.deadline += 1;
        _refuse(config, signatures, _notSigned(0, 2));
    }

    function test_configure_otherApproversThanSigned() public {
        IReleaseRegistry.ConfigSignature[] memory signatures = _configSignatures(_changed(), 2);
        IReleaseRegistry.Config memory config = _changed();
        config.approvers[0].key = STRANGER;
        _refuse(config, signatures, _notSigned(0, 2));
        config = _changed();
        config.approvers[1].role = LEGAL;
        _refuse(config, signatures, _notSigned(0, 2));
        config = _changed();
        (config.approvers[0], config.approvers[1]) = (config.approvers[1], config.approvers[0]);
        _refuse(config, signatures, _notSigned(0, 2));
        config.approvers = _approvers(1);
        _refuse(config, signatures, _notSigned(0, 2));
    }

    /// @dev The same members keep two namespaces: a signature for one is none for the other.
    function test_configure_anotherNamespaceThanSigned() public {
        _claim("acme2", PUBLISHER, GUARDIAN, _approvers(3), 2);
        IReleaseRegistry.Config memory config = _changed();
        IReleaseRegistry.ConfigSignature[] memory signatures = _configSignatures(config, 2);
        config.ns = "acme2";
        _refuse(config, signatures, _notSigned(0, 2));
        config.ns = "nobodys";
        _refuse(config, signatures, abi.encodeWithSelector(IReleaseRegistry.NamespaceUnknown.selector));
    }

    function test_configure_anotherChainIdOrContract() public {
        IReleaseRegistry.Config memory config = _changed();
        IReleaseRegistry elsewhere = IReleaseRegistry(vm.deployCode("ReleaseRegistry.sol:ReleaseRegistry"));
        IReleaseRegistry.ConfigSignature[] memory signatures = _configSignatures(config, 1);
        signatures[0].signature = _sign(_keyOf(0), _configDigest(elsewhere, config));
        _refuse(config, signatures, _notSigned(0, 2));
        vm.chainId(block.chainid + 1);
        bytes memory problem = abi.encodeWithSelector(IReleaseRegistry.ChainMismatch.selector, block.chainid);
        _refuse(config, _configSignatures(config, 2), problem);
    }

    // --- epoch and deadline

    function test_configure_anotherEpoch() public {
        IReleaseRegistry.Config memory config = _changed();
        for (uint64 epoch = 0; epoch <= 2; epoch += 2) {
            config.epoch = epoch;
            _refuse(config, _configSignatures(config, 3), _epoch(1));
        }
    }

    function test_configure_replayed() public {
        IReleaseRegistry.Config memory config = _config(_approvers(3), 2);
        IReleaseRegistry.ConfigSignature[] memory signatures = _configSignatures(config, 2);
        registry.configure(config, signatures);
        _refuse(config, signatures, _epoch(2));
    }

    function test_configure_atAndAfterTheDeadline() public {
        IReleaseRegistry.Config memory config = _changed();
        IReleaseRegistry.ConfigSignature[] memory signatures = _configSignatures(config, 2);
        vm.warp(NOW + 1 days + 1);
        _refuse(config, signatures, abi.encodeWithSelector(IReleaseRegistry.DeadlinePassed.selector, NOW + 1 days));
        vm.warp(NOW + 1 days);
        registry.configure(config, signatures);
    }

    // --- bounds of the new members

    function test_configure_badMembers() public {
        IReleaseRegistry.Config memory config = _changed();
        config.publisher = address(0);
        _refuseSigned(config, abi.encodeWithSelector(IReleaseRegistry.PublisherZero.selector));
        config = _changed();
        config.guardian = address(0);
        _refuseSigned(config, abi.encodeWithSelector(IReleaseRegistry.GuardianZero.selector));
        config = _changed();
        config.publisher = _approver(0);
        _refuseSigned(config, abi.encodeWithSelector(IReleaseRegistry.ApproverIsPublisher.selector, _approver(0)));
        config = _changed();
        config.guardian = _approver(0);
        _refuseSigned(config, abi.encodeWithSelector(IReleaseRegistry.ApproverIsGuardian.selector, _approver(0)));
        config = _changed();
        config.approvers[1].key = address(0);
        _refuseSigned(config, abi.encodeWithSelector(IReleaseRegistry.ApproverZero.selector));
    }

    /// @dev Of a member who stays, in his role or in another, and of one who comes.
    function test_configure_approverTwice() public {
        for (uint256 i = 0; i < 2; ++i) {
            IReleaseRegistry.Config memory config = _changed();
            config.approvers[1 - i].key = config.approvers[i].key;
            address twice = config.approvers[i].key;
            bytes memory problem = abi.encodeWithSelector(IReleaseRegistry.ApproverDuplicate.selector, twice);
            _refuseSigned(config, problem);
            config.approvers[1 - i].role = config.approvers[i].role;
            _refuseSigned(config, problem);
        }
    }

    function test_configure_thresholds() public {
        IReleaseRegistry.Config memory config = _changed();
        config.threshold = 0;
        _refuseSigned(config, abi.encodeWithSelector(IReleaseRegistry.ThresholdInvalid.selector, 0, 2));
        config.threshold = 3;
        _refuseSigned(config, abi.encodeWithSelector(IReleaseRegistry.ThresholdInvalid.selector, 3, 2));
        config.threshold = 2;
        registry.configure(config, _configSignatures(config, 2));
    }

    /// @dev 3 seats of the claim and 29 more: the 33rd there is never to be.
    function test_configure_32SeatsInANamespacesLife() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(3);
        for (uint256 i = 3; i < 32; ++i) {
            approvers[2].key = _approver(i);
            _configure(approvers, 2, 2);
        }
        (,,,, uint32 active, IReleaseRegistry.Approver[] memory ever) = registry.namespaceOf(NS);
        _equal(active, uint256(1) << 31 | 3);
        _equal(ever.length, 32);
        approvers[2].key = _approver(32);
        _refuseSigned(_config(approvers, 2), _limit());
        approvers[2].key = _approver(2);
        _refuseSigned(_config(approvers, 2), _limit());
        _configure(_approvers(2), 2, 2);
        (, address guardian,,, uint32 left,) = registry.namespaceOf(NS);
        _equal(left, 3);
        _equal(guardian, GUARDIAN);
    }

    // --- shorthands

    /// @return config everything new but approver 0: publisher, guardian, a second approver, threshold 1
    function _changed() private view returns (IReleaseRegistry.Config memory config) {
        IReleaseRegistry.Approver[] memory approvers = _approvers(2);
        approvers[1] = IReleaseRegistry.Approver(_approver(3), SECURITY);
        config = _config(approvers, 1);
        (config.publisher, config.guardian) = (_approver(20), _approver(21));
    }

    function _signature(uint256 i, IReleaseRegistry.Config memory config)
        private
        view
        returns (IReleaseRegistry.ConfigSignature memory)
    {
        return IReleaseRegistry.ConfigSignature(_approver(i), _sign(_keyOf(i), _configDigest(registry, config)));
    }

    function _refuse(
        IReleaseRegistry.Config memory config,
        IReleaseRegistry.ConfigSignature[] memory signatures,
        bytes memory problem
    ) private {
        _expect(problem);
        registry.configure(config, signatures);
    }

    function _refuseSigned(IReleaseRegistry.Config memory config, bytes memory problem) private {
        _refuse(config, _configSignatures(config, 2), problem);
    }

    function _notSigned(uint256 counted, uint8 threshold) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IReleaseRegistry.ConfigNotSigned.selector, counted, threshold);
    }

    function _epoch(uint64 current) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IReleaseRegistry.EpochMismatch.selector, current);
    }

    function _limit() private pure returns (bytes memory) {
        return abi.encodeWithSelector(IReleaseRegistry.ApproverLimit.selector);
    }

    function _equalMembers(address publisher, address guardian, uint64 epoch, uint8 threshold, uint32 active)
        private
        view
    {
        (address publisherIs, address guardianIs, uint64 epochIs, uint8 thresholdIs, uint32 activeIs,) =
            registry.namespaceOf(NS);
        _equal(publisherIs, publisher);
        _equal(guardianIs, guardian);
        _equal(epochIs, epoch);
        _equal(thresholdIs, threshold);
        _equal(activeIs, active);
    }
}
