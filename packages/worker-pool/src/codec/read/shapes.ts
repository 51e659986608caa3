/**
 * Shapes: the lists of keys that the objects of a message have (write/shape-table.ts), and how such objects are made.
 *
 *   bytes of a list ──► met before? ──yes──► the Shape that is kept ──often met──► with a function of its own
 *                           └─no──► a Shape that reads key by key
 *
 * Objects are made by a function that was compiled for their keys, where there are enough of them. Measured against
 * assigning keys that are only known as data (Node 20, records in 1 and in 100 KiB): decoding takes 0.7 of the time, and the
 * objects have room for just these keys.
 *
 * S1  What is kept is bounded, and is compared byte by byte: the hash that a sender wrote only says where to look.
 * S2  Names become code as JSON strings only, and never one that Object.prototype has, such as `__proto__`.
 * S3  Nothing is compiled while values are read: the stack may be nearly full then.
 */
import { copyOf } from "../../bytes.js";
import { inside } from "../path.js";
import { Reader } from "./reader.js";
import type { ValueReader } from "./value-reader.js";

/** Reads the values of one object and makes it. */
export type ReadObject = (from: ValueReader) => Record<string, unknown>;

export interface Shape {
  readonly keys: readonly string[];
  readonly read: ReadObject;
}

interface KeptShape extends Shape {
  readonly bytes: Uint8Array;
  read: ReadObject;
  /** How many objects have had it; negative once that has been acted on. */
  uses: number;
}

const SLOTS = 512;
const KEPT_BYTES = 2048;
const COMPILED_FROM = 300;
const COMPILED_KEYS = 64;
/** In one message, whatever its sender says. */
const COMPILED_AT_ONCE = 16;

const kept: (KeptShape | undefined)[] = new Array(SLOTS).fill(undefined);
const objectPrototype = Object.prototype;

/** Reads the table of shapes. */
export function readShapeTable(reader: Reader): readonly Shape[] {
  const shapes: Shape[] = [];
  let mayCompile = COMPILED_AT_ONCE;
  for (let left = reader.length(); left > 0; left--) {
    const shape = readShape(reader);
    if (mayCompile > 0 && shape.uses >= COMPILED_FROM) {
      mayCompile -= 1;
      shape.uses = Number.NEGATIVE_INFINITY;
      shape.read = compiled(shape.keys) ?? shape.read;
    }
    shapes.push(shape);
  }
  return shapes;
}

function readShape(reader: Reader): KeptShape {
  const uses = reader.uint32();
  const slot = reader.uint32() & (SLOTS - 1);
  const size = reader.count();
  const start = reader.take(size);
  for (const place of [slot, slot ^ 1]) {
    const known = kept[place];
    if (known !== undefined && isThere(known.bytes, reader.bytes, start, size)) {
      known.uses += uses;
      return known;
    }
  }
  const bytes = copyOf(reader.bytes.subarray(start, start + size)); // what a worker shares, it may still change
  const keys = readKeys(new Reader(bytes, 0, size));
  const shape = { keys, bytes, read: keyByKey(keys), uses };
  if (size <= KEPT_BYTES) {
    kept[slot ^ 1] = kept[slot];
    kept[slot] = shape;
  }
  return shape;
}

function isThere(known: Uint8Array, bytes: Uint8Array, start: number, size: number): boolean {
  if (known.length !== size) return false;
  for (let i = 0; i < size; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}

function readKeys(reader: Reader): string[] {
  const keys: string[] = [];
  while (reader.left > 0) keys.push(reader.key());
  return keys;
}

function keyByKey(keys: readonly string[]): ReadObject {
  const assignable = keys.every(isAssignable);
  return (from) => {
    const object: Record<string, unknown> = {};
    from.objects.push(object);
    let i = 0;
    try {
      for (; i < keys.length; i++) {
        const key = keys[i] as string;
        if (assignable) object[key] = from.value();
        else setProperty(object, key, from.value());
      }
    } catch (error) {
      throw inside(error, keys[i] as string);
    }
    return object;
  };
}

/** Undefined where it would not be worth it, or the program was told not to make code (`disallow-code-generation...`). */
function compiled(keys: readonly string[]): ReadObject | undefined {
  if (keys.length > COMPILED_KEYS || !keys.every(isAssignable)) return undefined;
  const names = keys.map((key) => JSON.stringify(key));
  const source = `return (from) => {
    const object = { ${names.map((name) => `${name}: undefined`).join(", ")} };
    from.objects.push(object);
    let i = 0;
    try {
      ${names.map((name, i) => `object[${name}] = from.value(); i = ${i + 1};`).join("\n      ")}
    } catch (error) {
      throw inside(error, keys[i]);
    }
    return object;
  };`;
  try {
    return new Function("inside", "keys", source)(inside, keys) as ReadObject;
  } catch {
    return undefined;
  }
}

function isAssignable(key: string): boolean {
  return !(key in objectPrototype);
}

/** Assigning to a name that the prototype has may fail, where that is frozen, or set the prototype itself. */
export function setProperty(object: object, key: string, value: unknown): void {
  if (isAssignable(key)) (object as Record<string, unknown>)[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
