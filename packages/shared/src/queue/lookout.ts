/**
 * Lookout: watching an empty ring for a moment before waiting for it, as long as that pays. Being woken costs whoever
 * puts the next item some 10 µs; where items come one after the other, the next one is here sooner than that.
 *
 *   credit 0..MOST: one more for each watch that saw an item, one less for each in vain; at 0 only every RESTS-th wait
 *   is watched.
 */
import type { Ring } from "./ring.js";

/** How long to watch: a few times as long as it takes to wake somebody, so that this does not become the rule. */
const WATCH_MS = 0.1;
/** Looks between two looks at the clock. */
const LOOKS = 100;
const MOST = 8;
const RESTS = 32;

export class Lookout {
  readonly #ring: Ring;
  #credit = MOST / 2;
  #rested = 0; // waits that were not watched, since the last one that was

  constructor(ring: Ring) {
    this.#ring = ring;
  }

  /** Whether there is an item after all. */
  watch(): boolean {
    if (this.#credit === 0 && ++this.#rested < RESTS) return false;
    this.#rested = 0;
    const end = performance.now() + WATCH_MS;
    do {
      for (let left = LOOKS; left > 0; left--) {
        if (this.#ring.size === 0) continue;
        this.#credit = Math.min(MOST, this.#credit + 1);
        return true;
      }
    } while (performance.now() < end);
    this.#credit = Math.max(0, this.#credit - 1);
    return false;
  }
}
