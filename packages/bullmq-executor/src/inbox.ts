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
import { StreamReader } from "./stream-reader.js";

const KEEP_MS = 60_000;
const RENEW_MS = 20_000;

export class Inbox {
  readonly id: string = randomUUID();
  readonly #redis: Redis;
  readonly #key: string;
  readonly #reader: StreamReader;
  #started: Promise<void> | undefined;
  #renewal: NodeJS.Timeout | undefined;

  /** @param waiting a connection of its own, to wait for results */
  constructor(redis: Redis, waiting: Redis, keys: RedisKeys, onResult: (jobId: string, result: string) => void) {
    this.#redis = redis;
    this.#key = keys.inbox(this.id);
    this.#reader = new StreamReader(waiting, this.#key, (fields) => {
      for (let at = 0; at + 1 < fields.length; at += 2) onResult(fields[at] as string, fields[at + 1] as string);
    });
  }

  /** Also after Redis came back without its data. */
  async open(): Promise<void> {
    await this.#renew();
    this.#renewal ??= setInterval(() => void this.#renew().catch(() => {}), RENEW_MS).unref();
    this.#started ??= this.#reader.start();
    await this.#started;
  }

  close(): void {
    clearInterval(this.#renewal);
    this.#reader.end();
    void this.#redis.del(this.#key).catch(() => {}); // else it expires
  }

  /** There is no command for an empty stream: an entry that says nothing makes it. */
  async #renew(): Promise<void> {
    const adding = this.#redis.xadd(this.#key, "MAXLEN", "~", MAX_INBOX, "*", "", "");
    await Promise.all([adding, this.#redis.pexpire(this.#key, KEEP_MS)]);
  }
}
