/** Options of BullMQExecutor. */
import { checkInteger, checkObject, checkQueue } from "./checks.js";
import type { SigningKey } from "./keyring.js";
import type { RedisAddress } from "./redis.js";
import type { TaskModules } from "./registry.js";

/** What submitters and workers have to agree on. */
export interface SharedOptions {
  /** The queue's name. One for each application: every submitter reads all events of its queue. */
  readonly queue: string;
  /** Where Redis (>= 6.2) or Valkey is: a URL or ioredis's options. Default: 127.0.0.1:6379. */
  readonly connection?: RedisAddress;
  /** Of all keys in Redis; in Redis Cluster one in braces. Default `bull`. */
  readonly prefix?: string;
  /** Secrets that sign jobs and results: the first signs, each verifies. Default: CONCURRENT_FUTURES_KEYS, `id:secret`. */
  readonly keys?: readonly SigningKey[];
  /** Send and take unsigned jobs: whoever can write to Redis can then run any registered function. Default false. */
  readonly unsigned?: boolean;
  /** The longest arguments or results of one job, in characters as they travel. Default 8 Mi. */
  readonly maxPayload?: number;
  /** Is told of what was refused. Default: a line on stderr. */
  readonly log?: (line: string) => void;
}

export interface BullMQExecutorOptions extends SharedOptions {
  /** Modules by the names under which workers know them. Functions of others are named by where they lie. */
  readonly tasks?: TaskModules;
  /** The folder from which modules are named, as in `./tasks.js`. Default: the entry module's. */
  readonly base?: string | URL;
  /** Jobs in Redis at once; other calls wait here, where they can be cancelled. Default 10,000. */
  readonly maxInFlight?: number;
  /** Calls that wait here; above it submit's future rejects with QueueFullError. Default: no limit. */
  readonly maxQueue?: number;
  /** Milliseconds after which workers refuse a job. Default: a day. */
  readonly expiry?: number;
  /** Milliseconds that Redis may be out of reach before calls reject with BrokenExecutorError. Default 60,000. */
  readonly offlineTimeout?: number;
  /** Milliseconds between looks at jobs whose results have not come. Default 2,000. */
  readonly sweepInterval?: number;
}

export const DEFAULT_MAX_PAYLOAD = 8 * 2 ** 20;

export function checkSharedOptions(options: SharedOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Expected \`options\` to be an object such as { queue, connection }, got ${String(options)}`);
  }
  checkQueue(options.queue);
  checkInteger("maxPayload", options.maxPayload, 1);
}

/** @throws {TypeError|RangeError} naming the option, what it should be and what it is */
export function checkExecutorOptions(options: BullMQExecutorOptions): void {
  checkSharedOptions(options);
  checkObject("tasks", options.tasks);
  checkInteger("maxInFlight", options.maxInFlight, 1);
  checkInteger("maxQueue", options.maxQueue, 1);
  checkInteger("expiry", options.expiry, 1);
  checkInteger("offlineTimeout", options.offlineTimeout, 0);
  checkInteger("sweepInterval", options.sweepInterval, 1);
}

export function logToStderr(line: string): void {
  console.error(line);
}
