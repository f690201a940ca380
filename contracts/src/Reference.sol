// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "./IReleaseRegistry.sol";

/// @title Cuts references and models into their parts.
/// @dev `parse` stands where a reference enters the state. Everything else may cut without checks: a text whose hash is
/// the key of a record is a text that `parse` let in, and for any other text there is no record to find.
library Reference {
    uint256 private constant DOT = 0x2e;
    // bit b of a set is byte b
    uint256 private constant DIGITS = 0x3ff << 0x30;
    uint256 private constant UPPER = 0x3ffffff << 0x41;
    uint256 private constant LOWER = 0x3ffffff << 0x61;
    uint256 private constant DOT_AND_DASH = 1 << 0x2e | 1 << 0x2d;
    uint256 private constant PLUS = 1 << 0x2b;
    uint256 private constant UNDERSCORE = 1 << 0x5f;

    uint256 private constant NAME_EDGE = DIGITS | LOWER;
    uint256 private constant NAME = NAME_EDGE | DOT_AND_DASH | UNDERSCORE;
    uint256 private constant VERSION_START = NAME_EDGE | UPPER;
    uint256 private constant VERSION = VERSION_START | DOT_AND_DASH | PLUS;
    uint256 private constant MAX_LENGTH = 64;

    /// @notice Checks every character of name and version; the namespace's were checked when it was claimed.
    /// @return nsEnd where the slash stands
    /// @return modelEnd where the at sign stands
    function parse(string calldata ref) internal pure returns (uint256 nsEnd, uint256 modelEnd) {
        unchecked {
            nsEnd = _span(ref, 0, NAME);
            modelEnd = _span(ref, nsEnd + 1, NAME);
            uint256 end = _span(ref, modelEnd + 1, VERSION);
            // a span may run on into what follows the text, so it is enough that the last one reaches the text's end
            if (end < bytes(ref).length || !_isWellCut(ref, nsEnd, modelEnd)) {
                revert IReleaseRegistry.ReferenceMalformed();
            }
        }
    }

    /// @notice Checks a namespace whole.
    function requireNamespace(string calldata ns) internal pure {
        uint256 length = bytes(ns).length;
        bool good = length != 0 && length <= MAX_LENGTH && _span(ns, 0, NAME) >= length;
        good = good && NAME_EDGE >> _byteAt(ns, 0) & NAME_EDGE >> _byteAt(ns, length - 1) & 1 == 1;
        for (uint256 i = 1; i < length; ++i) {
            if (_byteAt(ns, i - 1) == DOT && _byteAt(ns, i) == DOT) good = false;
        }
        if (!good) revert IReleaseRegistry.NamespaceMalformed();
    }

    /// @notice Where the namespace of a reference or a model ends.
    function nsEndOf(string calldata text) internal pure returns (uint256) {
        return _span(text, 0, NAME);
    }

    /// @notice Where the model of a reference ends.
    function modelEndOf(string calldata ref, uint256 nsEnd) internal pure returns (uint256) {
        return _span(ref, nsEnd + 1, NAME);
    }

    /// @notice The key of a whole reference, model or namespace.
    function keyOf(string calldata text) internal pure returns (bytes32) {
        return hash(text, 0, bytes(text).length);
    }

    /// @notice The key of the namespace that a reference or a model begins with.
    function nsKeyOf(string calldata text) internal pure returns (bytes32) {
        return hash(text, 0, nsEndOf(text));
    }

    /// @notice The keccak256 of a part of a text, copied to where the next allocation overwrites it.
    function hash(string calldata text, uint256 start, uint256 end) internal pure returns (bytes32 key) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            let length := sub(end, start)
            calldatacopy(free, add(text.offset, start), length)
            key := keccak256(free, length)
        }
    }

    /// @dev Name and version have 1 to 64 characters; what stands around the two cuts is what must stand there.
    function _isWellCut(string calldata ref, uint256 nsEnd, uint256 modelEnd) private pure returns (bool good) {
        (uint256 edge, uint256 start) = (NAME_EDGE, VERSION_START);
        assembly ("memory-safe") {
            // an empty name has the at sign for its first character, so only too long is left to see
            good := lt(sub(modelEnd, nsEnd), add(MAX_LENGTH, 2))
            // also when the at sign would stand behind the text's end: the difference wraps
            good := and(good, lt(sub(ref.length, add(modelEnd, 2)), MAX_LENGTH))
            let cut := calldataload(add(ref.offset, nsEnd))
            good := and(good, and(eq(byte(0, cut), 0x2f), shr(byte(1, cut), edge)))
            cut := calldataload(add(ref.offset, sub(modelEnd, 1)))
            good := and(good, and(shr(byte(0, cut), edge), and(eq(byte(1, cut), 0x40), shr(byte(2, cut), start))))
        }
    }

    function _byteAt(string calldata text, uint256 position) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := byte(0, calldataload(add(text.offset, position)))
        }
    }

    /// @dev The first position from `start` on whose byte is not in the set, which lacks byte 0; it may lie behind the
    /// text's end. Two bytes a turn and no look at the length: 50 gas a character against 96.
    function _span(string calldata text, uint256 start, uint256 set) private pure returns (uint256 end) {
        assembly ("memory-safe") {
            let position := add(text.offset, start)
            let pair := calldataload(position)
            for { } and(and(shr(byte(0, pair), set), shr(byte(1, pair), set)), 1) { } {
                position := add(position, 2)
                pair := calldataload(position)
            }
            end := add(sub(position, text.offset), and(shr(byte(0, pair), set), 1))
        }
    }
}
