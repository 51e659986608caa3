/**
 * Items: values as the bytes of records.
 *
 * X1  An item is encoded before any lock is taken: what of the program runs then may take its time, or use the queue.
 * X2  It is decoded under the lock, so that it stays in the queue if whoever takes it dies, or has to load its class.
 */
import { SerializationError } from "@concurrent-futures/core";
import {
  type DecodeContext,
  decode,
  describeClass,
  Encoder,
  loadClass,
  type PendingClasses,
} from "@concurrent-futures/worker-pool";
import type { Ring } from "./ring.js";

const ROOT = "item";
const RECEIVED: DecodeContext = { side: "argument", root: ROOT, loadClass };
const NOTHING: readonly never[] = [];
const TABLES_AT_BYTES = 8;
/** Up to here copying the bytes takes less than making a view of them. */
const COPIED_LENGTH = 24;

const encoder = new Encoder({ side: "argument", hostObjects: false, describeClass });
const scratch = Array.from({ length: COPIED_LENGTH + 1 }, (_, length) => new Uint8Array(length));

/**
 * The bytes of an item, valid until the next one is encoded.
 * @throws {SerializationError} it holds something that cannot be sent
 */
export function encodeItem(item: unknown): Uint8Array {
  return encoder.encode(item, undefined, ROOT).bytes;
}

/** Whether instances of classes are in it, which may be shared objects. */
export function hasInstances(bytes: Uint8Array): boolean {
  if (bytes[0] === 0) return false;
  const at = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(bytes.length - TABLES_AT_BYTES, true);
  return bytes[at] !== 0;
}

/**
 * The item of the record that is open.
 * @returns the item, or PendingClasses where modules have to be imported first
 * @throws {SerializationError} it cannot be made here
 */
export function decodeItem({ bytes, at, length }: Ring): unknown {
  const small = scratch[length];
  if (small === undefined) {
    return decode(new Uint8Array(bytes.buffer, bytes.byteOffset + at, length), NOTHING, RECEIVED);
  }
  for (let i = 0; i < length; i++) small[i] = bytes[at + i] as number;
  return decode(small, NOTHING, RECEIVED);
}

/** Says that an item waits for modules to be imported; it stays where it is. */
export class Unloaded {
  /** How many items had been taken before it. */
  readonly taken: number;
  /** Rejects where a class cannot be found. */
  readonly loaded: Promise<unknown>;

  constructor({ promise }: PendingClasses, taken: number) {
    this.taken = taken;
    this.loaded = promise;
    promise.catch(() => {}); // whoever waits for it gets it; a blocking caller cannot
  }

  /** What a blocking caller gets. */
  refusal(): SerializationError {
    return new SerializationError(
      "Cannot receive the item without waiting: its class is not loaded in this thread. " +
        "Import its module first, or use the asynchronous form. The item has not been taken",
      { side: "argument", path: ROOT },
    );
  }
}
