/**
 * Parking: waiting until shared memory is as one wants it, on the event loop or blocking the thread.
 *
 *   attempt ──done──► result            attempt = "take it if you can", over the object's own words
 *      └──not yet──► parked ──wake()──► attempt ──► ...
 *
 * K1  Who parks says so first (PARKED), then attempts once more; who changes something changes it first, then takes
 *     PARKED. In any interleaving one of them sees the other: no wake-up is lost. Who wakes up and parks again says so
 *     again; a flag that is left behind costs one wake-up without need.
 * K2  A wake-up goes to all who are parked and is but a hint to attempt again, so one that was killed swallows nothing.
 * K3  Threads that block sleep on CHANGES, which is counted up before they are woken. Event loops have a bit each in
 *     RINGS; whoever rings one takes its bit off, and it sets it again if it still waits.
 * K4  Those who wait on one event loop attempt in the order in which they came, and a newcomer comes last.
 * K5  What waits for somebody who died is woken by nobody: all who wait look for the dead every 50 ms (Parties.sweep),
 *     and once more before they give up.
 */
import type { WaitOptions } from "@concurrent-futures/core";
import { Bell } from "./bell.js";
import { BIT_WORDS, CHANGES, PARKED, RINGS } from "./layout.js";
import { bitOf, Parties, ringWord } from "./parties.js";
import { endPatrol, startPatrol } from "./patrol.js";
import { checkSignal, checkTimeout } from "./validate.js";
import { timedOut, type Wait, Waiter } from "./waiter.js";

export type { WaitOptions };
/** Limits of a wait that blocks its thread: no signal could get through. */
export type SyncWaitOptions = Pick<WaitOptions, "timeout">;

/** Attempts before a blocking wait sleeps: somebody who holds a lock on the other core is often done by then. */
const SPINS = 200;
const SLEEP_MS = 50;
/** Flags of PARKED. */
const SLEEPERS = 1;
const RINGERS = 2;
/** How long a process that was seen alive is taken to be the same: much less than numbers take to come round. */
const SEEN_MS = 50;

let bell: Bell | undefined;

export class Parking extends Parties {
  readonly #address: number | undefined;
  #waiters: Waiter<unknown>[] = [];
  readonly #seenUntil: number[] = []; // by party
  #lookScheduled = false;
  #awaiting = false; // a change, where there is no bell

  /** @param address where the memory lies in this process; undefined for a SharedArrayBuffer */
  constructor(words: Int32Array, address: number | undefined) {
    super(words, address !== undefined);
    this.#address = address;
  }

  /** Whether nobody waits on this event loop, so that a newcomer may go first (K4). */
  get idle(): boolean {
    return this.#waiters.length === 0;
  }

  /** Something changed that somebody may wait for. */
  wake(): void {
    const words = this.table;
    if (Atomics.load(words, PARKED) === 0) return;
    const parked = Atomics.exchange(words, PARKED, 0);
    Atomics.add(words, CHANGES, 1);
    if ((parked & SLEEPERS) !== 0) this.#wakeSleepers();
    if ((parked & RINGERS) !== 0) this.#ringAll();
  }

  /**
   * Resolves with what `attempt` gives, once that is not undefined. Rejects with TimeoutError, or the signal's reason,
   * or what `attempt` throws.
   * @throws {TypeError | RangeError} an option is wrong
   */
  wait<T>(attempt: () => T | undefined, options: WaitOptions = {}): Promise<T> {
    const { timeout, signal } = checkOptions(options);
    checkSignal(signal);
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#waiters.length === 0) {
      try {
        const result = attempt();
        if (result !== undefined) return Promise.resolve(result);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return new Promise((resolve, reject) => {
      const wait: Wait<T> = { attempt, resolve, reject, timeout, signal };
      const waiter = new Waiter<T>(wait, {
        expired: () => this.#expire(),
        left: () => this.#left(),
      });
      this.#waiters.push(waiter as Waiter<unknown>);
      if (this.#waiters.length === 1) {
        this.#startWaiting();
        this.#look();
      } else {
        this.#lookSoon(); // one look for all who come now, and those before them come first (K4)
      }
      waiter.startLimits();
    });
  }

  /**
   * The same, blocking this thread.
   * @throws {TimeoutError}
   * @throws {TypeError | RangeError} an option is wrong
   */
  waitSync<T>(attempt: () => T | undefined, options: SyncWaitOptions = {}): T {
    const { timeout } = checkOptions(options);
    for (let spins = timeout === 0 ? 1 : SPINS; spins > 0; spins--) {
      const result = attempt();
      if (result !== undefined) return result;
    }
    let now = performance.now();
    const end = now + timeout;
    let nextSweep = now + SLEEP_MS;
    for (;;) {
      const last = now >= end;
      if (last || now >= nextSweep) {
        this.sweep();
        nextSweep = now + SLEEP_MS;
      }
      const result = this.#sleep(attempt, Math.min(end, nextSweep) - now);
      if (result !== undefined) return result;
      if (last) throw timedOut(timeout);
      now = performance.now();
    }
  }

  /** Attempts once, and sleeps until something changes if that gave nothing. */
  #sleep<T>(attempt: () => T | undefined, ms: number): T | undefined {
    const words = this.table;
    const changes = Atomics.load(words, CHANGES);
    Atomics.or(words, PARKED, SLEEPERS);
    const result = attempt(); // K1
    if (result !== undefined || !(ms > 0)) return result;
    if (this.libc === undefined) Atomics.wait(words, CHANGES, changes, ms);
    else this.libc.futexWait((this.#address as number) + 4 * CHANGES, changes, ms);
    return attempt();
  }

  #wakeSleepers(): void {
    if (this.libc === undefined) Atomics.notify(this.table, CHANGES);
    else this.libc.futexWake((this.#address as number) + 4 * CHANGES);
  }

  #ringAll(): void {
    if (this.libc === undefined) this.#wakeSleepers(); // event loops wait as sleepers do, see #awaitChange
    for (let i = 0; i < BIT_WORDS; i++) {
      const bits = Atomics.exchange(this.table, RINGS + i, 0);
      for (let party = i * 32; party < i * 32 + 32 && bits !== 0; party++) {
        if ((bits & bitOf(party)) === 0) continue;
        if (party === this.me) this.#lookSoon();
        else if (this.libc !== undefined && this.#isThere(party)) {
          this.libc.ring(this.process(party), this.bellOf(party));
        }
      }
    }
  }

  /** Whether a process number still means the same process; a byte must not be written to any other. */
  #isThere(party: number): boolean {
    const now = performance.now();
    if (now < (this.#seenUntil[party] ?? 0)) return true;
    if (!this.isAlive(party)) return false;
    this.#seenUntil[party] = now + SEEN_MS;
    return true;
  }

  // Waiting on the event loop.

  #startWaiting(): void {
    startPatrol(this.#patrol);
    if (this.libc === undefined) return;
    try {
      bell ??= new Bell(this.libc);
    } catch {
      return; // no descriptors left: patrols have to do
    }
    bell.add(this.#look);
    this.bell = bell.fd;
  }

  /** The time of somebody is up: all whose time is get a last chance at once, since there may be thousands. */
  #expire(): void {
    this.#patrol();
    const now = performance.now();
    for (const waiter of this.#waiters) waiter.endIfDue(now);
    this.#left();
  }

  #left(): void {
    this.#waiters = this.#waiters.filter((waiter) => !waiter.over);
    if (this.#waiters.length > 0) return;
    endPatrol(this.#patrol);
    bell?.remove(this.#look);
    Atomics.and(this.table, ringWord(this.me), ~bitOf(this.me));
  }

  readonly #patrol = (): void => {
    this.sweep();
    this.#look();
  };

  readonly #look = (): void => {
    if (this.#waiters.length === 0) return;
    const changes = Atomics.load(this.table, CHANGES);
    Atomics.or(this.table, ringWord(this.me), bitOf(this.me));
    Atomics.or(this.table, PARKED, RINGERS); // K1
    let left = false;
    for (const waiter of [...this.#waiters]) {
      waiter.attempt();
      left ||= waiter.over;
    }
    if (left) this.#left();
    if (this.libc === undefined && this.#waiters.length > 0) this.#awaitChange(changes);
  };

  #lookSoon(): void {
    if (this.#lookScheduled) return;
    this.#lookScheduled = true;
    queueMicrotask(() => {
      this.#lookScheduled = false;
      this.#look();
    });
  }

  /** Between threads without libc, where there is no bell. */
  #awaitChange(changes: number): void {
    if (this.#awaiting) return; // any change ends that, too
    const { async, value } = Atomics.waitAsync(this.table, CHANGES, changes);
    if (!async) {
      this.#lookSoon();
      return;
    }
    this.#awaiting = true;
    void value.then(() => {
      this.#awaiting = false;
      this.#look();
    });
  }
}

function checkOptions<O extends WaitOptions>(options: O): O & { readonly timeout: number } {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Expected \`options\` to be an object, got ${String(options)}`);
  }
  return { ...options, timeout: checkTimeout(options.timeout) };
}
