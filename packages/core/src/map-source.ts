/**
 * MapSource: where a map's items come from, whatever the input is.
 *
 * Items are taken only when asked for, and never more than asked for.
 */
import { show } from "./show.js";

export interface MapSource {
  /** How many items a sized input has. */
  readonly count?: number;
  /** Whether no more items will come. */
  readonly ended: boolean;
  /** What the input threw, which ended it. */
  readonly failure?: { readonly error: unknown } | undefined;
  /** Called when there is more to take than there was, or the end has come. */
  onMore?: () => void;
  /** Up to `max` of the items that are there now; fewer at the end, or where one has to be waited for. */
  take(max: number): unknown[];
  /** Tells an input that is not at its end that no more is wanted; a promise if that takes time. */
  close(): Promise<void> | undefined;
}

/**
 * Checks that a map's input can be iterated.
 *
 * @throws {TypeError} it cannot
 */
export function checkItems(items: unknown): void {
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = Object(items) as Record<symbol, unknown>;
  if (typeof sync === "function" || typeof async === "function") return;
  throw new TypeError(`Expected \`items\` to be an iterable or async iterable, got ${show(items)}`);
}

/** Opens a map's input; one that throws meanwhile becomes a source that has failed. A sized one is copied if `whole`. */
export function openSource(items: unknown, whole: boolean): MapSource {
  try {
    const sized = whole ? sizedItems(items) : undefined;
    if (sized) return new ArraySource(sized);
    const { [Symbol.asyncIterator]: async } = Object(items) as AsyncIterable<unknown>;
    if (typeof async === "function") return new AsyncSource(Reflect.apply(async, items, []));
    return new IteratorSource((items as Iterable<unknown>)[Symbol.iterator]());
  } catch (error) {
    return failedSource(error);
  }
}

/** A source of nothing but an error. */
export function failedSource(error: unknown): MapSource {
  return { ended: true, failure: { error }, take: () => [], close: () => undefined };
}

/** The items of a sized input, as they are now; undefined for other inputs. */
function sizedItems(items: unknown): ArrayLike<unknown> | undefined {
  if (Array.isArray(items)) return items.slice();
  if (ArrayBuffer.isView(items)) return (items as Uint8Array).slice();
  const { size, length } = items as { size?: unknown; length?: unknown };
  if (typeof size !== "number" && typeof length !== "number") return undefined;
  return Array.from(items as Iterable<unknown>);
}

/** The items of an array that nobody else changes. */
class ArraySource implements MapSource {
  readonly count: number;
  #next = 0;
  readonly #items: ArrayLike<unknown>;

  constructor(items: ArrayLike<unknown>) {
    this.#items = items;
    this.count = items.length;
  }
  get ended(): boolean {
    return this.#next >= this.count;
  }
  take(max: number): unknown[] {
    const start = this.#next;
    this.#next = Math.min(this.count, start + max);
    return Array.prototype.slice.call(this.#items, start, this.#next);
  }
  close(): undefined {
    this.#next = this.count;
  }
}

class IteratorSource implements MapSource {
  ended = false;
  failure: { error: unknown } | undefined;
  readonly #iterator: Iterator<unknown>;

  constructor(iterator: Iterator<unknown>) {
    this.#iterator = iterator;
  }
  take(max: number): unknown[] {
    const items: unknown[] = [];
    try {
      while (!this.ended && items.length < max) {
        const next = this.#iterator.next();
        if (next.done) this.ended = true;
        else items.push(next.value);
      }
    } catch (error) {
      this.ended = true;
      this.failure = { error };
    }
    return items;
  }
  close(): undefined {
    if (this.ended) return;
    this.ended = true;
    this.#iterator.return?.();
  }
}

/** Asks for one item at a time, since the next one of an async generator can only be waited for in turn. */
class AsyncSource implements MapSource {
  ended = false;
  failure: { error: unknown } | undefined;
  onMore?: () => void;
  #arrived: { item: unknown } | undefined;
  #asked = false; // next() was called and has not answered
  readonly #iterator: AsyncIterator<unknown>;

  constructor(iterator: AsyncIterator<unknown>) {
    this.#iterator = iterator;
  }
  take(max: number): unknown[] {
    const { item } = this.#arrived ?? {};
    if (this.#arrived) {
      this.#arrived = undefined;
      if (max > 1) this.#ask();
      return [item];
    }
    if (max > 0) this.#ask();
    return [];
  }
  async close(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    this.#arrived = undefined;
    const closing = Promise.resolve(this.#iterator.return?.());
    // A generator that is waiting itself would answer when that is over, if ever.
    if (this.#asked) closing.catch(() => {});
    else await closing;
  }

  #ask(): void {
    if (this.#asked || this.ended) return;
    this.#asked = true;
    void this.#pull();
  }
  async #pull(): Promise<void> {
    try {
      const next = await this.#iterator.next();
      if (this.ended) return;
      if (next.done) this.ended = true;
      else this.#arrived = { item: next.value };
    } catch (error) {
      if (this.ended) return;
      this.ended = true;
      this.failure = { error };
    } finally {
      this.#asked = false;
    }
    this.onMore?.();
  }
}
