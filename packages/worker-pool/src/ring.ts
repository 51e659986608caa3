/**
 * A ring of records with one producer and one consumer, in memory that both see.
 *
 *   control word   meaning                                      writer
 *   HEAD           cells consumed so far (wraps at 2^32)         consumer
 *   TAIL           cells published so far                        producer
 *   ARMED          1: the consumer sleeps, wake it               consumer sets, producer clears
 *   BLOCKED        1: the producer waits for room                producer sets, consumer clears
 *
 *   record: [cells i32][kind | flags << 8 i32][slot i32][payload bytes i32][a f64][b f64][payload, padded to 8]
 *   A record never wraps: a pad record (kind 0) fills the end of the ring.
 *
 * R1  Data is written before TAIL is stored, read before HEAD is stored; Atomics order both.
 * R2  The consumer stores ARMED, then looks at TAIL once more; the producer stores TAIL, then looks at ARMED. In any
 *     interleaving one of them sees the other, so no record is left behind a sleeping consumer. BLOCKED likewise.
 */

import type { RingMemory } from "./memory.js";
import { HEADER_BYTES } from "./records.js";

const HEAD = 0;
const TAIL = 1;
const ARMED = 2;
const BLOCKED = 3;
const CELL = 8;
const PAD = 0;

class Ring {
  protected readonly control: Int32Array;
  protected readonly bytes: Uint8Array;
  protected readonly ints: Int32Array;
  protected readonly doubles: Float64Array;
  protected readonly cells: number;
  protected readonly mask: number;

  constructor({ control, data }: RingMemory) {
    this.control = control;
    // A Buffer over the memory: its subarrays are Buffers, which read and write strings fast.
    this.bytes = Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    this.ints = new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
    this.doubles = new Float64Array(data.buffer, data.byteOffset, data.byteLength / 8);
    this.cells = data.byteLength / CELL;
    this.mask = this.cells - 1;
  }
}

/** The producer's end. */
export class RingWriter extends Ring {
  #tail = 0;
  #knownHead = 0; // HEAD as last seen; room is at least what this says

  /** Returns false when there is no room now. */
  write(kind: number, flags: number, slot: number, a: number, b: number, payload: Uint8Array): boolean {
    const cells = (HEADER_BYTES + payload.length + CELL - 1) >> 3;
    const at = this.#tail & this.mask;
    const toEnd = this.cells - at;
    const padding = cells > toEnd ? toEnd : 0;
    if (!this.#hasRoom(cells + padding)) return false;
    if (padding > 0) {
      this.ints[at * 2] = padding;
      this.ints[at * 2 + 1] = PAD;
      this.#tail = (this.#tail + padding) | 0;
    }
    const start = this.#tail & this.mask;
    const ints = this.ints;
    const word = start * 2;
    ints[word] = cells;
    ints[word + 1] = kind | (flags << 8);
    ints[word + 2] = slot;
    ints[word + 3] = payload.length;
    this.doubles[start + 2] = a;
    this.doubles[start + 3] = b;
    if (payload.length > 0) copy(payload, this.bytes, start * CELL + HEADER_BYTES);
    this.#tail = (this.#tail + cells) | 0;
    Atomics.store(this.control, TAIL, this.#tail);
    return true;
  }

  /** Returns whether the consumer sleeps and is to be woken; true once per sleep. */
  mustWake(): boolean {
    return Atomics.load(this.control, ARMED) === 1 && Atomics.exchange(this.control, ARMED, 0) === 1;
  }

  /** Asks to be woken when there is room. Returns false if there is room by now. */
  waitForRoom(bytes: number): boolean {
    Atomics.store(this.control, BLOCKED, 1);
    if (!this.#hasRoom(2 * ((HEADER_BYTES + bytes + CELL) >> 3))) return true;
    Atomics.store(this.control, BLOCKED, 0);
    return false;
  }

  #hasRoom(cells: number): boolean {
    if (((this.#tail - this.#knownHead) | 0) + cells <= this.cells) return true;
    this.#knownHead = Atomics.load(this.control, HEAD);
    return ((this.#tail - this.#knownHead) | 0) + cells <= this.cells;
  }
}

/** The consumer's end. After `next()` returned true, the fields hold the record until the next call. */
export class RingReader extends Ring {
  kind = 0;
  flags = 0;
  slot = 0;
  a = 0;
  b = 0;
  #head = 0;
  #cells = 0; // of the current record; 0 when there is none
  #payloadLength = 0;

  /** Moves to the next record, releasing the current one. */
  next(): boolean {
    this.release();
    for (;;) {
      if (this.#head === Atomics.load(this.control, TAIL)) return false;
      const at = this.#head & this.mask;
      const word = at * 2;
      const cells = this.ints[word] as number;
      const kindAndFlags = this.ints[word + 1] as number;
      if (kindAndFlags === PAD) {
        this.#advance(cells);
        continue;
      }
      this.kind = kindAndFlags & 0xff;
      this.flags = kindAndFlags >> 8;
      this.slot = this.ints[word + 2] as number;
      this.#payloadLength = this.ints[word + 3] as number;
      this.a = this.doubles[at + 2] as number;
      this.b = this.doubles[at + 3] as number;
      this.#cells = cells;
      return true;
    }
  }

  /** The current record's payload: a view, valid until the record is released. */
  payload(none: Uint8Array): Uint8Array {
    if (this.#payloadLength === 0) return none;
    const start = (this.#head & this.mask) * CELL + HEADER_BYTES;
    return this.bytes.subarray(start, start + this.#payloadLength);
  }

  /** Gives the current record's room back to the producer. */
  release(): void {
    if (this.#cells === 0) return;
    this.#advance(this.#cells);
    this.#cells = 0;
  }

  /** Whether there is nothing to read. */
  get empty(): boolean {
    return this.#head === Atomics.load(this.control, TAIL);
  }

  /** Declares that the consumer goes to sleep. Returns false if something arrived meanwhile: read on instead. */
  arm(): boolean {
    Atomics.store(this.control, ARMED, 1);
    if (this.empty) return true;
    Atomics.store(this.control, ARMED, 0);
    return false;
  }

  /** Returns whether the producer waits for room and is to be woken. */
  mustWakeProducer(): boolean {
    return Atomics.load(this.control, BLOCKED) === 1 && Atomics.exchange(this.control, BLOCKED, 0) === 1;
  }

  #advance(cells: number): void {
    this.#head = (this.#head + cells) | 0;
    Atomics.store(this.control, HEAD, this.#head);
  }
}

/** A loop beats `set` for the few bytes that most payloads have. */
function copy(source: Uint8Array, target: Uint8Array, at: number): void {
  if (source.length > 48) {
    target.set(source, at);
    return;
  }
  for (let i = 0; i < source.length; i++) target[at + i] = source[i] as number;
}
