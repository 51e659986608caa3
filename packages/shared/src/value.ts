/**
 * Value: one number in memory that threads and processes share.
 *
 * Its memory holds its lock, too (words 0..7, lock.ts), and its type, so that it arrives as what it is.
 */
import { deserialize, serialize } from "@concurrent-futures/core";
import { declareClass } from "@concurrent-futures/worker-pool";
import { Block, type BlockState } from "./block.js";
import {
  type Addable,
  checkElement,
  checkType,
  type ElementOf,
  type Elements,
  type ElementType,
  elementsOver,
  integersOf,
  type NumberType,
  refuseToAdd,
  typeOfElements,
} from "./element-types.js";
import { Lock } from "./lock.js";

/** A value on its way. */
export interface ValueState {
  readonly type: ElementType;
  readonly block: BlockState;
}

/**
 * A number that threads and processes share: real memory, read and written at once by all.
 *
 * ```ts
 * const counter = new Value("int32");
 * await pool.submit(count, counter); // (counter) => { using _ = counter.getLock().acquireSync(); counter.value += 1; }
 * console.log(counter.value);
 * ```
 *
 * `value += 1` is a read and a write, between which others may write: hold `getLock()`, or use `add`. Numbers out of
 * range wrap as those of typed arrays do.
 * Semantics: multiprocessing.Value, Python 3.14.
 */
export class Value<T extends ElementType = NumberType> {
  /** Its type, such as `"int32"`. */
  readonly type: T;
  readonly #block: Block;
  readonly #element: Elements<T>;
  readonly #integer: Int32Array | undefined; // the same; undefined for floating-point types
  readonly #typeOf: string;
  #lock: Lock | undefined; // once somebody asked for it

  /**
   * @param type one of `"int8"`, `"uint8"`, `"int16"`, `"uint16"`, `"int32"`, `"uint32"`, `"bigint64"`, `"biguint64"`,
   *   `"float32"`, `"float64"`
   * @param initial what it starts with. Default: 0
   * @throws {TypeError} there is no such type, or `initial` is not a number (for 64-bit integers: a bigint)
   */
  constructor(type: T, initial?: ElementOf<T>, block?: Block) {
    checkType(type);
    if (initial !== undefined) checkElement(type, "`initial`", initial);
    this.type = type;
    this.#block = block instanceof Block ? block : Block.create(8);
    this.#element = elementsOver(type, this.#block.data, 1);
    this.#integer = integersOf(type, this.#element);
    this.#typeOf = typeOfElements(type);
    if (initial !== undefined) this.#element[0] = initial;
    this.#block.object("Value", () => this);
  }

  /** The number. Setting it to anything but a number (for 64-bit integers: a bigint) throws a TypeError. */
  get value(): ElementOf<T> {
    return this.#element[0] as ElementOf<T>;
  }
  set value(value: ElementOf<T>) {
    if (typeof value !== this.#typeOf) checkElement(this.type, "`value`", value);
    this.#element[0] = value;
  }

  /**
   * Adds atomically, without the lock, as `Atomics.add`.
   * @returns what the value was before
   * @throws {TypeError} the type is not one of integers, or `n` is not a number (for 64-bit integers: a bigint)
   */
  add(this: Addable<T>, n: ElementOf<T>): ElementOf<T>;
  add(n: unknown): unknown {
    const integer = this.#integer;
    if (integer === undefined || typeof n !== this.#typeOf) refuseToAdd(this.type, n);
    return Atomics.add(integer, 0, n as number);
  }

  /** The lock that goes with it; the same one wherever the value arrives. */
  getLock(): Lock {
    this.#lock ??= Lock.of(this.#block);
    return this.#lock;
  }

  [serialize](): ValueState {
    return { type: this.type, block: this.#block.toState() };
  }
  static [deserialize]({ type, block: state }: ValueState): Value<ElementType> {
    checkType(type);
    const block = Block.fromState(state, "Value");
    return block.object("Value", () => new Value<ElementType>(type, undefined, block));
  }
}

declareClass(Value, import.meta.url, "Value");
