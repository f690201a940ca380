import type { Digest } from '@weighbridge/core/brands';
import { parseReleaseRef } from '@weighbridge/core/names';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import { readNamedFile } from '@weighbridge/files-local/named-file';
import { type Verdict, verifyAtBoot } from '@weighbridge/journeys/verify-at-boot';
import type { ReleaseFolder } from '@weighbridge/ports/release-folder';
import type { ClaimFacts } from '@weighbridge/verify/claim';
import { BUNDLE_MAX_BYTES } from '@weighbridge/verify/bundle-bytes';
import { isDevelopmentChain, parseTrust, TRUST_MAX_BYTES } from '@weighbridge/verify/trust';
import { type Answer, success } from '../answer.js';
import { type OptionValues, optionText, type Run } from '../command.js';
import type { Context } from '../context.js';
import { deviceStateDoor } from '../device-state-door.js';
import { findEvidence } from '../evidence.js';
import { requireHomeTrust } from '../home-trust.js';
import { openReleases } from '../releases.js';

const LEAVES_MAX_BYTES = 64 * 1024 * 1024;

export const run: Run = async (context, { args, options }) => {
  const release = optionText(options, 'release');
  const wanted = release === undefined ? undefined : parseReleaseRef(release);
  const folder = await openReleaseFolder(args[0]!);
  // Whatever was named is read before anything is parsed: USAGE comes before MALFORMED.
  const namedTrust = await readNamed(options, 'trust', TRUST_MAX_BYTES, 'the trust file');
  const namedBundle = await readNamed(options, 'bundle', BUNDLE_MAX_BYTES, 'the bundle');
  const offline = options.offline === true;
  const { bundle, online } = await findEvidence(context, folder, { wanted, bundle: namedBundle, offline });
  const trust = namedTrust === undefined ? await requireHomeTrust(context) : parseTrust(namedTrust);
  const state = optionText(options, 'state');
  const engine = await context.engine();

  const verdict = await verifyAtBoot(
    {
      folder,
      engine,
      trust,
      bundle,
      leaves: leavesFinder(context, folder),
      deviceState: deviceStateDoor(context, state, online),
      hostSeconds: context.nowSeconds,
      progress: context.progress,
      signal: context.signal,
    },
    { wanted, allDigests: options.allDigests === true, gitCheckout: options.gitCheckout === true },
  );
  const notes =
    state === 'none' ? [...verdict.notes, 'no device state was read or kept (--state none)'] : verdict.notes;
  return answerOf({ ...verdict, notes }, engine.name, isDevelopmentChain(trust.chainId));
};

async function readNamed(
  options: OptionValues,
  option: string,
  maxBytes: number,
  what: string,
): Promise<Uint8Array | undefined> {
  const path = optionText(options, option);
  return path === undefined ? undefined : readNamedFile(path, maxBytes, what);
}

/** Leaves beside the weights, else in the home folder: they only tell which chunk is bad. */
function leavesFinder(context: Context, folder: ReleaseFolder) {
  const releases = openReleases(context);
  return async (tree: Digest, sizeBytes: number): Promise<Uint8Array | undefined> =>
    (await folder.readMetadata(`leaves/${tree}`, LEAVES_MAX_BYTES)) ?? releases.getLeaves(tree, sizeBytes);
}

function answerOf(verdict: Verdict, engine: string, development: boolean): Answer {
  if (!verdict.accepted) return refusedAnswer(verdict, development);
  const { claim, files, bytes, notes } = verdict;
  const { status, anchor, clock, ageSeconds } = claim;
  const message = `verified ${claim.ref.name}: ${files} ${files === 1 ? 'file' : 'files'}, ${bytes} bytes, ${status}`;
  return success({
    message,
    members: { ...claimMembers(claim, development), anchor, clock, ageSeconds, files, bytes, engine },
    lines: [
      message,
      `release digest ${claim.releaseDigest}`,
      `anchor ${anchor}, clock ${clock}, proof ${ageSeconds} seconds old`,
    ],
    notes,
  });
}

function refusedAnswer({ refusal, claim, notes }: Extract<Verdict, { accepted: false }>, development: boolean): Answer {
  const { code, message, hint, details } = refusal;
  return {
    outcome: code,
    message,
    hint,
    members: { ...(claim === undefined ? markOf(development) : claimMembers(claim, development)), ...details },
    notes,
  };
}

function claimMembers({ ref, releaseDigest, status }: ClaimFacts, development: boolean) {
  return { release: ref.name, releaseDigest, ...(status === undefined ? {} : { status }), ...markOf(development) };
}

function markOf(development: boolean): { development?: true } {
  return development ? { development } : {};
}
