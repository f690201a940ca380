// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { RegistryHandler } from "./support/RegistryHandler.sol";
import { RegistryTest } from "./support/RegistryTest.sol";

/// @title What no sequence of deeds breaks.
contract InvariantsTest is RegistryTest {
    RegistryHandler private _handler;

    function setUp() public override {
        super.setUp();
        _claim(3, 2);
        _handler = new RegistryHandler(registry);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_everyPromiseHolds() public view {
        _equal(bytes(_handler.broken()), "");
    }

    /// @dev The deeds do reach every state: else the promises would hold for want of trying.
    function test_handler_reachesEveryState() public {
        _handler.register(0, 1, false);
        _handler.approve(0, 0);
        _handler.approveBySignature(0, 1, 1);
        _equal(_handler.done("approveBySignature"), 1);
        _handler.requireVersion(1, false);
        _handler.configure(0x13a, 2, 0);
        _handler.register(1, 1, true);
        _handler.revoke(0, 1, false);
        _equal(_handler.done("register"), 2);
        _equal(_handler.done("approve"), 1);
        _equal(_handler.done("requireVersion"), 1);
        _equal(_handler.done("configure"), 1);
        _equal(_handler.done("revoke"), 1);
        (,, uint8 status,,,,,) = registry.release(_handler.refOf(0));
        _equal(status, 3);
        _equalVersions(2, 1, 1);
        _equal(bytes(_handler.broken()), "");
    }
}
