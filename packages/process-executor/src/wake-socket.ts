/**
 * WakeSocket: one end of a socket pair that carries nothing but "look at the memory".
 *
 * Bytes are written to the descriptor directly and read into one buffer for good: a round trip costs what the system
 * takes for it, less than a message over fork's IPC channel.
 */
import { writeSync } from "node:fs";
import { type ConnectOpts, Socket, type SocketConstructorOpts } from "node:net";

const ONE = new Uint8Array(1);

export class WakeSocket {
  readonly #fd: number;
  readonly #socket: Socket;
  #onWake: () => void = () => {}; // set by listen()

  /** @param fd a connected socket; the WakeSocket closes it */
  constructor(fd: number) {
    this.#fd = fd;
    const callback = (): boolean => {
      this.#onWake();
      return true; // go on reading
    };
    const options: SocketConstructorOpts & ConnectOpts = { fd, onread: { buffer: new Uint8Array(1024), callback } };
    this.#socket = new Socket(options);
    this.#socket.on("error", () => {}); // the other side is gone; its end is told elsewhere
  }

  listen(onWake: () => void): void {
    this.#onWake = onWake;
    this.#socket.resume();
  }

  wake(): void {
    if (this.#socket.destroyed) return; // the descriptor's number may be another file's by now
    try {
      writeSync(this.#fd, ONE);
    } catch {
      // EAGAIN: it is full of wake-ups that were not read yet. EPIPE: the other side is gone.
    }
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }

  close(): void {
    this.#socket.destroy();
  }
}
