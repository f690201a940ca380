// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "../src/IReleaseRegistry.sol";
import { RegistryTest } from "./support/RegistryTest.sol";

/// @title What each transaction costs, base cost and calldata included (forge --isolate); rows go to snapshots/.
contract GasTest is RegistryTest {
    string private constant OLDER = "acme/pilot-llm@1.1.0";

    function test_register_first() public {
        _claim(1, 1);
        vm.prank(PUBLISHER);
        registry.register(REF, 1, HIGH, LOW);
        _row("register, first of a model");
    }

    function test_register_later() public {
        _claim(1, 1);
        _register(OLDER, 1);
        vm.prank(PUBLISHER);
        registry.register(REF, 2, HIGH, LOW);
        _row("register, later of a model");
    }

    function test_register_again() public {
        _claim(1, 1);
        _register();
        vm.prank(PUBLISHER);
        registry.register(REF, 1, HIGH, LOW);
        _row("register, the same again");
    }

    function test_approve() public {
        _claim(3, 2);
        _register();
        _approve(0);
        _row("approve, not the last needed");
        _approve(1);
        _row("approve, the last of 2 needed");
        _approve(2);
        _row("approve, one more than needed");
    }

    function test_approve_alone() public {
        _claim(1, 1);
        _register();
        _approve(0);
        _row("approve, the only one needed");
    }

    function test_approveBySignature_1() public {
        _claim(3, 3);
        _register();
        _relay(_signedApprovals(1));
        _row("approveBySignature, 1 of 3 needed");
    }

    function test_approveBySignature_3() public {
        _claim(3, 3);
        _register();
        _relay(_signedApprovals(3));
        _row("approveBySignature, 3 of 3 needed");
    }

    function test_revoke() public {
        _claim(1, 1);
        _register();
        vm.prank(GUARDIAN);
        registry.revoke(REF, 2, "CVE-2026-1234");
        _row("revoke, with a text of 13 characters");
    }

    function test_revoke_silent() public {
        _claim(1, 1);
        _register();
        vm.prank(GUARDIAN);
        registry.revoke(REF, 2, "");
        _row("revoke");
    }

    function test_requireVersion() public {
        _claim(1, 1);
        _register();
        _approve(0);
        vm.prank(GUARDIAN);
        registry.requireVersion(MODEL, 1);
        _row("requireVersion");
    }

    function test_claim() public {
        IReleaseRegistry.Approver[] memory approvers = _approvers(3);
        _commit(NS, PUBLISHER, GUARDIAN, approvers, 2);
        _row("commit");
        vm.roll(block.number + 1);
        vm.prank(PUBLISHER);
        registry.claim(NS, GUARDIAN, approvers, 2, SALT);
        _row("claim, 3 approvers");
    }

    function test_configure() public {
        _claim(3, 2);
        IReleaseRegistry.Approver[] memory approvers = _approvers(4);
        (approvers[0], approvers[3]) = (approvers[3], approvers[0]);
        IReleaseRegistry.Approver[] memory changed = _approvers(3);
        changed[0] = approvers[0];
        _configure(changed, 2, 2);
        _row("configure, 2 signatures, 1 approver replaced");
    }

    function test_deploy() public {
        vm.snapshotValue("ReleaseRegistry", "runtime code, bytes", address(registry).code.length);
    }

    function _row(string memory name) private {
        vm.snapshotValue("ReleaseRegistry", name, vm.lastCallGas().gasTotalUsed);
    }
}
