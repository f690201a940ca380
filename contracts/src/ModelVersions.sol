// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev From the lowest bit: latest 64 | latestApproved 64 | minAllowed 64; each below 2^53.
type ModelVersions is uint256;

using ModelVersionsWord for ModelVersions global;

/// @title A model's three version codes in one word.
library ModelVersionsWord {
    function latest(ModelVersions model) internal pure returns (uint256) {
        return uint64(ModelVersions.unwrap(model));
    }

    function latestApproved(ModelVersions model) internal pure returns (uint256) {
        return uint64(ModelVersions.unwrap(model) >> 64);
    }

    function minAllowed(ModelVersions model) internal pure returns (uint256) {
        return uint64(ModelVersions.unwrap(model) >> 128);
    }

    function withLatest(ModelVersions model, uint256 code) internal pure returns (ModelVersions) {
        return ModelVersions.wrap(ModelVersions.unwrap(model) & ~uint256(type(uint64).max) | code);
    }

    function withLatestApproved(ModelVersions model, uint256 code) internal pure returns (ModelVersions) {
        return ModelVersions.wrap(ModelVersions.unwrap(model) & ~(uint256(type(uint64).max) << 64) | code << 64);
    }

    function withMinAllowed(ModelVersions model, uint256 code) internal pure returns (ModelVersions) {
        return ModelVersions.wrap(uint128(ModelVersions.unwrap(model)) | code << 128);
    }
}
