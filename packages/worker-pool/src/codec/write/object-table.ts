/**
 * The objects of one message in the order in which they were begun, so that one met again is sent as its number.
 *
 *   a list ──more than LISTED──► a Set ──one is met again──► a Map of numbers
 *
 * Most messages hold a handful of objects, for which looking through a list beats hashing by far; and of those that hold
 * more, most hold none twice, which a Set tells with one look where a Map takes two.
 */
import { empty } from "./empty.js";

const LISTED = 24;

export class ObjectTable {
  readonly #list: object[] = []; // empty once there is a Set
  #set: Set<object> | undefined; // undefined again once there is a Map
  #numbers: Map<object, number> | undefined;
  size = 0;

  /** The number of an object met before; -1 for a new one, which takes the next number. */
  add(object: object): number {
    const set = this.#set;
    if (set !== undefined) {
      set.add(object);
      if (set.size === this.size) return this.#numberOf(object, set);
      this.size += 1;
      return -1;
    }
    return this.#numbers === undefined ? this.#addToList(object) : this.#addToMap(object, this.#numbers);
  }

  /** Forgets all objects: the table must not keep what was sent alive. */
  clear(): void {
    empty(this.#list);
    this.#set = undefined;
    this.#numbers = undefined;
    this.size = 0;
  }

  #addToList(object: object): number {
    const list = this.#list;
    for (let i = 0; i < list.length; i++) if (list[i] === object) return i;
    list.push(object);
    this.size += 1;
    if (list.length > LISTED) {
      this.#set = new Set(list);
      list.length = 0;
    }
    return -1;
  }

  #addToMap(object: object, numbers: Map<object, number>): number {
    const number = numbers.get(object);
    if (number !== undefined) return number;
    numbers.set(object, this.size++);
    return -1;
  }

  #numberOf(object: object, set: Set<object>): number {
    this.#numbers = new Map();
    for (const each of set) this.#numbers.set(each, this.#numbers.size);
    this.#set = undefined;
    return this.#numbers.get(object) as number;
  }
}
