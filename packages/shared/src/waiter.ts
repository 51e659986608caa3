/**
 * Waiter: one wait on the event loop.
 *
 *   waiting ──attempt gives something──► resolved
 *      ├──attempt throws, timeout, signal──► rejected
 */
import { onAbort, TimeoutError } from "@concurrent-futures/core";

/** What is waited for, by whom, and how long. */
export interface Wait<T> {
  readonly attempt: () => T | undefined;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
  /** Milliseconds, or Infinity. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

interface Surroundings {
  /** Time is up: makes all who wait attempt, after a look for the dead, and ends those that are due. */
  readonly expired: () => void;
  /** This one waits no longer, for another reason than an attempt. */
  readonly left: () => void;
}

const LONGEST_MS = 2 ** 31 - 1; // setTimeout takes anything longer for 1 ms

export class Waiter<T> {
  over = false;
  #attempting = false; // an attempt may call what looks again
  readonly #wait: Wait<T>;
  readonly #surroundings: Surroundings;
  readonly #start = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #stopListening: (() => void) | undefined;

  constructor(wait: Wait<T>, surroundings: Surroundings) {
    this.#wait = wait;
    this.#surroundings = surroundings;
  }

  attempt(): void {
    if (this.over || this.#attempting) return;
    this.#attempting = true;
    try {
      const result = this.#wait.attempt();
      if (result === undefined) return;
      this.#end();
      this.#wait.resolve(result);
    } catch (error) {
      this.#end();
      this.#wait.reject(error);
    } finally {
      this.#attempting = false;
    }
  }

  /** Gives up if its time is up. */
  endIfDue(now: number): void {
    const { timeout, reject } = this.#wait;
    if (this.over || now - this.#start < timeout) return;
    this.#end();
    reject(timedOut(timeout));
  }

  /** Called once. */
  startLimits(): void {
    if (this.over) return;
    const { signal } = this.#wait;
    this.#stopListening = signal && onAbort(signal, this.#aborted);
    this.#armTimer();
  }

  #armTimer(): void {
    const { timeout } = this.#wait;
    if (timeout === Number.POSITIVE_INFINITY) return;
    const left = timeout - (performance.now() - this.#start);
    if (left <= 0) this.#surroundings.expired();
    else this.#timer = setTimeout(() => this.#armTimer(), Math.min(Math.ceil(left), LONGEST_MS));
  }

  readonly #aborted = (): void => {
    this.#end();
    this.#surroundings.left();
    this.#wait.reject(this.#wait.signal?.reason);
  };

  #end(): void {
    this.over = true;
    clearTimeout(this.#timer);
    this.#stopListening?.();
  }
}

/** What a wait ends with that took longer than it may. */
export function timedOut(timeout: number): TimeoutError {
  return new TimeoutError(`Waited longer than the \`timeout\` of ${timeout} ms`);
}
