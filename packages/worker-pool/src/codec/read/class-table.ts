/** The classes of a message: all are found before its values are read, so that no [deserialize] runs twice. */
import { types } from "node:util";
import type { AnyClass, ClassDescriptor, LoadClass } from "../host.js";
import { messageOf, Refusal } from "../path.js";
import type { Reader } from "./reader.js";

export type FoundClasses = readonly (AnyClass | undefined)[];

interface SentClass {
  readonly descriptor: ClassDescriptor;
  readonly needed: boolean;
}

/** Reads the table and finds its classes; a promise when one of them must be imported first. */
export function readClassTable(reader: Reader, loadClass: LoadClass): FoundClasses | Promise<FoundClasses> {
  const sent: SentClass[] = [];
  for (let left = reader.length(); left > 0; left--) {
    const needed = reader.byte() === 1;
    const url = reader.text();
    sent.push({ needed, descriptor: { url, name: reader.text() } });
  }
  const found = sent.map((entry) => find(entry, loadClass));
  return found.some((cls) => types.isPromise(cls)) ? Promise.all(found) : (found as FoundClasses);
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
  let found: ReturnType<LoadClass>;
  try {
    found = loadClass(entry.descriptor, entry.needed);
  } catch (error) {
    return missing(entry, error);
  }
  if (!types.isPromise(found)) return checked(entry, found);
  const finding = found.then(
    (cls) => checked(entry, cls),
    (error: unknown) => missing(entry, error),
  );
  finding.catch(() => {}); // another class may be refused first, and then nobody waits for this one
  return finding;
}

function checked(entry: SentClass, cls: AnyClass | undefined): AnyClass | undefined {
  return typeof cls === "function" ? cls : missing(entry, undefined);
}

/** An error does without its class; an instance cannot. */
function missing({ needed, descriptor }: SentClass, cause: unknown): undefined {
  if (!needed) return undefined;
  const why = cause === undefined ? "there is no such export" : messageOf(cause);
  throw new Refusal(`its class ${descriptor.name} of ${descriptor.url} cannot be found here: ${why}`, cause);
}
