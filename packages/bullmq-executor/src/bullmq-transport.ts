/** BullMQTransport: a submitter's side of a BullMQ queue. */
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { bullPriority, GONE_MS, MAX_CONTROL, MAX_EVENTS, type RedisKeys, redisKeys } from "./bullmq-keys.js";
import { Inbox } from "./inbox.js";
import { connectForCommands, connectToWait, KeepAlive, type RedisAddress, watched } from "./redis.js";
import { type Fields, field, StreamReader } from "./stream-reader.js";
import type { JobState, OutgoingJob, Transport, TransportEvents, WorkerNote } from "./transport.js";

const CLOSE_LIMIT_MS = 1_000;
/** How many jobs are asked about in one go. */
const LOOK_SIZE = 500;
/** BullMQ's events are many, and what is urgent comes through the inbox. */
const EVENTS_PAUSE_MS = 10;

export interface BullMQTransportOptions {
  readonly queue: string;
  readonly address: RedisAddress;
  readonly prefix: string;
  readonly maxEvents?: number;
}

export class BullMQTransport implements Transport {
  readonly #redis: Redis;
  readonly #queue: Queue;
  readonly #keys: RedisKeys;
  readonly #reader: StreamReader;
  readonly #inbox: Inbox;
  readonly #events: TransportEvents;
  readonly #alive: KeepAlive;
  readonly #maxEvents: number;
  #reading: Promise<void> | undefined; // once the first connection is there
  #closing: Promise<void> | undefined;

  constructor({ queue, address, prefix, maxEvents = MAX_EVENTS }: BullMQTransportOptions, events: TransportEvents) {
    this.#events = events;
    this.#maxEvents = maxEvents;
    this.#keys = redisKeys(prefix, queue);
    this.#redis = connectForCommands(address);
    const readerRedis = connectToWait(address);
    this.#alive = new KeepAlive([this.#redis, readerRedis]);
    this.#inbox = new Inbox(this.#redis, this.#keys, (id, result) => events.completed(id, result));
    const ofQueue = {
      key: this.#keys.events,
      onEntry: (fields: Fields) => this.#onEvent(fields),
      pauseMs: EVENTS_PAUSE_MS,
    };
    this.#reader = new StreamReader(readerRedis, [this.#inbox.source, ofQueue]);
    const streams = { events: { maxLen: maxEvents } };
    this.#queue = new Queue(queue, { connection: this.#redis, prefix, streams, skipMetasUpdate: true });
    this.#queue.on("error", () => {}); // what was asked for rejects
    this.#redis.on("ready", () => void this.#begin());
    this.#redis.on("close", () => events.offline());
  }

  get inbox(): string {
    return this.#inbox.id;
  }

  async add(jobs: readonly OutgoingJob[]): Promise<void> {
    const bulk = jobs.map(({ id, name, data, priority }) => {
      return { name, data, opts: { jobId: id, priority: bullPriority(priority) } };
    });
    const [only] = bulk;
    // One goes sooner without a transaction.
    if (bulk.length === 1 && only !== undefined) await this.#queue.add(only.name, only.data, only.opts);
    else await this.#queue.addBulk(bulk);
  }

  async look(ids: readonly string[]): Promise<JobState[]> {
    const states: JobState[] = [];
    for (let at = 0; at < ids.length; at += LOOK_SIZE) {
      const pipeline = this.#redis.pipeline();
      for (const id of ids.slice(at, at + LOOK_SIZE)) {
        pipeline.hmget(this.#keys.job(id), "timestamp", "processedOn", "finishedOn", "returnvalue", "failedReason");
      }
      for (const [error, found] of (await pipeline.exec()) ?? []) {
        if (error) throw error;
        states.push(stateOf(found as (string | null)[]));
      }
    }
    return states;
  }

  async remove(id: string): Promise<boolean> {
    return (await this.#queue.remove(id)) === 1;
  }

  async broadcast(message: string): Promise<void> {
    await this.#redis.xadd(this.#keys.control, "MAXLEN", "~", MAX_CONTROL, "*", "m", message);
  }

  async workers(): Promise<WorkerNote[]> {
    const [seconds] = await watched(this.#redis, this.#redis.time()); // clocks of machines differ
    const notes = await this.#redis.zrangebyscore(this.#keys.workers, Number(seconds) * 1000 - GONE_MS, "+inf");
    return notes.flatMap(parseNote);
  }

  keepAlive(needed: boolean): void {
    this.#alive.needed = needed;
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#reader.end();
    this.#inbox.close();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_LIMIT_MS); // it can hang while Redis is down
    });
    await Promise.race([this.#queue.close().catch(() => {}), late]);
    clearTimeout(timer);
    this.#redis.disconnect();
  }

  /** Also after Redis came back without its data. */
  async #begin(): Promise<void> {
    try {
      await this.#redis.hset(this.#keys.meta, "opts.maxLenEvents", this.#maxEvents);
      await this.#inbox.open();
      this.#reading ??= this.#reader.start();
      await this.#reading;
      await this.#queue.waitUntilReady();
      if (this.#closing === undefined && this.#redis.status === "ready") this.#events.online();
    } catch {
      if (this.#closing === undefined && this.#redis.status === "ready") setTimeout(() => void this.#begin(), 200);
    }
  }

  #onEvent(fields: Fields): void {
    const id = field(fields, "jobId");
    if (id === undefined) return;
    switch (field(fields, "event")) {
      case "active":
        this.#events.active(id);
        break;
      case "progress":
        this.#events.progress(id, field(fields, "data") ?? "");
        break;
      case "completed":
        this.#events.completed(id, field(fields, "returnvalue") ?? "");
        break;
      case "failed":
        this.#events.failed(id);
        break;
    }
  }
}

function stateOf(found: readonly (string | null)[]): JobState {
  const [timestamp, processedOn, finishedOn, value, reason] = found;
  if (typeof timestamp !== "string") return { kind: "missing" };
  if (typeof finishedOn === "string") {
    if (typeof reason === "string") return { kind: "failed", reason };
    return { kind: "completed", value: value ?? "" };
  }
  return { kind: typeof processedOn === "string" ? "active" : "waiting" };
}

function parseNote(text: string): WorkerNote[] {
  try {
    const { id, concurrency } = JSON.parse(text);
    return typeof id === "string" && Number.isSafeInteger(concurrency) ? [{ id, concurrency }] : [];
  } catch {
    return []; // whoever can write to Redis may have put it there
  }
}
