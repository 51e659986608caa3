/** ArrayBuffers and the views over them. */
import { types } from "node:util";
import * as tags from "../tags.js";
import { BUFFER_TYPE, viewConstructor } from "../view-types.js";
import type { Reader } from "./reader.js";
import type { ValueReader } from "./value-reader.js";

/** A buffer of the message, and how much of its front was not sent. */
export interface SentBuffer {
  readonly buffer: ArrayBufferLike;
  readonly base: number;
}

export function readBufferTable(reader: Reader, extras: readonly unknown[]): SentBuffer[] {
  const buffers: SentBuffer[] = [];
  for (let left = reader.length(); left > 0; left--) buffers.push(readSentBuffer(reader, extras));
  return buffers;
}

export function readBuffer(from: ValueReader): ArrayBufferLike {
  const { buffer } = sentBuffer(from);
  from.objects.push(buffer);
  return buffer;
}

export function readView(from: ValueReader): ArrayBufferView {
  const { reader } = from;
  const type = reader.byte();
  const { buffer, base } = sentBuffer(from);
  const offset = reader.double() - base;
  const length = reader.double();
  const view = makeView(from, type, buffer, offset, length === -1 ? undefined : length);
  from.objects.push(view);
  return view;
}

function makeView(
  from: ValueReader,
  type: number,
  buffer: ArrayBufferLike,
  offset: number,
  length: number | undefined,
): ArrayBufferView {
  if (type === BUFFER_TYPE) return Buffer.from(buffer, offset, length);
  const View = viewConstructor(type);
  if (View === undefined) throw from.reader.damaged();
  return new View(buffer, offset, length);
}

function readSentBuffer(reader: Reader, extras: readonly unknown[]): SentBuffer {
  const kind = reader.byte();
  if (kind === tags.IN_EXTRAS) {
    const buffer = extras[reader.count()];
    if (!types.isAnyArrayBuffer(buffer)) throw reader.damaged();
    return { buffer, base: 0 };
  }
  if (kind === tags.APART) {
    const buffer = extras[reader.count()];
    if (!types.isArrayBuffer(buffer)) throw reader.damaged();
    return { buffer, base: reader.double() };
  }
  const baseOrLimit = reader.double();
  const length = reader.double();
  const start = reader.take(length);
  const bytes = reader.bytes.subarray(start, start + length);
  if (kind === tags.COPIED) return { buffer: copyOf(bytes, new ArrayBuffer(length)), base: baseOrLimit };
  if (kind !== tags.RESIZABLE) throw reader.damaged();
  return { buffer: copyOf(bytes, resizable(length, baseOrLimit)), base: 0 };
}

function sentBuffer(from: ValueReader): SentBuffer {
  const sent = from.buffers[from.reader.count()];
  if (sent === undefined) throw from.reader.damaged();
  return sent;
}

function copyOf(bytes: Uint8Array, buffer: ArrayBuffer): ArrayBuffer {
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

type ResizableConstructor = new (length: number, options: { maxByteLength: number }) => ArrayBuffer;

function resizable(length: number, maxByteLength: number): ArrayBuffer {
  return new (ArrayBuffer as ResizableConstructor)(length, { maxByteLength });
}
