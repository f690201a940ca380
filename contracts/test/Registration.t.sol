// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "../src/IReleaseRegistry.sol";
import { RegistryTest } from "./support/RegistryTest.sol";

/// @title What a publisher may register, and how references are cut.
contract RegistrationTest is RegistryTest {
    string private constant NEXT = "acme/pilot-llm@1.3.0";
    uint64 private constant STEP = 1 << 32;

    function setUp() public override {
        super.setUp();
        _claim(3, 2);
    }

    // --- who

    function test_register_recordsAPendingRelease() public {
        vm.prank(PUBLISHER);
        _expectEvent();
        emit IReleaseRegistry.ReleaseRegistered(RELEASE_KEY, REF);
        registry.register(REF, 7, HIGH, LOW);
        _equal(_recordOf(REF), abi.encode(PUBLISHER, 7, 1, 0, 0, 2, HIGH, LOW));
        _equalVersions(7, 0, 0);
    }

    function test_release_unknownIsZero() public view {
        _equal(_recordOf(REF), new bytes(256));
    }

    function test_register_byOthers() public {
        address[3] memory others = [GUARDIAN, STRANGER, _approver(0)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.prank(others[i]);
            _expect(IReleaseRegistry.NotPublisher.selector, others[i]);
            registry.register(REF, 1, HIGH, LOW);
        }
    }

    function test_register_inAnUnknownNamespace() public {
        vm.prank(PUBLISHER);
        _expect(IReleaseRegistry.NamespaceUnknown.selector);
        registry.register("other/pilot-llm@1.2.0", 1, HIGH, LOW);
    }

    function test_register_inANamespaceOfAnother() public {
        _claim("acme-x", STRANGER, GUARDIAN, _approvers(1), 1);
        vm.prank(PUBLISHER);
        _expect(IReleaseRegistry.NotPublisher.selector, PUBLISHER);
        registry.register("acme-x/pilot-llm@1.2.0", 1, HIGH, LOW);
        vm.prank(STRANGER);
        _expect(IReleaseRegistry.NotPublisher.selector, STRANGER);
        registry.register("acme/x@1", 1, HIGH, LOW);
    }

    function test_register_byTheEarlierPublisher() public {
        _register();
        IReleaseRegistry.Config memory config = _config(_approvers(3), 2);
        config.publisher = STRANGER;
        registry.configure(config, _configSignatures(config, 2));
        vm.prank(PUBLISHER);
        _expect(IReleaseRegistry.NotPublisher.selector, PUBLISHER);
        registry.register(NEXT, 2, HIGH, LOW);
        vm.prank(STRANGER);
        registry.register(NEXT, 2, HIGH, LOW);
        vm.prank(STRANGER);
        _expect(IReleaseRegistry.ReleaseConflict.selector, HIGH, LOW);
        registry.register(REF, 1, HIGH, LOW);
    }

    // --- written once

    function test_register_theSameAgainChangesNothing() public {
        _register();
        bytes memory before = _recordOf(REF);
        vm.recordLogs();
        _register();
        _equal(vm.getRecordedLogs().length, 0);
        _equal(_recordOf(REF), before);
        _equalVersions(1, 0, 0);
    }

    function test_register_theSameAgainWhenApproved() public {
        _register();
        _approve(0);
        _approve(1);
        _register(NEXT, 2);
        _register();
        _equal(_status(), 2);
        _equalVersions(2, 1, 0);
    }

    function test_register_theSameAgainWhenRevoked() public {
        _register();
        _revoke();
        vm.prank(PUBLISHER);
        _expect(IReleaseRegistry.ReleaseIsRevoked.selector);
        registry.register(REF, 1, HIGH, LOW);
    }

    function test_register_anotherRecordUnderTheSameReference() public {
        _register();
        _refuseConflict(2, HIGH, LOW);
        _refuseConflict(1, LOW, LOW);
        _refuseConflict(1, HIGH, HIGH);
        _refuseConflict(1, 0, 0);
    }

    function testFuzz_register_digestIsWrittenOnce(uint64 code, bytes32 high, bytes32 low) public {
        _register();
        vm.assume(code != 1 || high != HIGH || low != LOW);
        _refuseConflict(code, high, low);
    }

    function test_register_zeroHalves() public {
        vm.prank(PUBLISHER);
        _expect(IReleaseRegistry.DigestZero.selector);
        registry.register(REF, 1, 0, LOW);
        vm.prank(PUBLISHER);
        _expect(IReleaseRegistry.DigestZero.selector);
        registry.register(REF, 1, HIGH, 0);
    }

    // --- version codes

    function test_register_codeZero() public {
        _refuseNumber(REF, 0, IReleaseRegistry.VersionCodeNotRising.selector, 0);
    }

    function test_register_codeEqualAndBelow() public {
        _register(REF, 5);
        _refuseNumber(NEXT, 5, IReleaseRegistry.VersionCodeNotRising.selector, 5);
        _refuseNumber(NEXT, 4, IReleaseRegistry.VersionCodeNotRising.selector, 5);
        _register(NEXT, 6);
        _equalVersions(6, 0, 0);
    }

    function test_register_codeOfARevokedReleaseIsSpent() public {
        _register(REF, 5);
        _revoke();
        _refuseNumber(NEXT, 5, IReleaseRegistry.VersionCodeNotRising.selector, 5);
    }

    function test_register_codeStep() public {
        _refuseNumber(REF, STEP + 1, IReleaseRegistry.VersionCodeJump.selector, 0);
        _register(REF, STEP);
        _refuseNumber(NEXT, 2 * STEP + 1, IReleaseRegistry.VersionCodeJump.selector, STEP);
        _register(NEXT, 2 * STEP);
    }

    function test_register_codeBelow2To53() public {
        uint64 limit = 1 << 53;
        vm.store(address(registry), keccak256(abi.encode(MODEL_KEY, 1)), bytes32(uint256(limit - 2)));
        _refuseNumber(REF, limit, IReleaseRegistry.VersionCodeTooHigh.selector, limit);
        _refuseNumber(REF, type(uint64).max, IReleaseRegistry.VersionCodeJump.selector, limit - 2);
        _register(REF, limit - 1);
        _equalVersions(limit - 1, 0, 0);
        _equal(_recordOf(REF), abi.encode(PUBLISHER, limit - 1, 1, 0, 0, 2, HIGH, LOW));
    }

    function testFuzz_register_codes(uint64 first, uint64 second) public {
        first = uint64(_bound(first, 1, STEP));
        second = uint64(_bound(second, 0, 2 * uint256(STEP) + 2));
        _register(REF, first);
        if (second <= first) {
            _refuseNumber(NEXT, second, IReleaseRegistry.VersionCodeNotRising.selector, first);
        } else if (second - first > STEP) {
            _refuseNumber(NEXT, second, IReleaseRegistry.VersionCodeJump.selector, first);
        } else {
            _register(NEXT, second);
        }
    }

    function test_register_modelsCountApart() public {
        _register(REF, 9);
        _register("acme/other@1", 1);
        _equalVersions(9, 0, 0);
    }

    // --- references

    function test_register_goodReferences() public {
        string[8] memory refs = [
            "acme/a@1",
            "acme/0.b_c-d@V",
            "acme/acme@1.0.0-rc.1+build.5",
            "acme/a.b@1",
            "acme/a-b@1",
            "acme/a@1.",
            string.concat("acme/", _repeat("n", 64), "@1"),
            string.concat("acme/a@", _repeat("9", 64))
        ];
        uint64[8] memory codes = [uint64(1), 1, 1, 1, 1, 2, 1, 3];
        for (uint256 i = 0; i < refs.length; ++i) {
            _register(refs[i], codes[i]);
            _equal(_recordOf(refs[i]), abi.encode(PUBLISHER, codes[i], 1, 0, 0, 2, HIGH, LOW));
        }
    }

    function test_register_badCuts() public {
        string[14] memory refs = [
            "",
            "/",
            "@",
            "/@",
            "acme",
            "acme/",
            "acme/a",
            "acme@1",
            "acme/@1",
            "acme/a@",
            "acme//a@1",
            "acme/a/b@1",
            "acme/a@@1",
            "acme/a@1@2"
        ];
        for (uint256 i = 0; i < refs.length; ++i) {
            _refuseReference(refs[i]);
        }
    }

    function test_register_badCharacters() public {
        string[17] memory refs = [
            "acme/A@1",
            "acme/-a@1",
            "acme/a-@1",
            "acme/.a@1",
            "acme/a.@1",
            "acme/_a@1",
            "acme/a b@1",
            "acme/a+b@1",
            "acme/a@.1",
            "acme/a@-1",
            "acme/a@+1",
            "acme/a@1_0",
            "acme/a@1/2",
            "acme/a@1 ",
            "acme/a@1\x00",
            unicode"acme/ä@1",
            unicode"acme/a@1é"
        ];
        for (uint256 i = 0; i < refs.length; ++i) {
            _refuseReference(refs[i]);
        }
    }

    function test_register_overlong() public {
        _refuseReference(string.concat("acme/", _repeat("n", 65), "@1"));
        _refuseReference(string.concat("acme/a@", _repeat("9", 65)));
        _refuseReference(string.concat("acme/", _repeat("n", 1000), "@1"));
        _refuseReference(_repeat("a", 1000));
    }

    function testFuzz_register_references(bytes calldata seed) public {
        string memory ref = string.concat("acme/", _spell(seed, "a/@1A.-+", 12));
        if (_isReference(bytes(ref))) _register(ref, 1);
        else _refuseReference(ref);
    }

    /// @dev Two texts, two records: whatever stands where the cuts are.
    function testFuzz_register_noTwoReferencesShareARecord(bytes calldata one, bytes calldata two) public {
        string memory first = string.concat("acme/", _spell(one, "a1.-", 3), "a@1", _spell(one, "a1.-", 3));
        string memory second = string.concat("acme/", _spell(two, "a1.-", 3), "a@1", _spell(two, "a1.-", 3));
        vm.assume(_isReference(bytes(first)) && _isReference(bytes(second)));
        vm.assume(keccak256(bytes(first)) != keccak256(bytes(second)));
        _register(first, 1);
        _equal(_recordOf(second), new bytes(256));
    }

    // --- calldata that no encoder makes

    function test_register_whatFollowsTheTextIsNotPartOfIt() public {
        _true(_registerRaw("acme/p@1", "23/x@4.5", PUBLISHER), "registers");
        _equal(_recordOf("acme/p@1"), abi.encode(PUBLISHER, 1, 1, 0, 0, 2, HIGH, LOW));
        (uint64 latest,,) = registry.modelOf("acme/p");
        _equal(latest, 1);
    }

    function test_register_whatFollowsTheTextCompletesNothing() public {
        _claim("acmex", STRANGER, GUARDIAN, _approvers(1), 1);
        _true(!_registerRaw("acme/p", "@1", PUBLISHER), "no version");
        _true(!_registerRaw("acme/p@", "1", PUBLISHER), "an empty version");
        _true(!_registerRaw("acme", "/p@1", PUBLISHER), "no name");
        _true(!_registerRaw("acme", "x/p@1", STRANGER), "a namespace of another");
        _true(!_registerRaw("", "acme/p@1", PUBLISHER), "nothing");
    }

    // --- shorthands

    function _registerRaw(string memory ref, string memory beyond, address sender) private returns (bool done) {
        bytes memory padded = new bytes(64);
        bytes memory both = bytes.concat(bytes(ref), bytes(beyond));
        for (uint256 i = 0; i < both.length; ++i) {
            padded[i] = both[i];
        }
        bytes memory head = abi.encode(uint256(0x80), uint256(1), HIGH, LOW, bytes(ref).length);
        vm.prank(sender);
        (done,) = address(registry).call(bytes.concat(IReleaseRegistry.register.selector, head, padded));
    }

    function _refuseConflict(uint64 code, bytes32 high, bytes32 low) private {
        vm.prank(PUBLISHER);
        _expect(IReleaseRegistry.ReleaseConflict.selector, HIGH, LOW);
        registry.register(REF, code, high, low);
    }

    function _refuseNumber(string memory ref, uint64 code, bytes4 problem, uint256 number) private {
        vm.prank(PUBLISHER);
        _expect(problem, number);
        registry.register(ref, code, HIGH, LOW);
    }

    function _refuseReference(string memory ref) private {
        vm.prank(PUBLISHER);
        _expect(IReleaseRegistry.ReferenceMalformed.selector);
        registry.register(ref, 1, HIGH, LOW);
    }

    /// @dev `acme/name@version`, told by a walk over the characters with a state for each part.
    function _isReference(bytes memory ref) private pure returns (bool) {
        uint256 cut;
        for (uint256 i = 5; i < ref.length; ++i) {
            if (ref[i] != "@") continue;
            if (cut != 0) return false;
            cut = i;
        }
        if (cut < 6 || cut + 1 >= ref.length) return false;
        for (uint256 i = 5; i < ref.length; ++i) {
            if (i < cut && !_isInName(ref[i], i == 5 || i == cut - 1)) return false;
            if (i > cut && !_isInVersion(ref[i], i == cut + 1)) return false;
        }
        return true;
    }

    function _isInName(bytes1 c, bool edge) private pure returns (bool) {
        if ((c >= "a" && c <= "z") || (c >= "0" && c <= "9")) return true;
        return !edge && (c == "." || c == "_" || c == "-");
    }

    function _isInVersion(bytes1 c, bool start) private pure returns (bool) {
        if ((c >= "a" && c <= "z") || (c >= "A" && c <= "Z") || (c >= "0" && c <= "9")) return true;
        return !start && (c == "." || c == "+" || c == "-");
    }
}
