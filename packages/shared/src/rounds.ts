/**
 * Rounds: the state of a barrier, in shared memory.
 *
 *   round r, n arrived ──arrive──► n + 1 ... ──the last arrives──► round r + 1, 0 arrived
 *        └──timeout, abort, death──► broken in round r ──reset──► era e + 1, round r + 1, 0 arrived
 *
 *   STATE, one 64-bit word    bits 0..2 what broke it, or 0; 3..18 arrived; 19..43 round; 44..63 era: resets so far
 *   ENDS[era % 64]            era and round in which the era was ended by a reset, + 1
 *   MARKS[party]              era and round in which the party arrived last, + 1; 0 if it never did
 *
 * R1  Every change is one compare-exchange of STATE. Within an era the round advances only when all have arrived, so who
 *     finds another round there has passed.
 * R2  A broken barrier stays in its round; reset() breaks it first where somebody waits, then notes the round in ENDS,
 *     then begins the next era. Whatever of that is left undone by a killed one, the state is right: broken. So who
 *     finds another era knows by ENDS whether its round was the one that never ended. (After 64 more it is told so.)
 * R3  A party marks its round before it arrives. If it dies, and that round is still on, the barrier breaks: whoever
 *     has arrived would wait for it, or be let through without it.
 */
import type { Block } from "./block.js";
import { BrokenBarrierError } from "./errors.js";
import { PARTY_LIMIT } from "./layout.js";

export const MOST_PARTIES = 2 ** 16 - 1;

const ERAS = 64;
export const ROUND_BYTES = 8 * (1 + ERAS + PARTY_LIMIT);

const STATE = 0;
const ENDS = 1;
const MARKS = ENDS + ERAS;
/** In the block's words: how many have to arrive. */
const PARTIES = 0;

/** What broke it. */
export const TIMED_OUT = 1;
export const GIVEN_UP = 2;
export const DIED = 3;
export const ABORTED = 4;
export const RESET = 5;
export type Break = typeof TIMED_OUT | typeof GIVEN_UP | typeof DIED | typeof ABORTED | typeof RESET;

const REASONS: Record<Break, string> = {
  [TIMED_OUT]: "one of those who waited took longer than its `timeout`",
  [GIVEN_UP]: "one of those who waited gave up, by its `signal`",
  [DIED]: "a thread or process died while it waited",
  [ABORTED]: "abort() was called",
  [RESET]: "reset() was called while this one waited",
};

/** STATE, taken apart. */
interface State {
  readonly broken: Break | 0;
  readonly arrived: number;
  readonly round: bigint;
  readonly era: bigint;
}

/** One that has arrived. */
export interface Arrival {
  readonly index: number;
  readonly era: bigint;
  readonly round: bigint;
}

export class Rounds {
  readonly #block: Block;
  readonly #data: BigUint64Array;

  constructor(block: Block) {
    this.#block = block;
    this.#data = new BigUint64Array(block.data.buffer, block.data.byteOffset, 1 + ERAS + PARTY_LIMIT);
    block.parking.onDeath((party) => this.#bury(party));
  }

  get parties(): number {
    return this.#block.words[PARTIES] as number;
  }
  /** Before anybody else has the block. */
  set parties(parties: number) {
    this.#block.words[PARTIES] = parties;
  }

  /** Looks for the dead first: nobody may be waiting, so that nobody else would have. */
  get state(): State {
    const state = unpack(this.#load());
    if (state.broken !== 0 || state.arrived === 0 || !this.#block.parking.sweep()) return state;
    return unpack(this.#load());
  }

  /**
   * Arrives in the round that is on. The last one ends it.
   * @throws {BrokenBarrierError}
   */
  arrive(): Arrival {
    const { parking } = this.#block;
    for (;;) {
      const word = this.#load();
      const state = unpack(word);
      const { broken, arrived, round, era } = state;
      if (broken !== 0) throw brokenBy(broken);
      Atomics.store(this.#data, MARKS + parking.me, markOf(state)); // R3
      const last = arrived + 1 === this.parties;
      if (last && this.#someoneDied(state)) {
        this.breakRound(state, DIED);
        continue;
      }
      const next = last ? { ...state, arrived: 0, round: round + 1n } : { ...state, arrived: arrived + 1 };
      if (!this.#change(word, next)) continue;
      if (last) parking.wake();
      return { index: arrived, era, round };
    }
  }

  /**
   * The index of one that has passed; undefined while it waits.
   * @throws {BrokenBarrierError} its round was never completed
   */
  look({ index, era, round }: Arrival): number | undefined {
    const state = unpack(this.#load());
    if (isOn(state, { era, round })) {
      if (state.broken !== 0) throw brokenBy(state.broken);
      return undefined;
    }
    if (state.era === era) return index; // R1
    const end = Atomics.load(this.#data, endOf(era));
    const { era: ended, round: unfinished } = ofMark(end);
    if (ended !== era || unfinished === round) throw brokenBy(RESET); // R2
    return index;
  }

  /** Breaks the barrier if that round is still on. */
  breakRound(which: Pick<State, "era" | "round">, why: Break): void {
    for (;;) {
      const word = this.#load();
      const state = unpack(word);
      if (state.broken !== 0 || !isOn(state, which)) return;
      if (!this.#change(word, { ...state, broken: why })) continue;
      this.#block.parking.wake();
      return;
    }
  }

  /** Breaks the barrier, whatever round is on. */
  abort(): void {
    while (unpack(this.#load()).broken === 0) this.breakRound(unpack(this.#load()), ABORTED);
  }

  /** Makes the barrier as new; those who wait are told that it broke. */
  reset(): void {
    for (;;) {
      const word = this.#load();
      const state = unpack(word);
      if (state.broken === 0) {
        if (state.arrived === 0) return;
        this.breakRound(state, RESET);
        continue;
      }
      const { era, round } = state;
      const old = Atomics.load(this.#data, endOf(era));
      if (this.#load() !== word) continue; // else nobody can be in a later era, and `old` is from before this one
      Atomics.compareExchange(this.#data, endOf(era), old, markOf(state));
      if (!this.#change(word, { broken: 0, arrived: 0, round: round + 1n, era: era + 1n })) continue;
      this.#block.parking.wake();
      return;
    }
  }

  #someoneDied(state: State): boolean {
    const { parking } = this.#block;
    const mark = markOf(state);
    return parking
      .parties()
      .some(
        (party) => party !== parking.me && Atomics.load(this.#data, MARKS + party) === mark && !parking.isAlive(party),
      );
  }

  #bury(party: number): void {
    const mark = Atomics.load(this.#data, MARKS + party);
    if (mark === 0n) return;
    this.breakRound(ofMark(mark), DIED);
    Atomics.store(this.#data, MARKS + party, 0n);
  }

  #load(): bigint {
    return Atomics.load(this.#data, STATE);
  }

  #change(from: bigint, to: State): boolean {
    return Atomics.compareExchange(this.#data, STATE, from, pack(to)) === from;
  }
}

export function brokenBy(why: Break, options?: ErrorOptions): BrokenBarrierError {
  const then = why === RESET ? "" : "; reset() makes it usable again";
  return new BrokenBarrierError(`The barrier is broken: ${REASONS[why]}${then}`, options);
}

function isOn(state: State, { era, round }: Pick<State, "era" | "round">): boolean {
  return state.era === era && state.round === round;
}

function endOf(era: bigint): number {
  return ENDS + Number(era % BigInt(ERAS));
}

const ROUND_BITS = 25;
const ERA_BITS = 20;

function pack({ broken, arrived, round, era }: State): bigint {
  return BigInt(broken | (arrived << 3)) | (timeOf(era, round) << 19n);
}

function unpack(word: bigint): State {
  const low = Number(word & 0x7ffffn);
  return { broken: (low & 7) as State["broken"], arrived: low >> 3, ...ofTime(word >> 19n) };
}

function markOf({ era, round }: Pick<State, "era" | "round">): bigint {
  return timeOf(era, round) + 1n;
}

function ofMark(mark: bigint): Pick<State, "era" | "round"> {
  return ofTime(mark - 1n);
}

/** Both wrap. They are compared for being equal only, by those who wait, who never wait that long. */
function timeOf(era: bigint, round: bigint): bigint {
  return (BigInt.asUintN(ERA_BITS, era) << BigInt(ROUND_BITS)) | BigInt.asUintN(ROUND_BITS, round);
}

function ofTime(time: bigint): Pick<State, "era" | "round"> {
  return { round: BigInt.asUintN(ROUND_BITS, time), era: BigInt.asUintN(ERA_BITS, time >> BigInt(ROUND_BITS)) };
}
