// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev From the lowest bit: publisher 160 | epoch 32 | threshold 8 | active approvers 32 | approvers ever 8.
type NamespaceWord is uint256;

using NamespaceWords for NamespaceWord global;

/// @title What is read of a namespace at every registration, in one word.
library NamespaceWords {
    uint256 private constant EPOCH_AT = 160;
    uint256 private constant THRESHOLD_AT = 192;
    uint256 private constant ACTIVE_AT = 200;
    uint256 private constant EVER_AT = 232;

    function pack(address by, uint256 atEpoch, uint256 needed, uint256 mask, uint256 count)
        internal
        pure
        returns (NamespaceWord)
    {
        return NamespaceWord.wrap(
            uint160(by) | atEpoch << EPOCH_AT | needed << THRESHOLD_AT | mask << ACTIVE_AT | count << EVER_AT
        );
    }

    function publisher(NamespaceWord word) internal pure returns (address) {
        return address(uint160(NamespaceWord.unwrap(word)));
    }

    function epoch(NamespaceWord word) internal pure returns (uint256) {
        return uint32(NamespaceWord.unwrap(word) >> EPOCH_AT);
    }

    function threshold(NamespaceWord word) internal pure returns (uint256) {
        return uint8(NamespaceWord.unwrap(word) >> THRESHOLD_AT);
    }

    function active(NamespaceWord word) internal pure returns (uint256) {
        return uint32(NamespaceWord.unwrap(word) >> ACTIVE_AT);
    }

    function ever(NamespaceWord word) internal pure returns (uint256) {
        return NamespaceWord.unwrap(word) >> EVER_AT;
    }
}
