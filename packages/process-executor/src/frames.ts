/**
 * Frames: messages of any size on a byte stream.
 *
 *   offset  size  what
 *   0       8     length of the payload, float64 LE (a payload may exceed 4 GiB)
 *   8       4     check: the two halves of the length and CHECK, xor'ed
 *   12      ...   payload
 *
 * The descriptor is open to whatever runs in the worker, so bytes that no writer of frames wrote are expected. They
 * fail the check, all but certainly; what follows cannot be trusted to be whole, so the stream is given up.
 */

/** Node takes no more in one write. */
export const MAX_WRITE: number = 2 ** 30;
const HEADER_BYTES = 12;
const CHECK = 0x5ea1_c0de;

export function frameHeader(length: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeDoubleLE(length, 0);
  header.writeUInt32LE(checkOf(header), 8);
  return header;
}

function checkOf(header: Buffer): number {
  return (header.readUInt32LE(0) ^ header.readUInt32LE(4) ^ CHECK) >>> 0;
}

/** What a FrameReader reports. */
export interface FrameHandlers {
  /** `payload` may be a part of the chunk that was pushed. */
  frame(payload: Uint8Array): void;
  /** The stream holds something else than frames. Nothing is reported after that. */
  corrupt(error: Error): void;
}

/** Cuts a stream into the payloads of its frames. Each byte is copied once at most. */
export class FrameReader {
  readonly #handlers: FrameHandlers;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerFilled = 0; // HEADER_BYTES while #payload is being filled
  #payload: Buffer | undefined;
  #payloadFilled = 0;
  #corrupt = false;

  constructor(handlers: FrameHandlers) {
    this.#handlers = handlers;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && !this.#corrupt; ) {
      at += this.#payload === undefined ? this.#readHeader(chunk, at) : this.#readPayload(chunk, at, this.#payload);
    }
  }

  /** Returns how many bytes it took: of the header, and the payload too if all of that is in this chunk. */
  #readHeader(chunk: Buffer, at: number): number {
    const taken = chunk.copy(this.#header, this.#headerFilled, at);
    this.#headerFilled += taken;
    if (this.#headerFilled < HEADER_BYTES) return taken;
    const length = lengthIn(this.#header);
    if (length === undefined) {
      this.#giveUp();
      return taken;
    }
    const payloadAt = at + taken;
    if (chunk.length - payloadAt < length) {
      this.#payload = Buffer.allocUnsafeSlow(length);
      this.#payloadFilled = 0;
      return taken;
    }
    this.#headerFilled = 0;
    this.#handlers.frame(chunk.subarray(payloadAt, payloadAt + length));
    return taken + length;
  }

  #readPayload(chunk: Buffer, at: number, payload: Buffer): number {
    const taken = chunk.copy(payload, this.#payloadFilled, at);
    this.#payloadFilled += taken;
    if (this.#payloadFilled === payload.length) {
      this.#payload = undefined;
      this.#headerFilled = 0;
      this.#handlers.frame(payload);
    }
    return taken;
  }

  #giveUp(): void {
    this.#corrupt = true;
    const found = JSON.stringify(this.#header.toString("latin1"));
    this.#handlers.corrupt(new Error(`its data channel carried something that is not a message: ${found}`));
  }
}

/** The length that a header announces; undefined when it is no header. */
function lengthIn(header: Buffer): number | undefined {
  const length = header.readDoubleLE(0);
  const valid = header.readUInt32LE(8) === checkOf(header) && Number.isSafeInteger(length) && length >= 0;
  return valid ? length : undefined;
}
