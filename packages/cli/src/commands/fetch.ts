import { openFetchPlace, openRepairPlace, requireNoTarget } from '@weighbridge/files-local/local-fetch-place';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { parseReleaseRef, type ReleaseRef, releaseRef } from '@weighbridge/core/names';
import { METADATA_FOLDER } from '@weighbridge/core/paths';
import { type Fetched, type FetchDoors, fetchRelease } from '@weighbridge/journeys/fetch';
import { proveRelease, type WitnessedProof } from '@weighbridge/journeys/seal-bundle';
import { MANIFEST_MAX_BYTES, type Manifest } from '@weighbridge/manifest/manifest';
import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import type { ReleaseFolder } from '@weighbridge/ports/release-folder';
import { BUNDLE_MAX_BYTES } from '@weighbridge/verify/bundle-bytes';
import { parseBundle } from '@weighbridge/verify/bundle';
import { MAX_AGE_LIMIT_SECONDS } from '@weighbridge/verify/checkpoint';
import { decideFileSet } from '@weighbridge/verify/file-set';
import { summarizeFindings } from '@weighbridge/verify/finding';
import { refusalError } from '@weighbridge/verify/refusal';
import { developmentNotes } from '@weighbridge/verify/trust';
import { type Answer, success } from '../answer.js';
import { openChannels, parseChannels } from '../channels.js';
import { type OptionValues, optionList, optionText, type Run } from '../command.js';
import type { Context } from '../context.js';
import { openChainToRead, requireChain, unlockWitness } from '../embedded-chain.js';
import { requireHomeTrust } from '../home-trust.js';
import { readNamedTrust } from '../named-trust.js';
import { openReleases } from '../releases.js';
import { usage } from '../usage.js';

const IDLE_MS = 30_000;

export const run: Run = async (context, { args, options }) => {
  const repair = optionText(options, 'repair');
  return repair === undefined ? fetchAnew(context, args, options) : repairThere(context, repair, args, options);
};

async function fetchAnew(context: Context, args: readonly string[], options: OptionValues): Promise<Answer> {
  const to = optionText(options, 'to');
  if (args[0] === undefined || to === undefined)
    throw usage('fetch needs a release and --to DIR', 'weighbridge fetch namespace/name@version --to DIR');
  const ref = parseReleaseRef(args[0]);
  requireNoTarget(to);
  const lock = { timeoutMs: context.lockTimeoutMs, signal: context.signal };
  const doors = await openDoors(context, ref, options, (digest) => openFetchPlace(context.home, digest, to, lock));
  const fetched = await fetchRelease(doors, ref);
  return answerOf(fetched, `fetched ${ref.name} into ${to}`, to);
}

async function repairThere(
  context: Context,
  dir: string,
  args: readonly string[],
  options: OptionValues,
): Promise<Answer> {
  if (args[0] !== undefined || options.to !== undefined)
    throw usage('--repair DIR stands alone', 'leave the release and --to out: the folder says what it holds');
  const folder = await openReleaseFolder(dir);
  if (folder.isSingleFile) throw usage(`${dir} is no folder`, 'name the folder that holds the release');
  const ref = await releaseOf(folder);
  const lock = { timeoutMs: context.lockTimeoutMs, signal: context.signal };
  const doors = await openDoors(context, ref, options, () => openRepairPlace(context.home, dir, lock));
  const fetched = await fetchRelease(doors, ref, (manifest) => requireFileSet(folder, ref, manifest));
  const { length } = fetched.completed.fetched;
  const what = length === 0 ? 'nothing was wrong' : `${length} ${length === 1 ? 'file was' : 'files were'} mended`;
  return answerOf(fetched, `${dir} is ${ref.name}: ${what}`, dir);
}

async function openDoors(
  context: Context,
  ref: ReleaseRef,
  options: OptionValues,
  openPlace: FetchDoors['openPlace'],
): Promise<FetchDoors> {
  const names = parseChannels(optionList(options, 'channel'));
  const named = await readNamedTrust(optionText(options, 'trust'));
  await requireChain(context, ref);
  return {
    trust: named ?? (await requireHomeTrust(context)),
    openPlace,
    prove: () => proveNow(context, ref),
    releases: openReleases(context),
    channels: await openChannels(context, names),
    engine: await context.engine(),
    hostSeconds: context.nowSeconds,
    idleMs: IDLE_MS,
    progress: context.progress,
    signal: context.signal,
  };
}

/** The chain is opened anew: what others wrote meanwhile is seen. */
async function proveNow(context: Context, ref: ReleaseRef): Promise<WitnessedProof> {
  const chain = await openChainToRead(context);
  const doors = { chain, witness: await unlockWitness(context), nowSeconds: context.nowSeconds };
  try {
    return await proveRelease(doors, ref, MAX_AGE_LIMIT_SECONDS);
  } finally {
    await chain.close();
  }
}

/** Which release a folder says that it is; nothing else of it is believed. */
async function releaseOf(folder: ReleaseFolder): Promise<ReleaseRef> {
  const manifest = await manifestBeside(folder);
  if (manifest !== undefined) return releaseRef(manifest.model, manifest.version);
  throw new WeighbridgeError('UNVERIFIABLE', `${folder.location} does not say which release it is`, {
    hint: `its ${METADATA_FOLDER}/ is gone: fetch the release into a new folder (weighbridge fetch REF --to DIR)`,
  });
}

async function manifestBeside(folder: ReleaseFolder): Promise<Manifest | undefined> {
  const manifest = await folder.readMetadata('manifest.json', MANIFEST_MAX_BYTES);
  const bundle = await folder.readMetadata('bundle.json', BUNDLE_MAX_BYTES);
  return tryParse(manifest, parseManifest) ?? tryParse(bundle, (bytes) => parseBundle(bytes).manifest);
}

function tryParse(bytes: Uint8Array | undefined, parse: (bytes: Uint8Array) => Manifest): Manifest | undefined {
  try {
    return bytes === undefined ? undefined : parse(bytes);
  } catch {
    return undefined;
  }
}

async function requireFileSet(folder: ReleaseFolder, ref: ReleaseRef, manifest: Manifest): Promise<void> {
  const { entries } = await folder.scan([METADATA_FOLDER]);
  const findings = decideFileSet(manifest, entries, { allowGitAttributes: false });
  if (findings.length > 0) throw refusalError(summarizeFindings(ref, findings));
}

function answerOf({ claim, completed, faults }: Fetched, message: string, to: string): Answer {
  const { files } = claim.manifest;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const { problem: _, message: __, ...first } = faults[0] ?? { problem: '', message: '' };
  return success({
    message,
    members: {
      release: claim.ref.name,
      releaseDigest: claim.releaseDigest,
      status: claim.status,
      anchor: claim.anchor,
      clock: claim.clock,
      ageSeconds: claim.ageSeconds,
      files: files.length,
      bytes,
      to,
      ...first,
      faults: faults.map(({ message: _message, ...fault }) => fault),
      fetched: completed.fetched.map(({ file, chunks }) => ({ file: file.path, chunks: chunks.length })),
      ...(claim.development ? { development: true } : {}),
    },
    lines: [
      message,
      `release digest ${claim.releaseDigest}`,
      `${files.length} files, ${bytes} bytes, all four digests right`,
    ],
    notes: [
      ...faults.map((fault) => `${fault.message}; taken from another channel`),
      ...developmentNotes(claim.registry.chainId),
    ],
  });
}
