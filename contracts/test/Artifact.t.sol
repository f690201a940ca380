// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReleaseRegistry } from "../src/IReleaseRegistry.sol";
import { RegistryTest } from "./support/RegistryTest.sol";

/// @title The committed artifact is the code under test, and a code hash can be computed from it alone.
contract ArtifactTest is RegistryTest {
    string private artifact;

    function setUp() public override {
        super.setUp();
        artifact = vm.readFile("abi/ReleaseRegistry.json");
    }

    function test_creationCode_isWhatTheSourcesGive() public view {
        _equal(vm.parseJsonBytes(artifact, ".bytecode"), vm.getCode("ReleaseRegistry.sol:ReleaseRegistry"));
    }

    function test_runtimeCode_isTheArtifactWithItsImmutables() public view {
        bytes memory code = vm.parseJsonBytes(artifact, ".deployedBytecode");
        _fill(code, ".immutableReferences.CHAIN_ID", bytes32(block.chainid));
        _fill(code, ".immutableReferences.SELF", bytes32(uint256(uint160(address(registry)))));
        _equal(code, address(registry).code);
    }

    function test_immutables() public view {
        _equal(registry.CHAIN_ID(), block.chainid);
        _equal(registry.SELF(), address(registry));
    }

    function test_address_isTheFactorys() public view {
        address factory = vm.parseJsonAddress(artifact, ".create2.factory");
        bytes32 codeHash = keccak256(vm.parseJsonBytes(artifact, ".bytecode"));
        bytes32 hash = keccak256(abi.encodePacked(bytes1(0xff), factory, bytes32(0), codeHash));
        _equal(vm.parseJsonAddress(artifact, ".create2.address"), address(uint160(uint256(hash))));
    }

    function test_chainId_doesNotFollowAFork() public {
        uint256 before = block.chainid;
        vm.chainId(before + 1);
        _equal(registry.CHAIN_ID(), before);
    }

    function test_registry_takesNoEther() public {
        (bool good,) = address(registry).call{ value: 1 }("");
        _true(!good, "ether was taken");
        (good,) = address(registry).call{ value: 1 }(abi.encodeCall(IReleaseRegistry.commit, (SALT)));
        _true(!good, "ether was taken");
    }

    function _fill(bytes memory code, string memory places, bytes32 word) private view {
        string memory next = string.concat(places, "[0].start");
        _true(vm.keyExistsJson(artifact, next), "the artifact names no place");
        for (uint256 i = 0; vm.keyExistsJson(artifact, next); ++i) {
            uint256 start = vm.parseJsonUint(artifact, next);
            next = string.concat(places, "[", vm.toString(i + 1), "].start");
            assembly ("memory-safe") {
                mstore(add(add(code, 0x20), start), word)
            }
        }
    }
}
