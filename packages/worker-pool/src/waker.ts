/**
 * Waker: wakes the other side of a link, but not for every call of a burst.
 *
 *   wake ─► the last one was a while ago?  yes ─► now                  (a caller may block its event loop after one submit)
 *                                          no  ─► owed: paid by a microtask, or by a later `wake` or `remind` when
 *                                                 the spacing is over, whichever comes first
 *
 * A wake-up costs the sender some 5 µs, and more where threads compete for the cores: a worker that is woken for each call
 * of a long loop of submits takes its core from that very loop.
 */
export class Waker {
  readonly #send: () => void;
  readonly #spacingMs: number;
  #sentAt = Number.NEGATIVE_INFINITY;
  #owed = false;

  /**
   * @param send wakes the other side
   * @param spacingMs how long after one wake-up the next may have to wait
   */
  constructor(send: () => void, spacingMs: number) {
    this.#send = send;
    this.#spacingMs = spacingMs;
  }

  wake(): void {
    if (this.#owed) return;
    if (performance.now() - this.#sentAt >= this.#spacingMs) {
      this.#pay();
    } else {
      this.#owed = true;
      queueMicrotask(() => {
        if (this.#owed) this.#pay();
      });
    }
  }

  /** Something more was written: microtasks may be far off, in a long synchronous burst. */
  remind(): void {
    if (this.#owed && performance.now() - this.#sentAt >= this.#spacingMs) this.#pay();
  }

  #pay(): void {
    this.#owed = false;
    this.#sentAt = performance.now();
    this.#send();
  }
}
