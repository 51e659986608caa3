/** The classes met in one message, each sent once, in the tables at its end. */
import type { AnyClass, ClassDescriptor } from "../host.js";
import type { Writer } from "./writer.js";

interface Entry {
  readonly cls: AnyClass;
  readonly reference: ClassDescriptor;
  needed: boolean; // by an instance; an error does without
}

export class ClassTable {
  readonly #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** The class's number in this message. */
  add(cls: AnyClass, reference: ClassDescriptor, needed: boolean): number {
    const known = this.#entries.findIndex((entry) => entry.cls === cls);
    const entry = this.#entries[known];
    if (entry !== undefined) {
      entry.needed ||= needed;
      return known;
    }
    return this.#entries.push({ cls, reference, needed }) - 1;
  }

  writeTo(writer: Writer): void {
    writer.count(this.#entries.length);
    for (const { reference, needed } of this.#entries) {
      writer.byte(needed ? 1 : 0);
      writer.text(reference.url);
      writer.text(reference.name);
    }
  }

  clear(): void {
    this.#entries.length = 0;
  }
}
