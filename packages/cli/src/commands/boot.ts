import { readNamedFile } from '@weighbridge/files-local/named-file';
import { type BootVerdict, bootSlots } from '@weighbridge/journeys/boot';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { parseBundle } from '@weighbridge/verify/bundle';
import { BUNDLE_MAX_BYTES } from '@weighbridge/verify/bundle-bytes';
import { type Answer, refusalOf, success } from '../answer.js';
import { type OptionValues, optionList, optionText, type Run } from '../command.js';
import type { Context } from '../context.js';
import { hasChain } from '../embedded-chain.js';
import { sealNow } from '../evidence.js';
import { requireHomeTrust } from '../home-trust.js';
import { readNamedTrust } from '../named-trust.js';
import { showLine } from '../show-line.js';
import { takeOverSignals } from '../signals.js';
import { openNamedSlots, requireDeviceState } from '../slots-door.js';
import { programEnvironment, startProgram } from '../start-program.js';
import { usage } from '../usage.js';
import { openVerdictFile } from '../verdict-file.js';

type Accepted = Extract<BootVerdict, { accepted: true }>;

export const run: Run = async (context, { args, options }) => {
  if (args.length > 0 && !process.argv.includes('--'))
    throw usage(
      `${showLine(args[0]!)} stands without --`,
      'write the program after --: boot --slots DIR -- PROGRAM ARG...',
    );
  const verdictFile = await openVerdictFile(optionText(options, 'verdict'));
  try {
    // Threads and the chain are gone before anything is started.
    const { verdict, engine } = await context.during(() => decide(context, options));
    const answer = answerOf(verdict, engine);
    await verdictFile.write(answer);
    if (!verdict.accepted) return answer;
    await verdict.requireUnchanged();
    return args.length === 0 ? answer : await start(context, verdict, args, answer.notes ?? []);
  } catch (error) {
    if (isWeighbridgeError(error)) await verdictFile.write(refusalOf(error));
    throw error;
  }
};

async function decide(context: Context, options: OptionValues) {
  const deviceState = requireDeviceState(context, options);
  // Whatever was named is read before anything is parsed: USAGE comes before MALFORMED.
  const files: Uint8Array[] = [];
  for (const path of optionList(options, 'bundle'))
    files.push(await readNamedFile(path, BUNDLE_MAX_BYTES, 'the bundle'));
  const slots = await openNamedSlots(context, options);
  const named = await readNamedTrust(optionText(options, 'trust'));
  const bundles = files.map((bytes) => ({ bytes, bundle: parseBundle(bytes) }));
  const isOnline = options.offline !== true && bundles.length === 0 && (await hasChain(context));
  const engine = await context.engine();
  const verdict = await bootSlots({
    slots,
    engine,
    bundles,
    deviceState,
    askChain: isOnline ? (ref, manifestAtHand) => sealNow(context, ref, manifestAtHand) : undefined,
    trust: async () => named ?? (await requireHomeTrust(context)),
    hostSeconds: context.nowSeconds,
    progress: context.progress,
    signal: context.signal,
  });
  return { verdict, engine: engine.name };
}

/** From here on everything that is said comes from the program. */
async function start(
  context: Context,
  { path, claim }: Accepted,
  words: readonly string[],
  notes: readonly string[],
): Promise<number> {
  context.signal.throwIfAborted();
  const env = programEnvironment(process.env, { path, name: claim.ref.name, digest: claim.releaseDigest });
  if (!context.quiet && !context.json) for (const note of notes) process.stderr.write(`note: ${showLine(note)}\n`);
  takeOverSignals(context.signal);
  return startProgram(words, env);
}

function answerOf(verdict: BootVerdict, engine: string): Answer {
  const { slot, notes } = verdict;
  if (!verdict.accepted) {
    const { code, message, hint, details } = verdict.refusal;
    return { outcome: code, message, hint, members: { slot, ...claimMembers(verdict.claim), ...details }, notes };
  }
  const { claim, path, triesLeft } = verdict;
  const { anchor, clock, ageSeconds, manifest, status } = claim;
  const bytes = manifest.files.reduce((sum, { size }) => sum + size, 0);
  const files = manifest.files.length;
  const message = `${claim.ref.name} in slot ${slot} may be loaded: ${files} ${files === 1 ? 'file' : 'files'}, ${bytes} bytes, ${status}`;
  const facts = { anchor, clock, ageSeconds, files, bytes, engine };
  return success({
    message,
    members: { slot, path, triesLeft, ...claimMembers(claim), ...facts },
    lines: [
      message,
      `release digest ${claim.releaseDigest}`,
      `anchor ${anchor}, clock ${clock}, proof ${ageSeconds} seconds old`,
    ],
    notes,
  });
}

function claimMembers(claim: BootVerdict['claim']) {
  if (claim === undefined) return {};
  const { ref, releaseDigest, status, development } = claim;
  return {
    release: ref.name,
    releaseDigest,
    ...(status === undefined ? {} : { status }),
    ...(development ? { development: true } : {}),
  };
}
