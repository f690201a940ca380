import { existsSync, rmdirSync } from 'node:fs';
import { type Installed, installPackage } from '@weighbridge/journeys/ota-install';
import { TRIES_LIMIT } from '@weighbridge/verify/slot-state-file';
import { isDevelopmentChain, developmentNotes, type Trust } from '@weighbridge/verify/trust';
import { type Answer, success } from '../answer.js';
import { type OptionValues, optionText, type Run } from '../command.js';
import type { Context } from '../context.js';
import { requireHomeTrust } from '../home-trust.js';
import { readNamedTrust } from '../named-trust.js';
import { parseInteger } from '../quantities.js';
import { openNamedSlots, requireDeviceState } from '../slots-door.js';
import { openUpdatePackage } from '../update-package.js';

const DEFAULT_TRIES = '3';

export const run: Run = async (context, { args, options }) => {
  const tries = parseInteger(optionText(options, 'tries') ?? DEFAULT_TRIES, '--tries', 1, TRIES_LIMIT);
  const deviceState = requireDeviceState(context, options);
  const dir = optionText(options, 'slots')!;
  const wasThere = existsSync(dir);
  try {
    return await install(context, args[0]!, options, { tries, deviceState });
  } catch (error) {
    if (!wasThere) removeIfEmpty(dir);
    throw error;
  }
};

async function install(
  context: Context,
  file: string,
  options: OptionValues,
  { tries, deviceState }: { tries: number; deviceState: ReturnType<typeof requireDeviceState> },
): Promise<Answer> {
  const named = await readNamedTrust(optionText(options, 'trust'));
  const pack = await openUpdatePackage(context, file);
  const slots = await openNamedSlots(context, options, true);
  let trust: Trust | undefined;
  const installed = await installPackage(
    {
      slots,
      pack,
      engine: await context.engine(),
      trust: async () => {
        trust = named ?? (await requireHomeTrust(context));
        return trust;
      },
      deviceState,
      hostSeconds: context.nowSeconds,
      progress: context.progress,
      signal: context.signal,
    },
    tries,
  );
  return answerOf(installed, trust);
}

/** A first install that is refused leaves no folder behind. */
function removeIfEmpty(dir: string): void {
  try {
    rmdirSync(dir);
  } catch {
    // It is not empty, or was never made.
  }
}

function answerOf({ changed, slot, holds, triesLeft }: Installed, trust: Trust | undefined): Answer {
  const { release, releaseDigest } = holds;
  const boots = `${triesLeft} ${triesLeft === 1 ? 'boot' : 'boots'}`;
  const message = changed
    ? `installed ${release} into slot ${slot}, on trial for ${boots}`
    : `${release} is on trial in slot ${slot} already: nothing was changed`;
  const development = trust !== undefined && isDevelopmentChain(trust.chainId) ? { development: true } : {};
  return success({
    message,
    members: { release, releaseDigest, slot, state: holds.state, triesLeft, changed, ...development },
    lines: [message, `release digest ${releaseDigest}`],
    notes: [
      'to keep it: weighbridge ota confirm, once it has booted and works',
      ...(trust === undefined ? [] : developmentNotes(trust.chainId)),
    ],
  });
}
