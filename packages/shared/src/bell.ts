/**
 * Bell: how another process, or thread, gets this thread's event loop to look at shared memory again: a pipe whose
 * number is known there, and that anybody may write a byte to (`Libc.ring`).
 *
 * Nothing is opened before something waits here for the first time. Being rung is a hint and may come without need.
 */
import { openSync } from "node:fs";
import { Socket } from "node:net";
import type { Libc } from "./memory/libc.js";

export class Bell {
  /** Others open `/proc/<pid>/fd/<this>`. */
  readonly fd: number;
  readonly #listeners = new Set<() => void>();

  constructor(libc: Libc) {
    const [read, write] = libc.pipe();
    this.fd = closedAtEnd(libc, write);
    const socket = new Socket({
      fd: read,
      readable: true,
      writable: false,
      onread: {
        buffer: Buffer.alloc(256),
        callback: () => {
          for (const listener of [...this.#listeners]) listener();
          return true;
        },
      },
    } as ConstructorParameters<typeof Socket>[0]);
    socket.on("error", () => {}); // patrols (patrol.ts) go on without it
    socket.unref();
  }

  add(listener: () => void): void {
    this.#listeners.add(listener);
  }

  remove(listener: () => void): void {
    this.#listeners.delete(listener);
  }
}

/** The same, opened by Node, which closes it when the thread ends, however that is. */
function closedAtEnd(libc: Libc, fd: number): number {
  try {
    const own = openSync(`/proc/self/fd/${fd}`, "w");
    libc.close(fd);
    return own;
  } catch {
    return fd; // the permission model refuses it
  }
}
