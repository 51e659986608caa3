/** What the readers of single kinds of values see of the decoder. */
import type { AnyClass } from "../host.js";
import type { Reader } from "./reader.js";
import type { SentBuffer } from "./views.js";

export interface ValueReader {
  readonly reader: Reader;
  /** Everything that can be referred back to, by number. */
  readonly objects: unknown[];
  /** The classes of the message; undefined in the place of one that was not found. */
  readonly classes: readonly (AnyClass | undefined)[];
  readonly buffers: readonly SentBuffer[];
  readonly extras: readonly unknown[];
  /** Reads any value. */
  value(): unknown;
}
