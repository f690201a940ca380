// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Whether an account signed a digest.
library Signature {
    /// @dev Enough for a P-256 check in bytecode; what a wallet spends beyond it is the relayer's loss for nothing.
    uint256 internal constant WALLET_GAS = 500_000;
    /// @dev Half the order of secp256k1: the greater s of the two that fit is refused, so that a signature has one form.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
    bytes4 private constant MAGIC = 0x1626ba7e;

    function isValid(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        return signer.code.length == 0 ? _isByKey(signer, digest, signature) : _isByWallet(signer, digest, signature);
    }

    function _isByKey(address signer, bytes32 digest, bytes calldata signature) private pure returns (bool) {
        if (signature.length != 65 || uint256(bytes32(signature[32:64])) > HALF_ORDER) return false;
        // ecrecover gives zero for any v but 27 and 28
        address recovered = ecrecover(digest, uint8(signature[64]), bytes32(signature[:32]), bytes32(signature[32:64]));
        return recovered != address(0) && recovered == signer;
    }

    /// @dev ERC-1271. Gas is bounded and one word of the answer is copied, however long it is.
    function _isByWallet(address wallet, bytes32 digest, bytes calldata signature) private view returns (bool good) {
        bytes memory question = abi.encodeWithSelector(MAGIC, digest, signature);
        bytes32 magic = MAGIC;
        assembly ("memory-safe") {
            good := staticcall(WALLET_GAS, wallet, add(question, 32), mload(question), 0, 32)
            good := and(good, and(gt(returndatasize(), 31), eq(mload(0), magic)))
        }
    }
}
