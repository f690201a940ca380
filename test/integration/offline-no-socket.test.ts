import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { flipByte } from '../support/damage.js';
import { verifyOffline } from '../support/device.js';
import { prepared, sandbox } from '../support/sandbox.js';

const NO_NETWORK = ['unshare', '-n'];
/** Calls that open, bind or connect anything that leaves the process. */
const SOCKETS = /\b(socket|connect|bind|listen|accept4?|sendto|sendmsg|sendmmsg|recvfrom)\(/;
/** Node.js makes pairs of pipes and an epoll of its own; they reach nobody. */
const OWN = /socketpair\(/;

describe('with a bundle', () => {
  test('no socket is opened: accepted, refused, with and without --offline, inspect and digest', async () => {
    const box = sandbox();
    const spoiled = box.model('pilot-1');
    flipByte(`${spoiled}/config.json`);
    const named = [
      'verify',
      prepared.model('pilot-1'),
      '--bundle',
      prepared.bundle('pilot-1'),
      '--trust',
      prepared.trust,
    ];
    const lines: [outcome: string, line: string[]][] = [
      ['OK', verifyOffline(prepared.model('pilot-1'))],
      ['OK', named],
      ['TAMPERED', verifyOffline(spoiled)],
      ['REVOKED', verifyOffline(prepared.model('tiny'), { bundle: prepared.bundle('tiny-revoked') })],
      ['UNVERIFIABLE', ['verify', prepared.model('pilot-1'), '--offline', '--release', 'acme/pilot@1.0.0']],
      ['OK', ['bundle', 'inspect', prepared.bundle('pilot-1')]],
      ['OK', ['digest', prepared.model('tiny')]],
    ];
    for (const [outcome, line] of lines) {
      const trace = ['strace', '-f', '-qq', '-o', box.at('trace'), '-e', 'trace=network'];
      const { answer } = await weighbridge(line, { home: box.at('device'), under: trace });
      expect(answer.outcome).toBe(outcome);
      const calls = readFileSync(box.at('trace'), 'utf8').split('\n');
      expect(
        calls.filter((call) => SOCKETS.test(call) && !OWN.test(call)),
        line.join(' '),
      ).toEqual([]);
    }
  });

  test('it works where there is no network at all, whatever proxies are named', async () => {
    const box = sandbox();
    const spoiled = box.model('pilot-1');
    flipByte(`${spoiled}/config.json`);
    const proxy = 'http://127.0.0.1:9';
    const env = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, ALL_PROXY: proxy, http_proxy: proxy, https_proxy: proxy };
    const options = { home: box.at('device'), under: NO_NETWORK, env };
    await expectOutcome('OK', verifyOffline(prepared.model('pilot-1')), options);
    await expectOutcome('TAMPERED', verifyOffline(spoiled), options);
  });

  test('it starts no other program', async () => {
    const box = sandbox();
    const trace = ['strace', '-f', '-qq', '-o', box.at('trace'), '-e', 'trace=execve'];
    await expectOutcome('OK', verifyOffline(prepared.model('pilot-1')), { home: box.at('device'), under: trace });
    const started = readFileSync(box.at('trace'), 'utf8').match(/execve\("[^"]+"[^=]*= 0/g) ?? [];
    expect(
      started.filter((call) => !/"[^"]*\/(node|env|weighbridge|sh|dirname|sed|uname|basename)"/.test(call)),
    ).toEqual([]);
  });

  test('an unsafe path in a bundle is refused before any file is opened', async () => {
    const box = sandbox();
    const text = readFileSync(prepared.bundle('pilot-1'), 'utf8');
    const folder = box.model('pilot-1');
    for (const path of ['../secret', '/etc/passwd', 'a//b', './a', 'a\\\\b', 'a\\u0000b']) {
      const bundle = box.at('bundle');
      writeFileSync(bundle, text.replace('"path":"LICENSE"', `"path":"${path}"`));
      const trace = ['strace', '-f', '-qq', '-o', box.at('trace'), '-e', 'trace=open,openat,openat2'];
      await expectOutcome('MALFORMED', verifyOffline(folder, { bundle }), { home: box.at('device'), under: trace });
      const opened = readFileSync(box.at('trace'), 'utf8');
      expect(opened).toContain(bundle);
      expect(opened).not.toContain('secret');
      expect(opened).not.toMatch(/model\.safetensors|config\.json/);
    }
  });
});
