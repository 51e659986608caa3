/**
 * Barrier: all of them, or none, go on. The rounds, and what deaths do: rounds.ts.
 */
import { deserialize, serialize } from "@concurrent-futures/core";
import { declareClass } from "@concurrent-futures/worker-pool";
import { Block, type BlockState } from "./block.js";
import { BrokenBarrierError } from "./errors.js";
import { checkWaitOptions, isTimeUp } from "./limits.js";
import type { SyncWaitOptions, WaitOptions } from "./parking.js";
import { type Arrival, brokenBy, GIVEN_UP, MOST_PARTIES, ROUND_BYTES, Rounds, TIMED_OUT } from "./rounds.js";
import { checkInteger } from "./validate.js";

/** What all waits have in common. */
export interface BarrierOptions {
  /** Milliseconds that a wait may take that is given no `timeout` of its own. Default: no limit. */
  readonly timeout?: number;
}

/**
 * A place where a fixed number of tasks, threads or processes wait for each other: when the last has arrived, all go
 * on, and the next round begins.
 *
 * ```ts
 * const index = await barrier.wait();
 * if (index === 0) log("all are here");
 * ```
 *
 * It breaks, for all who wait and who come later, when one of those who wait takes too long, gives up or dies.
 * It can be passed to tasks, threads and processes, in arguments, in `initArgs` and in results.
 * Semantics: multiprocessing.Barrier, Python 3.14.
 * Differs (D-36): no `action`.
 */
export class Barrier {
  readonly #block: Block;
  readonly #rounds: Rounds;
  readonly #options: BarrierOptions; // a copy

  /**
   * @param parties  how many have to arrive
   * @param block  internal
   * @throws {TypeError | RangeError} `parties` is not an integer from 1 to 65535, or an option is wrong
   */
  constructor(parties: number, options: BarrierOptions = {}, block?: Block) {
    checkInteger("parties", parties, 1, MOST_PARTIES);
    checkWaitOptions(options);
    this.#options = options.timeout === undefined ? {} : { timeout: options.timeout };
    this.#block = block instanceof Block ? block : Block.create(ROUND_BYTES);
    this.#rounds = new Rounds(this.#block);
    this.#rounds.parties = parties;
    this.#block.object("Barrier", () => this);
  }

  /** How many have to arrive for all to go on. */
  get parties(): number {
    return this.#rounds.parties;
  }

  /** How many wait now. */
  get nWaiting(): number {
    const { broken, arrived } = this.#rounds.state;
    return broken === 0 ? arrived : 0;
  }

  /** Whether it is broken. */
  get broken(): boolean {
    return this.#rounds.state.broken !== 0;
  }

  /**
   * Waits until all have arrived.
   *
   * @returns 0 to `parties` - 1, a different one for each of a round: in the order of arrival
   * @throws {BrokenBarrierError} (rejection, `ERR_BROKEN_BARRIER`) it is broken, breaks meanwhile, also because they
   *   were not all there within `timeout` ms, or is reset meanwhile
   * @throws {unknown} (rejection) the reason of `signal`, which breaks it for the others
   * @throws {TypeError | RangeError} an option is wrong
   */
  wait(options?: WaitOptions): Promise<number> {
    checkWaitOptions(options);
    return this.#wait({ ...this.#options, ...given(options) });
  }

  /**
   * The same, blocking this thread: for synchronous tasks. What runs on this very thread cannot arrive meanwhile.
   *
   * @throws {BrokenBarrierError} (`ERR_BROKEN_BARRIER`) it is broken, breaks, or is reset meanwhile
   * @throws {TypeError | RangeError} an option is wrong
   */
  waitSync(options?: SyncWaitOptions): number {
    checkWaitOptions(options);
    const limits = { ...this.#options, ...given(options) };
    const arrival = this.#rounds.arrive();
    try {
      return this.#block.parking.waitSync(() => this.#rounds.look(arrival), limits);
    } catch (error) {
      return this.#giveUp(arrival, error, limits);
    }
  }

  /** Breaks it, for all who wait and who come later. Harmless when it is broken. */
  abort(): void {
    this.#rounds.abort();
  }

  /** Makes it as new. For those who wait it breaks. */
  reset(): void {
    this.#rounds.reset();
  }

  [serialize](): BarrierState {
    return { block: this.#block.toState(), parties: this.parties, options: this.#options };
  }
  static [deserialize]({ block: state, parties, options }: BarrierState): Barrier {
    const block = Block.fromState(state, "Barrier");
    return block.object("Barrier", () => new Barrier(parties, options, block));
  }

  async #wait(limits: WaitOptions): Promise<number> {
    if (limits.signal?.aborted) throw limits.signal.reason;
    const arrival = this.#rounds.arrive();
    try {
      return await this.#block.parking.wait(() => this.#rounds.look(arrival), limits);
    } catch (error) {
      return this.#giveUp(arrival, error, limits);
    }
  }

  /** One that waits no longer breaks the barrier, unless it has passed after all. */
  #giveUp(arrival: Arrival, error: unknown, limits: WaitOptions): number {
    if (error instanceof BrokenBarrierError && !(limits.signal?.aborted && limits.signal.reason === error)) throw error;
    const timeUp = isTimeUp(error, limits);
    this.#rounds.breakRound(arrival, timeUp ? TIMED_OUT : GIVEN_UP);
    try {
      const index = this.#rounds.look(arrival);
      if (index !== undefined) return index;
    } catch {
      // as expected
    }
    throw timeUp ? brokenBy(TIMED_OUT, { cause: error }) : error;
  }
}

/** Without what was given as undefined. */
function given(options: WaitOptions = {}): WaitOptions {
  const { timeout, signal } = options;
  return { ...(timeout !== undefined && { timeout }), ...(signal !== undefined && { signal }) };
}

interface BarrierState {
  readonly block: BlockState;
  readonly parties: number;
  readonly options: BarrierOptions;
}

declareClass(Barrier, import.meta.url, "Barrier");
