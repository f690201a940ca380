import type { Redis } from 'ioredis';

/** The keys of one queue of BullMQ that hold the ids of its jobs, and the fields of a job that are ours. */
export interface JobScripts {
  /** Where a job is and all of its fields, read at one moment. */
  look(jobKey: string, prefix: string, id: string): Promise<null | readonly [string, readonly string[]]>;
  /** Ends a job that waits; asks one that runs to stop. */
  cancel(jobKey: string, prefix: string, id: string, now: number, reason: string): Promise<number>;
  /** Removes a job that failed or was cancelled, and no other. */
  clear(jobKey: string, prefix: string, id: string): Promise<number>;
  /** Takes back the wish that a job stops. */
  forgive(jobKey: string): Promise<number>;
}

/** Set in a job's hash, which lives and dies with the job. */
export const CANCEL_FIELD = 'weighbridge:cancel';

const LOOK = `
  local fields = redis.call('HGETALL', KEYS[1])
  if #fields == 0 then return nil end
  local place = 'waiting'
  if redis.call('ZSCORE', ARGV[1] .. 'completed', ARGV[2]) then place = 'completed'
  elseif redis.call('ZSCORE', ARGV[1] .. 'failed', ARGV[2]) then place = 'failed'
  elseif redis.call('LPOS', ARGV[1] .. 'active', ARGV[2]) then place = 'active' end
  return { place, fields }
`;
const CANCEL = `
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  if redis.call('HEXISTS', KEYS[1], 'finishedOn') == 1 then return 1 end
  local id = ARGV[2]
  local removed = redis.call('LREM', ARGV[1] .. 'wait', 1, id) + redis.call('LREM', ARGV[1] .. 'paused', 1, id)
    + redis.call('ZREM', ARGV[1] .. 'delayed', id)
  if removed == 0 then
    redis.call('HSET', KEYS[1], '${CANCEL_FIELD}', ARGV[3])
    return 2
  end
  redis.call('HSET', KEYS[1], 'failedReason', ARGV[4], 'finishedOn', ARGV[3])
  redis.call('ZADD', ARGV[1] .. 'failed', ARGV[3], id)
  return 3
`;
const CLEAR = `
  if redis.call('ZREM', ARGV[1] .. 'failed', ARGV[2]) == 0 then return 0 end
  return redis.call('DEL', KEYS[1], KEYS[1] .. ':logs')
`;

export function defineJobScripts(client: Redis): JobScripts {
  const define = (name: string, lua: string): ((...words: (string | number)[]) => Promise<unknown>) => {
    client.defineCommand(name, { numberOfKeys: 1, lua });
    return (client as unknown as Record<string, (...words: (string | number)[]) => Promise<unknown>>)[name]!.bind(
      client,
    );
  };
  return {
    look: define('weighbridgeLook', LOOK) as JobScripts['look'],
    cancel: define('weighbridgeCancel', CANCEL) as JobScripts['cancel'],
    clear: define('weighbridgeClear', CLEAR) as JobScripts['clear'],
    forgive: (jobKey) => client.hdel(jobKey, CANCEL_FIELD),
  };
}
