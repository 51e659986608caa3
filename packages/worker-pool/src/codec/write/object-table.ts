/**
 * The objects of one message in the order in which they were begun, so that one met again is sent as its number.
 *
 * Most messages hold a handful of objects, for which looking through a list beats filling a Map by far.
 */
import { empty } from "./empty.js";

const LISTED = 48;

export class ObjectTable {
  readonly #list: object[] = []; // empty once there is a Map
  #numbers: Map<object, number> | undefined;
  size = 0;

  /** The number of an object met before; -1 for a new one, which takes the next number. */
  add(object: object): number {
    const numbers = this.#numbers;
    if (numbers !== undefined) {
      const number = numbers.get(object);
      if (number !== undefined) return number;
      numbers.set(object, this.size++);
      return -1;
    }
    const list = this.#list;
    for (let i = 0; i < list.length; i++) if (list[i] === object) return i;
    list.push(object);
    this.size += 1;
    if (list.length > LISTED) {
      this.#numbers = new Map(list.map((listed, number) => [listed, number]));
      list.length = 0;
    }
    return -1;
  }

  /** Forgets all objects: the table must not keep what was sent alive. */
  clear(): void {
    empty(this.#list);
    this.#numbers = undefined;
    this.size = 0;
  }
}
