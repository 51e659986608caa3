/** Timers of any length. */

const longestMs = 2 ** 31 - 1; // setTimeout takes anything longer for 1 ms

/** Calls `fn` once, `ms` from now, unless stopped. An infinite one never starts. */
export class Timer {
  #handle: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number, fn: () => void) {
    if (ms !== Number.POSITIVE_INFINITY) this.#arm(ms, fn);
  }

  #arm(ms: number, fn: () => void): void {
    if (ms <= longestMs) this.#handle = setTimeout(fn, ms);
    else this.#handle = setTimeout(() => this.#arm(ms - longestMs, fn), longestMs);
  }

  stop(): void {
    clearTimeout(this.#handle);
  }
}
