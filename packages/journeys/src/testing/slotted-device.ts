import type { Digest, Version } from '@weighbridge/core/brands';
import { type ReleaseRef, releaseRef } from '@weighbridge/core/names';
import { sha3Digest } from '@weighbridge/core/sha3';
import { contentDigest } from '@weighbridge/manifest/content-digest';
import { FakeDocument } from '@weighbridge/ports/testing/fake-document';
import { FakeSlots } from '@weighbridge/ports/testing/fake-slots';
import { FakeUpdatePackage } from '@weighbridge/ports/testing/fake-update-package';
import { type Bundle, parseBundle } from '@weighbridge/verify/bundle';
import { type DeviceState, emptyDeviceState } from '@weighbridge/verify/device-state';
import { canonicalDeviceState, parseDeviceState } from '@weighbridge/verify/device-state-file';
import type { SlotsState } from '@weighbridge/verify/slot-state';
import { canonicalSlotsState, parseSlotsState } from '@weighbridge/verify/slot-state-file';
import { digestsOf } from '@weighbridge/verify/testing/release';
import type { Trust } from '@weighbridge/verify/trust';
import { type BootDoors, type BootVerdict, bootSlots } from '../boot.js';
import type { DeviceStateDoor } from '../keep-device-state.js';
import { type Confirmed, confirmSlot } from '../ota-confirm.js';
import { type InstallDoors, type Installed, installPackage } from '../ota-install.js';
import { sealBundle } from '../seal-bundle.js';
import { nextTrust } from '../trust-series.js';
import { FakeEngine } from './fake-engine.js';
import { claimedHouse, FILES, type House, MODEL, SILENT, witness } from './house.js';

const WEIGHTS = 'weights/model.bin';

/** A device with two slots, and the publisher's house that its releases come from: versions 1, 2, 3 … */
export class SlottedDevice {
  readonly slots = new FakeSlots();
  readonly document = new FakeDocument();
  readonly engine = new FakeEngine();
  readonly trust: Trust;
  readonly abort = new AbortController();
  isReadOnly = false;

  constructor(readonly house: House) {
    const content = { identity: house.chain.identity, models: [MODEL], witnesses: [witness.address] };
    this.trust = nextTrust(undefined, content, house.chain.clock.nowSeconds() - 100);
  }

  get nowSeconds(): number {
    return this.house.chain.clock.nowSeconds() + 10;
  }

  get memory(): DeviceState {
    return this.document.bytes === undefined ? emptyDeviceState() : parseDeviceState(this.document.bytes);
  }

  set memory(state: DeviceState) {
    this.document.bytes = canonicalDeviceState(state);
  }

  get state(): SlotsState {
    return parseSlotsState(this.slots.state!);
  }

  set state(state: SlotsState) {
    this.slots.state = canonicalSlotsState(state);
  }

  get door(): DeviceStateDoor {
    return {
      document: this.document,
      mayBeReadOnly: true,
      alone: async (task) => (this.isReadOnly ? undefined : task()),
    };
  }

  async publish(version: number, isApproved = true): Promise<ReleaseRef> {
    for (const [path, bytes] of filesOf(version)) this.house.folder.put(path, bytes);
    const ref = await this.house.register(`${version}.0.0`);
    if (isApproved) await this.house.approveAll(ref);
    return ref;
  }

  async seal(version: number): Promise<{ bundle: Bundle; bytes: Uint8Array }> {
    const doors = { ...this.house.doors, witness, nowSeconds: this.nowSeconds };
    const { bytes } = await sealBundle(doors, refOf(version), 3600);
    return { bundle: parseBundle(bytes), bytes };
  }

  /** A package to a version, full or from another one. */
  async pack(version: number, from?: number): Promise<FakeUpdatePackage> {
    const { bundle, bytes } = await this.seal(version);
    const files = filesOf(version);
    const base =
      from === undefined ? undefined : { pinned: pinned((await this.seal(from)).bundle), files: filesOf(from) };
    return new FakeUpdatePackage({
      packageDigest: sha3Digest(Buffer.from(`package ${version} from ${from}`)) as Digest,
      target: pinned(bundle),
      bundleBytes: bytes,
      files,
      leavesOf: (path) => digestsOf(files.get(path)!).leaves,
      base,
    });
  }

  async install(pack: FakeUpdatePackage, tries = 3, more: Partial<InstallDoors> = {}): Promise<Installed> {
    return installPackage({ ...this.doors(), pack, ...more }, tries);
  }

  /** Publishes, installs and confirms versions, in this order. */
  async run(...versions: readonly number[]): Promise<void> {
    for (const version of versions) {
      await this.publish(version);
      await this.install(await this.pack(version));
      await this.boot();
      await this.confirm();
    }
  }

  async boot(more: Partial<BootDoors> = {}): Promise<BootVerdict> {
    return bootSlots({ ...this.doors(), bundles: [], ...more });
  }

  confirm(): Promise<Confirmed> {
    return confirmSlot(this.slots, this.door);
  }

  private doors() {
    return {
      slots: this.slots,
      engine: this.engine,
      trust: async () => this.trust,
      deviceState: this.door,
      hostSeconds: this.nowSeconds,
      progress: SILENT,
      signal: this.abort.signal,
    };
  }
}

export async function slottedDevice(): Promise<SlottedDevice> {
  return new SlottedDevice(await claimedHouse());
}

export function refOf(version: number): ReleaseRef {
  return releaseRef(MODEL, `${version}.0.0` as Version);
}

export function filesOf(version: number): ReadonlyMap<string, Uint8Array> {
  const files = { ...FILES, [WEIGHTS]: `weights of version ${version}` };
  return new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]));
}

function pinned({ releaseDigest, manifest }: Bundle) {
  return { kind: 'release', releaseDigest, contentDigest: contentDigest(manifest.files) } as const;
}
