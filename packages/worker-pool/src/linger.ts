/**
 * Linger: whether an end that has nothing left to handle looks out for more a moment longer before it sleeps.
 *
 * Where a caller awaits a call before it submits the next, the next comes some 10 µs after the result, and so does the
 * result after the call. Waking whoever sleeps costs the other side 20 µs and may take ten times that until it is awake;
 * where nothing comes, the look-out is paid for nothing. So it is done only while it keeps paying.
 *
 *   credit: +1 when something came during a look-out, or soon after the end went to sleep; -1 when nothing came
 *
 * A worker that has nothing else to do looks out in place (lookOut). The pool's event loop belongs to the program, which
 * gets its turn between two looks (looksAgain). Measured with 64 no-op calls in flight, both together: 1.5 times the
 * calls/s over threads and processes.
 */
const LINGER_MS = 0.1;
const MOST_CREDIT = 4;
const LOOKS_PER_CLOCK = 50;

export class Linger {
  readonly #clock: () => number;
  #credit = MOST_CREDIT;
  #sleptAt = 0;
  #until: number | undefined; // when the present look-out over several turns ends

  /** @param clock gives milliseconds */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** Looks out for as long as it is worth it. Returns whether something came. */
  lookOut(empty: () => boolean): boolean {
    if (this.#credit <= 0) return false;
    const until = this.#clock() + LINGER_MS;
    do {
      for (let looks = 0; looks < LOOKS_PER_CLOCK; looks++) {
        if (empty()) continue;
        this.#paid();
        return true;
      }
    } while (this.#clock() < until);
    this.#credit -= 1;
    return false;
  }

  /**
   * Whether to look once more, in the event loop's next turn, instead of going to sleep.
   * @param found whether there was something this time
   */
  looksAgain(found: boolean): boolean {
    const now = this.#clock();
    const lookingOut = this.#until !== undefined;
    if (found) {
      if (lookingOut) this.#paid();
      this.#until = this.#credit > 0 ? now + LINGER_MS : undefined;
    } else if (this.#until !== undefined && now > this.#until) {
      this.#credit -= 1;
      this.#until = undefined;
    }
    return this.#until !== undefined;
  }

  sleeps(): void {
    this.#until = undefined;
    this.#sleptAt = this.#clock();
  }

  wakes(): void {
    if (this.#credit <= 0 && this.#clock() - this.#sleptAt < 2 * LINGER_MS) this.#credit += 1;
  }

  #paid(): void {
    this.#credit = Math.min(this.#credit + 1, MOST_CREDIT);
  }
}
