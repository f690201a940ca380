import { FakeDocument } from '@weighbridge/ports/testing/fake-document';
import { FakeReleaseFolder } from '@weighbridge/ports/testing/fake-release-folder';
import { type Bundle, parseBundle } from '@weighbridge/verify/bundle';
import { type DeviceState, emptyDeviceState } from '@weighbridge/verify/device-state';
import { canonicalDeviceState, parseDeviceState } from '@weighbridge/verify/device-state-file';
import type { Trust } from '@weighbridge/verify/trust';
import type { DeviceStateDoor } from '../keep-device-state.js';
import { sealBundle } from '../seal-bundle.js';
import { nextTrust } from '../trust-series.js';
import { type Verdict, type VerifyDoors, type VerifyOrder, verifyAtBoot } from '../verify-at-boot.js';
import { FakeEngine } from './fake-engine.js';
import { FILES, type House, MODEL, REF, SILENT, witness } from './house.js';

/** A device with the weights of a house, its bundle and a trust file for its witness. */
export class Device {
  readonly folder = new FakeReleaseFolder(FILES);
  readonly engine = new FakeEngine();
  readonly document = new FakeDocument();
  readonly trust: Trust;
  /** Runs before what is done alone: another process, for example. */
  beforeAlone: () => void = () => {};
  isReadOnly = false;

  constructor(
    readonly house: House,
    readonly bundle: Bundle,
    /** Unix seconds. */
    readonly nowSeconds: number,
  ) {
    const content = { identity: house.chain.identity, models: [MODEL], witnesses: [witness.address] };
    this.trust = nextTrust(undefined, content, nowSeconds - 100);
  }

  get state(): DeviceState {
    return this.document.bytes === undefined ? emptyDeviceState() : parseDeviceState(this.document.bytes);
  }

  set state(state: DeviceState) {
    this.document.bytes = canonicalDeviceState(state);
  }

  get door(): DeviceStateDoor {
    return {
      document: this.document,
      mayBeReadOnly: true,
      alone: async (task) => {
        this.beforeAlone();
        return this.isReadOnly ? undefined : task();
      },
    };
  }

  async verify(order: Partial<VerifyOrder> = {}, doors: Partial<VerifyDoors> = {}): Promise<Verdict> {
    const { folder, engine, trust, bundle, house } = this;
    return verifyAtBoot(
      {
        folder,
        engine,
        trust,
        bundle,
        leaves: (tree, sizeBytes) => house.releases.getLeaves(tree, sizeBytes),
        deviceState: this.door,
        hostSeconds: this.nowSeconds,
        progress: SILENT,
        signal: house.abort.signal,
        ...doors,
      },
      { wanted: undefined, allDigests: false, gitCheckout: false, ...order },
    );
  }
}

export async function deviceOf(house: House, ref = REF): Promise<Device> {
  const nowSeconds = house.chain.clock.nowSeconds() + 10;
  const { bytes } = await sealBundle({ ...house.doors, witness, nowSeconds }, ref, 3600);
  return new Device(house, parseBundle(bytes), nowSeconds);
}
