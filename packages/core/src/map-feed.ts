/**
 * MapFeed: hands a map's items over to the executor, in chunks, and keeps the calls in the order of the items.
 *
 *   source ──take──► #gathered ──schedule──► entries (in flight or settled) ──read──► the reader
 *            │                      │
 *            at most #limit items   at most #window chunks in flight
 *            ahead of the reader
 *
 *   sized input, chunkSize "auto"   no limit, a window: how many items make 2 ms is learnt on the way, so that the
 *                                   last of a million items does not travel alone as the first one had to
 *   sized input, chunkSize n        neither: everything is handed over in the call
 *   bufferSize, or unsized input    a limit, which moves on with the reader
 *
 * I1  #gathered is handed over when it is a chunk, when the source has ended, or when the executor may be idle: the
 *     reader never waits for an item that waits for others to make up a chunk.
 * I2  Items are taken at the call and when #limit or #window moves on; nothing is polled.
 * I3  A sized input counts as submitted whole: until it is, the feed is in the executor's ActiveMaps.
 */
import { type ChunkResult, chunkTask } from "./chunk.js";
import { ChunkSizer } from "./chunk-sizer.js";
import { CancelledError } from "./errors.js";
import type { TaskOptions } from "./executor.js";
import { type Future, internals } from "./future.js";
import { MapEntries, type MapEntry } from "./map-entries.js";
import type { MapSource } from "./map-source.js";
import { show } from "./show.js";
import type { AnyTask } from "./task-reference.js";

/** What a map needs of its executor. */
export interface MapHost {
  schedule(task: AnyTask, args: readonly unknown[]): Future<unknown>;
  readonly parallelism: number;
  readonly taskOptions: TaskOptions;
  readonly active: ActiveMaps;
}

/** The maps of an executor that have sized items left to hand over (I3). */
export class ActiveMaps extends Set<MapFeed> {
  /** Called just before a shutdown. */
  handOver(cancelFutures: boolean): void {
    for (const feed of [...this]) {
      if (cancelFutures)
        feed.stop(new CancelledError("The executor was shut down with `cancelFutures` before this item"));
      else feed.handOver();
    }
  }
}

/** How a feed goes about it; see the table above. */
export interface FeedPlan {
  readonly task: AnyTask;
  readonly bound: readonly unknown[];
  /** Whether each item is a list of arguments. */
  readonly spread: boolean;
  /** Items a chunk; "auto" learns. */
  readonly chunkSize: number | "auto";
  /** Chunks in flight at most. */
  readonly window: number;
  /** Items ahead of the reader at most: at the start, and when chunks have grown. */
  readonly limit: { readonly from: number; readonly upTo: number };
}

export class MapFeed {
  readonly entries = new MapEntries();
  /** Why items are missing, for the reader to find behind the last entry. */
  failure: { readonly error: unknown } | undefined;
  /** Tells the reader that an entry was added or settled, or that there are no more. */
  onChange: () => void = () => {};

  readonly #host: MapHost;
  readonly #plan: FeedPlan;
  readonly #source: MapSource;
  readonly #chunk: AnyTask | undefined; // undefined when every call is of one item
  readonly #sizer: ChunkSizer;
  #window: number;
  #limit: number;
  #taken = 0; // items
  #read = 0; // items
  #inFlight = 0; // chunks
  #gathered: unknown[] = [];
  #stopped = false;
  #advancing = false;

  constructor(host: MapHost, plan: FeedPlan, source: MapSource) {
    this.#host = host;
    this.#plan = plan;
    this.#chunk = plan.chunkSize === 1 ? undefined : chunkTask(plan.task);
    // Several chunks have to fit between the reader and the limit, for the executor to be busy meanwhile.
    this.#sizer = new ChunkSizer(Math.max(1, Math.floor(plan.limit.upTo / (2 * host.parallelism))));
    this.#window = plan.window;
    this.#limit = plan.limit.from;
    this.#source = source;
    source.onMore = () => {
      this.#advance();
      this.onChange();
    };
    if (plan.window !== Number.POSITIVE_INFINITY) host.active.add(this);
    this.#advance();
  }

  /** How many items a sized input has. */
  get count(): number | undefined {
    return this.#source.count;
  }

  /** Whether no more entries will come. */
  get ended(): boolean {
    return this.#stopped || (this.#source.ended && this.#gathered.length === 0);
  }

  /** Whether nothing is in flight, and nothing will be. */
  get settled(): boolean {
    return this.#inFlight === 0 && this.ended;
  }

  /** The reader has read `items` more. */
  read(items: number): void {
    this.#read += items;
    if (this.#limit === Number.POSITIVE_INFINITY || this.ended) return;
    const { from, upTo } = this.#plan.limit;
    this.#limit = Math.max(from, Math.min(upTo, this.#size * 2 * this.#host.parallelism));
    this.#advance();
  }

  /** Hands over all that is left of a sized input, at once. */
  handOver(): void {
    const left = (this.#source.count ?? 0) - this.#taken;
    // Without a measurement, small enough parts for all workers to end at about the same time.
    if (!this.#sizer.measured) this.#sizer.size = Math.max(1, Math.ceil(left / (16 * this.#host.parallelism)));
    this.#window = Number.POSITIVE_INFINITY;
    this.#advance();
  }

  /** Takes no more items. `error` is for the reader to find if any are missing. A promise if the input takes time. */
  stop(error?: unknown): Promise<void> | undefined {
    if (!this.ended) this.failure ??= { error };
    this.#stopped = true;
    this.#gathered = [];
    this.#host.active.delete(this);
    return this.#source.close();
  }

  get #size(): number {
    return this.#plan.chunkSize === "auto" ? this.#sizer.size : this.#plan.chunkSize;
  }

  #advance(): void {
    // An executor may settle a future, and an input may read the results, while they are called from here.
    if (this.#advancing || this.#stopped) return;
    this.#advancing = true;
    try {
      while (this.#inFlight < this.#window && this.#gather()) this.#submit();
    } catch (error) {
      this.#giveUp(error);
    } finally {
      this.#advancing = false;
    }
    if (!this.ended) return;
    this.failure ??= this.#source.failure;
    this.#host.active.delete(this);
  }

  /** Takes items for the next chunk; whether it is to be handed over (I1). */
  #gather(): boolean {
    const size = this.#size;
    while (this.#gathered.length < size && !this.#source.ended) {
      const room = this.#limit - (this.#taken - this.#read);
      if (room <= 0) break;
      const items = this.#source.take(Math.min(room, size - this.#gathered.length));
      if (items.length === 0) break;
      this.#taken += items.length;
      const ready = this.#plan.spread ? items.map(argumentList) : items;
      this.#gathered = this.#gathered.length === 0 ? ready : this.#gathered.concat(ready);
    }
    if (this.#gathered.length === 0) return false;
    return this.#gathered.length >= size || this.#source.ended || this.#inFlight < this.#host.parallelism;
  }

  #submit(): void {
    const items = this.#gathered;
    const entry = this.#chunk ? this.#scheduleChunk(this.#chunk, items) : this.#scheduleItem(items[0]);
    this.#gathered = [];
    this.entries.push(entry);
    this.#follow(entry);
    // What cannot be found for one item cannot be for a million; looking for it takes the longer.
    if (internals.raised(entry.future)) {
      const { error } = internals.outcome(entry.future) as { error: unknown };
      if (isUnfindable(error)) this.#giveUp(error);
    }
  }

  #scheduleChunk(chunk: AnyTask, items: readonly unknown[]): MapEntry {
    const future = this.#host.schedule(chunk, [this.#plan.bound, items, this.#plan.spread]);
    return { future, items, isChunk: true, next: undefined };
  }

  #scheduleItem(item: unknown): MapEntry {
    const { task, bound, spread } = this.#plan;
    const future = this.#host.schedule(task, spread ? [...bound, ...(item as unknown[])] : [...bound, item]);
    return { future, items: undefined, isChunk: false, next: undefined };
  }

  #follow(entry: MapEntry): void {
    this.#inFlight++;
    entry.future.addDoneCallback(() => this.#settled(entry));
  }

  #settled(entry: MapEntry): void {
    this.#inFlight--;
    const { items, future } = entry;
    entry.items = undefined;
    if (!future.cancelled()) {
      const outcome = internals.outcome(future);
      if (outcome.kind === "returned") {
        if (entry.isChunk) this.#measure(outcome.value as ChunkResult);
      } else if (items && isUnsendable(outcome.error)) this.#scheduleEach(entry, items);
    }
    this.#advance();
    this.onChange();
  }

  #measure([values, elapsedMs]: ChunkResult): void {
    this.#sizer.record(values.length, elapsedMs);
  }

  /** A chunk that never left because of one item: then each goes alone, so that the one fails alone, at its turn. */
  #scheduleEach(entry: MapEntry, items: readonly unknown[]): void {
    if (this.#stopped) return;
    const added: MapEntry[] = [];
    try {
      for (const item of items) added.push(this.#scheduleItem(item));
    } catch {
      return; // shut down meanwhile, so the chunk's own error stands
    }
    const [first, ...others] = added;
    if (!first) return;
    entry.future = first.future;
    entry.isChunk = false;
    for (const other of others.reverse()) this.entries.insertAfter(entry, other);
    for (const follower of [entry, ...others.reverse()]) this.#follow(follower);
  }

  /** The input gave something impossible, or the executor takes no more. */
  #giveUp(error: unknown): void {
    this.failure ??= { error };
    try {
      this.stop()?.catch(() => {});
    } catch {
      // `error` came first
    }
  }
}

function argumentList(item: unknown): readonly unknown[] {
  if (Array.isArray(item)) return item;
  if (typeof (item as Iterable<unknown> | null | undefined)?.[Symbol.iterator] === "function") {
    return [...(item as Iterable<unknown>)];
  }
  throw new TypeError(`Expected each item of starmap's input to be a list of arguments, got ${show(item)}`);
}

/** A TaskReferenceError, whichever copy of the class it is of. */
function isUnfindable(error: unknown): boolean {
  return (Object(error) as { code?: unknown }).code === "ERR_TASK_REFERENCE";
}

/** A SerializationError of an argument, whichever copy of the class it is of. */
function isUnsendable(error: unknown): boolean {
  const { code, side } = Object(error) as { code?: unknown; side?: unknown };
  return code === "ERR_SERIALIZATION" && side === "argument";
}
