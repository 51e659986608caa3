/**
 * StreamReader: every entry of some Redis streams from now on, in order, over one connection.
 *
 * BullMQ's QueueEvents is not used: it begins at "$", so what is added before its first read is lost; it ends for good
 * at an entry that it cannot parse, which anybody who can write to Redis could add; and it makes an object and two
 * events of each entry, of which four in five are nobody's here.
 *
 * R1  start() fixes the places before it resolves: whatever is added later will be read.
 * R2  After a lost connection it goes on behind the last entries that were read.
 * R3  Each read waits for the urgent streams, and for the others once their pause is over: a stream with many entries
 *     wakes nobody for each of them.
 */
import type { Redis } from "ioredis";
import { watched } from "./redis.js";

const BLOCK_MS = 5_000;
const COUNT = 1_000;

export type Fields = readonly string[];

/** A stream, and who is told of its entries. At least one of a reader's is urgent. */
export interface Source {
  readonly key: string;
  readonly onEntry: (fields: Fields) => void;
  /** Milliseconds between reads that found something. Default 0: it is urgent. */
  readonly pauseMs?: number;
}

export class StreamReader {
  readonly #redis: Redis;
  readonly #places: readonly Place[];
  #ended = false;

  constructor(redis: Redis, sources: readonly Source[]) {
    this.#redis = redis;
    this.#places = sources.map((source) => ({ source, last: "0-0", dueAt: 0 }));
  }

  async start(): Promise<void> {
    for (const place of this.#places) {
      const [newest] = await this.#redis.xrevrange(place.source.key, "+", "-", "COUNT", 1);
      if (newest !== undefined) place.last = newest[0];
    }
    void this.#read();
  }

  end(): void {
    this.#ended = true;
    this.#redis.disconnect();
  }

  async #read(): Promise<void> {
    while (!this.#ended) {
      try {
        await this.#readOnce();
      } catch {
        // Disconnected, or Redis is loading its data: what was missed is read afterwards.
        if (!this.#ended) await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async #readOnce(): Promise<void> {
    const now = performance.now();
    const due = this.#places.filter(({ dueAt }) => dueAt <= now);
    const pauses = this.#places.filter(({ dueAt }) => dueAt > now).map(({ dueAt }) => Math.ceil(dueAt - now));
    const keys = due.map(({ source }) => source.key);
    const places = due.map(({ last }) => last);
    const blockMs = Math.min(BLOCK_MS, ...pauses);
    const reading = this.#redis.xread("COUNT", COUNT, "BLOCK", blockMs, "STREAMS", ...keys, ...places);
    for (const [key, entries] of (await watched(this.#redis, reading, BLOCK_MS)) ?? []) {
      const place = due.find(({ source }) => source.key === key);
      if (place !== undefined) take(place, entries);
    }
  }
}

interface Place {
  readonly source: Source;
  /** The id of the last entry that was read. */
  last: string;
  dueAt: number;
}

function take(place: Place, entries: readonly (readonly [id: string, fields: Fields])[]): void {
  const { onEntry, pauseMs = 0 } = place.source;
  for (const [id, fields] of entries) {
    place.last = id;
    onEntry(fields);
  }
  if (entries.length < COUNT && pauseMs > 0) place.dueAt = performance.now() + pauseMs;
}

/** One field of an entry, whose names and values take turns. */
export function field(fields: Fields, name: string): string | undefined {
  for (let at = 0; at + 1 < fields.length; at += 2) if (fields[at] === name) return fields[at + 1];
  return undefined;
}
