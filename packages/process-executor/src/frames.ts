/**
 * Frames: messages of any size on a byte stream.
 *
 *   offset  size  what
 *   0       8     length of the payload, float64 LE (a payload may exceed 4 GiB)
 *   8       4     mark: what kind of payload, see messages.ts
 *   12      4     check: the three words before it and CHECK, xor'ed
 *   16      ...   payload
 *
 * The descriptor is open to whatever runs in the worker, so bytes that no writer of frames wrote are expected. They
 * fail the check, all but certainly; what follows cannot be trusted to be whole, so the stream is given up.
 */

/** Node takes no more in one write. */
export const MAX_WRITE: number = 2 ** 30;
const HEADER_BYTES = 16;
const CHECK = 0x5ea1_c0de;

export function frameHeader(length: number, mark = 0): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeDoubleLE(length, 0);
  header.writeUInt32LE(mark, 8);
  header.writeUInt32LE(checkOf(header), 12);
  return header;
}

function checkOf(header: Buffer): number {
  return (header.readUInt32LE(0) ^ header.readUInt32LE(4) ^ header.readUInt32LE(8) ^ CHECK) >>> 0;
}

/** What a FrameReader reports. */
export interface FrameHandlers {
  /** @param payload in memory of its own */
  frame(payload: Uint8Array, mark: number): void;
  /** The stream holds something else than frames, or more than this process has room for. Nothing is reported after that. */
  corrupt(error: Error): void;
}

/** Cuts a stream into the payloads of its frames. Each byte is copied once; chunks are not kept. */
export class FrameReader {
  readonly #handlers: FrameHandlers;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #payload: Buffer | undefined; // undefined while #header is being filled
  #filled = 0; // bytes of #payload, or else of #header, that have arrived
  #corrupt = false;

  constructor(handlers: FrameHandlers) {
    this.#handlers = handlers;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#corrupt) {
      const target = this.#payload ?? this.#header;
      const taken = chunk.copy(target, this.#filled, at);
      at += taken;
      this.#filled += taken;
      if (this.#filled === target.length) this.#filledUp();
    }
  }

  /** All of #header, or of #payload, is there. */
  #filledUp(): void {
    this.#filled = 0;
    if (this.#payload === undefined) {
      try {
        this.#payload = Buffer.allocUnsafeSlow(lengthIn(this.#header));
      } catch (error) {
        this.#corrupt = true;
        this.#handlers.corrupt(error as Error);
        return;
      }
      if (this.#payload.length > 0) return;
    }
    const payload = this.#payload;
    this.#payload = undefined;
    this.#handlers.frame(payload, this.#header.readUInt32LE(8));
  }
}

/** @throws {Error} these bytes are no header */
function lengthIn(header: Buffer): number {
  const length = header.readDoubleLE(0);
  if (header.readUInt32LE(12) === checkOf(header) && Number.isSafeInteger(length) && length >= 0) return length;
  const found = JSON.stringify(header.toString("latin1"));
  throw new Error(`its data channel carried something that is not a message: ${found}`);
}
