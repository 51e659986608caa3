/**
 * SharedArray: a typed array that threads and processes share. Its memory holds its lock, too (words 0..7, lock.ts).
 */
import { constants } from "node:buffer";
import { types } from "node:util";
import { deserialize, serialize } from "@concurrent-futures/core";
import { declareClass } from "@concurrent-futures/worker-pool";
import { Block, type BlockState } from "./block.js";
import {
  type Addable,
  type ArrayOf,
  bytesOf,
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
import { checkInteger } from "./validate.js";

/** An array on its way. */
export interface SharedArrayState {
  readonly type: ElementType;
  readonly length: number;
  readonly block: BlockState;
}

/** As long as an ArrayBuffer can be. */
const LONGEST_BYTES = Math.min(2 ** 33, constants.MAX_LENGTH);

/**
 * Numbers that threads and processes share: real memory, read and written at once by all.
 *
 * ```ts
 * const pixels = new SharedArray("uint8", 1920 * 1080);
 * await pool.starmap(renderRow, rows.map((row) => [pixels, row]));
 * ```
 *
 * Semantics: multiprocessing.Array, Python 3.14.
 */
export class SharedArray<T extends ElementType = NumberType> {
  /** The type of its elements, such as `"float64"`. */
  readonly type: T;
  /** A typed array over the memory: what is written there is seen by all. Do not transfer it. */
  readonly array: ArrayOf<T>;
  readonly #block: Block;
  readonly #elements: Elements<T>;
  readonly #integers: Int32Array | undefined; // the same; undefined for floating-point types
  readonly #typeOf: string;
  #lock: Lock | undefined; // once somebody asked for it

  /**
   * @param type as of Value
   * @param lengthOrItems how many elements, all 0; or the elements to start with
   * @throws {TypeError} there is no such type, or an item is not a number (for 64-bit integers: a bigint)
   * @throws {RangeError} `lengthOrItems` is not a length
   */
  constructor(type: T, lengthOrItems: number | Iterable<ElementOf<T>>, block?: Block) {
    checkType(type);
    const items = typeof lengthOrItems === "number" ? undefined : itemsOf(type, lengthOrItems);
    const most = Math.floor(LONGEST_BYTES / bytesOf(type));
    const length = items?.length ?? checkInteger("lengthOrItems", lengthOrItems, 0, most);
    this.type = type;
    this.#block = block instanceof Block ? block : Block.create(length * bytesOf(type));
    this.array = this.#elements = elementsOver(type, this.#block.data, length);
    this.#integers = integersOf(type, this.#elements);
    this.#typeOf = typeOfElements(type);
    for (let i = 0; items !== undefined && i < length; i++) this.#elements[i] = items[i] as ElementOf<T>;
    this.#block.object("SharedArray", () => this);
  }

  /** How many elements it has. */
  get length(): number {
    return this.#elements.length;
  }

  /**
   * The element at `index`.
   * @throws {RangeError} there is none
   */
  get(index: number): ElementOf<T> {
    this.#checkIndex(index);
    return this.#elements[index] as ElementOf<T>;
  }

  /**
   * Sets the element at `index`.
   * @throws {RangeError} there is none
   * @throws {TypeError} `value` is not a number (for 64-bit integers: a bigint)
   */
  set(index: number, value: ElementOf<T>): void {
    this.#checkIndex(index);
    if (typeof value !== this.#typeOf) checkElement(this.type, "`value`", value);
    this.#elements[index] = value;
  }

  /**
   * Adds to the element at `index` atomically, without the lock, as `Atomics.add`.
   * @returns what the element was before
   * @throws {RangeError} there is none
   * @throws {TypeError} the type is not one of integers, or `n` is not a number (for 64-bit integers: a bigint)
   */
  add(this: Addable<T>, index: number, n: ElementOf<T>): ElementOf<T>;
  add(index: number, n: unknown): unknown {
    this.#checkIndex(index);
    const integers = this.#integers;
    if (integers === undefined || typeof n !== this.#typeOf) refuseToAdd(this.type, n);
    return Atomics.add(integers, index, n as number);
  }

  /** The elements, in order. */
  [Symbol.iterator](): IterableIterator<ElementOf<T>> {
    return (this.array as unknown as Iterable<ElementOf<T>>)[Symbol.iterator]() as IterableIterator<ElementOf<T>>;
  }

  /** The lock that goes with it; the same one wherever the array arrives. */
  getLock(): Lock {
    this.#lock ??= Lock.of(this.#block);
    return this.#lock;
  }

  #checkIndex(index: number): void {
    const { length } = this.#elements;
    if (Number.isInteger(index) && index >= 0 && index < length) return;
    checkInteger("index", index, 0, length - 1);
  }

  [serialize](): SharedArrayState {
    return { type: this.type, length: this.length, block: this.#block.toState() };
  }
  static [deserialize]({ type, length, block: state }: SharedArrayState): SharedArray<ElementType> {
    checkType(type);
    const block = Block.fromState(state, "SharedArray");
    return block.object("SharedArray", () => new SharedArray<ElementType>(type, length, block));
  }
}

declareClass(SharedArray, import.meta.url, "SharedArray");

function itemsOf<T extends ElementType>(type: T, items: unknown): readonly ElementOf<T>[] {
  if (typeof (items as Iterable<unknown> | null | undefined)?.[Symbol.iterator] !== "function" || types.isMap(items)) {
    throw new TypeError("Expected `lengthOrItems` to be a length, or an iterable of the elements to start with");
  }
  const all = [...(items as Iterable<ElementOf<T>>)];
  for (const [index, item] of all.entries()) checkElement(type, `item ${index}`, item);
  return all;
}
