/**
 * A cursor over the bytes of a message. The bytes may lie in shared memory, at any offset, and are used again by others
 * afterwards: all that is read is copied out. Damaged bytes end in an error, never in a loop or an endless allocation.
 */
import { Refusal } from "../path.js";
import * as tags from "../tags.js";
import { keyText } from "./key-texts.js";

/** Node's own readers of texts. They work on any view, also of shared memory, which `toString` needs a Buffer for. */
interface NativeSlices {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  ucs2Slice(this: Uint8Array, start: number, end: number): string;
}
const { latin1Slice, ucs2Slice } = Buffer.prototype as unknown as NativeSlices;

/**
 * Shorter texts are cut out of a longer one, which costs a fifth of a call into Node for each. V8 copies what is cut out
 * only below 13 characters; a longer one would keep all that it was cut out of alive.
 */
const CUT_TEXT = 13;
/** How much is read at once to cut texts out of. */
const WINDOW_BYTES = 4096;

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

export class Reader {
  readonly bytes: Uint8Array;
  position: number;
  #end: number;
  #view: DataView | undefined;
  #window = ""; // the bytes from #windowAt on
  #windowAt = 0;

  constructor(bytes: Uint8Array, position: number, end: number) {
    this.bytes = bytes;
    this.position = position;
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.position;
  }

  /** Goes on reading somewhere else. */
  seek(position: number, end: number): void {
    this.position = position;
    this.#end = end;
    this.#window = "";
    this.#windowAt = 0;
  }

  /** For numbers in bulk. Made when it is first needed. */
  get view(): DataView {
    this.#view ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    return this.#view;
  }

  /** Moves past `size` bytes and returns where they began. */
  take(size: number): number {
    const start = this.position;
    if (!(size <= this.#end - start)) throw this.damaged();
    this.position = start + size;
    return start;
  }

  byte(): number {
    if (this.position >= this.#end) throw this.damaged();
    return this.bytes[this.position++] as number;
  }

  /** The next byte, which is not moved past; -1 at the end. */
  peek(): number {
    return this.position < this.#end ? (this.bytes[this.position] as number) : -1;
  }

  uint16(): number {
    const at = this.take(2);
    return (this.bytes[at] as number) | ((this.bytes[at + 1] as number) << 8);
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  int32(): number {
    const at = this.take(4);
    const { bytes } = this;
    return (
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    );
  }

  double(): number {
    halves[0] = this.int32();
    halves[1] = this.int32();
    return double[0] as number;
  }

  count(): number {
    const value = this.byte();
    return value < 255 ? value : this.uint32();
  }

  /** How many things follow that take a byte each at least. */
  length(): number {
    const length = this.count();
    if (length > this.left) throw this.damaged();
    return length;
  }

  latin1(length: number): string {
    const start = this.take(length);
    if (length >= CUT_TEXT) return latin1Slice.call(this.bytes, start, start + length);
    let from = start - this.#windowAt;
    if (from + length > this.#window.length) {
      this.#window = latin1Slice.call(this.bytes, start, Math.min(start + WINDOW_BYTES, this.#end));
      this.#windowAt = start;
      from = 0;
    }
    return this.#window.substring(from, from + length);
  }

  utf16(size: number): string {
    const start = this.take(size);
    return ucs2Slice.call(this.bytes, start, start + size);
  }

  /** A text where nothing else may stand. */
  text(): string {
    const tag = this.byte();
    if (tag >= tags.SHORT_TEXT) return this.latin1(tag - tags.SHORT_TEXT);
    if (tag === tags.LATIN1_TEXT) return this.latin1(this.uint32());
    if (tag === tags.UTF16_TEXT) return this.utf16(this.uint32());
    throw this.damaged();
  }

  /** A text that is likely to be met again. */
  key(): string {
    const tag = this.bytes[this.position] as number;
    if (this.left > 0 && tag < tags.SHORT_TEXT) return this.text();
    const length = this.byte() - tags.SHORT_TEXT;
    return keyText(this.bytes, this.take(length), length);
  }

  damaged(): Refusal {
    return new Refusal(`the message is damaged at byte ${this.position} of ${this.#end}`);
  }
}
