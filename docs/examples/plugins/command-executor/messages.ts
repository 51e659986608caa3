/**
 * Messages on a stream that others write to as well.
 *
 *   text | token, word, piece | token, word, piece | text | ...
 *
 * A message is cut into pieces. The token is random and known to both ends only; the word is the piece's length, its
 * highest bit set while the message goes on. No frame is longer than what a pipe takes at once (PIPE_BUF), so what other
 * processes write to the same pipe falls between frames, never into one.
 */
import { randomBytes } from "node:crypto";

const TOKEN_BYTES = 16;
const HEADER_BYTES = TOKEN_BYTES + 2;
const PIECE_BYTES = 4096 - HEADER_BYTES;
const GOES_ON = 0x8000;

export const newToken = (): Buffer => randomBytes(TOKEN_BYTES);

/** The frames that a message is sent in. */
export function* framesOf(token: Buffer, message: Uint8Array): Generator<Buffer> {
  let at = 0;
  do {
    const piece = message.subarray(at, at + PIECE_BYTES);
    at += piece.length;
    const word = Buffer.alloc(2);
    word.writeUInt16LE(piece.length | (at < message.length ? GOES_ON : 0));
    yield Buffer.concat([token, word, piece]);
  } while (at < message.length);
}

/** Takes a stream apart. */
export class MessageReader {
  readonly #token: Buffer;
  readonly #onMessage: (message: Buffer) => void;
  readonly #onText: (text: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0); // less than a frame
  #pieces: Buffer[] = []; // of a message that goes on

  constructor(token: Buffer, onMessage: (message: Buffer) => void, onText: (text: Buffer) => void) {
    this.#token = token;
    this.#onMessage = onMessage;
    this.#onText = onText;
  }

  push(chunk: Buffer): void {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const text = this.#textLength(rest);
      if (text > 0) this.#onText(rest.subarray(0, text));
      rest = rest.subarray(text);
      if (rest.length < HEADER_BYTES) break;
      const word = rest.readUInt16LE(TOKEN_BYTES);
      const end = HEADER_BYTES + (word & ~GOES_ON);
      if (rest.length < end) break;
      this.#pieces.push(rest.subarray(HEADER_BYTES, end));
      rest = rest.subarray(end);
      if ((word & GOES_ON) === 0) this.#onMessage(Buffer.concat(this.#pieces.splice(0)));
    }
    this.#rest = rest;
  }

  /** The stream has ended. */
  end(): void {
    if (this.#rest.length > 0) this.#onText(this.#rest);
  }

  /** How much lies before the next token, or before what may become one. */
  #textLength(bytes: Buffer): number {
    const found = bytes.indexOf(this.#token);
    if (found >= 0) return found;
    let start = Math.min(bytes.length, TOKEN_BYTES - 1);
    while (!bytes.subarray(bytes.length - start).equals(this.#token.subarray(0, start))) start -= 1;
    return bytes.length - start;
  }
}
