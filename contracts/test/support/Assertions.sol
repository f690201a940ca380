// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Vm } from "./Vm.sol";

/// @title What a test needs of a framework.
abstract contract Assertions {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error Unequal(bytes actual, bytes expected);
    error Untrue(string claim);

    function _equal(uint256 actual, uint256 expected) internal pure {
        _equal(bytes32(actual), bytes32(expected));
    }

    function _equal(address actual, address expected) internal pure {
        _equal(bytes32(uint256(uint160(actual))), bytes32(uint256(uint160(expected))));
    }

    function _equal(bytes32 actual, bytes32 expected) internal pure {
        if (actual != expected) revert Unequal(bytes.concat(actual), bytes.concat(expected));
    }

    function _equal(bytes memory actual, bytes memory expected) internal pure {
        if (keccak256(actual) != keccak256(expected)) revert Unequal(actual, expected);
    }

    function _true(bool holds, string memory claim) internal pure {
        if (!holds) revert Untrue(claim);
    }

    /// @dev The next call must revert with exactly these bytes.
    function _expect(bytes memory failure) internal {
        vm.expectRevert(failure);
    }

    function _expect(bytes4 failure) internal {
        vm.expectRevert(abi.encodePacked(failure));
    }

    function _expect(bytes4 failure, address account) internal {
        vm.expectRevert(abi.encodeWithSelector(failure, account));
    }

    function _expect(bytes4 failure, uint256 number) internal {
        vm.expectRevert(abi.encodeWithSelector(failure, number));
    }

    function _expect(bytes4 failure, bytes32 high, bytes32 low) internal {
        vm.expectRevert(abi.encodeWithSelector(failure, high, low));
    }
}
