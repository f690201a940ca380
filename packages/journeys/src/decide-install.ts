import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { contentDigest } from '@weighbridge/manifest/content-digest';
import type { UpdatePackage } from '@weighbridge/ports/update-package';
import { type Bundle, parseBundle } from '@weighbridge/verify/bundle';
import type { AcceptedClaim } from '@weighbridge/verify/claim';
import { modelFloor } from '@weighbridge/verify/device-state';
import { type Refused, refusalError, refuse } from '@weighbridge/verify/refusal';
import { atVersionFloor } from '@weighbridge/verify/slot-files';
import { activeSlot, type SlotsState } from '@weighbridge/verify/slot-state';
import type { Trust } from '@weighbridge/verify/trust';
import { decideClaim } from '@weighbridge/verify/verdict';
import { type DeviceStateDoor, type KnownState, keepRevoked, readDeviceState } from './keep-device-state.js';

/** The target's bundle. @throws UNVERIFIABLE for a package between plain folders; MALFORMED */
export function bundleIn({ location, target, bundleBytes }: UpdatePackage): Bundle {
  if (target.kind === 'release' && bundleBytes !== undefined) return parseBundle(bundleBytes);
  throw new WeighbridgeError(
    'UNVERIFIABLE',
    `${showPath(location)} leads to no registered release: nothing proves it`,
    {
      hint: 'build a package to a release: weighbridge delta build --to namespace/name@version -o FILE',
      details: { file: showPath(location) },
    },
  );
}

/** What the package pins must be what its bundle describes: both are compared with bytes later. @throws MALFORMED */
export function requireSameTarget({ location, target, targetPaths }: UpdatePackage, bundle: Bundle): void {
  const { files } = bundle.manifest;
  const isSame =
    target.kind === 'release' &&
    target.releaseDigest === bundle.releaseDigest &&
    target.contentDigest === contentDigest(files) &&
    targetPaths.length === files.length &&
    files.every(({ path }, index) => path === targetPaths[index]);
  if (isSame) return;
  throw new WeighbridgeError('MALFORMED', `${showPath(location)} holds a bundle of another target than its own`, {
    hint: 'get the package again from where it was built',
    details: { file: showPath(location), release: bundle.ref.name },
  });
}

export interface InstallQuestion {
  readonly trust: Trust;
  readonly deviceState: DeviceStateDoor;
  readonly hostSeconds: number;
  readonly state: SlotsState;
}

/**
 * Whether a device may install a release, by its proof: UNTRUSTED, then the model of the slots, then everything else.
 * A revocation is remembered, an OK is not.
 * @throws the first refusal
 */
export async function requireInstallable(question: InstallQuestion, bundle: Bundle): Promise<AcceptedClaim> {
  const { trust, deviceState: door, hostSeconds, state } = question;
  const known = await readDeviceState(door);
  const decision = decideClaim({ trust, bundle, deviceState: atBothFloors(known, bundle, state), hostSeconds });
  if (!decision.accepted && decision.refusal.code === 'UNTRUSTED') throw refusalError(decision.refusal);
  if (state.model !== undefined && state.model !== bundle.ref.model)
    throw refusalError(otherModel(bundle, state.model));
  if (decision.accepted) return decision.claim;
  if (decision.refusal.code === 'REVOKED') await keepRevoked(door, decision.claim);
  throw refusalError(decision.refusal);
}

/** The confirmed floor of the slots, and that of the device. */
function atBothFloors(known: KnownState, { ref }: Bundle, { floor }: SlotsState): KnownState {
  if (typeof known === 'string') return known;
  return atVersionFloor(known, ref.model, Math.max(floor, modelFloor(known, ref.model).versionCode));
}

/** slots-v1 §5.2: a delta is applied to what the active slot holds. @throws WRONG_ARTIFACT */
export function requireBase({ base, location }: UpdatePackage, state: SlotsState): void {
  if (base === undefined) return;
  const active = activeSlot(state);
  if (active !== undefined && base.kind === 'release' && base.releaseDigest === active.releaseDigest) return;
  const held = active === undefined ? 'no release' : active.release;
  throw new WeighbridgeError(
    'WRONG_ARTIFACT',
    `${showPath(location)} is a delta from another base: the active slot holds ${held}`,
    {
      hint: 'take a delta from what is installed (weighbridge ota status), or a full package (delta build without --from)',
      details: {
        file: showPath(location),
        ...(active === undefined ? {} : { expected: active.releaseDigest }),
        ...(base.kind === 'release' ? { found: base.releaseDigest } : {}),
      },
    },
  );
}

function otherModel({ ref }: Bundle, model: string): Refused {
  return refuse(
    'WRONG_ARTIFACT',
    `the package is of ${ref.model}, these slots hold ${model} since the first install`,
    'use other slots for another model',
    { release: ref.name, expected: model, found: ref.model },
  );
}
