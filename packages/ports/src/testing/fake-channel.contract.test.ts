import { type ChannelPlace, channelSuite, type StoredPiece, type StoreFault } from './channel-suite.js';
import { FakeChannel } from './fake-channel.js';

channelSuite('in memory', async () => placeOf(new FakeChannel()), {
  faults: ['flipped', 'cut', 'longer', 'emptied', 'missing'],
  waits: true,
  network: true,
});

function placeOf(channel: FakeChannel): ChannelPlace {
  return {
    channel,
    publisher: channel,
    reopen: async () => channel,
    damage: async (piece, fault) => damage(channel, piece, fault),
    countObjects: async () => channel.releases.size + channel.waiting.size,
    damageWaiting: async () => {
      for (const chunk of channel.waiting) chunk[0]! ^= 1;
    },
    disconnect: async () => {
      channel.fault = 'unreachable';
    },
    stall: async () => {
      channel.fault = 'silent';
    },
    dispose: async () => {},
  };
}

function damage(channel: FakeChannel, piece: StoredPiece, fault: StoreFault): void {
  for (const release of channel.releases.values()) {
    if (piece.kind === 'manifest') release.manifest = damaged(release.manifest!, fault);
    else if (piece.kind === 'leaves') {
      const leaves = damaged(release.leaves.get(piece.file.tree)!, fault);
      release.leaves.delete(piece.file.tree);
      if (leaves !== undefined) release.leaves.set(piece.file.tree, leaves);
    } else {
      const chunks = release.chunks.get(piece.file.tree)!;
      chunks[piece.chunk] = damaged(chunks[piece.chunk]!, fault);
    }
  }
}

function damaged(bytes: Uint8Array, fault: StoreFault): Uint8Array | undefined {
  if (fault === 'flipped') return bytes.with(7, bytes[7]! ^ 1);
  if (fault === 'cut') return bytes.slice(0, -1);
  if (fault === 'longer') return new Uint8Array([...bytes, 0]);
  return fault === 'emptied' ? new Uint8Array() : undefined;
}
