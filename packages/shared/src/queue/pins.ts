/**
 * Pins: items with instances that may be shared objects, kept until they were taken. Whoever takes one opens its memory
 * through the process that sent it, which therefore must not drop it earlier.
 *
 * N1  What is pinned stays when the program drops the queue itself: the item is in it all the same.
 * N2  Pins keep no program alive. Whether items were taken is looked up now and then, and at each put.
 */
import type { Ring } from "./ring.js";

interface Pin {
  readonly item: unknown;
  /** It was taken once so many were. */
  readonly taken: number;
}

const LOOK_EVERY_MS = 1000;

const held = new Set<Pins>(); // those that hold something
let looking: NodeJS.Timeout | undefined; // while there are any

export class Pins {
  readonly #ring: Ring;
  #pins: (Pin | undefined)[] = []; // oldest first; undefined before #first, where they were taken
  #first = 0;

  constructor(ring: Ring) {
    this.#ring = ring;
  }

  /** Called after the item was put. */
  add(item: unknown): void {
    this.prune();
    this.#pins.push({ item, taken: this.#ring.puts });
    held.add(this);
    looking ??= setInterval(look, LOOK_EVERY_MS).unref();
  }

  /** Drops what was taken. */
  prune(): void {
    const { length } = this.#pins;
    if (length === 0) return;
    const { taken } = this.#ring;
    let first = this.#first;
    for (; first < length && ((taken - (this.#pins[first] as Pin).taken) | 0) >= 0; first++)
      this.#pins[first] = undefined;
    this.#first = first;
    if (first * 2 < length) return; // copying the list each time would take long for a long one
    this.#pins = this.#pins.slice(first);
    this.#first = 0;
    if (first === length) held.delete(this);
  }
}

function look(): void {
  for (const pins of held) pins.prune();
  if (held.size > 0) return;
  clearInterval(looking);
  looking = undefined;
}
