/**
 * A growing block of bytes that is written from front to back and used again and again.
 *
 *   [ written bytes | room ............ ]
 *                   ^ position
 *
 * `reserve` always leaves SLACK bytes more than it was asked for, so that a tag or a short number needs no check.
 */
import * as tags from "../tags.js";

const START_BYTES = 16 * 1024;
/** A block that grew beyond this is given away after use instead of kept. */
const KEPT_BYTES = 1024 * 1024;
/** Up to this length a loop over characters beats a call into Node. */
const LOOPED_TEXT = 20;
const SLACK = 16;

/** What `write` calls after looking at its arguments, which takes it as long as the writing itself. */
interface NativeWrite {
  utf8Write(text: string, offset: number, length: number): number;
}

export class Writer {
  /** The block. Replaced when it grows. */
  bytes: Buffer = Buffer.allocUnsafeSlow(START_BYTES);
  /** Over the same memory as `bytes`. */
  view: DataView = viewOf(this.bytes);
  position = 0;

  /** Starts over. A huge block is left to whoever has what was written. */
  rewind(): void {
    this.position = 0;
    if (this.huge) this.#replace(Buffer.allocUnsafeSlow(START_BYTES));
  }

  /** Whether the block is given away by the next `rewind`. */
  get huge(): boolean {
    return this.bytes.length > KEPT_BYTES;
  }

  /** Makes room for `count` bytes and some more. */
  reserve(count: number): void {
    if (this.position + count + SLACK > this.bytes.length) this.#grow(count);
  }

  byte(value: number): void {
    if (this.position === this.bytes.length) this.#grow(1);
    this.bytes[this.position++] = value;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.position, value, true);
    this.position += 4;
  }

  /** Bytes as they are. */
  block(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.position, value, true);
    this.position += 8;
  }

  /** One byte for what is nearly always small. */
  count(value: number): void {
    if (value < 255) {
      this.byte(value);
    } else {
      this.byte(255);
      this.uint32(value);
    }
  }

  int(value: number): void {
    if (value >= 0 && value < tags.SMALL_INT_LIMIT) {
      this.byte(tags.SMALL_INT + value);
    } else {
      this.reserve(5);
      this.bytes[this.position] = tags.INT;
      this.view.setInt32(this.position + 1, value, true);
      this.position += 5;
    }
  }

  text(text: string): void {
    const length = text.length;
    if (length <= LOOPED_TEXT) {
      this.reserve(length);
      const bytes = this.bytes;
      const start = this.position + 1;
      let all = 0;
      for (let i = 0; i < length; i++) {
        const unit = text.charCodeAt(i);
        bytes[start + i] = unit;
        all |= unit;
      }
      if (all < 256) {
        bytes[start - 1] = tags.SHORT_TEXT + length;
        this.position = start + length;
      } else {
        this.#utf16(text);
      }
    } else {
      this.#longText(text);
    }
  }

  /** What was written. Valid until something is written after the next `rewind`, or for good where it is `huge`. */
  written(): Uint8Array {
    return new Uint8Array(this.bytes.buffer, 0, this.position);
  }

  #longText(text: string): void {
    const length = text.length;
    this.reserve(length + 5);
    const short = length < tags.SHORT_TEXT_LIMIT;
    const start = this.position + (short ? 1 : 5);
    // Node has no call that tells ASCII from the rest, but UTF-8 of the same length is ASCII. The limit leaves room for
    // one more character, or a text cut off there could have this length by chance.
    if ((this.bytes as unknown as NativeWrite).utf8Write(text, start, length + 4) !== length) {
      this.#utf16(text);
      return;
    }
    if (short) {
      this.bytes[this.position] = tags.SHORT_TEXT + length;
    } else {
      this.bytes[this.position] = tags.LATIN1_TEXT;
      this.view.setUint32(this.position + 1, length, true);
    }
    this.position = start + length;
  }

  #utf16(text: string): void {
    const size = text.length * 2;
    this.reserve(size + 5);
    this.bytes[this.position] = tags.UTF16_TEXT;
    this.view.setUint32(this.position + 1, size, true);
    this.bytes.write(text, this.position + 5, size, "utf16le");
    this.position += 5 + size;
  }

  #grow(count: number): void {
    const needed = this.position + count + SLACK;
    const larger = Buffer.allocUnsafeSlow(
      Math.max(needed, Math.min(this.bytes.length * 2, this.bytes.length + 2 ** 28)),
    );
    larger.set(this.bytes.subarray(0, this.position));
    this.#replace(larger);
  }

  #replace(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
