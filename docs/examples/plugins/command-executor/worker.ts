/**
 * The entry of a worker: what the command starts.
 *
 *   stdin ──► reading thread (stdin-reader.ts) ──► Runtime ──► fn(...args) ──► stdout, frames between what tasks print
 *
 * The thread sees the end of stdin also while a task blocks this one, and ends the process then: no worker outlives its
 * pool, or its connection to it.
 */
import { writeSync } from "node:fs";
import { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import { type Port, type PortHandlers, runWorker } from "@concurrent-futures/worker-pool";
import { framesOf } from "./messages.js";

/** What the reading thread tells: the token first, then messages. */
const reader = new Worker(new URL("./stdin-reader.js", import.meta.url), { execArgv: [], stdin: false });

class StdioPort implements Port {
  readonly memory = undefined;
  readonly carriesHostObjects = false;
  readonly #token: Buffer;

  constructor(token: Buffer) {
    this.#token = token;
  }

  listen(handlers: PortHandlers): void {
    reader.on("message", (bytes: Uint8Array) => handlers.message(bytes, []));
  }

  wake(): void {}

  /** Returns when all of it is in the pipe: what the task does next, or its exit, cannot lose it. */
  post(bytes: Uint8Array): void {
    for (const frame of framesOf(this.#token, bytes)) write(frame);
  }

  close(): void {
    reader.unref();
  }
}

function write(frame: Buffer): void {
  for (let at = 0; at < frame.length; ) {
    try {
      at += writeSync(1, frame, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EAGAIN") return; // nobody reads any more, and the reading thread knows that too
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // the pipe is full
    }
  }
}

process.on("SIGINT", () => {}); // Ctrl+C reaches the whole group, and it is the pool that decides
Object.defineProperty(process, "stdin", { value: Readable.from([]), configurable: true }); // it is not the tasks'
reader.once("message", (token: Uint8Array) => runWorker(new StdioPort(Buffer.from(token))));
