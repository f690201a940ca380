import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expectOutcome, type RunOptions, weighbridge } from '../support/command-line.js';
import { flipByte } from '../support/damage.js';
import { PILOT_2, prepared, sandbox } from '../support/sandbox.js';

/** Runs a command line under strace and gives every network call of it and all its threads and children. */
async function networkCalls(args: readonly string[], log: string, options: RunOptions): Promise<string[]> {
  await weighbridge(args, { ...options, under: ['strace', '-f', '-qq', '-e', 'trace=network', '-o', log] });
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => /\b(?:connect|bind|listen|sendto|sendmsg)\(|AF_INET|AF_NETLINK/.test(line));
}

const verify = (model: string, ...more: string[]) => [
  'verify',
  model,
  '--bundle',
  prepared.bundle('pilot-2'),
  '--trust',
  prepared.trust,
  ...more,
];

describe('a verification with a bundle', () => {
  it('opens no socket, offline or not, accepted or refused', async () => {
    const box = sandbox();
    const home = box.at('device');
    const good = box.model('pilot-2', 'good');
    const bad = box.model('pilot-2', 'bad');
    flipByte(`${bad}/config.json`, 3);
    for (const args of [verify(good, '--offline'), verify(good), verify(bad, '--offline'), ['digest', good]]) {
      expect(await networkCalls(args, box.at('strace.log'), { home }), args.join(' ')).toEqual([]);
    }
  });

  it('is told apart by the same trace from one that asks the chain', async () => {
    const box = sandbox();
    const args = ['verify', box.model('pilot-2'), '--release', PILOT_2];
    expect((await networkCalls(args, box.at('strace.log'), { home: box.publisher() })).length).toBeGreaterThan(0);
  });

  it('works in a network namespace without any interface', async () => {
    const box = sandbox();
    const under = ['unshare', '-n'];
    await expectOutcome('OK', verify(box.model('pilot-2'), '--offline'), { home: box.at('device'), under });
    await expectOutcome('UNVERIFIABLE', ['verify', box.model('pilot-2', 'again'), '--offline', '--release', PILOT_2], {
      home: box.at('device'),
      under,
    });
  });

  it('starts no other program', async () => {
    const box = sandbox();
    const log = box.at('strace.log');
    const under = ['strace', '-f', '-qq', '-e', 'trace=execve', '-o', log];
    await expectOutcome('OK', verify(box.model('pilot-2')), { home: box.at('device'), under });
    const started = readFileSync(log, 'utf8').match(/execve\("[^"]+"(?=.*= 0$)/gm) ?? [];
    expect(started.filter((line) => !/\/(?:node|sh|dash|env|bash|dirname|uname|sed)"$/.test(line))).toEqual([
      expect.stringContaining('/weighbridge"'),
    ]);
  });
});
