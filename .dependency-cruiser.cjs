/** The layers of ARCHITECTURE.md. @type {import('dependency-cruiser').IConfiguration} */
const tests = '\\.test\\.[jt]s$|/testing/';

/** What a layer may import of ours, beside itself. */
const LAYERS = {
  core: [],
  keccak: ['core'],
  manifest: ['core'],
  verify: ['core', 'manifest'],
  formats: ['core'],
  delta: ['core', 'manifest'],
  ports: ['core', 'manifest'],
  journeys: ['core', 'manifest', 'verify', 'formats', 'delta', 'ports'],
  'durable-files': ['core'],
};

const layerRules = Object.entries(LAYERS).map(([layer, allowed]) => ({
  name: `layer-${layer}`,
  comment: `${layer} imports ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^packages/${layer}/src/`, pathNot: tests },
  to: { path: '^(packages|contracts)/', pathNot: `^packages/(${[layer, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'layer-adapters',
      comment: 'an adapter imports core, manifest, verify, ports, durable-files and itself, never another adapter',
      severity: 'error',
      from: { path: '^packages/adapters/([^/]+)/src/', pathNot: tests },
      to: {
        path: '^(packages|contracts)/',
        pathNot: ['^packages/(core|manifest|verify|ports|durable-files)/', '^packages/adapters/$1/', '^contracts/abi/'],
      },
    },
    {
      name: 'layer-service-kit',
      comment: 'service-kit imports core, ports, durable-files and files-local',
      severity: 'error',
      from: { path: '^packages/service-kit/src/', pathNot: tests },
      to: {
        path: '^(packages|services|contracts)/',
        pathNot: '^packages/(service-kit|core|ports|durable-files|adapters/files-local)/',
      },
    },
    {
      name: 'layer-services',
      comment: 'a service imports packages, never an adapter, another service or the command line',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/', pathNot: tests },
      to: {
        path: '^(packages|services|contracts)/',
        pathNot: ['^packages/(core|manifest|verify|ports|journeys|service-kit)/', '^services/$1/'],
      },
    },
    {
      name: 'services-are-started-by-the-command-line-alone',
      severity: 'error',
      from: { pathNot: ['^packages/cli/', '^services/', tests] },
      to: { path: '^services/' },
    },
    {
      name: 'nothing-imports-the-command-line',
      severity: 'error',
      from: { pathNot: '^packages/cli/' },
      to: { path: '^packages/cli/' },
    },
    {
      name: 'ethers-in-chain-and-keys-alone',
      severity: 'error',
      from: { pathNot: ['^packages/adapters/(chain-evm|keys-local)/', tests] },
      to: { path: 'node_modules/ethers/' },
    },
    {
      name: 'pure-touches-nothing',
      comment: 'core, manifest, verify, formats and delta open no file, socket or process',
      severity: 'error',
      from: { path: '^packages/(core|manifest|verify|formats)/src/', pathNot: tests },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer)$' },
    },
    {
      name: 'delta-computes-alone',
      comment: 'like the pure ones; zlib is computing too',
      severity: 'error',
      from: { path: '^packages/delta/src/', pathNot: tests },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer|zlib)$' },
    },
    {
      name: 'ports-and-journeys-open-nothing',
      severity: 'error',
      from: { path: '^packages/(ports|journeys)/src/', pathNot: tests },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer)$' },
    },
    {
      name: 'no-tests-in-products',
      severity: 'error',
      from: { path: '^packages/', pathNot: tests },
      to: { path: tests },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'all-resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    exclude: { path: ['/dist/', '/node_modules/.*\\.d\\.ts$'] },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@weighbridge/source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
