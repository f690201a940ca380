import { parseLicense } from '@weighbridge/manifest/license-facts';
import { CHANNEL_NAMES, type ChannelName } from '@weighbridge/ports/channel';
import type { JobOrder } from '@weighbridge/ports/queue';
import { JOB_KINDS, jobKey } from '@weighbridge/service-kit/job-data';
import { type ReleaseSource, sourceData } from '@weighbridge/service-kit/release-source';
import type { AttestationDoors } from './attestation-doors.js';

export interface Registration {
  readonly model: string;
  readonly version: string;
  readonly versionCode: number | undefined;
  readonly license: string | undefined;
  readonly source: ReleaseSource;
  readonly channels: readonly ChannelName[] | undefined;
}

/**
 * The job that registers a folder. Its key holds what is registered and how the files look now: the same order is the
 * same job, and other files under the same name are another one.
 * @throws USAGE for a source that is not there; LIMIT; IO
 */
export async function registerOrder(doors: AttestationDoors, registration: Registration): Promise<JobOrder> {
  const { model, version, versionCode = null, source } = registration;
  const license = parseLicense(registration.license);
  const channels = CHANNEL_NAMES.filter(
    (name) =>
      doors.channels.some((channel) => channel.name === name) && (registration.channels?.includes(name) ?? true),
  );
  const content = { model, version, versionCode, license, channels, ...sourceData(source) };
  const stamp = await doors.sources.stamp(source);
  return { kind: JOB_KINDS.register, key: jobKey({ ...content, stamp }), data: content };
}
