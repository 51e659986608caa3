/**
 * Messages: what the frames of a connection say.
 *
 *   bytes, mark 0                                  a message
 *   bytes, mark n; n frames of memory, mark 0      a message whose large memory travels apart (Port.apartBytes)
 *   where it lies, mark IN_FILE                    a message of either kind that is in the payload file
 */
import type { FrameHandlers } from "./frames.js";

export const IN_FILE = 0xffff_ffff;

/** What a MessageReader reports. */
export interface MessageHandlers {
  message(bytes: Uint8Array, extras: readonly unknown[]): void;
  /** What arrives is no message. Nothing is reported after that. */
  corrupt(error: Error): void;
}

/** Where the payload file is read. */
export interface PayloadSource {
  /** @throws {Error} there is no such message */
  read(place: Uint8Array): Uint8Array[];
}

/** Puts messages together from frames. */
export class MessageReader implements FrameHandlers {
  readonly #handlers: MessageHandlers;
  readonly #file: PayloadSource | undefined;
  #parts: Uint8Array[] = []; // of a message that has not arrived as a whole
  #missing = 0; // of its parts
  #corrupt = false;

  constructor(handlers: MessageHandlers, file: PayloadSource | undefined) {
    this.#handlers = handlers;
    this.#file = file;
  }

  frame(payload: Uint8Array, mark: number): void {
    if (this.#corrupt) return;
    if (mark === IN_FILE) {
      this.#read(payload);
      return;
    }
    this.#missing = this.#parts.length === 0 ? mark : this.#missing - 1;
    this.#parts.push(payload);
    if (this.#missing > 0) return;
    const parts = this.#parts;
    this.#parts = [];
    this.#deliver(parts);
  }

  corrupt(error: Error): void {
    this.#corrupt = true;
    this.#handlers.corrupt(error);
  }

  #read(place: Uint8Array): void {
    let parts: Uint8Array[];
    try {
      if (this.#file === undefined) throw new Error("its data channel spoke of a file that is not there");
      parts = this.#file.read(place);
    } catch (error) {
      this.corrupt(error as Error);
      return;
    }
    this.#deliver(parts);
  }

  #deliver([bytes, ...apart]: Uint8Array[]): void {
    this.#handlers.message(
      bytes as Uint8Array,
      apart.map(({ buffer }) => buffer),
    );
  }
}
