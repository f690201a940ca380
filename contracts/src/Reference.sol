// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "./IReleaseRegistry.sol";

/// @title Cuts references and models into their parts.
/// @dev `parse` is for the one place where a reference enters the state. Whoever looks a known record up may use the
/// lenient cuts: a text whose hash is a known key is a text that `parse` let in.
library Reference {
    uint256 private constant DIGITS = 0x3ff << 48;
    uint256 private constant LOWER = 0x3ffffff << 97;
    uint256 private constant UPPER = 0x3ffffff << 65;
    uint256 private constant NAME_EDGE = DIGITS | LOWER;
    // . - _
    uint256 private constant NAME = NAME_EDGE | 1 << 46 | 1 << 45 | 1 << 95;
    uint256 private constant VERSION_START = NAME_EDGE | UPPER;
    // . - +
    uint256 private constant VERSION = VERSION_START | 1 << 46 | 1 << 45 | 1 << 43;
    uint256 private constant MAX_LENGTH = 64;

    /// @notice Checks every character of name and version; the namespace's were checked when it was claimed.
    /// @return slash where `/` stands
    /// @return mark where `@` stands
    function parse(string calldata ref) internal pure returns (uint256 slash, uint256 mark) {
        slash = _span(ref, 0, NAME);
        mark = _span(ref, slash + 1, NAME);
        uint256 start = mark + 1;
        uint256 end = _span(ref, start, VERSION);
        if (
            !(_isAt(ref, slash, 1 << 0x2f) && _isAt(ref, mark, 1 << 0x40) && _isName(ref, slash + 1, mark)
                    && _isAt(ref, start, VERSION_START) && end == bytes(ref).length && end - start <= MAX_LENGTH)
        ) revert IReleaseRegistry.ReferenceMalformed();
    }

    /// @notice Checks a namespace whole.
    function requireNamespace(string calldata ns) internal pure {
        uint256 length = bytes(ns).length;
        bool good = _span(ns, 0, NAME) == length && _isName(ns, 0, length);
        for (uint256 i = 1; good && i < length; ++i) {
            good = bytes(ns)[i - 1] != "." || bytes(ns)[i] != ".";
        }
        if (!good) revert IReleaseRegistry.NamespaceMalformed();
    }

    /// @notice The key of the namespace that a reference or a model begins with.
    function namespaceKey(string calldata text) internal pure returns (bytes32) {
        return keccak256(bytes(text)[:_find(text, ~uint256(1 << 0x2f))]);
    }

    /// @notice Where the `@` of a known reference stands.
    function versionMark(string calldata ref) internal pure returns (uint256) {
        return _find(ref, ~uint256(1 << 0x40));
    }

    function _find(string calldata text, uint256 others) private pure returns (uint256 position) {
        position = _span(text, 0, others);
        if (position == bytes(text).length) revert IReleaseRegistry.ReferenceMalformed();
    }

    function _isName(string calldata text, uint256 start, uint256 end) private pure returns (bool) {
        return end - start <= MAX_LENGTH && _isAt(text, start, NAME_EDGE) && _isAt(text, end - 1, NAME_EDGE);
    }

    function _isAt(string calldata text, uint256 position, uint256 charset) private pure returns (bool) {
        return position < bytes(text).length && charset >> uint8(bytes(text)[position]) & 1 == 1;
    }

    /// @dev First position from `start` on, at most the length, whose byte is not in the set; bit b of the set is byte b.
    function _span(string calldata text, uint256 start, uint256 charset) private pure returns (uint256 end) {
        assembly ("memory-safe") {
            end := start
            for { } lt(end, text.length) { end := add(end, 1) } {
                if iszero(and(shr(byte(0, calldataload(add(text.offset, end))), charset), 1)) { break }
            }
        }
    }
}
