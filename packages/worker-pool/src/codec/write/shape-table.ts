/**
 * The lists of keys met in one message. Objects that have the same keys in the same order send the list once.
 */
import { empty } from "./empty.js";

/** Shapes looked through when the guess by the first key was wrong. */
const SEARCHED = 16;
const SLOTS = 64;

export class ShapeTable {
  #shapes: (readonly string[])[] = [];
  /** Which shape last began with a key that hashes to this slot. Stale numbers do no harm: keys are compared. */
  readonly #slots = new Int32Array(SLOTS);

  /** The number of the shape that an object most likely has whose first key is `key`. */
  guess(key: string): number {
    return this.#slots[slotOf(key)] ?? 0;
  }

  keys(shape: number): readonly string[] | undefined {
    return this.#shapes[shape];
  }

  /** The number of the shape with exactly these keys, or -1. */
  find(keys: readonly string[]): number {
    const shapes = this.#shapes;
    const oldest = Math.max(0, shapes.length - SEARCHED);
    for (let number = shapes.length - 1; number >= oldest; number--) {
      const shape = shapes[number];
      if (shape !== undefined && sameKeys(shape, keys)) {
        this.#remember(keys, number);
        return number;
      }
    }
    return -1;
  }

  add(keys: readonly string[]): void {
    this.#remember(keys, this.#shapes.length);
    this.#shapes.push(keys);
  }

  clear(): void {
    empty(this.#shapes);
  }

  #remember(keys: readonly string[], number: number): void {
    const first = keys[0];
    if (first !== undefined) this.#slots[slotOf(first)] = number;
  }
}

function slotOf(key: string): number {
  return (key.length * 5 + key.charCodeAt(0)) & (SLOTS - 1); // an empty key gives NaN, hence slot 0
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
