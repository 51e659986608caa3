/** MapEntries: the calls of a map whose results have not been read, in the order of the items. */
import type { Future } from "./future.js";

export interface MapEntry {
  future: Future<unknown>;
  /** The items of a chunk, until it is settled; undefined for a call of one item. */
  items: readonly unknown[] | undefined;
  /** Whether the future gives a ChunkResult instead of a value. */
  isChunk: boolean;
  next: MapEntry | undefined;
}

/** A linked list, because a chunk that cannot be sent is replaced by its items. */
export class MapEntries {
  first: MapEntry | undefined;
  #last: MapEntry | undefined;

  push(entry: MapEntry): void {
    if (this.#last) this.#last.next = entry;
    else this.first = entry;
    this.#last = entry;
  }

  insertAfter(entry: MapEntry, added: MapEntry): void {
    added.next = entry.next;
    entry.next = added;
    if (this.#last === entry) this.#last = added;
  }

  shift(): void {
    this.first = this.first?.next;
    if (!this.first) this.#last = undefined;
  }

  /** Cancels what has not started, the last first: else each cancellation would let the next one start. */
  cancel(): void {
    const entries: MapEntry[] = [];
    for (let entry = this.first; entry; entry = entry.next) entries.push(entry);
    for (const { future } of entries.reverse()) future.cancel();
  }

  clear(): void {
    this.first = undefined;
    this.#last = undefined;
  }
}
