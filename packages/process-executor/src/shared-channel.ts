/**
 * SharedChannel: what the parent opens for a worker that it can share memory with: the memory, two socket pairs, and two
 * files for large payloads.
 *
 *   open ──spawn──► handed over ──the worker has ended──► closed
 *     └──── spawn failed ────────────────────────────────► closed
 */
import type { Libc } from "@concurrent-futures/shared/memory";
import { Payloads } from "./payloads.js";
import { giveBackMemory, type SharedMemory, takeMemory } from "./shared-memory.js";
import { WakeSocket } from "./wake-socket.js";

/** The worker's ends, as descriptors of this process. */
export interface TheirEnds {
  readonly wake: number;
  readonly frames: number;
  readonly memory: number;
  readonly payloads: readonly [into: number, out: number];
}

export class SharedChannel {
  readonly memory: SharedMemory;
  readonly wake: WakeSocket;
  /** The worker's frames arrive here; whoever reads it closes it. */
  readonly frames: number;
  readonly payloads: Payloads;
  readonly theirs: TheirEnds;

  readonly #libc: Libc;

  private constructor(
    libc: Libc,
    memory: SharedMemory,
    wake: readonly [number, number],
    frames: readonly [number, number],
    payloads: Payloads,
  ) {
    this.#libc = libc;
    this.memory = memory;
    this.wake = new WakeSocket(wake[0]);
    this.frames = frames[0];
    this.payloads = payloads;
    this.theirs = {
      wake: wake[1],
      frames: frames[1],
      memory: memory.fd,
      payloads: [payloads.sender.fd, payloads.receiver.fd],
    };
  }

  /** undefined: the system has no more memory or descriptors to give; a worker can do without. */
  static open(libc: Libc): SharedChannel | undefined {
    const memory = takeMemory(libc);
    if (memory === undefined) return undefined;
    const pairs: (readonly [number, number])[] = [];
    try {
      const wake = libc.socketPair();
      pairs.push(wake);
      const frames = libc.socketPair();
      pairs.push(frames);
      return new SharedChannel(libc, memory, wake, frames, new Payloads(libc, memory.buffer));
    } catch {
      for (const fd of pairs.flat()) libc.close(fd);
      giveBackMemory(memory);
      return undefined;
    }
  }

  /** The worker has its own copies now, or never will. */
  handedOver(): void {
    this.#libc.close(this.theirs.wake);
    this.#libc.close(this.theirs.frames);
  }

  /** There is no worker: closes what a connection would have taken over. */
  abandon(): void {
    this.#libc.close(this.frames);
    this.close();
  }

  /** The worker is no more, and what it left in the memory has been read. */
  close(): void {
    this.wake.close();
    this.payloads.close();
    giveBackMemory(this.memory);
  }
}
