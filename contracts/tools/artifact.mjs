import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { forgeBinary } from './forge-binary.mjs';

const CONTRACTS = fileURLToPath(new URL('..', import.meta.url));
const NAME = 'ReleaseRegistry';
/** The deterministic deployment proxy: the same address on every chain that has it. */
const FACTORY = '0x4e59b44847b379578588920cA78FbF26c0B4956C';
const SALT = `0x${'00'.repeat(32)}`;

/**
 * Compiles the contract with the settings of foundry.toml.
 * @returns the texts of the files in abi/, by file name; the same for the same sources, whoever builds them
 */
export function buildArtifacts() {
  const compiled = compile();
  return {
    [`${NAME}.json`]: toText(describeContract(compiled)),
    'storage-layout.json': toText(describeStorage(compiled.storageLayout)),
  };
}

function compile() {
  const work = mkdtempSync(join(tmpdir(), 'weighbridge-abi-'));
  // settings come from foundry.toml alone
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FOUNDRY_')));
  const options = ['--skip', 'test', '--ast', '--extra-output', 'storageLayout'];
  const places = ['--out', join(work, 'out'), '--cache-path', join(work, 'cache')];
  try {
    execFileSync(forgeBinary(), ['build', ...options, ...places], {
      cwd: CONTRACTS,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return JSON.parse(readFileSync(join(work, 'out', `${NAME}.sol`, `${NAME}.json`), 'utf8'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function describeContract({ abi, bytecode, deployedBytecode, ast, metadata }) {
  const { optimizer, evmVersion, viaIR, metadata: appendix } = metadata.settings;
  return {
    contractName: NAME,
    compiler: { version: metadata.compiler.version, evmVersion, optimizer, viaIR, metadata: appendix },
    create2: { factory: FACTORY, salt: SALT, address: create2Address(bytecode.object) },
    immutableReferences: nameImmutables(deployedBytecode.immutableReferences, ast),
    abi,
    bytecode: bytecode.object,
    deployedBytecode: deployedBytecode.object,
  };
}

/** Compiler ids of syntax tree nodes change with any edit; the names of the immutables do not. */
function nameImmutables(references, ast) {
  const contract = ast.nodes.find((node) => node.nodeType === 'ContractDefinition' && node.name === NAME);
  const entries = Object.entries(references).map(([id, places]) => {
    const { name } = contract.nodes.find((node) => node.id === Number(id));
    return [name, places.sort((a, b) => a.start - b.start)];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function describeStorage({ storage, types }) {
  const describe = ({ label, slot, offset, type }) => ({ label, slot: Number(slot), offset, type: types[type].label });
  const structs = Object.values(types).filter((type) => type.members !== undefined);
  return {
    variables: storage.map(describe),
    structs: Object.fromEntries(structs.map(({ label, members }) => [label, members.map(describe)])),
  };
}

function create2Address(creationCode) {
  const preimage = `ff${FACTORY.slice(2)}${SALT.slice(2)}${bytesToHex(keccak_256(hexToBytes(creationCode.slice(2))))}`;
  return checksumAddress(bytesToHex(keccak_256(hexToBytes(preimage.toLowerCase()))).slice(24));
}

/** EIP-55. */
function checksumAddress(digits) {
  const hash = bytesToHex(keccak_256(new TextEncoder().encode(digits)));
  const cased = [...digits].map((digit, i) => (Number.parseInt(hash[i], 16) >= 8 ? digit.toUpperCase() : digit));
  return `0x${cased.join('')}`;
}

function toText(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
