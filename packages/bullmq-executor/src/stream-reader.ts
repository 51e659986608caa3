/**
 * StreamReader: every entry of a Redis stream from now on, in order.
 *
 * BullMQ's QueueEvents is not used: it begins at "$", so what is added before its first read is lost; it ends for good
 * at an entry that it cannot parse, which anybody who can write to Redis could add; and it makes an object and two
 * events of each entry, of which four in five are nobody's here.
 *
 * R1  start() fixes the place before it resolves: whatever is added later will be read.
 * R2  After a lost connection it goes on behind the last entry that was read.
 */
import type { Redis } from "ioredis";
import { watched } from "./redis.js";

const BLOCK_MS = 5_000;
const COUNT = 1_000;

export interface StreamReaderOptions {
  /** Milliseconds between reads that found something, so that many entries come at once. Default 0. */
  readonly pauseMs?: number;
}

export type Fields = readonly string[];

export class StreamReader {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #onEntry: (fields: Fields) => void;
  readonly #pauseMs: number;
  #last = "0-0";
  #ended = false;

  constructor(redis: Redis, key: string, onEntry: (fields: Fields) => void, { pauseMs = 0 }: StreamReaderOptions = {}) {
    this.#redis = redis;
    this.#key = key;
    this.#onEntry = onEntry;
    this.#pauseMs = pauseMs;
  }

  async start(): Promise<void> {
    const [newest] = await this.#redis.xrevrange(this.#key, "+", "-", "COUNT", 1);
    if (newest !== undefined) this.#last = newest[0];
    void this.#read();
  }

  end(): void {
    this.#ended = true;
    this.#redis.disconnect();
  }

  async #read(): Promise<void> {
    while (!this.#ended) {
      try {
        const read = this.#redis.xread("COUNT", COUNT, "BLOCK", BLOCK_MS, "STREAMS", this.#key, this.#last);
        const streams = await watched(this.#redis, read, BLOCK_MS);
        const entries = streams?.[0]?.[1] ?? [];
        for (const [id, fields] of entries) {
          this.#last = id;
          this.#onEntry(fields);
        }
        if (this.#pauseMs > 0 && entries.length > 0 && entries.length < COUNT) await pause(this.#pauseMs);
      } catch {
        // Disconnected, or Redis is loading its data: what was missed is read afterwards.
        if (!this.#ended) await pause(100);
      }
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** One field of an entry, whose names and values take turns. */
export function field(fields: Fields, name: string): string | undefined {
  for (let at = 0; at + 1 < fields.length; at += 2) if (fields[at] === name) return fields[at + 1];
  return undefined;
}
