/** The classes of a message: all are found before its values are read, so that no [deserialize] runs twice. */
import type { AnyClass, ClassDescriptor, LoadClass } from "../host.js";
import { messageOf, Refusal } from "../path.js";
import type { Reader } from "./reader.js";

export type FoundClasses = readonly (AnyClass | undefined)[];

interface SentClass {
  readonly reference: ClassDescriptor;
  readonly needed: boolean;
}

/** Reads the table and finds its classes; a promise when one of them must be imported first. */
export function readClassTable(reader: Reader, loadClass: LoadClass): FoundClasses | Promise<FoundClasses> {
  const sent: SentClass[] = [];
  for (let left = reader.length(); left > 0; left--) {
    const needed = reader.byte() === 1;
    const url = reader.text();
    sent.push({ needed, reference: { url, name: reader.text() } });
  }
  const found = sent.map((entry) => find(entry, loadClass));
  return found.some((cls) => cls instanceof Promise) ? Promise.all(found) : (found as FoundClasses);
}

/** Moves past the table. */
export function skipClassTable(reader: Reader): void {
  for (let left = reader.length(); left > 0; left--) {
    reader.byte();
    reader.text();
    reader.text();
  }
}

function find(entry: SentClass, loadClass: LoadClass): AnyClass | undefined | Promise<AnyClass | undefined> {
  try {
    const found = loadClass(entry.reference);
    if (typeof found !== "object") return checked(entry, found);
    return Promise.resolve(found).then(
      (cls) => checked(entry, cls),
      (error) => missing(entry, error),
    );
  } catch (error) {
    return missing(entry, error);
  }
}

function checked(entry: SentClass, cls: AnyClass | undefined): AnyClass | undefined {
  return typeof cls === "function" ? cls : missing(entry, undefined);
}

/** An error does without its class; an instance cannot. */
function missing({ needed, reference }: SentClass, cause: unknown): undefined {
  if (!needed || cause instanceof Refusal) {
    if (!needed) return undefined;
    throw cause;
  }
  const why = cause === undefined ? "there is no such export" : messageOf(cause);
  throw new Refusal(`its class ${reference.name} of ${reference.url} cannot be found here: ${why}`, cause);
}
