/**
 * Strings that are dangerous to mix up, told apart by the compiler. A value gets its brand where it is parsed.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** SHA3-512, bare lower-case hex, 128 digits. */
export type Digest = Branded<'Digest'>;
/** SHA-256, bare lower-case hex, 64 digits. */
export type Sha256 = Branded<'Sha256'>;
/** A safe and portable path below a release folder (manifest-v1 §3). */
export type RelativePath = Branded<'RelativePath'>;
/** `namespace/name`. */
export type ModelName = Branded<'ModelName'>;
/** A version of a model, as in `namespace/name@version`. */
export type Version = Branded<'Version'>;
/** `namespace/name@version`. */
export type ReleaseName = Branded<'ReleaseName'>;
/** An EVM address in EIP-55 spelling. */
export type Address = Branded<'Address'>;
