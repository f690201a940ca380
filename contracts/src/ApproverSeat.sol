// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev role 248 bits on the left | active 1 bit | index 7 bits; zero for who never approved.
type ApproverSeat is uint256;

using ApproverSeats for ApproverSeat global;

/// @title Which index an account holds or held last in a namespace, and for which role.
library ApproverSeats {
    uint256 private constant ACTIVE = 0x80;

    function taken(uint256 atIndex, bytes32 inRole) internal pure returns (ApproverSeat) {
        return ApproverSeat.wrap(uint256(inRole) | ACTIVE | atIndex);
    }

    function left(ApproverSeat seat) internal pure returns (ApproverSeat) {
        return ApproverSeat.wrap(ApproverSeat.unwrap(seat) & ~ACTIVE);
    }

    function isActive(ApproverSeat seat) internal pure returns (bool) {
        return ApproverSeat.unwrap(seat) & ACTIVE != 0;
    }

    /// @dev Of an account that has or had a seat.
    function index(ApproverSeat seat) internal pure returns (uint256) {
        return ApproverSeat.unwrap(seat) & ACTIVE - 1;
    }

    function role(ApproverSeat seat) internal pure returns (bytes32) {
        return bytes32(ApproverSeat.unwrap(seat) & ~uint256(0xff));
    }
}
