/**
 * Pins: items with instances that may be shared objects, kept until they were taken. Whoever takes one opens its memory
 * through the process that sent it, which therefore must not drop it earlier.
 */
import type { Ring } from "./ring.js";

interface Pin {
  readonly item: unknown;
  /** It was taken once so many were. */
  readonly taken: number;
}

export class Pins {
  readonly #ring: Ring;
  #pins: Pin[] = []; // oldest first

  constructor(ring: Ring) {
    this.#ring = ring;
  }

  /** Called after the item was put. */
  add(item: unknown): void {
    this.prune();
    this.#pins.push({ item, taken: this.#ring.puts });
  }

  prune(): void {
    if (this.#pins.length === 0) return;
    const { taken } = this.#ring;
    const kept = this.#pins.findIndex((pin) => ((taken - pin.taken) | 0) < 0);
    this.#pins = kept === -1 ? [] : this.#pins.slice(kept);
  }
}
