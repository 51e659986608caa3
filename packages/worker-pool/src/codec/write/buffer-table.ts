/**
 * The ArrayBuffers of one message. A view refers to its buffer by number; the bytes follow last, once it is known which
 * of them are wanted:
 *
 *   buffer  |.......[view 1]....[view 2]..........|
 *   sent            [-------------------]            base = where this begins
 *
 * B1  A buffer that is itself a value, or can be resized, is sent whole.
 * B2  Else only what its views cover, so that a small Buffer does not carry Node's whole pool along. Views keep sharing.
 * B3  A transferred or shared buffer is not copied; it travels in the extras.
 * B4  What is large and cannot be resized is not copied here either where the transport takes it apart: a Uint8Array
 *     over it is put among the extras.
 */

import { Refusal } from "../path.js";
import * as tags from "../tags.js";
import { isDetached } from "./detached.js";
import { empty } from "./empty.js";
import type { Extras } from "./extras.js";
import { ObjectTable } from "./object-table.js";
import type { Writer } from "./writer.js";

/** Whatever is sent starts at a multiple of this, so that every type of view fits. */
const ALIGNMENT = 8;

interface Entry {
  readonly buffer: ArrayBufferLike;
  /** Where in the extras it is; -1 for one that is copied. */
  readonly extra: number;
  from: number;
  to: number;
}

export class BufferTable {
  readonly #numbers = new ObjectTable();
  readonly #entries: Entry[] = [];
  readonly #extras: Extras;
  readonly #apartBytes: number;

  /** @param apartBytes from which size on memory goes apart (B4) */
  constructor(extras: Extras, apartBytes: number) {
    this.#extras = extras;
    this.#apartBytes = apartBytes;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Takes a buffer up; returns its number. All of it is sent (B1). */
  addWhole(buffer: ArrayBufferLike): number {
    return this.#add(buffer, 0, buffer.byteLength);
  }

  /** Takes up what a view covers of its buffer; returns the buffer's number. */
  addView(view: ArrayBufferView): number {
    const { buffer, byteOffset, byteLength } = view;
    if (isResizable(buffer)) return this.addWhole(buffer);
    return this.#add(buffer, byteOffset - (byteOffset % ALIGNMENT), byteOffset + byteLength);
  }

  writeTo(writer: Writer): void {
    writer.count(this.#entries.length);
    for (const entry of this.#entries) {
      const { buffer, extra } = entry;
      if (extra !== -1) {
        writer.byte(tags.IN_EXTRAS);
        writer.count(extra);
      } else if (isResizable(buffer)) {
        writer.byte(tags.RESIZABLE);
        writer.double(buffer.maxByteLength);
        writeBytes(writer, buffer, 0, buffer.byteLength);
      } else if (entry.to - entry.from >= this.#apartBytes) {
        writer.byte(tags.APART);
        writer.count(this.#extras.addApart(new Uint8Array(buffer, entry.from, entry.to - entry.from)));
        writer.double(entry.from);
      } else {
        writer.byte(tags.COPIED);
        writer.double(entry.from);
        writeBytes(writer, buffer, entry.from, entry.to);
      }
    }
  }

  clear(): void {
    this.#numbers.clear();
    empty(this.#entries);
  }

  #add(buffer: ArrayBufferLike, from: number, to: number): number {
    const known = this.#numbers.add(buffer);
    const entry = this.#entries[known];
    if (entry !== undefined) {
      entry.from = Math.min(entry.from, from);
      entry.to = Math.max(entry.to, to);
      return known;
    }
    const extra = this.#extras.placeOfBuffer(buffer);
    if (extra === -1 && isDetached(buffer)) {
      throw new Refusal("its memory was transferred away before. Send it before it is transferred, or send a copy");
    }
    return this.#entries.push({ buffer, extra, from, to }) - 1;
  }
}

function writeBytes(writer: Writer, buffer: ArrayBufferLike, from: number, to: number): void {
  writer.double(to - from);
  writer.reserve(to - from);
  writer.bytes.set(new Uint8Array(buffer, from, to - from), writer.position);
  writer.position += to - from;
}

interface Resizable {
  readonly resizable?: boolean;
  readonly maxByteLength: number;
}

function isResizable(buffer: ArrayBufferLike): buffer is ArrayBufferLike & Resizable {
  return (buffer as Partial<Resizable>).resizable === true;
}
