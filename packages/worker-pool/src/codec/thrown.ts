/** What a task threw, as a message that can always be sent: its caller must learn that it failed. */
import { types } from "node:util";
import { SerializationError } from "@concurrent-futures/core";
import type { Encoded, Encoder } from "./encoder.js";

const ROOT = "error";
/** What is kept of an error whose other fields cannot be sent. */
const KEPT = ["name", "message", "code", "stack"] as const;

/** Encodes what was thrown, or else the SerializationError that says why not; its `cause` is what is left of it. */
export function encodeThrown(encoder: Encoder, thrown: unknown): Encoded {
  try {
    return encoder.encode(thrown, undefined, ROOT);
  } catch (error) {
    return encoder.encode(withCause(error, thrown), undefined, ROOT);
  }
}

function withCause(refused: unknown, thrown: unknown): Error {
  const { message, side, path } =
    refused instanceof SerializationError ? refused : { message: String(refused), side: "result" as const, path: ROOT };
  return new SerializationError(message, { side, path }, { cause: remainsOf(thrown) });
}

/** An error with the usual texts of the one that was thrown; of anything else, a text. */
function remainsOf(thrown: unknown): unknown {
  if (!types.isNativeError(thrown)) return describe(thrown);
  const remains = new Error();
  for (const key of KEPT) {
    const value = textOf(thrown, key);
    if (value !== undefined) {
      Object.defineProperty(remains, key, { value, enumerable: false, writable: true, configurable: true });
    }
  }
  return remains;
}

function textOf(thrown: object, key: string): string | number | undefined {
  try {
    const value: unknown = (thrown as Record<string, unknown>)[key];
    return typeof value === "string" || typeof value === "number" ? value : undefined;
  } catch {
    return undefined;
  }
}

function describe(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}
