/**
 * Link: one end of the record stream between the pool and a worker, over whatever a Port offers.
 *
 *   send ──► ring, small payload inside ───────────────────────────────► receive, in order
 *        └─► ring, record marked BESIDE ──► Port.post: the payload, or its extras ──┘
 *        └─► no memory: Port.post: header and payload
 *
 * L1  Records arrive in the order they were sent. A record marked BESIDE waits for what was posted, the rest wait behind it.
 * L2  What finds the ring full waits in #overflow, in order; `send` never fails and never blocks.
 * L3  The link sleeps armed (ring.ts, R2), so that nothing is left unseen; while it is draining, or about to go on with
 *     that in another turn of the event loop, it is not armed.
 */
import { setImmediate } from "node:timers";
import { copyOf } from "./bytes.js";
import type { Encoded } from "./codec/index.js";
import { Linger } from "./linger.js";
import { layOut } from "./memory.js";
import { BESIDE, EMPTY, HEADER_BYTES, NO_EXTRAS, type RecordHandler } from "./records.js";
import { RingReader, RingWriter } from "./ring.js";
import type { Port } from "./transport.js";
import { Waker } from "./waker.js";

/** A payload up to this size travels inside the ring, of which two such must fit in. */
export const INLINE_BYTES: number = 120 * 1024;
/**
 * After a payload of this size the event loop has its turn before the next is read: what comes of many large values at
 * once is still there when the garbage collector looks, and is copied by it (100 KiB objects: a third of all time).
 */
const LARGE_BYTES = 16 * 1024;
/** How long one drain may hold a worker's event loop. */
const SLICE_MS = 4;
/** How often the pool wakes a worker at once (waker.ts). A worker always does: its next look-out would hold it up. */
const WAKE_SPACING_MS = 0.25;
/** Records handled between two looks at the clock. */
const CLOCK_EVERY = 8;

interface Posted {
  readonly bytes: Uint8Array;
  readonly extras: readonly unknown[];
}
interface Waiting {
  readonly kind: number;
  readonly flags: number;
  readonly slot: number;
  readonly a: number;
  readonly b: number;
  readonly payload: Uint8Array;
}

export interface LinkOptions {
  readonly port: Port | Omit<Port, "listen" | "close">;
  readonly side: "pool" | "worker";
  readonly onRecord: RecordHandler;
  /** Called after each batch of records. */
  readonly onBatch: () => void;
  /** How long one drain may hold the event loop, in ms. Default: SLICE_MS. */
  readonly sliceMs?: () => number;
  /** Whether this end may stay awake a little longer, in the hope of more (linger.ts). Default: never. */
  readonly mayLinger?: () => boolean;
}

export class Link {
  /** Claim words, where the link has memory. */
  readonly claims: Int32Array | undefined;
  readonly #port: LinkOptions["port"];
  readonly #onRecord: RecordHandler;
  readonly #onBatch: () => void;
  readonly #sliceMs: () => number;
  readonly #mayLinger: () => boolean;
  readonly #looksOut: "in place" | "in turns";
  readonly #linger = new Linger();
  readonly #waker: Waker;
  readonly #writer: RingWriter | undefined;
  readonly #reader: RingReader | undefined;
  readonly #posted: Posted[] = []; // payloads whose records have not been reached yet
  #overflow: Waiting[] = []; // empty unless the ring is full (L2)
  #stalled = false; // the reader stands on a record whose payload has not arrived (L1)
  #wasLarge = false; // the record that was handled last
  #tookLong = false; // the record that is being handled, see tookLong()
  #resumeScheduled = false;
  #finished = false;

  constructor({ port, side, onRecord, onBatch, sliceMs = () => SLICE_MS, mayLinger = () => false }: LinkOptions) {
    this.#port = port;
    this.#onRecord = onRecord;
    this.#onBatch = onBatch;
    this.#sliceMs = sliceMs;
    this.#mayLinger = mayLinger;
    this.#looksOut = side === "pool" ? "in turns" : "in place";
    this.#waker = new Waker(() => port.wake(), side === "pool" ? WAKE_SPACING_MS : 0);
    if (port.memory === undefined) return;
    const memory = layOut(port.memory);
    const [out, into] = side === "pool" ? [memory.calls, memory.results] : [memory.results, memory.calls];
    this.#writer = new RingWriter(out);
    this.#reader = new RingReader(into);
    this.claims = memory.claims;
    if (side === "pool") this.#reader.arm(); // asleep from the start; a worker begins by draining
  }

  /** Whether records wait for room: a producer that can pause should. */
  get congested(): boolean {
    return this.#overflow.length > 0;
  }

  /** Whether records have arrived that are not handled yet; in doubt, they have. */
  get hasArrivals(): boolean {
    return this.#reader === undefined || !this.#reader.empty;
  }

  send(kind: number, flags: number, slot: number, a: number, b: number, payload?: Encoded): void {
    const bytes = payload === undefined ? EMPTY : payload.bytes;
    if (this.#writer === undefined) {
      this.#post(frame(kind, flags, slot, a, b, bytes), payload);
    } else if (bytes.length > INLINE_BYTES) {
      this.#post(payload?.owned === true ? bytes : copyOf(bytes), payload);
      this.#write(this.#writer, kind, flags | BESIDE, slot, a, b, EMPTY);
    } else if (payload?.extras !== undefined) {
      // Copied bytes would be memory outside the heap once more, which can bring a garbage collection on. Not EMPTY: the
      // port may hand its memory over.
      this.#post(new Uint8Array(0), payload);
      this.#write(this.#writer, kind, flags | BESIDE, slot, a, b, bytes);
    } else {
      this.#write(this.#writer, kind, flags, slot, a, b, bytes);
    }
  }

  /** Handles what has arrived; long bursts are continued in later turns of the event loop. */
  readonly drain = (): void => {
    if (this.#reader === undefined || this.#writer === undefined || this.#finished) return;
    const reader = this.#reader;
    const until = performance.now() + this.#sliceMs();
    this.#linger.wakes();
    this.#flush(this.#writer);
    do {
      const handled = this.#handleUntil(reader, until);
      if (reader.mustWakeProducer()) this.#port.wake();
      this.#onBatch();
      if (this.#stalled) return; // `receive` goes on
      if (handled === Number.POSITIVE_INFINITY || performance.now() > until) {
        this.#resumeLater();
        return;
      }
      if (this.#mayLinger()) {
        if (this.#looksOut === "in turns" && this.#linger.looksAgain(handled > 0)) {
          this.#resumeLater();
          return;
        }
        if (this.#looksOut === "in place" && handled > 0 && this.#linger.lookOut(() => reader.empty)) continue;
      }
      this.#linger.sleeps();
    } while (!reader.arm());
  };

  /** For the handler: this record took a while, so that the clock should be looked at before the next. */
  tookLong(): void {
    this.#tookLong = true;
  }

  /** The worker has ended: handles everything that has arrived, and touches the memory no more. */
  finish(): void {
    if (this.#reader !== undefined) while (this.#handleNext(this.#reader));
    this.#finished = true;
  }

  /** Something posted arrived. */
  readonly receive = (bytes: Uint8Array, extras: readonly unknown[]): void => {
    if (this.#reader === undefined) {
      if (bytes.length < HEADER_BYTES) return; // no record: a task wrote it
      const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
      this.#onRecord(
        header.getInt32(0, true),
        header.getInt32(4, true),
        header.getInt32(8, true),
        header.getFloat64(16, true),
        header.getFloat64(24, true),
        bytes.subarray(HEADER_BYTES),
        extras,
      );
      this.#onBatch();
    } else {
      this.#posted.push({ bytes, extras });
      this.drain();
    }
  };

  #post(bytes: Uint8Array, payload: Encoded | undefined): void {
    if (payload?.extras === undefined) this.#port.post(bytes);
    else this.#port.post(bytes, payload.extras, payload.transfer);
  }

  #write(ring: RingWriter, kind: number, flags: number, slot: number, a: number, b: number, payload: Uint8Array): void {
    if (this.#overflow.length === 0 && ring.write(kind, flags, slot, a, b, payload)) {
      if (ring.mustWake()) this.#waker.wake();
      else this.#waker.remind();
      return;
    }
    this.#overflow.push({ kind, flags, slot, a, b, payload: copyOf(payload) });
    if (this.#overflow.length === 1) this.#flush(ring);
  }

  #flush(ring: RingWriter): void {
    if (this.#overflow.length === 0) return;
    let sent = 0;
    for (const record of this.#overflow) {
      const { kind, flags, slot, a, b, payload } = record;
      while (!ring.write(kind, flags, slot, a, b, payload)) {
        if (!ring.waitForRoom(payload.length)) continue;
        this.#overflow = this.#overflow.slice(sent);
        if (sent > 0 && ring.mustWake()) this.#port.wake();
        return;
      }
      sent += 1;
    }
    this.#overflow = [];
    if (ring.mustWake()) this.#port.wake();
  }

  /** Returns how many it handled; Infinity when it stopped although there may be more. */
  #handleUntil(ring: RingReader, until: number): number {
    let count = 0;
    while (this.#handleNext(ring)) {
      count += 1;
      if (this.#wasLarge && !ring.empty) return Number.POSITIVE_INFINITY;
      if (count % CLOCK_EVERY !== 0 && !this.#tookLong) continue;
      this.#tookLong = false;
      if (performance.now() > until) return Number.POSITIVE_INFINITY;
    }
    return count;
  }

  /** Returns false when there is nothing more to handle now. */
  #handleNext(ring: RingReader): boolean {
    if (!this.#stalled && !ring.next()) return false;
    if ((ring.flags & BESIDE) === 0) {
      const payload = ring.payload(EMPTY);
      this.#wasLarge = payload.length >= LARGE_BYTES;
      this.#onRecord(ring.kind, ring.flags, ring.slot, ring.a, ring.b, payload, NO_EXTRAS);
    } else {
      const posted = this.#posted.shift();
      this.#stalled = posted === undefined; // L1: its payload is still on the way
      if (posted === undefined) return false;
      this.#wasLarge = true;
      const inside = ring.payload(EMPTY);
      const bytes = inside.length > 0 ? inside : posted.bytes;
      this.#onRecord(ring.kind, ring.flags & ~BESIDE, ring.slot, ring.a, ring.b, bytes, posted.extras);
    }
    ring.release();
    return true;
  }

  #resumeLater(): void {
    if (this.#resumeScheduled) return;
    this.#resumeScheduled = true;
    setImmediate(() => {
      this.#resumeScheduled = false;
      this.drain();
    });
  }
}

/** A record as one block, for ports without memory. */
function frame(kind: number, flags: number, slot: number, a: number, b: number, payload: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(HEADER_BYTES + payload.length);
  bytes.writeInt32LE(kind, 0);
  bytes.writeInt32LE(flags, 4);
  bytes.writeInt32LE(slot, 8);
  bytes.writeDoubleLE(a, 16);
  bytes.writeDoubleLE(b, 24);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}
