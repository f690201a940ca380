/**
 * A writer that can be killed at any of its steps: `node writer-program.mjs HOME CODE STEP`. It counts every change of
 * a file and every transaction and dump that it asks for, and kills itself with SIGKILL when it comes to the STEP-th.
 * It prints a line when it is ready, and one when the registration was acknowledged.
 */
import fs from 'node:fs/promises';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';

const [home, code, step] = process.argv.slice(2) as [string, string, string];
let count = 0;
let counting = false;

function countStep(name: string): void {
  if (!counting) return;
  count += 1;
  process.stdout.write(`${count} ${name}\n`);
  if (count === Number(step)) process.kill(process.pid, 'SIGKILL');
}

for (const name of ['rename', 'link', 'unlink', 'rm', 'mkdir'] as const) {
  const original = fs[name] as (...args: unknown[]) => Promise<unknown>;
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      countStep(name);
      return original(...args);
    },
  });
}

const probe = await fs.open(process.execPath);
const handle = Object.getPrototypeOf(probe) as Record<string, (...args: unknown[]) => unknown>;
await probe.close();
for (const name of ['sync', 'writeFile']) {
  const original = handle[name]!;
  handle[name] = function (...args) {
    countStep(name);
    return original.apply(this, args);
  };
}

const { end } = http.ClientRequest.prototype;
http.ClientRequest.prototype.end = function (this: http.ClientRequest, ...args: unknown[]) {
  const method = /"method":"(eth_sendRawTransaction|anvil_dumpState|anvil_mine)"/.exec(String(args[0]))?.[1];
  if (method !== undefined) countStep(method);
  return end.apply(this, args as never);
} as typeof end;
syncBuiltinESMExports();

const { openEmbeddedChain } = await import('../embedded-chain.js');
const { testSigner } = await import('@weighbridge/ports/testing/test-signer');
const { parseReleaseRef } = await import('@weighbridge/core/names');
const publisher = testSigner('publisher');
counting = true;
const chain = await openEmbeddedChain({
  folder: `${home}/chain`,
  journalFolder: `${home}/journal`,
  writable: true,
  fund: [publisher.address],
});
process.stdout.write('ready\n');
if (code === 'wait') await new Promise((resolve) => setTimeout(resolve, 60_000));
const ref = parseReleaseRef(`acme/model@${code}`);
await chain.register({ ref, versionCode: Number(code), digest: 'ab'.repeat(64) as never }, publisher);
process.stdout.write('acknowledged\n');
await chain.close();
