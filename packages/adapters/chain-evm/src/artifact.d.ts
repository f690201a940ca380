declare module '@weighbridge/contracts/abi/ReleaseRegistry.json' {
  interface Range {
    readonly start: number;
    readonly length: number;
  }
  const artifact: {
    readonly abi: readonly import('ethers/abi').JsonFragment[];
    readonly bytecode: string;
    readonly deployedBytecode: string;
    readonly immutableReferences: { readonly CHAIN_ID: readonly Range[]; readonly SELF: readonly Range[] };
    readonly create2: { readonly factory: string; readonly salt: string; readonly address: string };
  };
  export default artifact;
}
