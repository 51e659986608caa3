/**
 * What workers write to stdout and stderr: passed on, and the end of it kept for the error of a worker that dies.
 */
import type { Readable, Writable } from "node:stream";

/** Where a worker's output goes: to the parent's own, nowhere, or to a stream. */
export type WorkerOutput = "inherit" | "ignore" | Writable;

const TAIL_BYTES = 8 * 1024;
const TAIL_LINES = 20;

/** The last lines of a stream. */
export class OutputTail {
  #chunks: Buffer[] = [];
  #length = 0;

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < 4 * TAIL_BYTES) return;
    const tail = Buffer.concat(this.#chunks).subarray(-TAIL_BYTES);
    this.#chunks = [tail];
    this.#length = tail.length;
  }

  get text(): string {
    const text = Buffer.concat(this.#chunks).subarray(-TAIL_BYTES).toString();
    return text.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
  }
}

/** Passes a worker's output on. A target that fails or is closed loses it; the program goes on. */
export function forwardOutput(output: Readable, target: WorkerOutput, own: Writable, tail?: OutputTail): void {
  const to = target === "inherit" ? own : target;
  output.on("data", (chunk: Buffer) => {
    tail?.add(chunk);
    if (to !== "ignore" && to.writable) to.write(chunk);
  });
  output.on("error", () => {}); // the worker is gone; its exit says so
}

/** Checks the options `stdout` and `stderr`. */
export function requireOutput(name: string, value: unknown): WorkerOutput {
  if (value === undefined) return "inherit";
  if (value === "inherit" || value === "ignore") return value;
  if (typeof value === "object" && value !== null && typeof (value as Writable).write === "function")
    return value as Writable;
  throw new TypeError(`Expected \`${name}\` to be "inherit", "ignore" or a writable stream, got ${String(value)}`);
}
