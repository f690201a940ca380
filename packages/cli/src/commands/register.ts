import { namespaceOf, parseModelName, parseVersion } from '@weighbridge/core/names';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import {
  type Attestation,
  attestRelease,
  type PreparedRelease,
  prepareRelease,
  type RegisterOrder,
} from '@weighbridge/journeys/register';
import { NOASSERTION, parseLicense } from '@weighbridge/manifest/license-facts';
import type { Chain } from '@weighbridge/ports/chain';
import type { Channel } from '@weighbridge/ports/channel';
import { type Answer, success } from '../answer.js';
import { openChannels, parseChannels } from '../channels.js';
import { claimNamespace } from '../claim.js';
import { newcomerOrder } from '../claim-order.js';
import { type OptionValues, optionList, optionText, type Run } from '../command.js';
import type { Context } from '../context.js';
import { hasChain, openChainToRead, openChainToWrite } from '../embedded-chain.js';
import { chainState, keepIndexed } from '../home-index.js';
import { openReleases } from '../releases.js';
import { namesByAddress, requireKey, signerOf, withNames } from '../key-names.js';
import { parseInteger } from '../quantities.js';
import { usage } from '../usage.js';

const DEFAULT_KEY = 'publisher';

interface ClaimedNamespace {
  readonly namespace: string;
  readonly publisher: string;
  readonly approvers: readonly { readonly key: string; readonly role: string; readonly name?: string }[];
}

export const run: Run = async (context, { args, options }) => {
  const order = readOrder(options);
  const as = optionText(options, 'as');
  if (as !== undefined) await requireKey(context, as);
  const names = parseChannels(optionList(options, 'channel'));
  const folder = await openReleaseFolder(args[0]!);
  const doors = { folder, engine: await context.engine(), progress: context.progress, signal: context.signal };
  const releases = openReleases(context);

  const prepare = async (
    chain: Chain | undefined,
    channels: readonly Channel[],
  ): Promise<{ prepared: PreparedRelease; key: string }> => {
    const publisher = await publisherKey(context, chain, order, as);
    // A wrong passphrase is said before hours of digesting, and the memory that unlocking takes is free again by then.
    if (publisher !== undefined && options.dryRun !== true) await context.keys.unlock(publisher.name);
    return {
      prepared: await prepareRelease({ ...doors, chain, releases, channels }, order, publisher?.address),
      key: publisher?.name ?? DEFAULT_KEY,
    };
  };

  if (options.dryRun === true) {
    const chain = (await hasChain(context)) ? await openChainToRead(context) : undefined;
    return dryRunAnswer((await prepare(chain, [])).prepared, order);
  }
  return context.asWriter(async () => {
    const before = await chainState(context);
    const chain = (await hasChain(context)) ? await openChainToWrite(context) : undefined;
    const { prepared, key } = await prepare(chain, await openChannels(context, names));
    try {
      const { open, claimed } = await claimIfNobodyDid(context, chain, prepared.ref.namespace, key);
      const signer = await signerOf(context, key);
      const attestation = await attestRelease({ chain: open, releases }, prepared, signer);
      await keepIndexed(context, open, prepared.ref, before);
      return registeredAnswer(prepared, attestation, claimed, order);
    } finally {
      await prepared.publishing.abandon();
    }
  });
};

function readOrder(options: OptionValues): RegisterOrder {
  if (options.policy !== undefined) {
    throw usage(
      '--policy: this version has no license gate yet',
      'leave --policy out; the declared license is recorded',
    );
  }
  const code = optionText(options, 'versionCode');
  return {
    model: parseModelName(optionText(options, 'model')!),
    version: parseVersion(optionText(options, 'version')!),
    versionCode: code === undefined ? undefined : parseInteger(code, '--version-code', 1),
    license: parseLicense(optionText(options, 'license')),
  };
}

/** The key that `--as` names, else the namespace's publisher if its key is here, else the key `publisher`. */
async function publisherKey(context: Context, chain: Chain | undefined, order: RegisterOrder, as: string | undefined) {
  if (as !== undefined) return requireKey(context, as);
  const keys = await context.keys.list();
  const record = await chain?.namespace(namespaceOf(order.model));
  return keys.find(({ address }) => address === record?.publisher) ?? keys.find(({ name }) => name === DEFAULT_KEY);
}

async function claimIfNobodyDid(
  context: Context,
  chain: Chain | undefined,
  namespace: string,
  publisher: string,
): Promise<{ open: Chain; claimed: ClaimedNamespace | null }> {
  if (chain !== undefined && (await chain.namespace(namespace)) !== undefined) return { open: chain, claimed: null };
  const { chain: open, record } = await claimNamespace(context, newcomerOrder(namespace, publisher), chain);
  const seats = record.approvers.map(({ key, role }) => ({ key, role }));
  const approvers = withNames(await namesByAddress(context), seats);
  return { open, claimed: { namespace, publisher: record.publisher, approvers } };
}

function commonMembers({ ref, releaseDigest, contentDigest, manifest }: PreparedRelease) {
  return { release: ref.name, releaseDigest, contentDigest, versionCode: manifest.versionCode };
}

function dryRunAnswer(prepared: PreparedRelease, order: RegisterOrder): Answer {
  const { ref, releaseDigest, isRegistered, manifest } = prepared;
  const message = isRegistered
    ? `${ref.name} is registered already with this digest`
    : `${ref.name} would be registered with version code ${manifest.versionCode}; nothing was written`;
  return success({
    message,
    members: { ...commonMembers(prepared), created: false, final: false, channels: [], claimed: null },
    lines: [message, `release digest ${releaseDigest}`],
    notes: licenseNotes(order),
  });
}

function registeredAnswer(
  prepared: PreparedRelease,
  { created, final, receipts }: Attestation,
  claimed: ClaimedNamespace | null,
  order: RegisterOrder,
): Answer {
  const { ref, releaseDigest, contentDigest, manifest } = prepared;
  const message = created
    ? `registered ${ref.name} with version code ${manifest.versionCode}${final ? '' : ', not final yet'}`
    : `${ref.name} was registered already with this digest`;
  return success({
    message,
    members: { ...commonMembers(prepared), created, final, channels: receipts.map(({ channel }) => channel), claimed },
    lines: [
      message,
      `release digest ${releaseDigest}`,
      `content digest ${contentDigest}`,
      ...receipts.map(({ channel, root }) => `published on    ${channel}, as ${root}`),
    ],
    notes: [...claimNotes(claimed), ...licenseNotes(order)],
  });
}

function claimNotes(claimed: ClaimedNamespace | null): string[] {
  if (claimed === null) return [];
  const [approver] = claimed.approvers;
  return [
    `claimed the namespace ${claimed.namespace} for ${claimed.publisher}, with the approver key ${approver?.name} (role ${approver?.role}) and threshold 1`,
  ];
}

function licenseNotes({ license }: RegisterOrder): string[] {
  return license === NOASSERTION ? ['no license was declared (NOASSERTION), which the embedded policy allows'] : [];
}
