/** Pipe: a connection with two ends, between threads and processes. */
import { inspect } from "node:util";
import { Connection } from "./pipe-connection.js";
import { PipeMemory } from "./pipe-memory.js";

/** Options of `Pipe`. */
export interface PipeOptions {
  /** Whether both ends send and receive; else the first only receives and the second only sends. Default: true. */
  readonly duplex?: boolean;
}

/**
 * Makes a pipe.
 *
 * ```ts
 * const [here, there] = Pipe();
 * const process = new Process({ target: answer, args: [there] });
 * process.start();
 * await here.send("how many?");
 * console.log(await here.recv());
 * ```
 *
 * @returns its two ends
 * @throws {TypeError} an option is wrong
 *
 * Semantics: multiprocessing.Pipe, Python 3.14.
 * Differs (D-47): an end belongs to whoever received it last or used it, so nobody
 * has to close the copy of an end that was passed on.
 */
export function Pipe<T = unknown>(options: PipeOptions = {}): [Connection<T>, Connection<T>] {
  const duplex = requireDuplex(options);
  const memory = PipeMemory.create();
  return [
    new Connection<T>(memory, 0, duplex ? "both" : "receive"),
    new Connection<T>(memory, 1, duplex ? "both" : "send"),
  ];
}

function requireDuplex(options: unknown): boolean {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Expected \`options\` to be an object, such as { duplex: false }, got ${inspect(options)}`);
  }
  const { duplex = true } = options as { duplex?: unknown };
  if (typeof duplex === "boolean") return duplex;
  throw new TypeError(`Expected \`duplex\` to be a boolean, got ${inspect(duplex)}`);
}
