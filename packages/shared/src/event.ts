/**
 * Event: a flag to wait for.
 *
 *   word 0, FLAG    bit 0 whether it is set, bits 1..31 round: how often it was set
 *
 * V1  set() is one compare-exchange from "clear, round r" to "set, round r + 1"; clear() takes bit 0 off.
 * V2  Who waits notes the round, and is released by another round as well as by bit 0: set() releases all who wait,
 *     also when clear() follows before they look.
 */
import { deserialize, serialize } from "@concurrent-futures/core";
import { declareClass } from "@concurrent-futures/worker-pool";
import { Block, type BlockState, requireBlock } from "./block.js";
import { isTimeUp } from "./limits.js";
import type { SyncWaitOptions, WaitOptions } from "./parking.js";

const FLAG = 0;
const SET = 1;

/**
 * A flag that threads and processes share and wait for. It is clear at first.
 *
 * ```ts
 * if (await event.wait({ timeout: 1000 })) start();
 * ```
 *
 * It can be passed to tasks, threads and processes, in arguments, in `initArgs` and in results.
 * Semantics: multiprocessing.Event, Python 3.14.
 */
export class Event {
  readonly #block: Block;
  readonly #words: Int32Array;

  /** @param block  internal */
  constructor(block?: Block) {
    this.#block = requireBlock(block) ?? Block.create(0);
    this.#words = this.#block.words;
    this.#block.object("Event", () => this);
  }

  /** Sets the flag, and releases all who wait for it. */
  set(): void {
    for (let flag = this.#flag; !isSet(flag); flag = this.#flag) {
      const next = (flag + 2) | SET; // V1
      if (Atomics.compareExchange(this.#words, FLAG, flag, next) !== flag) continue;
      this.#block.parking.wake();
      return;
    }
  }

  /** Clears the flag: who waits from now on waits for the next `set()`. */
  clear(): void {
    Atomics.and(this.#words, FLAG, ~SET);
  }

  /** Whether the flag is set. */
  isSet(): boolean {
    return isSet(this.#flag);
  }

  /**
   * Waits until the flag is set.
   *
   * @returns true; false when it was not set within `timeout` ms
   * @throws {unknown} (rejection) the reason of `signal`
   * @throws {TypeError | RangeError} an option is wrong
   */
  wait(options?: WaitOptions): Promise<boolean> {
    return this.#block.parking.wait(this.#release(), options).catch((error) => {
      if (isTimeUp(error, options)) return false;
      throw error;
    });
  }

  /**
   * The same, blocking this thread: for synchronous tasks.
   *
   * @returns true; false when it was not set within `timeout` ms
   * @throws {TypeError | RangeError} an option is wrong
   */
  waitSync(options?: SyncWaitOptions): boolean {
    try {
      return this.#block.parking.waitSync(this.#release(), options);
    } catch (error) {
      if (isTimeUp(error, options)) return false;
      throw error;
    }
  }

  [serialize](): BlockState {
    return this.#block.toState();
  }
  static [deserialize](state: unknown): Event {
    const block = Block.fromState(state, "Event");
    return block.object("Event", () => new Event(block));
  }

  get #flag(): number {
    return Atomics.load(this.#words, FLAG);
  }

  /** What one wait looks for. */
  #release(): () => true | undefined {
    const round = this.#flag >> 1;
    return () => {
      const flag = this.#flag;
      return isSet(flag) || flag >> 1 !== round ? true : undefined; // V2
    };
  }
}

function isSet(flag: number): boolean {
  return (flag & SET) !== 0;
}

declareClass(Event, import.meta.url, "Event");
