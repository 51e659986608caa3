/**
 * MapResultsReader: hands out a map's results in the order of the items.
 *
 *   open ──all read──► ended
 *     ├──an item failed, time is up, signal──► failing ──told once──► ended
 *     └──return()──► ended
 *
 * I1  Readers wait in line; the first gets the next result. Only #serve() hands anything out.
 * I2  Leaving `open` stops the feed, cancels what has not started, and keeps no result.
 * I3  What has been handed out is not kept.
 * I4  No promise is made unless somebody asks, so a map that nobody reads and that fails is no unhandled rejection.
 */

import { onAbort } from "./abort.js";
import { arrayFor } from "./array-for.js";
import type { ChunkResult } from "./chunk.js";
import { Deferred } from "./deferred.js";
import { TimeoutError } from "./errors.js";
import type { MapResults } from "./executor.js";
import { type Future, internals } from "./future.js";
import type { MapEntry } from "./map-entries.js";
import type { MapFeed } from "./map-feed.js";
import { Timer } from "./timer.js";

interface Open {
  readonly name: "open";
}
interface Left {
  readonly name: "failing" | "ended"; // failing: nobody was told yet
  readonly failure?: { readonly error: unknown };
}

/** Somebody who waits: for one result, or, with `all`, for all that are left. */
interface Waiter<R> {
  readonly all: R[] | undefined;
  readonly deferred: Deferred<never>;
}

const open: Open = { name: "open" };
const ended: Left = { name: "ended" };

export class MapResultsReader<R> implements MapResults<R> {
  #state: Open | Left = open;
  readonly #feed: MapFeed;
  readonly #waiters: Waiter<R>[] = [];
  #filled = 0; // values in the array that is waited for
  #values: R[] = []; // of the chunk being handed out; those handed out are blanked (I3)
  #next = 0; // index in #values
  #thrown: { readonly error: unknown } | undefined; // what ended that chunk
  #late: TimeoutError | undefined; // time is up: what is done may still be read
  #told: { future: Future<unknown>; forget: (() => void) | undefined } | undefined; // of whom the executor was told
  #serving = false;
  #all: Promise<R[]> | undefined;
  readonly #limited: boolean; // by timeout or signal, so that no wait is for ever
  readonly #timeoutMs: number;
  readonly #deadline: number; // in ms of performance.now()
  readonly #timer: Timer;
  readonly #stopListening: (() => void) | undefined;

  constructor(feed: MapFeed, timeout: number | undefined, signal: AbortSignal | undefined) {
    this.#feed = feed;
    feed.onChange = () => this.#serve();
    const ms = timeout ?? Number.POSITIVE_INFINITY;
    this.#timeoutMs = ms;
    this.#deadline = performance.now() + ms;
    this.#limited = timeout !== undefined || signal !== undefined;
    this.#timer = new Timer(ms, () => this.#expire());
    if (signal) this.#stopListening = onAbort(signal, () => this.#fail(signal.reason));
    // The input threw in the call, or the executor takes no calls.
    if (feed.failure) this.#fail(feed.failure.error);
    else if (ms === 0) this.#expire();
    else this.#serve();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<R, undefined>> {
    // Most results come in chunks, and then nothing needs to wait.
    if (this.#next < this.#values.length) {
      this.#lookAtClock();
      return Promise.resolve({ value: this.#takeValue(), done: false });
    }
    return this.#wait(undefined) as Promise<IteratorResult<R, undefined>>;
  }

  /** Ends the iteration: cancels what has not started, and closes the input. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    if (this.#state.name !== "ended") this.#leave(ended);
    try {
      await this.#feed.stop();
    } finally {
      this.#serve();
    }
    return { value: undefined, done: true };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.return().then(() => {});
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting a map for an array is part of its contract
  then<A = R[], B = never>(
    onFulfilled?: ((values: R[]) => A | PromiseLike<A>) | null,
    // biome-ignore lint/suspicious/noExplicitAny: as in the platform's Promise.then
    onRejected?: ((reason: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#all ??= this.#wait(arrayFor(this.#feed.count ?? 0)) as Promise<R[]>;
    return this.#all.then(onFulfilled, onRejected);
  }

  #wait(all: R[] | undefined): Promise<unknown> {
    const deferred = new Deferred<never>();
    this.#waiters.push({ all, deferred });
    this.#serve();
    return deferred.promise;
  }

  /** Where results come without a turn of the event loop, no timer fires. */
  #lookAtClock(): void {
    if (this.#timeoutMs === Number.POSITIVE_INFINITY || this.#feed.settled) return;
    if (performance.now() >= this.#deadline) this.#expire();
  }

  /** Gives those who wait what there is. Called whenever that may have changed. */
  #serve(): void {
    if (this.#serving) return; // reading lets the feed go on, which may settle something: the loop below sees it
    this.#lookAtClock();
    this.#serving = true;
    try {
      for (let waiter = this.#waiters[0]; waiter; waiter = this.#waiters[0]) {
        if (this.#next < this.#values.length) this.#hand(waiter);
        else if (this.#state.name !== "open") this.#tellEnd(waiter, this.#state);
        else if (this.#thrown) this.#fail(this.#thrown.error);
        else if (!this.#loadNext()) break;
      }
      if (this.#feed.settled) this.#timer.stop();
    } finally {
      this.#serving = false;
    }
  }

  #hand({ all, deferred }: Waiter<R>): void {
    if (all) {
      const values = this.#values;
      let filled = this.#filled;
      for (let index = this.#next; index < values.length; index++) all[filled++] = values[index] as R;
      const items = filled - this.#filled;
      this.#filled = filled;
      this.#values = [];
      this.#next = 0;
      this.#feed.read(items);
    } else {
      this.#waiters.shift();
      deferred.resolve({ value: this.#takeValue(), done: false } as never);
    }
  }

  #takeValue(): R {
    const value = this.#values[this.#next] as R;
    this.#values[this.#next++] = undefined as never; // I3
    this.#feed.read(1);
    return value;
  }

  /** Loads the results of the next call if it is done; false if there is nothing to do but wait. */
  #loadNext(): boolean {
    const entry = this.#feed.entries.first;
    if (!entry) return this.#endOfEntries();
    if (!entry.future.done()) {
      if (this.#late) {
        entry.future.abort(this.#late);
        this.#fail(this.#late);
        return true;
      }
      this.#tellExecutor(entry.future);
      return false;
    }
    this.#forgetTold();
    this.#feed.entries.shift();
    this.#load(entry);
    return true;
  }

  #load({ future, isChunk }: MapEntry): void {
    const outcome = internals.outcome(future);
    if (outcome.kind !== "returned") {
      this.#fail(outcome.kind === "cancelled" ? (this.#late ?? outcome.error) : outcome.error);
    } else if (isChunk) {
      const result = outcome.value as ChunkResult;
      this.#values = result[0] as R[];
      this.#next = 0;
      if (result.length === 3) this.#thrown = { error: result[2] };
    } else {
      this.#values = [outcome.value as R];
      this.#next = 0;
    }
  }

  #endOfEntries(): boolean {
    if (!this.#feed.ended) return false;
    if (this.#feed.failure) this.#fail(this.#feed.failure.error);
    else this.#leave(ended);
    return true;
  }

  /** A task that waits for its own full executor would wait for ever; the executor knows, and refuses. */
  #tellExecutor(future: Future<unknown>): void {
    if (this.#limited || this.#told?.future === future) return;
    this.#told = { future, forget: internals.waits(future, (error) => this.#fail(error)) };
  }

  #forgetTold(): void {
    this.#told?.forget?.();
    this.#told = undefined;
  }

  #tellEnd({ all, deferred }: Waiter<R>, { name, failure }: Left): void {
    this.#waiters.shift();
    if (failure && (name === "failing" || all)) {
      this.#state = { name: "ended", failure };
      deferred.reject(failure.error);
    } else if (all) {
      all.length = this.#filled; // others may have read some
      deferred.resolve(all as never);
    } else deferred.resolve({ value: undefined, done: true } as never);
  }

  /** What is done may still be read; what has not started never starts. */
  #expire(): void {
    if (this.#state !== open || this.#late) return;
    this.#late = new TimeoutError(`The map was not complete within its \`timeout\` of ${this.#timeoutMs} ms`);
    this.#timer.stop();
    this.#closeInput(this.#late);
    this.#feed.entries.cancel();
    this.#serve();
  }

  #fail(error: unknown): void {
    if (this.#state !== open) return;
    this.#leave({ name: "failing", failure: { error } });
    this.#closeInput(error);
    this.#serve();
  }

  #leave(state: Left): void {
    this.#state = state;
    this.#values = [];
    this.#next = 0;
    this.#thrown = undefined;
    this.#forgetTold();
    this.#timer.stop();
    this.#stopListening?.();
    this.#feed.entries.cancel();
    this.#feed.entries.clear();
  }

  /** For an end that is told otherwise; what closing throws then is of no interest. */
  #closeInput(error: unknown): void {
    try {
      this.#feed.stop(error)?.catch(() => {});
    } catch {
      // told otherwise
    }
  }
}
