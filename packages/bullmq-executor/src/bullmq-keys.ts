/** Where things lie in Redis. What BullMQ has no place for lies beside it, under `cf`. */

/** @param prefix BullMQ's; in Redis Cluster one in braces, so that all keys of a queue lie in one slot */
export function redisKeys(prefix: string, queue: string) {
  const base = `${prefix}:${queue}`;
  return {
    job: (id: string): string => `${base}:${id}`,
    events: `${base}:events`,
    meta: `${base}:meta`,
    /** A sorted set of WorkerNotes, by when each gave its last sign of life. */
    workers: `${base}:cf:workers`,
    /** A stream of aborts. Not in BullMQ's own stream, which its producer of events cuts down to 1,000 entries. */
    control: `${base}:cf:control`,
    /** A stream of results for one submitter: see Inbox. */
    inbox: (id: string): string => `${base}:cf:inbox:${id}`,
    /** A bitmap of the jobs of a submitter that have ended: see ReplayGuard. */
    done: (session: string): string => `${base}:cf:done:${session}`,
  } as const;
}

export type RedisKeys = ReturnType<typeof redisKeys>;

/** How often a worker gives a sign of life, and after how long without one it counts as gone. */
export const HEARTBEAT_MS = 2_000;
export const GONE_MS = 10_000;

/** Entries of BullMQ's event stream. By default it keeps so few that a submitter that is busy for seconds misses some. */
export const MAX_EVENTS = 100_000;
/** Entries of the control stream. */
export const MAX_CONTROL = 10_000;
/** Entries of a submitter's inbox, and the characters of the longest result that goes there. */
export const MAX_INBOX = 1_000;
export const MAX_IN_INBOX = 8_192;

/** Higher first, as in the contract, to lower first, as in BullMQ, which takes 1 to 2 ** 21. */
export function bullPriority(priority: number): number {
  const middle = 2 ** 20;
  return middle - Math.max(1 - middle, Math.min(middle - 1, Math.round(priority)));
}
