/**
 * UnorderedResults: what `imapUnordered` gives, each result as soon as it is there.
 *
 *   items ──pull──► chunk ──submit──► in flight ──ended──► outcomes ──next()──► the reader
 *
 *   open ──an item or the input failed, its turn came──► over           open ──return()──► over
 *
 * U1  At most `ahead` chunks are in flight or unread. A sized input is submitted whole, in the call.
 * U2  Only #serve() hands anything out; readers wait in line.
 * U3  Leaving `open` cancels what has not started and closes the input, once.
 */
import { inspect } from "node:util";

type Outcome<R> = { readonly values: readonly R[] } | { readonly error: unknown };
type Item<R> = IteratorResult<R, undefined>;

/** A chunk that was submitted. */
export interface Job<R> {
  readonly values: Promise<readonly R[]>;
  /** Takes it back if it has not started. */
  cancel(): void;
}

/** How to run a map without order. */
export interface UnorderedPlan<T, R> {
  readonly submit: (items: readonly T[]) => Job<R>;
  readonly chunkSize: number;
  /** Chunks. */
  readonly ahead: number;
}

interface Waiter<R> {
  readonly resolve: (item: Item<R>) => void;
  readonly reject: (error: unknown) => void;
}

export class UnorderedResults<T, R> implements AsyncIterableIterator<R, undefined>, AsyncDisposable {
  readonly #plan: UnorderedPlan<T, R>;
  readonly #source: Iterator<T> | AsyncIterator<T>;
  readonly #inFlight = new Set<Job<R>>();
  readonly #outcomes: Outcome<R>[] = []; // unread
  readonly #waiters: Waiter<R>[] = [];
  #values: readonly R[] = []; // of the chunk being handed out
  #next = 0; // index in #values
  #exhausted = false; // the input has no more
  #failure: { readonly error: unknown } | undefined; // why, if it failed; told after the results of the items before
  #over = false;
  #pulling = false;
  #serving = false;

  /** @throws {TypeError} `items` cannot be iterated */
  constructor(items: Iterable<T> | AsyncIterable<T>, plan: UnorderedPlan<T, R>) {
    this.#plan = plan;
    this.#source = open(items);
    void this.#pull();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Item<R>> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#serve();
    });
  }

  /** Ends the iteration: cancels what has not started, and closes the input. */
  async return(): Promise<Item<R>> {
    await this.#leave();
    this.#serve();
    return { value: undefined, done: true };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Submits what there is room for. Without `await` as long as the input gives its items at once. */
  async #pull(): Promise<void> {
    if (this.#pulling) return;
    this.#pulling = true;
    try {
      while (!this.#exhausted && !this.#over && this.#inFlight.size + this.#outcomes.length < this.#plan.ahead) {
        const chunk: T[] = [];
        while (chunk.length < this.#plan.chunkSize && !this.#exhausted) {
          const asked = this.#source.next();
          const { value, done } = asked instanceof Promise || "then" in asked ? await asked : asked;
          if (done === true) this.#exhausted = true;
          else chunk.push(value);
        }
        if (chunk.length > 0 && !this.#over) this.#follow(this.#plan.submit(chunk));
      }
    } catch (error) {
      this.#exhausted = true;
      this.#failure = { error }; // of the input, or of a pool that takes no more
    }
    this.#pulling = false;
    this.#serve();
  }

  #follow(job: Job<R>): void {
    this.#inFlight.add(job);
    const ended = (outcome: Outcome<R>): void => {
      this.#inFlight.delete(job);
      if (this.#over) return;
      this.#outcomes.push(outcome);
      this.#serve();
    };
    job.values.then(
      (values) => ended({ values }),
      (error: unknown) => ended({ error }),
    );
  }

  #serve(): void {
    if (this.#serving) return; // taking lets the input go on, which serves: the loop below sees what came of it
    this.#serving = true;
    while (this.#waiters.length > 0) {
      const item = this.#take();
      if (item === undefined) break;
      const { resolve, reject } = this.#waiters.shift() as Waiter<R>;
      if ("error" in item) reject(item.error);
      else resolve(item);
    }
    this.#serving = false;
  }

  /** The next thing to tell a reader; undefined while there is none. */
  #take(): Item<R> | { readonly error: unknown } | undefined {
    if (this.#over) return { value: undefined, done: true };
    if (this.#next === this.#values.length) {
      const outcome = this.#outcomes.shift();
      if (outcome === undefined) {
        if (!this.#exhausted || this.#pulling || this.#inFlight.size > 0) return undefined;
        this.#over = true;
        return this.#failure ?? { value: undefined, done: true };
      }
      void this.#pull();
      if ("error" in outcome) {
        this.#leave().catch(() => {}); // the error came first
        return outcome;
      }
      this.#values = outcome.values;
      this.#next = 0;
    }
    return { value: this.#values[this.#next++] as R, done: false };
  }

  async #leave(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#values = [];
    this.#next = 0;
    this.#outcomes.length = 0;
    for (const job of this.#inFlight) job.cancel();
    if (!this.#exhausted) await this.#source.return?.();
  }
}

function open<T>(items: Iterable<T> | AsyncIterable<T>): Iterator<T> | AsyncIterator<T> {
  if (Symbol.asyncIterator in Object(items)) return (items as AsyncIterable<T>)[Symbol.asyncIterator]();
  if (Symbol.iterator in Object(items)) return (items as Iterable<T>)[Symbol.iterator]();
  throw new TypeError(`Expected \`items\` to be an iterable or async iterable, got ${inspect(items)}`);
}
