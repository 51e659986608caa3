/**
 * Payloads: what the parent has of a worker's two payload files, one each way, and when their memory goes back.
 *
 *   open ──spawn──► used ──IDLE_MS without use──► cut to KEPT_BYTES each ──► used ...  ──the worker has ended──► closed
 *
 * The parent cuts both, since a worker may be busy with one task for long, or dead. While in use they keep what they
 * had, because memory that is used again costs a third of fresh memory.
 */
import { clearTimeout, setTimeout } from "node:timers";
import type { Libc } from "@concurrent-futures/shared/memory";
import { MEMORY_BYTES } from "@concurrent-futures/worker-pool";
import { createPayloadFile, PayloadReceiver, PayloadSender } from "./payload-file.js";

/** Memory from this size on travels apart from its message (Port.apartBytes), uncopied until it is in the file. */
export const APART_BYTES: number = 48 * 1024;
/** Messages from this size on go through a file: measured, a pipe takes longer from about here on. */
export const FILE_BYTES: number = 48 * 1024;
/** How much memory the words of both files take, behind the engine's. */
export const WORDS_BYTES = 4096;

const IDLE_MS = 1000;
const LINE_BYTES = 64;

/** The words of the file from the parent to the worker. */
export function wordsToWorker(memory: ArrayBuffer): Int32Array {
  return new Int32Array(memory, MEMORY_BYTES, LINE_BYTES / 4);
}

/** The words of the file from the worker to the parent. */
export function wordsFromWorker(memory: ArrayBuffer): Int32Array {
  return new Int32Array(memory, MEMORY_BYTES + LINE_BYTES, LINE_BYTES / 4);
}

export class Payloads {
  readonly sender: PayloadSender;
  readonly receiver: PayloadReceiver;
  readonly #libc: Libc;
  #usedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @throws {Error} the system has no more memory or descriptors */
  constructor(libc: Libc, memory: ArrayBuffer) {
    this.#libc = libc;
    const toWorker = createPayloadFile(libc);
    try {
      this.receiver = new PayloadReceiver(libc, createPayloadFile(libc), wordsFromWorker(memory));
    } catch (error) {
      libc.close(toWorker);
      throw error;
    }
    this.sender = new PayloadSender(libc, toWorker, wordsToWorker(memory));
  }

  /** Writes a message, as PayloadSender does. */
  write(parts: readonly Uint8Array[]): Buffer | undefined {
    this.#used();
    return this.sender.write(parts);
  }

  /** Reads a message, as PayloadReceiver does. */
  read(place: Uint8Array): Buffer[] {
    this.#used();
    return this.receiver.read(place);
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const file of [this.sender, this.receiver]) {
      file.close();
      this.#libc.close(file.fd);
    }
  }

  #used(): void {
    this.#usedAt = performance.now();
    this.#timer ??= this.#lookLater();
  }

  #lookLater(): NodeJS.Timeout {
    return setTimeout(() => {
      const idle = performance.now() - this.#usedAt >= IDLE_MS;
      this.#timer = idle && this.#cut() ? undefined : this.#lookLater();
    }, IDLE_MS).unref();
  }

  #cut(): boolean {
    return [this.sender.cut(), this.receiver.cut()].every(Boolean);
  }
}
