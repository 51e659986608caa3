/**
 * The decoder: bytes that Encoder made back into the value.
 *
 *   decode ──► tables ──► all classes at hand? ──yes──► value
 *                              └─no──► PendingClasses ──► await its promise ──► decode again
 */
import type { LoadClass } from "./host.js";
import { inside, type Side, toSerializationError } from "./path.js";
import { readArray, readDoubleArray, readIntArray, readMatchArray } from "./read/arrays.js";
import { readBigint, readBigint64, readBoxed, readDate, readMap, readRegExp, readSet } from "./read/builtins.js";
import { type FoundClasses, readClassTable, skipClassTable } from "./read/class-table.js";
import { readDomException, readError } from "./read/errors.js";
import { readBackReference, readInstance } from "./read/instances.js";
import { Reader } from "./read/reader.js";
import { readShapeTable, type Shape, setProperty } from "./read/shapes.js";
import type { ValueReader } from "./read/value-reader.js";
import { readBuffer, readBufferTable, readView, type SentBuffer } from "./read/views.js";
import * as tags from "./tags.js";

/** What decoding needs beside the bytes. */
export interface DecodeContext {
  /** What errors call the value, and where its path starts unless `root` says otherwise. Default: `result`. */
  readonly side?: Side;
  readonly root?: string;
  readonly loadClass: LoadClass;
}

const FLAGS_BYTES = 1;
const POINTER_BYTES = 8;
const INT_BYTES = 6; // flags, tag, value
const NO_PRIMITIVE = Symbol("no primitive");
const NOTHING: readonly never[] = [];

/** Says that classes must be imported before a message can be decoded. */
export class PendingClasses {
  /** Rejects with SerializationError when a class that is needed cannot be found. Decode again when it has resolved. */
  readonly promise: Promise<FoundClasses>;

  constructor(promise: Promise<FoundClasses>) {
    this.promise = promise;
  }
}

/**
 * Decodes a message. The bytes may lie in shared memory; nothing of the value refers to them.
 *
 * @param extras  what was posted along
 * @param classes  what the promise of PendingClasses resolved with, if anything
 * @returns the value, or PendingClasses
 * @throws {SerializationError} the bytes are damaged, a class is not found, or a [deserialize] fails
 */
export function decode(
  bytes: Uint8Array,
  extras: readonly unknown[],
  context: DecodeContext,
  classes?: FoundClasses,
): unknown {
  try {
    const primitive = decodePrimitive(bytes);
    if (primitive !== NO_PRIMITIVE) return primitive;
    if (bytes[0] === 0) return new Decoder(new Reader(bytes, FLAGS_BYTES, bytes.length), extras).whole();
    return decodeWithTables(bytes, extras, context, classes);
  } catch (error) {
    throw asError(error, context);
  }
}

/** The results of most short tasks, without anything set up for them. */
function decodePrimitive(bytes: Uint8Array): unknown {
  const tag = bytes[1] as number;
  if (bytes[0] !== 0) return NO_PRIMITIVE;
  if (bytes.length === 2) {
    if (tag >= tags.SMALL_INT && tag < tags.SHORT_TEXT) return tag - tags.SMALL_INT;
    if (tag === tags.UNDEFINED) return undefined;
    if (tag === tags.TRUE) return true;
    if (tag === tags.FALSE) return false;
  } else if (bytes.length === INT_BYTES && tag === tags.INT) {
    // biome-ignore format: the four bytes of an int32
    return (bytes[2] as number) | ((bytes[3] as number) << 8) | ((bytes[4] as number) << 16) | ((bytes[5] as number) << 24);
  }
  return NO_PRIMITIVE;
}

/** Decodes a message and imports what classes it needs. The bytes must stay as they are until it is done. */
export async function decodeAsync(
  bytes: Uint8Array,
  extras: readonly unknown[],
  context: DecodeContext,
): Promise<unknown> {
  const value = decode(bytes, extras, context);
  return value instanceof PendingClasses ? decode(bytes, extras, context, await value.promise) : value;
}

function decodeWithTables(
  bytes: Uint8Array,
  extras: readonly unknown[],
  context: DecodeContext,
  classes: FoundClasses | undefined,
): unknown {
  const pointerAt = bytes.length - POINTER_BYTES;
  const reader = new Reader(bytes, Math.max(pointerAt, 0), bytes.length);
  const tablesAt = reader.uint32() + reader.uint32() * 2 ** 32;
  if (bytes[0] !== 1 || !(tablesAt >= FLAGS_BYTES && tablesAt < pointerAt)) throw reader.damaged();
  reader.seek(tablesAt, pointerAt);
  const shapes = readShapeTable(reader);
  let found = classes;
  if (found === undefined) {
    const finding = readClassTable(reader, context.loadClass);
    if (finding instanceof Promise) {
      return new PendingClasses(
        finding.catch((error: unknown) => {
          throw asError(error, context);
        }),
      );
    }
    found = finding;
  } else {
    skipClassTable(reader);
  }
  const buffers = readBufferTable(reader, extras);
  reader.seek(FLAGS_BYTES, tablesAt);
  return new Decoder(reader, extras, found, buffers, shapes).whole();
}

function asError(error: unknown, { side = "result", root }: DecodeContext): Error {
  return toSerializationError(error, "receive", side, root ?? (side === "argument" ? "args" : "result"));
}

class Decoder implements ValueReader {
  readonly reader: Reader;
  readonly objects: unknown[] = [];
  readonly extras: readonly unknown[];
  readonly classes: FoundClasses;
  readonly buffers: readonly SentBuffer[];
  readonly #shapes: readonly Shape[];

  constructor(
    reader: Reader,
    extras: readonly unknown[],
    classes: FoundClasses = NOTHING,
    buffers: readonly SentBuffer[] = NOTHING,
    shapes: readonly Shape[] = NOTHING,
  ) {
    this.reader = reader;
    this.extras = extras;
    this.classes = classes;
    this.buffers = buffers;
    this.#shapes = shapes;
  }

  /** The one value that the message holds. */
  whole(): unknown {
    const value = this.value();
    if (this.reader.left !== 0) throw this.reader.damaged();
    return value;
  }

  value(): unknown {
    const { reader } = this;
    const tag = reader.byte();
    if (tag >= tags.SHORT_TEXT) return reader.latin1(tag - tags.SHORT_TEXT);
    if (tag >= tags.SMALL_INT) return tag - tags.SMALL_INT;
    switch (tag) {
      case tags.OBJECT:
        return this.#object();
      case tags.INT:
        return reader.int32();
      case tags.ARRAY:
        return readArray(this);
      case tags.DOUBLE:
        return reader.double();
      case tags.TRUE:
        return true;
      case tags.FALSE:
        return false;
      case tags.NULL:
        return null;
      case tags.UNDEFINED:
        return undefined;
      case tags.LATIN1_TEXT:
        return reader.latin1(reader.uint32());
      case tags.UTF16_TEXT:
        return reader.utf16(reader.uint32());
      default: {
        const read = READERS[tag];
        if (read === undefined) throw reader.damaged();
        return read(this);
      }
    }
  }

  #object(): Record<string, unknown> {
    const shape = this.#shapes[this.reader.uint16()];
    if (shape === undefined) throw this.reader.damaged();
    return shape.read(this);
  }

  /** An object of a shape, and what else it has. */
  objectAndMore(): object {
    const { reader } = this;
    const object = this.#object();
    while (reader.peek() !== tags.END) {
      const key = reader.key();
      try {
        setProperty(object, key, this.value());
      } catch (error) {
        throw inside(error, key);
      }
    }
    reader.byte();
    return object;
  }
}

function readEmptyObject(from: ValueReader): object {
  const object = {};
  from.objects.push(object);
  return object;
}

function readExtra(from: ValueReader): unknown {
  const index = from.reader.count();
  if (index >= from.extras.length) throw from.reader.damaged();
  const extra = from.extras[index];
  from.objects.push(extra);
  return extra;
}

type Read = (from: ValueReader) => unknown;

/** The kinds that are not met often, by their tags. */
const READERS: (Read | undefined)[] = [];
for (const [tag, read] of [
  [tags.BACK_REFERENCE, readBackReference],
  [tags.OBJECT_AND_MORE, (from) => (from as Decoder).objectAndMore()],
  [tags.EMPTY_OBJECT, readEmptyObject],
  [tags.INT_ARRAY, readIntArray],
  [tags.DOUBLE_ARRAY, readDoubleArray],
  [tags.MATCH_ARRAY, readMatchArray],
  [tags.BIGINT64, readBigint64],
  [tags.BIGINT, readBigint],
  [tags.DATE, readDate],
  [tags.REGEXP, readRegExp],
  [tags.MAP, readMap],
  [tags.SET, readSet],
  [tags.BOXED, readBoxed],
  [tags.BUFFER, readBuffer],
  [tags.VIEW, readView],
  [tags.ERROR, readError],
  [tags.DOM_EXCEPTION, readDomException],
  [tags.INSTANCE, readInstance],
  [tags.EXTRA, readExtra],
] satisfies [number, Read][]) {
  READERS[tag] = read;
}
