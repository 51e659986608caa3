/** Values of the language's own classes, except for errors and buffers. */
import { types } from "node:util";
import { inside, type Step } from "../path.js";
import * as tags from "../tags.js";
import type { ValueWriter } from "./value-writer.js";
import type { Writer } from "./writer.js";

// Taken from the prototypes: a subclass may override them, and they work across realms.
const timeOf = Date.prototype.getTime;
const mapEntries = Map.prototype.entries;
const setValues = Set.prototype.values;
const sourceOf = getter(RegExp.prototype, "source");
const flagsOf = getter(RegExp.prototype, "flags");

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

export function writeBigint(writer: Writer, value: bigint): void {
  if (value >= MIN_INT64 && value <= MAX_INT64) {
    writer.reserve(9);
    writer.byte(tags.BIGINT64);
    writer.view.setBigInt64(writer.position, value, true);
    writer.position += 8;
  } else {
    writer.byte(tags.BIGINT);
    writer.byte(value < 0n ? 1 : 0);
    writer.text((value < 0n ? -value : value).toString(16));
  }
}

export function writeDate(writer: Writer, date: Date): void {
  writer.byte(tags.DATE);
  writer.double(timeOf.call(date));
}

export function writeRegExp(writer: Writer, regExp: RegExp): void {
  writer.byte(tags.REGEXP);
  writer.text(String(sourceOf.call(regExp)));
  writer.text(String(flagsOf.call(regExp)));
}

export function writeMap(to: ValueWriter, map: Map<unknown, unknown>): void {
  const patchAt = begin(to.writer, tags.MAP);
  let index = 0;
  let step: Step = 0;
  try {
    for (const [key, value] of mapEntries.call(map)) {
      step = { text: `.keys()[${index}]` };
      to.value(key);
      step = valueStep(key, index);
      to.value(value);
      index += 1;
    }
  } catch (error) {
    throw inside(error, step);
  }
  to.writer.view.setUint32(patchAt, index, true);
}

export function writeSet(to: ValueWriter, set: Set<unknown>): void {
  const patchAt = begin(to.writer, tags.SET);
  let index = 0;
  try {
    for (const value of setValues.call(set)) {
      to.value(value);
      index += 1;
    }
  } catch (error) {
    throw inside(error, { text: `.values()[${index}]` });
  }
  to.writer.view.setUint32(patchAt, index, true);
}

/** `new Number(1)` and the like. */
export function writeBoxed(to: ValueWriter, boxed: object): void {
  to.writer.byte(tags.BOXED);
  to.value(primitiveOf(boxed));
}

/** The size is filled in when it is known: entries may come and go while they are written. */
function begin(writer: Writer, tag: number): number {
  writer.byte(tag);
  writer.uint32(0);
  return writer.position - 4;
}

function valueStep(key: unknown, index: number): Step {
  if (typeof key === "string") return { text: `.get(${JSON.stringify(key)})` };
  return { text: typeof key === "object" || typeof key === "symbol" ? `.values()[${index}]` : `.get(${String(key)})` };
}

function primitiveOf(boxed: object): unknown {
  if (types.isNumberObject(boxed)) return Number.prototype.valueOf.call(boxed);
  if (types.isStringObject(boxed)) return String.prototype.valueOf.call(boxed);
  if (types.isBooleanObject(boxed)) return Boolean.prototype.valueOf.call(boxed);
  if (types.isBigIntObject(boxed)) return BigInt.prototype.valueOf.call(boxed);
  return Symbol.prototype.valueOf.call(boxed); // refused
}

function getter(prototype: object, name: string): () => unknown {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return get ?? (() => "");
}
