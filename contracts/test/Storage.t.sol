// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "../src/IReleaseRegistry.sol";
import { RegistryTest } from "./support/RegistryTest.sol";

/// @title The raw slots that devices prove, reckoned from their definition, and what the code pins.
contract StorageTest is RegistryTest {
    function test_slots_ofAPendingRelease() public {
        _claim(3, 2);
        _register(REF, 7);
        _equal(_meta(), uint256(uint160(PUBLISHER)) | 7 << 160 | 1 << 213 | 1 << 251);
        _equal(_slot(_base() + 1), HIGH);
        _equal(_slot(_base() + 2), LOW);
        _equal(_slot(_base() + 3), 0);
        _equal(_model(), 7);
    }

    function test_slots_ofAnApprovedRelease() public {
        _claim(3, 2);
        _register();
        _approve(0);
        _approve(2);
        _equal(_meta(), uint256(uint160(PUBLISHER)) | 1 << 160 | 2 << 213 | 5 << 219 | 1 << 251);
        _equal(_model(), 1 | 1 << 64);
    }

    function test_slots_ofARevokedRelease() public {
        _claim(1, 1);
        _register();
        _approve(0);
        vm.prank(GUARDIAN);
        registry.requireVersion(MODEL, 1);
        vm.prank(GUARDIAN);
        registry.revoke(REF, 6, "an order");
        _equal(_meta(), uint256(uint160(PUBLISHER)) | 1 << 160 | 3 << 213 | 6 << 216 | 1 << 219);
        _equal(_slot(_base() + 1), HIGH);
        _equal(_slot(_base() + 2), LOW);
        _equal(_model(), 1 | 1 << 64 | 1 << 128);
    }

    /// @dev Every field at its greatest: none spills into the next.
    function test_slots_32Of32AtTheHighestVersionCode() public {
        uint256 highest = (1 << 53) - 1;
        _claim(32, 32);
        vm.store(address(registry), _modelSlot(), bytes32(highest - 1));
        _register(REF, uint64(highest));
        for (uint256 i = 0; i < 32; ++i) {
            _approveRef(REF, uint64(highest), i);
        }
        uint256 lowBits = uint256(uint160(PUBLISHER)) | highest << 160;
        _equal(_meta(), lowBits | 2 << 213 | uint256(type(uint32).max) << 219 | 31 << 251);
        vm.prank(GUARDIAN);
        registry.requireVersion(MODEL, uint64(highest));
        _equal(_model(), highest | highest << 64 | highest << 128);
        vm.prank(GUARDIAN);
        registry.revoke(REF, 6, "");
        _equal(_meta(), lowBits | 3 << 213 | 6 << 216 | uint256(type(uint32).max) << 219 | 31 << 251);
    }

    function testFuzz_slots(uint32 code, uint8 threshold, bytes32 high, bytes32 low) public {
        vm.assume(code != 0 && high != 0 && low != 0);
        threshold = uint8(_bound(threshold, 1, 4));
        _claim(4, threshold);
        vm.prank(PUBLISHER);
        registry.register(REF, code, high, low);
        uint256 status = uint256(1) << 213;
        _equal(_meta(), uint256(uint160(PUBLISHER)) | uint256(code) << 160 | status | uint256(threshold - 1) << 251);
        _equal(_slot(_base() + 1), high);
        _equal(_slot(_base() + 2), low);
        _equal(_model(), code);
    }

    function test_slots_ofANamespace() public {
        _claim(3, 2);
        uint256 expected = uint256(uint160(PUBLISHER)) | 1 << 160 | 2 << 192 | 7 << 200 | 3 << 232;
        _equal(_slot(uint256(keccak256(abi.encode(NS_KEY, 2)))), bytes32(expected));
        IReleaseRegistry.Approver[] memory approvers = _approvers(3);
        approvers[1].key = _approver(3);
        _configure(approvers, 1, 2);
        expected = uint256(uint160(PUBLISHER)) | 2 << 160 | 1 << 192 | 13 << 200 | 4 << 232;
        _equal(_slot(uint256(keccak256(abi.encode(NS_KEY, 2)))), bytes32(expected));
    }

    // --- the code

    function test_code_pinsChainIdAndAddress() public {
        uint256 chain = 0x1234567890abcdef;
        vm.chainId(chain);
        registry = IReleaseRegistry(vm.deployCode("ReleaseRegistry.sol:ReleaseRegistry"));
        _equal(registry.CHAIN_ID(), chain);
        _equal(registry.SELF(), address(registry));
        _true(_contains(address(registry).code, bytes32(chain)), "chain id in the code");
        _true(_contains(address(registry).code, bytes32(uint256(uint160(address(registry))))), "address in the code");
        vm.chainId(chain + 1);
        _equal(registry.CHAIN_ID(), chain);
    }

    function test_code_hashDiffersByAddress() public {
        address other = vm.deployCode("ReleaseRegistry.sol:ReleaseRegistry");
        _true(other.codehash != address(registry).codehash, "another address, another hash");
    }

    function test_code_knowsItselfBehindAnotherAddress() public {
        vm.etch(STRANGER, address(registry).code);
        _equal(IReleaseRegistry(STRANGER).SELF(), address(registry));
    }

    // --- shorthands

    function _base() private pure returns (uint256) {
        return uint256(keccak256(bytes.concat(keccak256("acme/pilot-llm@1.2.0"), bytes32(uint256(0)))));
    }

    function _modelSlot() private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256("acme/pilot-llm"), bytes32(uint256(1))));
    }

    function _meta() private view returns (uint256) {
        return uint256(_slot(_base()));
    }

    function _model() private view returns (uint256) {
        return uint256(vm.load(address(registry), _modelSlot()));
    }

    function _slot(uint256 slot) private view returns (bytes32) {
        return vm.load(address(registry), bytes32(slot));
    }

    function _contains(bytes memory code, bytes32 word) private pure returns (bool) {
        for (uint256 i = 0; i + 32 <= code.length; ++i) {
            bytes32 found;
            assembly ("memory-safe") {
                found := mload(add(add(code, 32), i))
            }
            if (found == word) return true;
        }
        return false;
    }
}
