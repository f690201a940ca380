// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev From the lowest bit: publisher 160 | versionCode 53 | status 3 | reason 3 | approvals 32 | threshold - 1 5.
type ReleaseMeta is uint256;

using ReleaseMetas for ReleaseMeta global;

/// @title The first word of a release's record.
library ReleaseMetas {
    uint256 internal constant VERSION_CODE_LIMIT = 1 << 53;

    uint256 internal constant PENDING = 1;
    uint256 internal constant APPROVED = 2;
    uint256 internal constant REVOKED = 3;
    uint256 internal constant LAST_REASON = 6;

    uint256 private constant VERSION_CODE_AT = 160;
    uint256 private constant STATUS_AT = 213;
    uint256 private constant REASON_AT = 216;
    uint256 private constant APPROVALS_AT = 219;
    uint256 private constant THRESHOLD_AT = 251;
    uint256 private constant STATUS_MASK = 7 << STATUS_AT;

    function pending(address by, uint256 code, uint256 needed) internal pure returns (ReleaseMeta) {
        return
            ReleaseMeta.wrap(uint160(by) | code << VERSION_CODE_AT | PENDING << STATUS_AT | needed - 1 << THRESHOLD_AT);
    }

    function isNone(ReleaseMeta meta) internal pure returns (bool) {
        return ReleaseMeta.unwrap(meta) == 0;
    }

    function publisher(ReleaseMeta meta) internal pure returns (address) {
        return address(uint160(ReleaseMeta.unwrap(meta)));
    }

    function versionCode(ReleaseMeta meta) internal pure returns (uint256) {
        return ReleaseMeta.unwrap(meta) >> VERSION_CODE_AT & VERSION_CODE_LIMIT - 1;
    }

    function status(ReleaseMeta meta) internal pure returns (uint256) {
        return ReleaseMeta.unwrap(meta) >> STATUS_AT & 7;
    }

    function reason(ReleaseMeta meta) internal pure returns (uint256) {
        return ReleaseMeta.unwrap(meta) >> REASON_AT & 7;
    }

    function approvals(ReleaseMeta meta) internal pure returns (uint256) {
        return uint32(ReleaseMeta.unwrap(meta) >> APPROVALS_AT);
    }

    function hasApproval(ReleaseMeta meta, uint256 index) internal pure returns (bool) {
        return ReleaseMeta.unwrap(meta) >> APPROVALS_AT + index & 1 == 1;
    }

    /// @dev Of a record that exists.
    function threshold(ReleaseMeta meta) internal pure returns (uint256) {
        return (ReleaseMeta.unwrap(meta) >> THRESHOLD_AT) + 1;
    }

    function withApproval(ReleaseMeta meta, uint256 index) internal pure returns (ReleaseMeta) {
        return ReleaseMeta.wrap(ReleaseMeta.unwrap(meta) | 1 << APPROVALS_AT + index);
    }

    function approved(ReleaseMeta meta) internal pure returns (ReleaseMeta) {
        return ReleaseMeta.wrap(ReleaseMeta.unwrap(meta) & ~STATUS_MASK | APPROVED << STATUS_AT);
    }

    function revoked(ReleaseMeta meta, uint256 why) internal pure returns (ReleaseMeta) {
        return ReleaseMeta.wrap(ReleaseMeta.unwrap(meta) | REVOKED << STATUS_AT | why << REASON_AT);
    }
}
