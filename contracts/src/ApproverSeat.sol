// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev role 248 bits on the left | removed 1 bit (0x80) | index + 1 in the 7 lowest bits; zero for who never approved.
type ApproverSeat is uint256;

using ApproverSeats for ApproverSeat global;

/// @title Which index an account holds or held in a namespace, and for which role.
library ApproverSeats {
    uint256 private constant REMOVED = 0x80;

    function taken(uint256 atIndex, bytes32 inRole) internal pure returns (ApproverSeat) {
        return ApproverSeat.wrap(uint256(inRole) | atIndex + 1);
    }

    function left(ApproverSeat seat) internal pure returns (ApproverSeat) {
        return ApproverSeat.wrap(ApproverSeat.unwrap(seat) | REMOVED);
    }

    function isActive(ApproverSeat seat) internal pure returns (bool) {
        uint256 low = uint8(ApproverSeat.unwrap(seat));
        return low != 0 && low < REMOVED;
    }

    /// @dev Of an account that has or had a seat.
    function index(ApproverSeat seat) internal pure returns (uint256) {
        return (ApproverSeat.unwrap(seat) & REMOVED - 1) - 1;
    }

    function role(ApproverSeat seat) internal pure returns (bytes32) {
        return bytes32(ApproverSeat.unwrap(seat) & ~uint256(0xff));
    }
}
