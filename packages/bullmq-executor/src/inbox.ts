/**
 * Inbox: a stream of this submitter's own, to which workers send short results ahead of BullMQ's events (see Outbox).
 *
 * It is for speed only. BullMQ's script that completes a job takes longer than all else, and its stream wakes every
 * submitter four times for each job; so results come this way first, and that stream is read at leisure. Whatever gets
 * lost here comes with the events, or the sweep finds it.
 *
 * I1  Nothing is left behind by a submitter that dies: the stream expires, and workers never make one.
 */
import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { MAX_INBOX, type RedisKeys } from "./bullmq-keys.js";
import type { Source } from "./stream-reader.js";

const KEEP_MS = 60_000;
const RENEW_MS = 20_000;

export class Inbox {
  readonly id: string = randomUUID();
  /** For the reader. */
  readonly source: Source;
  readonly #redis: Redis;
  #renewal: NodeJS.Timeout | undefined;

  constructor(redis: Redis, keys: RedisKeys, onResult: (jobId: string, result: string) => void) {
    this.#redis = redis;
    this.source = {
      key: keys.inbox(this.id),
      onEntry: (fields) => {
        for (let at = 0; at + 1 < fields.length; at += 2) onResult(fields[at] as string, fields[at + 1] as string);
      },
    };
  }

  /** Also after Redis came back without its data. */
  async open(): Promise<void> {
    await this.#renew();
    this.#renewal ??= setInterval(() => void this.#renew().catch(() => {}), RENEW_MS).unref();
  }

  close(): void {
    clearInterval(this.#renewal);
    this.#redis.del(this.source.key).catch(() => {}); // else it expires
  }

  /** There is no command for an empty stream: an entry that says nothing makes it. */
  async #renew(): Promise<void> {
    const { key } = this.source;
    const adding = this.#redis.xadd(key, "MAXLEN", "~", MAX_INBOX, "*", "", "");
    await Promise.all([adding, this.#redis.pexpire(key, KEEP_MS)]);
  }
}
