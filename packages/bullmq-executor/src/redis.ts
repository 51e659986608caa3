/** Connections to Redis. */
import type { Socket } from "node:net";
import { Redis, type RedisOptions } from "ioredis";

/** Where Redis is: a URL (`rediss://` for TLS), or ioredis's options. */
export type RedisAddress = string | Omit<RedisOptions, "replyMapping">;

const SOCKET_TIMEOUT_MS = 15_000;

/** For commands: one that cannot be sent now, or whose answer is lost, rejects; whoever gave it knows what to do. */
export function connectForCommands(address: RedisAddress): Redis {
  return connect(address, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: null,
    socketTimeout: SOCKET_TIMEOUT_MS,
  });
}

/** For reading a stream, and for BullMQ's workers: commands wait until Redis is back. */
export function connectToWait(address: RedisAddress): Redis {
  return connect(address, { maxRetriesPerRequest: null, socketTimeout: SOCKET_TIMEOUT_MS });
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
