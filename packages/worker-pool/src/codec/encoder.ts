/**
 * Encoder: any value into bytes, in one walk that also finds what cannot be sent and where it is.
 *
 * It does what structured clone does, and besides keeps errors, Buffers and instances with [serialize]. It is our own
 * because setting up Node's serializer costs more than a whole small message here, and using one serializer for many
 * messages is wrong: an object that was changed in between would be sent as a reference to what it was.
 *
 * E1  Nothing of a message is kept once it is encoded, whether that succeeds or not; but names of properties are.
 * E2  Program code (getters, proxies, [serialize]) may run in the walk, and may encode something itself; what it gets
 *     then is another encoder.
 */

import type { Transferable } from "@concurrent-futures/core";
import type { DescribeClass } from "./host.js";
import { inside, type Side, toSerializationError } from "./path.js";
import * as tags from "./tags.js";
import { writeArray } from "./write/arrays.js";
import { BufferTable } from "./write/buffer-table.js";
import { writeBigint } from "./write/builtins.js";
import { ClassTable } from "./write/class-table.js";
import { empty } from "./write/empty.js";
import { Extras } from "./write/extras.js";
import { isSerializable, refuseCycle, writeInstance } from "./write/instances.js";
import { ObjectTable } from "./write/object-table.js";
import { type Shape, ShapeTable } from "./write/shape-table.js";
import { writeSpecial } from "./write/special.js";
import { refusePrimitive } from "./write/unsendable.js";
import type { ValueWriter } from "./write/value-writer.js";
import { Writer } from "./write/writer.js";

/** A message. */
export interface Encoded {
  /** Valid until the encoder's next message, so copy it, unless `owned`. */
  readonly bytes: Uint8Array;
  /** Whether the memory of `bytes` is the caller's: it was so large that the encoder does not keep it. */
  readonly owned: boolean;
  /**
   * What must be posted along, in this order; undefined where there is nothing. By structured clone with `hostObjects`;
   * else Uint8Arrays over the program's own memory: read them before it runs again, and hand over an ArrayBuffer for each.
   */
  readonly extras: unknown[] | undefined;
  /** What must be transferred with the extras. */
  readonly transfer: Transferable[] | undefined;
}

export interface EncoderOptions {
  /** What errors call the value, and where its path starts unless `encode` is told otherwise. */
  readonly side: Side;
  /** Whether extras can be posted, as between threads. */
  readonly hostObjects: boolean;
  /** From which size on memory is put among the extras: itself, or with `hostObjects` a copy that is transferred. Default: never. */
  readonly apartBytes?: number | undefined;
  readonly describeClass: DescribeClass;
}

/** A tag and the number of a shape. */
const OBJECT_BYTES = 3;
const objectPrototype = Object.prototype;

/** Writes messages: any value as bytes. What cannot be sent it finds on the way, and says where it is. */
export class Encoder implements ValueWriter {
  readonly writer: Writer = new Writer();
  readonly objects: ObjectTable = new ObjectTable();
  readonly shapes: ShapeTable = new ShapeTable();
  readonly classes: ClassTable = new ClassTable();
  readonly extras: Extras;
  readonly buffers: BufferTable;
  readonly describeClass: DescribeClass;
  readonly open: number[] = [];
  readonly #options: EncoderOptions;
  #busy = false; // while a walk is going on (E2)
  #objectsArePlain = true; // false while somebody has added enumerable properties to Object.prototype

  constructor(options: EncoderOptions) {
    this.#options = options;
    this.describeClass = options.describeClass;
    this.extras = new Extras(options.hostObjects);
    this.buffers = new BufferTable(this.extras, options.apartBytes ?? Number.POSITIVE_INFINITY);
  }

  /**
   * @param transfer  objects whose memory is moved instead of copied; only with `hostObjects`
   * @param root  what paths start with; default: `args` for arguments, `result` for results
   * @throws {SerializationError} the value, or the transfer list, holds something that cannot be sent
   */
  encode(value: unknown, transfer?: readonly unknown[], root?: string): Encoded {
    if (this.#busy) return new Encoder(this.#options).encode(value, transfer, root);
    this.#busy = true;
    try {
      this.#begin(transfer);
      this.value(value);
      this.#end();
      const { extras, writer } = this;
      const { objects, transfer: moved } = extras;
      return {
        bytes: writer.written(),
        owned: writer.huge,
        extras: objects,
        transfer: moved as Transferable[] | undefined,
      };
    } catch (error) {
      const { side } = this.#options;
      throw toSerializationError(error, "send", side, root ?? (side === "argument" ? "args" : "result"));
    } finally {
      this.#clear();
      this.#busy = false;
    }
  }

  value(value: unknown): void {
    switch (typeof value) {
      case "number":
        this.#number(value);
        break;
      case "string":
        this.writer.text(value);
        break;
      case "object":
        if (value === null) this.writer.byte(tags.NULL);
        else this.#object(value);
        break;
      case "boolean":
        this.writer.byte(value ? tags.TRUE : tags.FALSE);
        break;
      case "undefined":
        this.writer.byte(tags.UNDEFINED);
        break;
      case "bigint":
        writeBigint(this.writer, value);
        break;
      default:
        throw refusePrimitive(value);
    }
  }

  /** Own enumerable properties in the general way: any prototype, any proxy. */
  properties(object: object): void {
    const start = this.#beginObject();
    let shape = this.shapes.root;
    let key: string | undefined;
    try {
      for (key of Object.keys(object)) {
        shape = this.#after(shape, key);
        this.value((object as Record<string, unknown>)[key]);
      }
    } catch (error) {
      throw key === undefined ? error : inside(error, key);
    }
    this.#endObject(start, shape);
  }

  #number(value: number): void {
    const { writer } = this;
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      writer.int(value);
    } else {
      writer.byte(tags.DOUBLE);
      writer.double(value);
    }
  }

  #object(object: object): void {
    const known = this.objects.add(object);
    if (known !== -1) {
      if (this.open.includes(known)) throw refuseCycle();
      this.writer.byte(tags.BACK_REFERENCE);
      this.writer.count(known);
      return;
    }
    const number = this.objects.size - 1;
    const prototype: unknown = Object.getPrototypeOf(object);
    if (Array.isArray(object)) {
      if (prototype !== Array.prototype && isSerializable(object)) writeInstance(this, object, number);
      else writeArray(this, object);
    } else if (prototype === objectPrototype && this.#objectsArePlain) {
      this.#plainObject(object as Record<string, unknown>);
    } else if (prototype === null || Object.getPrototypeOf(prototype) === null) {
      this.properties(object); // without a prototype, or from another realm
    } else {
      writeSpecial(this, object, number);
    }
  }

  /** The way of nearly all objects: `for in` walks without making a list of the keys. */
  #plainObject(object: Record<string, unknown>): void {
    const start = this.#beginObject();
    let shape = this.shapes.root;
    let key: string | undefined;
    try {
      for (key in object) {
        shape = this.#after(shape, key);
        this.value(object[key]);
      }
    } catch (error) {
      throw key === undefined ? error : inside(error, key);
    }
    this.#endObject(start, shape);
  }

  /** Returns where the object's shape is to be written, which is known at its end. */
  #beginObject(): number {
    const { writer } = this;
    writer.reserve(OBJECT_BYTES);
    const start = writer.position;
    writer.position = start + OBJECT_BYTES;
    return start;
  }

  #after(shape: Shape, key: string): Shape {
    const { next } = shape;
    if (next !== undefined && next.key === key) return next;
    const other = this.shapes.after(shape, key);
    if (other.isEdge) this.writer.text(key);
    return other;
  }

  #endObject(start: number, shape: Shape): void {
    const { writer, shapes } = this;
    if (shape === shapes.root) {
      writer.bytes[start] = tags.EMPTY_OBJECT;
      writer.position = start + 1;
      return;
    }
    const { before = shape, isEdge } = shape;
    const number = shapes.numberOf(isEdge ? before : shape);
    if (isEdge) writer.byte(tags.END);
    const { bytes } = writer;
    bytes[start] = isEdge ? tags.OBJECT_AND_MORE : tags.OBJECT;
    bytes[start + 1] = number;
    bytes[start + 2] = number >> 8;
  }

  #begin(transfer: readonly unknown[] | undefined): void {
    this.#objectsArePlain = true;
    for (const _ in objectPrototype) this.#objectsArePlain = false;
    this.extras.begin(transfer);
    this.writer.byte(0);
  }

  #end(): void {
    const { writer, shapes, classes, buffers } = this;
    if (shapes.size === 0 && classes.size === 0 && buffers.size === 0) return;
    const tablesAt = writer.position;
    shapes.writeTo(writer);
    classes.writeTo(writer);
    buffers.writeTo(writer);
    writer.uint32(tablesAt);
    writer.uint32(tablesAt / 2 ** 32);
    writer.bytes[0] = 1;
  }

  #clear(): void {
    this.objects.clear();
    this.shapes.clear();
    this.classes.clear();
    this.buffers.clear();
    this.extras.clear();
    empty(this.open);
    this.writer.rewind();
  }
}
