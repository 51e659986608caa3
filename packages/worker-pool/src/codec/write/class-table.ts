/** The classes met in one message, each sent once, in the tables at its end. */

import type { AnyClass, ClassDescriptor } from "../host.js";
import { empty } from "./empty.js";
import type { Writer } from "./writer.js";

interface Entry {
  readonly cls: AnyClass;
  readonly descriptor: ClassDescriptor;
  needed: boolean; // by an instance; an error does without
}

export class ClassTable {
  readonly #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** The number of a class met before in this message, or -1. */
  find(cls: AnyClass, needed: boolean): number {
    const number = this.#entries.findIndex((entry) => entry.cls === cls);
    const entry = this.#entries[number];
    if (entry !== undefined) entry.needed ||= needed;
    return number;
  }

  /** Takes a new class up; returns its number. */
  add(cls: AnyClass, descriptor: ClassDescriptor, needed: boolean): number {
    return this.#entries.push({ cls, descriptor, needed }) - 1;
  }

  writeTo(writer: Writer): void {
    writer.count(this.#entries.length);
    for (const { descriptor, needed } of this.#entries) {
      writer.byte(needed ? 1 : 0);
      writer.text(descriptor.url);
      writer.text(descriptor.name);
    }
  }

  clear(): void {
    empty(this.#entries);
  }
}
