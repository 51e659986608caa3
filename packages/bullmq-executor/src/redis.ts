/** Connections to Redis. */
import type { Socket } from "node:net";
import { Redis, type RedisOptions } from "ioredis";

/** Where Redis is: a URL (`rediss://` for TLS), or ioredis's options. */
export type RedisAddress = string | Omit<RedisOptions, "replyMapping">;

/** After so long without an answer a connection is taken for dead, though nobody has closed it. */
const SILENCE_MS = 15_000;

/** Runs a command; ends the connection, which is then made again, if no answer comes. Keeps no program alive. */
export async function watched<T>(redis: Redis, command: Promise<T>, mostMs: number = 0): Promise<T> {
  const timer = setTimeout(() => redis.disconnect(true), SILENCE_MS + mostMs).unref();
  try {
    return await command;
  } finally {
    clearTimeout(timer);
  }
}

/** For commands: one that cannot be sent now, or whose answer is lost, rejects; whoever gave it knows what to do. */
export function connectForCommands(address: RedisAddress): Redis {
  return connect(address, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0, // with null, commands that were under way when the connection broke would never settle
  });
}

/** For reading a stream: commands wait until Redis is back. */
export function connectToWait(address: RedisAddress): Redis {
  return connect(address, { maxRetriesPerRequest: null });
}

/** For BullMQ's workers. ioredis's own limit keeps a program alive, which a worker's is anyway. */
export function connectForWorker(address: RedisAddress): Redis {
  return connect(address, { maxRetriesPerRequest: null, socketTimeout: SILENCE_MS });
}

function connect(address: RedisAddress, own: Exclude<RedisAddress, string>): Redis {
  const options: Exclude<RedisAddress, string> = { retryStrategy: (times) => Math.min(50 * 2 ** times, 1000), ...own };
  const redis =
    typeof address === "string" ? new Redis(address, options) : new Redis({ ...options, ...address, ...own });
  redis.on("error", () => {}); // it connects again by itself; whoever waits has a limit
  return redis;
}

/** Whether Redis itself said no, for good: waiting does not help. */
export function isRefusal(error: unknown): boolean {
  return /^(NOAUTH|WRONGPASS|NOPERM|ERR)\b/.test(String(Object(error).message));
}

/** Lets connections keep the program alive only while there is something to wait for. */
export class KeepAlive {
  readonly #connections: readonly Redis[];
  #needed = false;

  constructor(connections: readonly Redis[]) {
    this.#connections = connections;
    for (const connection of connections) connection.on("ready", () => this.#apply(connection));
  }

  set needed(needed: boolean) {
    if (needed === this.#needed) return;
    this.#needed = needed;
    for (const connection of this.#connections) this.#apply(connection);
  }

  #apply(connection: Redis): void {
    const { stream } = connection as unknown as { stream?: Partial<Socket> };
    // Unready ones are kept: a program that has not connected yet has something to wait for.
    if (connection.status !== "ready") return;
    if (this.#needed) stream?.ref?.();
    else stream?.unref?.();
  }
}
