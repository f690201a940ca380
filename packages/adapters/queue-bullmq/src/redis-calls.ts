import { WeighbridgeError } from '@weighbridge/core/errors';
import { Redis } from 'ioredis';
import { explainFailure } from './redis-failure.js';

const RECONNECT_MS = 500;

/** A connection whose calls end in bounded time, and which comes back by itself. */
export class RedisCalls {
  readonly client: Redis;
  /** Why there is no connection, as far as it is known. */
  private trouble: Error | undefined;
  private becomesReady: Promise<void> | undefined;

  constructor(
    url: string,
    readonly location: string,
    private readonly timeoutMs: number,
  ) {
    this.client = new Redis(url, {
      // What was not sent must not be done later, when nobody waits for it any more.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      enableAutoPipelining: true,
      connectTimeout: timeoutMs,
      retryStrategy: () => RECONNECT_MS,
    });
    // Whoever calls hears of it.
    this.client.on('error', (error: Error) => {
      this.trouble = error;
    });
    this.client.on('ready', () => {
      this.trouble = undefined;
    });
  }

  /** @throws UNVERIFIABLE, LIMIT */
  async run<T>(task: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.trouble ?? new Error('no answer in time')), this.timeoutMs);
    });
    try {
      return await Promise.race([this.whenReady(task), late]);
    } catch (error) {
      throw explainFailure(error, this.location);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.client.disconnect();
  }

  private async whenReady<T>(task: () => Promise<T>): Promise<T> {
    if (this.client.status === 'end') throw closed(this.location);
    if (this.client.status !== 'ready') await this.ready();
    return task();
  }

  private ready(): Promise<void> {
    const { client } = this;
    this.becomesReady ??= new Promise<void>((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        client.off('ready', settle).off('end', settle);
        this.becomesReady = undefined;
        if (client.status === 'ready') resolve();
        else reject(new Error('not connected'));
      };
      const timer = setTimeout(settle, this.timeoutMs);
      client.once('ready', settle).once('end', settle);
    });
    return this.becomesReady;
  }
}

export function closed(location: string): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `the queue at ${location} is closed`, {
    hint: 'the process shuts down: ask again when it is back',
  });
}
