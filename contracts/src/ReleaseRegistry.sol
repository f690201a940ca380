// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ApproverSeat, ApproverSeats } from "./ApproverSeat.sol";
import { IReleaseRegistry } from "./IReleaseRegistry.sol";
import { ModelVersions } from "./ModelVersions.sol";
import { NamespaceWord, NamespaceWords } from "./NamespaceWord.sol";
import { Reference } from "./Reference.sol";
import { ReleaseMeta, ReleaseMetas } from "./ReleaseMeta.sol";
import { Signature } from "./Signature.sol";
import { TypedData } from "./TypedData.sol";

/// @title A registry of model releases, with the whole 64-byte digest in its state.
/// @notice Nobody owns it and nothing replaces its code; docs/formats/registry-v1.md numbers its rules.
contract ReleaseRegistry is IReleaseRegistry {
    struct Release {
        ReleaseMeta meta;
        bytes32 digestHigh;
        bytes32 digestLow;
    }

    struct Model {
        ModelVersions versions;
    }

    uint256 private constant MAX_APPROVERS = 32;
    uint256 private constant MAX_COMMITMENT_AGE_BLOCKS = 256;
    uint256 private constant MAX_VERSION_CODE_STEP = 1 << 32;

    /// @inheritdoc IReleaseRegistry
    uint256 public immutable CHAIN_ID = block.chainid;
    /// @inheritdoc IReleaseRegistry
    address public immutable SELF = address(this);

    // registry-v1 §2: devices prove the slots of the first two mappings, so their order is part of the format
    mapping(bytes32 releaseKey => Release) private _releases;
    mapping(bytes32 modelKey => Model) private _models;
    mapping(bytes32 nsKey => NamespaceWord) private _namespaces;
    mapping(bytes32 nsKey => address) private _guardians;
    mapping(bytes32 nsKey => mapping(address account => ApproverSeat)) private _seats;
    mapping(bytes32 nsKey => mapping(uint256 index => address)) private _approvers;
    mapping(bytes32 commitment => uint256 blockNumber) private _commitments;

    /// @inheritdoc IReleaseRegistry
    function commit(bytes32 commitment) external {
        // whoever saw it and sends it again must not make its sender wait longer
        if (_isLive(_commitments[commitment])) return;
        _commitments[commitment] = block.number;
    }

    /// @inheritdoc IReleaseRegistry
    function claim(string calldata ns, address guardian, Approver[] calldata approvers, uint8 threshold, bytes32 salt)
        external
    {
        _redeem(commitmentOf(msg.sender, ns, guardian, approvers, threshold, salt));
        Reference.requireNamespace(ns);
        bytes32 nsKey = Reference.keyOf(ns);
        if (_namespaces[nsKey].publisher() != address(0)) revert NamespaceTaken();
        emit NamespaceClaimed(nsKey, ns);
        _setMembers(nsKey, msg.sender, guardian, approvers, threshold);
    }

    /// @inheritdoc IReleaseRegistry
    function configure(Config calldata config, ConfigSignature[] calldata signatures) external {
        bytes32 nsKey = Reference.keyOf(config.ns);
        NamespaceWord word = _namespaces[nsKey];
        if (word.publisher() == address(0)) revert NamespaceUnknown();
        _requireEpoch(word, config.epoch);
        if (block.timestamp > config.deadline) revert DeadlinePassed(config.deadline);

        uint256 counted =
            _countSigners(nsKey, TypedData.digest(CHAIN_ID, SELF, TypedData.hashConfig(config, nsKey)), signatures);
        if (counted < word.threshold()) revert ConfigNotSigned(counted, uint8(word.threshold()));
        _setMembers(nsKey, config.publisher, config.guardian, config.approvers, config.threshold);
    }

    /// @inheritdoc IReleaseRegistry
    function register(string calldata ref, uint64 versionCode, bytes32 digestHigh, bytes32 digestLow) external {
        (uint256 nsEnd, uint256 modelEnd) = Reference.parse(ref);
        NamespaceWord word = _namespaces[Reference.hash(ref, 0, nsEnd)];
        if (word.publisher() != msg.sender) {
            if (word.publisher() == address(0)) revert NamespaceUnknown();
            revert NotPublisher(msg.sender);
        }
        bytes32 releaseKey = Reference.keyOf(ref);
        Release storage record = _releases[releaseKey];
        ReleaseMeta meta = record.meta;
        if (!meta.isNone()) {
            _requireSame(record, meta, versionCode, digestHigh, digestLow);
            return;
        }
        if (digestHigh == 0 || digestLow == 0) revert DigestZero();
        _advanceLatest(Reference.hash(ref, 0, modelEnd), versionCode);
        record.meta = ReleaseMetas.pending(msg.sender, versionCode, word.threshold());
        record.digestHigh = digestHigh;
        record.digestLow = digestLow;
        emit ReleaseRegistered(releaseKey, ref);
    }

    /// @inheritdoc IReleaseRegistry
    function approve(string calldata ref, uint64 versionCode, bytes32 digestHigh, bytes32 digestLow) external {
        bytes32 releaseKey = Reference.keyOf(ref);
        ReleaseMeta meta = _requireApprovable(releaseKey, versionCode, digestHigh, digestLow);
        uint256 nsEnd = Reference.nsEndOf(ref);
        bytes32 nsKey = Reference.hash(ref, 0, nsEnd);
        (bytes4 problem, uint256 index) = _seatFor(nsKey, meta, msg.sender);
        if (problem != 0) _revertWith(problem, uint160(msg.sender));
        if (_recordApproval(releaseKey, nsKey, meta, msg.sender, index)) {
            _advanceLatestApproved(Reference.hash(ref, 0, Reference.modelEndOf(ref, nsEnd)), versionCode);
        }
    }

    /// @inheritdoc IReleaseRegistry
    function approveBySignature(
        string calldata ref,
        uint64 versionCode,
        bytes32 digestHigh,
        bytes32 digestLow,
        uint64 epoch,
        SignedApproval[] calldata approvals
    ) external returns (uint256 counted) {
        TypedData.Terms memory terms;
        terms.versionCode = versionCode;
        terms.digestHigh = digestHigh;
        terms.digestLow = digestLow;
        terms.epoch = epoch;
        return _countApprovals(ref, terms, approvals);
    }

    /// @inheritdoc IReleaseRegistry
    function revoke(string calldata ref, uint8 reason, string calldata text) external {
        _requireGuardian(Reference.nsKeyOf(ref));
        if (reason == 0 || reason > ReleaseMetas.LAST_REASON) revert ReasonInvalid(reason);
        bytes32 releaseKey = Reference.keyOf(ref);
        Release storage record = _releases[releaseKey];
        ReleaseMeta meta = record.meta;
        _requireStanding(meta);
        record.meta = meta.revoked(reason);
        emit ReleaseRevoked(releaseKey, reason, text);
    }

    /// @inheritdoc IReleaseRegistry
    function requireVersion(string calldata model, uint64 versionCode) external {
        _requireGuardian(Reference.nsKeyOf(model));
        bytes32 modelKey = Reference.keyOf(model);
        Model storage record = _models[modelKey];
        ModelVersions versions = record.versions;
        if (versionCode <= versions.minAllowed()) revert MinAllowedNotRising(uint64(versions.minAllowed()));
        if (versionCode > versions.latestApproved()) revert MinAllowedTooHigh(uint64(versions.latestApproved()));
        record.versions = versions.withMinAllowed(versionCode);
        emit MinAllowedRaised(modelKey, versionCode);
    }

    /// @inheritdoc IReleaseRegistry
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
        )
    {
        Release storage record = _releases[Reference.keyOf(ref)];
        ReleaseMeta meta = record.meta;
        publisher = meta.publisher();
        versionCode = uint64(meta.versionCode());
        status = uint8(meta.status());
        reason = uint8(meta.reason());
        approvals = uint32(meta.approvals());
        threshold = meta.isNone() ? 0 : uint8(meta.threshold());
        digestHigh = record.digestHigh;
        digestLow = record.digestLow;
    }

    /// @inheritdoc IReleaseRegistry
    function modelOf(string calldata model)
        external
        view
        returns (uint64 latest, uint64 latestApproved, uint64 minAllowed)
    {
        ModelVersions versions = _models[Reference.keyOf(model)].versions;
        latest = uint64(versions.latest());
        latestApproved = uint64(versions.latestApproved());
        minAllowed = uint64(versions.minAllowed());
    }

    /// @inheritdoc IReleaseRegistry
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
        )
    {
        bytes32 nsKey = Reference.keyOf(ns);
        NamespaceWord word = _namespaces[nsKey];
        publisher = word.publisher();
        guardian = _guardians[nsKey];
        epoch = uint64(word.epoch());
        threshold = uint8(word.threshold());
        active = uint32(word.active());
        approvers = new Approver[](word.ever());
        for (uint256 i = 0; i < approvers.length; ++i) {
            address key = _approvers[nsKey][i];
            ApproverSeat seat = _seats[nsKey][key];
            approvers[i].key = key;
            if (seat.index() == i) approvers[i].role = seat.role();
        }
    }

    /// @inheritdoc IReleaseRegistry
    function commitmentOf(
        address sender,
        string calldata ns,
        address guardian,
        Approver[] calldata approvers,
        uint8 threshold,
        bytes32 salt
    ) public pure returns (bytes32) {
        return keccak256(abi.encode(sender, ns, guardian, approvers, threshold, salt));
    }

    // --- claims and configurations

    function _isLive(uint256 committedAt) private view returns (bool) {
        return committedAt != 0 && block.number - committedAt <= MAX_COMMITMENT_AGE_BLOCKS;
    }

    function _redeem(bytes32 commitment) private {
        uint256 committedAt = _commitments[commitment];
        if (committedAt == 0) revert CommitmentUnknown();
        if (committedAt == block.number) revert CommitmentTooEarly();
        if (!_isLive(committedAt)) revert CommitmentExpired();
        delete _commitments[commitment];
    }

    function _setMembers(
        bytes32 nsKey,
        address publisher,
        address guardian,
        Approver[] calldata approvers,
        uint8 threshold
    ) private {
        if (publisher == address(0)) revert PublisherZero();
        if (guardian == address(0)) revert GuardianZero();
        if (threshold == 0 || threshold > approvers.length) revert ThresholdInvalid(threshold, approvers.length);

        NamespaceWord old = _namespaces[nsKey];
        uint256 mask;
        uint256 ever = old.ever();
        for (uint256 i = 0; i < approvers.length; ++i) {
            address key = approvers[i].key;
            if (key == publisher) revert ApproverIsPublisher(key);
            if (key == guardian) revert ApproverIsGuardian(key);
            uint256 index;
            (index, ever) = _takeSeat(nsKey, approvers[i], mask, ever);
            mask |= 1 << index;
        }
        _leaveSeats(nsKey, old.active() & ~mask);

        uint32 epoch = uint32(old.epoch()) + 1;
        _namespaces[nsKey] = NamespaceWords.pack(publisher, epoch, threshold, mask, ever);
        _guardians[nsKey] = guardian;
        emit NamespaceConfigured(nsKey, epoch);
    }

    /// @dev registry-v1 §6: who stays in his role keeps his index; anyone else gets one that nobody ever had.
    function _takeSeat(bytes32 nsKey, Approver calldata approver, uint256 mask, uint256 ever)
        private
        returns (uint256, uint256)
    {
        address key = approver.key;
        bytes32 role = approver.role;
        if (key == address(0)) revert ApproverZero();
        if (uint8(uint256(role)) != 0) revert RoleTooLong(role);
        ApproverSeat seat = _seats[nsKey][key];
        if (seat.isActive()) {
            if (mask >> seat.index() & 1 == 1) revert ApproverDuplicate(key);
            if (seat.role() == role) return (seat.index(), ever);
        }
        if (ever == MAX_APPROVERS) revert ApproverLimit();
        _seats[nsKey][key] = ApproverSeats.taken(ever, role);
        _approvers[nsKey][ever] = key;
        return (ever, ever + 1);
    }

    function _leaveSeats(bytes32 nsKey, uint256 leaving) private {
        for (uint256 i = 0; leaving >> i != 0; ++i) {
            if (leaving >> i & 1 == 0) continue;
            address key = _approvers[nsKey][i];
            ApproverSeat seat = _seats[nsKey][key];
            // else he holds a newer seat, in another role
            if (seat.index() == i) _seats[nsKey][key] = seat.left();
        }
    }

    function _countSigners(bytes32 nsKey, bytes32 digest, ConfigSignature[] calldata signatures)
        private
        view
        returns (uint256 counted)
    {
        uint256 seen;
        for (uint256 i = 0; i < signatures.length; ++i) {
            address signer = signatures[i].approver;
            ApproverSeat seat = _seats[nsKey][signer];
            if (!seat.isActive() || seen >> seat.index() & 1 == 1) continue;
            if (!Signature.isValid(signer, digest, signatures[i].signature)) continue;
            seen |= 1 << seat.index();
            ++counted;
        }
    }

    // --- releases

    function _requireSame(
        Release storage record,
        ReleaseMeta meta,
        uint256 versionCode,
        bytes32 digestHigh,
        bytes32 digestLow
    ) private view {
        (bytes32 high, bytes32 low) = (record.digestHigh, record.digestLow);
        if (
            meta.publisher() != msg.sender || meta.versionCode() != versionCode || high != digestHigh
                || low != digestLow
        ) revert ReleaseConflict(high, low);
        _requireStanding(meta);
    }

    function _advanceLatest(bytes32 modelKey, uint256 versionCode) private {
        Model storage model = _models[modelKey];
        ModelVersions versions = model.versions;
        uint256 latest = versions.latest();
        if (versionCode <= latest) revert VersionCodeNotRising(uint64(latest));
        if (versionCode > latest + MAX_VERSION_CODE_STEP) revert VersionCodeJump(uint64(latest));
        if (versionCode >= ReleaseMetas.VERSION_CODE_LIMIT) revert VersionCodeTooHigh(uint64(versionCode));
        model.versions = versions.withLatest(versionCode);
    }

    function _requireStanding(ReleaseMeta meta) private pure {
        if (meta.isNone()) revert ReleaseUnknown();
        if (meta.status() == ReleaseMetas.REVOKED) revert ReleaseIsRevoked();
    }

    // --- approvals

    function _requireApprovable(bytes32 releaseKey, uint256 versionCode, bytes32 digestHigh, bytes32 digestLow)
        private
        view
        returns (ReleaseMeta meta)
    {
        Release storage record = _releases[releaseKey];
        meta = record.meta;
        _requireStanding(meta);
        (bytes32 high, bytes32 low) = (record.digestHigh, record.digestLow);
        if (high != digestHigh || low != digestLow) revert DigestMismatch(high, low);
        if (meta.versionCode() != versionCode) revert VersionCodeMismatch(uint64(meta.versionCode()));
    }

    function _countApprovals(string calldata ref, TypedData.Terms memory terms, SignedApproval[] calldata approvals)
        private
        returns (uint256 counted)
    {
        bytes32 releaseKey = Reference.keyOf(ref);
        _requireApprovable(releaseKey, terms.versionCode, terms.digestHigh, terms.digestLow);
        bytes32 nsKey = _completeTerms(ref, terms);
        _requireEpoch(_namespaces[nsKey], terms.epoch);

        bytes4 firstProblem = ApprovalsMissing.selector;
        uint256 firstSubject;
        for (uint256 i = 0; i < approvals.length; ++i) {
            (bytes4 problem, uint256 subject) = _tryApproval(releaseKey, nsKey, terms, approvals[i]);
            if (problem == 0) ++counted;
            else if (i == 0) (firstProblem, firstSubject) = (problem, subject);
        }
        if (counted == 0) _revertWith(firstProblem, firstSubject);
    }

    function _completeTerms(string calldata ref, TypedData.Terms memory terms) private pure returns (bytes32 nsKey) {
        uint256 nsEnd = Reference.nsEndOf(ref);
        uint256 modelEnd = Reference.modelEndOf(ref, nsEnd);
        nsKey = Reference.hash(ref, 0, nsEnd);
        terms.modelHash = Reference.hash(ref, 0, modelEnd);
        terms.versionHash = Reference.hash(ref, modelEnd + 1, bytes(ref).length);
    }

    /// @return problem selector of an error about the approver, or zero
    /// @return index his seat's
    function _seatFor(bytes32 nsKey, ReleaseMeta meta, address approver)
        private
        view
        returns (bytes4 problem, uint256 index)
    {
        ApproverSeat seat = _seats[nsKey][approver];
        if (!seat.isActive()) return (NotApprover.selector, 0);
        // a later configuration may seat the publisher of an earlier release
        if (approver == meta.publisher()) return (ApproverIsPublisher.selector, 0);
        index = seat.index();
        if (meta.hasApproval(index)) return (AlreadyApproved.selector, 0);
    }

    /// @return problem selector of an error with one argument, or zero when the approval counts
    /// @return subject that argument
    function _tryApproval(
        bytes32 releaseKey,
        bytes32 nsKey,
        TypedData.Terms memory terms,
        SignedApproval calldata approval
    ) private returns (bytes4 problem, uint256 subject) {
        address approver = approval.approver;
        ReleaseMeta meta = _releases[releaseKey].meta;
        uint256 index;
        (problem, index) = _seatFor(nsKey, meta, approver);
        if (problem != 0) return (problem, uint160(approver));
        terms.approver = approver;
        terms.deadline = approval.deadline;
        if (block.timestamp > terms.deadline) return (DeadlinePassed.selector, terms.deadline);
        bytes32 digest = TypedData.digest(CHAIN_ID, SELF, TypedData.hashApproval(terms));
        if (!Signature.isValid(approver, digest, approval.signature)) {
            return (SignatureInvalid.selector, uint160(approver));
        }
        if (_recordApproval(releaseKey, nsKey, meta, approver, index)) {
            _advanceLatestApproved(terms.modelHash, terms.versionCode);
        }
    }

    /// @return reached whether this approval made the release approved
    function _recordApproval(bytes32 releaseKey, bytes32 nsKey, ReleaseMeta meta, address approver, uint256 index)
        private
        returns (bool reached)
    {
        meta = meta.withApproval(index);
        reached = meta.status() == ReleaseMetas.PENDING && _isEnough(nsKey, meta);
        if (reached) meta = meta.approved();
        _releases[releaseKey].meta = meta;
        emit ReleaseApproved(releaseKey, approver, uint8(index), meta.status() == ReleaseMetas.APPROVED);
    }

    /// @dev The approval that just came is an active approver's. The namespace's word is read only where it can matter.
    function _isEnough(bytes32 nsKey, ReleaseMeta meta) private view returns (bool) {
        uint256 needed = meta.threshold();
        if (needed == 1) return true;
        uint256 bits = meta.approvals();
        return _countOnes(bits) >= needed && _countOnes(bits & _namespaces[nsKey].active()) >= needed;
    }

    function _advanceLatestApproved(bytes32 modelKey, uint256 versionCode) private {
        Model storage model = _models[modelKey];
        ModelVersions versions = model.versions;
        if (versionCode > versions.latestApproved()) model.versions = versions.withLatestApproved(versionCode);
    }

    // --- shared

    function _requireGuardian(bytes32 nsKey) private view {
        address guardian = _guardians[nsKey];
        if (guardian == msg.sender) return;
        if (guardian == address(0)) revert NamespaceUnknown();
        revert NotGuardian(msg.sender);
    }

    function _requireEpoch(NamespaceWord word, uint256 epoch) private view {
        // after a fork with a new chain id signatures of the old chain must not count twice
        if (block.chainid != CHAIN_ID) revert ChainMismatch(block.chainid);
        if (word.epoch() != epoch) revert EpochMismatch(uint64(word.epoch()));
    }

    function _countOnes(uint256 bits) private pure returns (uint256 ones) {
        for (; bits != 0; bits &= bits - 1) {
            ++ones;
        }
    }

    /// @dev Reverts with an error of one static argument, or with `ApprovalsMissing()`.
    function _revertWith(bytes4 problem, uint256 subject) private pure {
        uint256 size = problem == ApprovalsMissing.selector ? 4 : 36;
        assembly ("memory-safe") {
            mstore(0, problem)
            mstore(4, subject)
            revert(0, size)
        }
    }
}
