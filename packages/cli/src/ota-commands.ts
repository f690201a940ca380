import type { CommandSpec, OptionSpec } from './command.js';

const SLOTS: OptionSpec = { flags: '--slots <dir>', about: 'the folder of the two slots', required: true };
const TRUST: OptionSpec = {
  flags: '--trust <file>',
  about: 'what this device trusts (default: trust.json of the home folder)',
};
const STATE: OptionSpec = {
  flags: '--state <file>',
  about: 'what the device has accepted (default: device-state.json of the home folder)',
};

/** What a device does with releases: install, boot, confirm, go back. */
export const OTA_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'ota install',
    summary: 'install a package into the slot that does not boot, and boot it on trial from then on',
    args: [{ usage: '<file>', about: 'a delta package to a registered release, as `delta build` writes it' }],
    options: [
      { flags: '--slots <dir>', about: 'the folder of the two slots; the first install makes it', required: true },
      { flags: '--tries <n>', about: 'boots without a confirmation, 1 to 1000 (default: 3)' },
      TRUST,
      STATE,
    ],
    details: [
      'Everything that can be refused is refused before the idle slot is touched. A power cut leaves the old or the new release;',
      'the same command goes on where it was. A first install needs a full package.',
    ],
    examples: [
      'delta build --to acme/pilot-llm@1.0.0 -o pilot.update',
      'ota install pilot.update --slots slots',
      'ota install pilot.update --slots other-slots --tries 5',
    ],
    load: () => import('./commands/ota-install.js'),
  },
  {
    name: 'ota status',
    summary: 'say what both slots hold, which of them boots, and why one has failed',
    options: [SLOTS],
    examples: ['ota status --slots slots'],
    load: () => import('./commands/ota-status.js'),
  },
  {
    name: 'boot',
    summary: 'verify the slot that boots, and start a program only if it may be loaded',
    args: [{ usage: '[command...]', about: 'after --: the program to start, and its arguments' }],
    options: [
      SLOTS,
      {
        flags: '--bundle <file>',
        about: 'a newer bundle of a release in the slots; opens no socket then',
        repeatable: true,
      },
      { flags: '--offline', about: 'open no socket: the bundle in the slot is used' },
      TRUST,
      STATE,
      { flags: '--verdict <file>', about: 'where the verdict is written, a refusal too, before anything starts' },
    ],
    details: [
      'The program gets WEIGHBRIDGE_MODEL_DIR, WEIGHBRIDGE_RELEASE and WEIGHBRIDGE_RELEASE_DIGEST, this working folder, stdin,',
      'stdout, stderr and signals; its exit code is the exit code (128 + n for a signal n).',
      'A release on trial that was booted as often as it may be, without `ota confirm`, gives way to the one confirmed before.',
    ],
    examples: [
      'boot --slots slots --offline',
      'boot --slots slots --verdict verdict.json -- ls slots/a',
      'boot --slots slots --bundle pilot.bundle -- cat verdict.json',
    ],
    load: () => import('./commands/boot.js'),
  },
  {
    name: 'ota confirm',
    summary: 'say that the release on trial works: it stays, and nothing older is accepted any more',
    options: [SLOTS, STATE],
    examples: ['ota confirm --slots slots'],
    load: () => import('./commands/ota-confirm.js'),
  },
  {
    name: 'ota rollback',
    summary: 'go back to the release in the other slot, if that is not older than what was confirmed',
    options: [SLOTS],
    examples: ['ota install pilot.update --slots slots', 'ota rollback --slots slots'],
    load: () => import('./commands/ota-rollback.js'),
  },
];
