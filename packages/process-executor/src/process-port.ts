/**
 * ProcessPort: the worker's end of the connection, over the descriptors that it was born with (worker-config.ts).
 */
import { writeSync, writevSync } from "node:fs";
import type { Socket } from "node:net";
import { loadLibc } from "@concurrent-futures/shared/memory";
import type { Port, PortHandlers } from "@concurrent-futures/worker-pool";
import { readMessages } from "./frame-socket.js";
import { frameHeader, MAX_WRITE } from "./frames.js";
import { IN_FILE } from "./messages.js";
import { PayloadReceiver, PayloadSender } from "./payload-file.js";
import { APART_BYTES, FILE_BYTES, wordsFromWorker, wordsToWorker } from "./payloads.js";
import { WakeSocket } from "./wake-socket.js";
import { FRAMES_IN, FRAMES_OUT, MEMORY, PAYLOADS_IN, PAYLOADS_OUT, WAKE, type WorkerConfig } from "./worker-config.js";

/** How long to wait for a full pipe that somebody made non-blocking. */
const RETRY_MS = 1;

export class ProcessPort implements Port {
  readonly memory: ArrayBuffer | undefined;
  readonly carriesHostObjects = false;
  readonly apartBytes: number = APART_BYTES;
  readonly #wake: WakeSocket | undefined;
  readonly #sender: PayloadSender | undefined;
  readonly #receiver: PayloadReceiver | undefined;
  #framesIn: Socket | undefined; // set by listen()

  /** @throws {Error} the parent shares memory and this process cannot map it */
  constructor({ memoryBytes, parent, addon }: WorkerConfig) {
    if (memoryBytes === 0) return;
    const libc = loadLibc(addon);
    if (libc === undefined) throw new Error("The parent could load koffi, and this worker process could not");
    libc.dieWithParent();
    if (process.ppid !== parent) process.exit(); // it died before that took effect
    const memory = libc.mapMemory(MEMORY, memoryBytes).buffer;
    libc.close(MEMORY); // the mapping stays, and no task can write to it by its number
    this.memory = memory;
    this.#receiver = new PayloadReceiver(libc, libc.moveUp(PAYLOADS_IN), wordsToWorker(memory));
    this.#sender = new PayloadSender(libc, libc.moveUp(PAYLOADS_OUT), wordsFromWorker(memory));
    this.#wake = new WakeSocket(WAKE);
  }

  listen(handlers: PortHandlers): void {
    const message: PortHandlers["message"] = (bytes, extras) => handlers.message(bytes, extras);
    this.#framesIn = readMessages(FRAMES_IN, { message, corrupt: fail }, this.#receiver);
    this.#framesIn.on("close", () => process.exit()); // the parent is gone
    this.#wake?.listen(() => handlers.wake());
  }

  wake(): void {
    this.#wake?.wake();
  }

  /** Returns when all of it is in the file or the pipe: what the task does next, or its exit, cannot lose it. */
  post(bytes: Uint8Array, extras: readonly unknown[] = []): void {
    const apart = extras as readonly Uint8Array[];
    const size = apart.reduce((sum, { length }) => sum + length, bytes.length);
    const place = size < FILE_BYTES ? undefined : this.#sender?.write([bytes, ...apart]);
    try {
      if (place !== undefined) {
        writeFrame(place, IN_FILE);
      } else {
        writeFrame(bytes, apart.length);
        for (const memory of apart) writeFrame(memory);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EPIPE") fail(error); // EPIPE: the parent is gone, 'close' follows
    }
  }

  close(): void {
    this.#framesIn?.unref();
    this.#wake?.unref();
  }
}

function writeFrame(payload: Uint8Array, mark = 0): void {
  const header = frameHeader(payload.length, mark);
  const start = payload.subarray(0, MAX_WRITE);
  const written = retry(() => writevSync(FRAMES_OUT, [header, start]));
  writeAll(header, written);
  writeAll(payload, Math.max(0, written - header.length));
}

function writeAll(bytes: Uint8Array, from: number): void {
  for (let at = from; at < bytes.length; ) {
    const piece = bytes.subarray(at, at + MAX_WRITE);
    at += retry(() => writeSync(FRAMES_OUT, piece));
  }
}

function retry(write: () => number): number {
  for (;;) {
    try {
      return write();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

/** A task closed or read what was not its own: nothing can be told to the parent any more but this. */
function fail(error: unknown): never {
  console.error("The worker lost the connection to its pool:", error);
  process.exit(1);
}
