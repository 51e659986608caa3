/** What the writers of single kinds of values (errors, maps, buffers, ...) see of the encoder. */
import type { DescribeClass } from "../host.js";
import type { BufferTable } from "./buffer-table.js";
import type { ClassTable } from "./class-table.js";
import type { Extras } from "./extras.js";
import type { ObjectTable } from "./object-table.js";
import type { Writer } from "./writer.js";

export interface ValueWriter {
  readonly writer: Writer;
  readonly objects: ObjectTable;
  readonly buffers: BufferTable;
  readonly classes: ClassTable;
  readonly extras: Extras;
  readonly describeClass: DescribeClass;
  /** Object numbers of [serialize] instances whose state is being written. */
  readonly open: number[];
  /** Writes any value. */
  value(value: unknown): void;
  /** Writes the own enumerable properties of an object, of whatever class, as a plain object. */
  properties(object: object): void;
}
