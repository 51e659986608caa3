/**
 * Pins: items with instances that may be shared objects, kept until they were taken. Whoever takes one opens its memory
 * through the process that sent it, which therefore must not drop it earlier.
 *
 * N1  While others use the queue, or may be about to, what is pinned stays although the program drops the queue itself.
 *     A queue that nobody else has goes with its items.
 * N2  Pins keep no program alive. Whether items were taken is looked up now and then, and at each put.
 */
import type { Parking } from "../parking.js";
import type { Ring } from "./ring.js";

interface Pin {
  readonly item: unknown;
  /** It was taken once so many were. */
  readonly taken: number;
}

const LOOK_EVERY_MS = 1000;
/** How long after it was sent a queue may take to arrive. */
const TRAVEL_MS = 10_000;

const held = new Set<Pins>(); // N1
let looking: NodeJS.Timeout | undefined; // while there are any

export class Pins {
  readonly #ring: Ring;
  readonly #parking: Parking;
  #pins: (Pin | undefined)[] = []; // oldest first; undefined before #first, where they were taken
  #first = 0;
  #arrivesBy = 0; // when a queue that was sent has arrived

  constructor(ring: Ring, parking: Parking) {
    this.#ring = ring;
    this.#parking = parking;
  }

  /** Called after the item was put. */
  add(item: unknown): void {
    this.prune();
    this.#pins.push({ item, taken: this.#ring.puts });
    this.#hold();
  }

  /** Called when the queue itself is sent to somebody. */
  sent(): void {
    this.#arrivesBy = performance.now() + TRAVEL_MS;
    if (this.#pins.length > 0) this.#hold();
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
  }

  /** Whether it must be kept (N1), after a look at what was taken. */
  get isNeeded(): boolean {
    this.prune();
    return this.#pins.length > 0 && (performance.now() < this.#arrivesBy || this.#isUsedByOthers());
  }

  #hold(): void {
    if (held.has(this) || (performance.now() >= this.#arrivesBy && !this.#isUsedByOthers())) return;
    held.add(this);
    looking ??= setInterval(look, LOOK_EVERY_MS).unref();
  }

  #isUsedByOthers(): boolean {
    const { me } = this.#parking;
    return this.#parking.parties().some((party) => party !== me && this.#parking.isAlive(party));
  }
}

function look(): void {
  for (const pins of held) if (!pins.isNeeded) held.delete(pins);
  if (held.size > 0) return;
  clearInterval(looking);
  looking = undefined;
}
