/** How many items travel together, by how long they take. */

/** What a chunk shall take: long against the cost of a message, short against anybody's patience. */
const targetMs = 2;
const mostItems = 4096;
/** How much larger than any chunk that was measured the next may be. */
const growth = 8;

export class ChunkSizer {
  /** Items for the next chunk. */
  size = 1;
  measured = false;
  readonly #most: number;
  #itemMs = 0; // a moving average, in which the first, cold calls soon count for nothing
  #largest = 1; // items, of the chunks measured

  /** @param most the largest chunk to make, in items */
  constructor(most: number) {
    this.#most = Math.min(most, mostItems);
  }

  record(items: number, elapsedMs: number): void {
    if (items === 0) return;
    const itemMs = elapsedMs / items;
    this.#itemMs = this.measured ? (this.#itemMs + itemMs) / 2 : itemMs;
    this.#largest = Math.max(this.#largest, items);
    this.measured = true;
    const most = Math.min(this.#most, this.#largest * growth);
    this.size = Math.max(1, Math.min(most, Math.floor(targetMs / this.#itemMs)));
  }
}
