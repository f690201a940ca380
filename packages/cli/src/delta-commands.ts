import type { CommandSpec, OptionSpec } from './command.js';

const SIDES: readonly OptionSpec[] = [
  {
    flags: '--from <path|ref>',
    about: 'what the device has: a folder, a file or a release (default: nothing, a full package)',
  },
  { flags: '--to <path|ref>', about: 'what the device shall have', required: true },
  {
    flags: '--adapter <file>',
    about: 'the LoRA adapter (safetensors, or its folder) that was merged: it is sent in place of its effect',
  },
  { flags: '--budget <size>', about: 'refuse (LIMIT) a package that is larger, for example 21MB' },
];

/** Everything about delta packages. */
export const DELTA_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'delta plan',
    summary: 'say what a delta package would cost, by file and tensor, and what would fit',
    options: [...SIDES, { flags: '--plot <file>', about: 'draw the plan into an SVG file' }],
    details: [
      'Everything is encoded as `delta build` would, and nothing is kept. 21MB means 21,000,000 bytes; a budget that is met is kept.',
    ],
    examples: ['delta plan --to pilot-llm --budget 21MB'],
    load: () => import('./commands/delta-plan.js'),
  },
  {
    name: 'delta build',
    summary: 'build a delta package, and apply it once to see that it gives the target',
    options: [
      ...SIDES,
      { flags: '-o, --output <file>', about: 'where to write the package; replaced as a whole', required: true },
    ],
    details: [
      'A package to a registered release holds its bundle, so that `ota install` takes it without a network.',
      'A package between plain folders serves `delta apply` only.',
    ],
    examples: ['delta build --to pilot-llm -o pilot.wbdelta'],
    load: () => import('./commands/delta-build.js'),
  },
  {
    name: 'delta inspect',
    summary: 'say what a delta package holds',
    args: [{ usage: '<file>', about: 'a delta package' }],
    examples: ['delta build --to pilot-llm -o pilot.wbdelta', 'delta inspect pilot.wbdelta'],
    load: () => import('./commands/delta-inspect.js'),
  },
  {
    name: 'delta apply',
    summary: 'write the target of a delta package into a new folder',
    args: [{ usage: '<file>', about: 'a delta package' }],
    options: [
      { flags: '--base <dir>', about: 'the folder that holds exactly the base; a full package needs none' },
      { flags: '--to <dir>', about: 'the folder to make; it must not exist', required: true },
    ],
    details: [
      'The base is read whole and compared before anything is written; each MiB of the target before it is written; all of it at',
      'the end. A run that was broken off is continued.',
    ],
    examples: ['delta build --to pilot-llm -o pilot.wbdelta', 'delta apply pilot.wbdelta --to pilot-llm-new'],
    load: () => import('./commands/delta-apply.js'),
  },
];
