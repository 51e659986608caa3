/**
 * Outbox: sends short results of jobs straight to the inboxes of those who submitted them, ahead of BullMQ's own word.
 *
 * O1  What ends in the same turn of the event loop goes in one entry.
 * O2  Nothing waits for it, and nothing is made of it when it fails: the job's end in Redis is what counts.
 */
import type { Redis } from "ioredis";
import { MAX_IN_INBOX, MAX_INBOX, type RedisKeys } from "./bullmq-keys.js";
import type { Sealed } from "./messages.js";

export class Outbox {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #fields = new Map<string, string[]>(); // by inbox: a job's id, its result, ...

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  send(inbox: string, jobId: string, result: Sealed): void {
    if (result.p.length > MAX_IN_INBOX) return;
    if (this.#fields.size === 0) queueMicrotask(() => this.#flush());
    const fields = this.#fields.get(inbox) ?? [];
    this.#fields.set(inbox, fields);
    fields.push(jobId, JSON.stringify(result));
  }

  #flush(): void {
    for (const [inbox, fields] of this.#fields) {
      const adding = this.#redis.xadd(this.#keys.inbox(inbox), "NOMKSTREAM", "MAXLEN", "~", MAX_INBOX, "*", ...fields);
      adding.catch(() => {});
    }
    this.#fields.clear();
  }
}
