// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What a registry of model releases offers.
/// @notice A namespace's publisher registers releases, its approvers approve them, its guardian revokes them.
/// A reference is namespace, slash, name, at sign, version; a model is namespace, slash, name; a key is the keccak256 of
/// those UTF-8 bytes.
interface IReleaseRegistry {
    /// @param key the account that approves
    /// @param role a short text such as `legal`, at most 31 bytes, padded with zeros on the right
    struct Approver {
        address key;
        bytes32 role;
    }

    /// @param approver who signed the `Approval`
    /// @param deadline last Unix second at which the approval may arrive
    /// @param signature 65 bytes r, s, v; or whatever the approver's ERC-1271 contract takes
    struct SignedApproval {
        address approver;
        uint64 deadline;
        bytes signature;
    }

    /// @param approver who signed the `Config`
    /// @param signature as in `SignedApproval`
    struct ConfigSignature {
        address approver;
        bytes signature;
    }

    /// @param ns the namespace
    /// @param publisher the only account that registers
    /// @param guardian the only account that revokes and raises `minAllowed`
    /// @param approvers the complete new set
    /// @param threshold approvals that a release registered from now on needs
    /// @param epoch the epoch that this configuration replaces
    /// @param deadline last Unix second at which the configuration may arrive
    struct Config {
        string ns;
        address publisher;
        address guardian;
        Approver[] approvers;
        uint8 threshold;
        uint64 epoch;
        uint64 deadline;
    }

    event NamespaceClaimed(bytes32 indexed nsKey, string ns);
    event NamespaceConfigured(bytes32 indexed nsKey, uint64 epoch);
    event ReleaseRegistered(bytes32 indexed releaseKey, string ref);
    event ReleaseApproved(bytes32 indexed releaseKey, address indexed approver, uint8 index, bool approved);
    event ReleaseRevoked(bytes32 indexed releaseKey, uint8 reason, string text);
    event MinAllowedRaised(bytes32 indexed modelKey, uint64 versionCode);

    error ReferenceMalformed();
    error NamespaceMalformed();
    error NamespaceTaken();
    error NamespaceUnknown();

    error CommitmentUnknown();
    error CommitmentTooEarly();
    error CommitmentExpired();

    error NotPublisher(address account);
    error NotGuardian(address account);
    error NotApprover(address account);

    error PublisherZero();
    error GuardianZero();
    error ApproverZero();
    error ApproverIsPublisher(address account);
    error ApproverIsGuardian(address account);
    error ApproverDuplicate(address account);
    error ApproverLimit();
    error RoleTooLong(bytes32 role);
    error ThresholdInvalid(uint8 threshold, uint256 approvers);

    error ReleaseUnknown();
    error ReleaseIsRevoked();
    error ReleaseConflict(bytes32 high, bytes32 low);
    error DigestZero();
    error DigestMismatch(bytes32 high, bytes32 low);
    error VersionCodeMismatch(uint64 versionCode);
    error VersionCodeNotRising(uint64 latest);
    error VersionCodeJump(uint64 latest);
    error VersionCodeTooHigh(uint64 versionCode);
    error ReasonInvalid(uint8 reason);
    error MinAllowedNotRising(uint64 minAllowed);
    error MinAllowedTooHigh(uint64 latestApproved);

    error ChainMismatch(uint256 chainId);
    error EpochMismatch(uint64 current);
    error DeadlinePassed(uint64 deadline);
    error SignatureInvalid(address approver);
    error AlreadyApproved(address approver);
    error ApprovalsMissing();
    error ConfigNotSigned(uint256 counted, uint8 threshold);

    /// @notice Announces a claim without telling which. A commitment that still lives keeps its block.
    /// @param commitment what `commitmentOf` gives
    function commit(bytes32 commitment) external;

    /// @notice Makes the sender the publisher of a namespace, for ever out of the pool, 1 to 256 blocks after `commit`.
    /// @param ns the namespace
    /// @param guardian may be the publisher, never an approver
    /// @param approvers 1 to 32, neither publisher nor guardian among them
    /// @param threshold 1 to the number of approvers
    /// @param salt what the commitment was made with
    function claim(string calldata ns, address guardian, Approver[] calldata approvers, uint8 threshold, bytes32 salt)
        external;

    /// @notice Replaces a namespace's whole configuration and raises its epoch by one; anyone may relay it.
    /// @param config what the current approvers signed (EIP-712 `Config`)
    /// @param signatures of at least the current threshold of current approvers; invalid and repeated ones are skipped
    function configure(Config calldata config, ConfigSignature[] calldata signatures) external;

    /// @notice Records a release as pending. The same record again is success without any change.
    /// @param ref the reference
    /// @param versionCode above the model's latest by 1 to 2^32, below 2^53
    /// @param digestHigh the first 32 bytes of the release digest, not zero
    /// @param digestLow the last 32 bytes of the release digest, not zero
    function register(string calldata ref, uint64 versionCode, bytes32 digestHigh, bytes32 digestLow) external;

    /// @notice Records the sender's approval of a release; the one that reaches the threshold makes it approved.
    /// @param ref the reference
    /// @param versionCode as registered
    /// @param digestHigh as registered
    /// @param digestLow as registered
    function approve(string calldata ref, uint64 versionCode, bytes32 digestHigh, bytes32 digestLow) external;

    /// @notice Records signed approvals, relayed by anyone; bad ones are skipped.
    /// @dev With none counted it reverts for the reason of the first.
    /// @param ref the reference
    /// @param versionCode as registered
    /// @param digestHigh as registered
    /// @param digestLow as registered
    /// @param epoch the namespace's current epoch
    /// @param approvals EIP-712 `Approval`s
    /// @return counted how many were recorded
    function approveBySignature(
        string calldata ref,
        uint64 versionCode,
        bytes32 digestHigh,
        bytes32 digestLow,
        uint64 epoch,
        SignedApproval[] calldata approvals
    ) external returns (uint256 counted);

    /// @notice Ends a release for good. Guardian only.
    /// @param ref the reference
    /// @param reason 1 other, 2 security, 3 license, 4 quality, 5 key-compromise, 6 legal
    /// @param text for people; kept in the log alone
    function revoke(string calldata ref, uint8 reason, string calldata text) external;

    /// @notice Raises the lowest version code that devices may accept. Guardian only.
    /// @param model `ns/name`
    /// @param versionCode above the present `minAllowed`, at most `latestApproved`
    function requireVersion(string calldata model, uint64 versionCode) external;

    /// @notice The commitment to a claim: binds the claimant, the namespace, the salt and the whole configuration.
    /// @param sender who will call `claim`
    /// @param ns as in `claim`
    /// @param guardian as in `claim`
    /// @param approvers as in `claim`
    /// @param threshold as in `claim`
    /// @param salt 32 random bytes
    /// @return the keccak256 of the ABI encoding of all six
    function commitmentOf(
        address sender,
        string calldata ns,
        address guardian,
        Approver[] calldata approvers,
        uint8 threshold,
        bytes32 salt
    ) external pure returns (bytes32);

    /// @notice A release's record; all zero when there is none.
    /// @param ref the reference
    /// @return publisher who registered it
    /// @return versionCode its place in the model's order
    /// @return status 0 none, 1 pending, 2 approved, 3 revoked
    /// @return reason of the revocation, 0 before
    /// @return approvals bit i is set when approver i approved
    /// @return threshold approvals of active approvers that it needs
    /// @return digestHigh the first 32 bytes of the release digest
    /// @return digestLow the last 32 bytes of the release digest
    function release(string calldata ref)
        external
        view
        returns (
            address publisher,
            uint64 versionCode,
            uint8 status,
            uint8 reason,
            uint32 approvals,
            uint8 threshold,
            bytes32 digestHigh,
            bytes32 digestLow
        );

    /// @notice A model's version codes; all zero when it has no release.
    /// @param model `ns/name`
    /// @return latest the highest registered
    /// @return latestApproved the highest approved
    /// @return minAllowed the lowest that devices may accept
    function modelOf(string calldata model)
        external
        view
        returns (uint64 latest, uint64 latestApproved, uint64 minAllowed);

    /// @notice A namespace's configuration; all zero when nobody claimed it.
    /// @param ns the namespace
    /// @return publisher the only account that registers
    /// @return guardian the only account that revokes
    /// @return epoch 1 after the claim, one more with each configuration
    /// @return threshold approvals that a release registered now needs
    /// @return active bit i is set when approver i is in the present set
    /// @return approvers all that ever were, by index; an index left for a new one has role 0
    function namespaceOf(string calldata ns)
        external
        view
        returns (
            address publisher,
            address guardian,
            uint64 epoch,
            uint8 threshold,
            uint32 active,
            Approver[] memory approvers
        );

    /// @notice The chain that this registry was made on; part of its code.
    function CHAIN_ID() external view returns (uint256);

    /// @notice The registry's own address; part of its code.
    function SELF() external view returns (address);
}
