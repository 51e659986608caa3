/**
 * Release: lets the program end, but not before what a worker's tasks have printed has arrived.
 *
 *   held ──release()──► flushing ──FLUSHED and a turn, or a limit──► released
 *     ▲                    │                                             │
 *     └───────hold()───────┴─────────────────────────────────────────────┘
 *
 * Output travels beside the records, and what is still on its way when the program ends is lost.
 */
import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import type { WorkerConnection } from "./transport.js";

/** How long the program waits for the output of a worker that is busy, with a call that was given up: it may not answer. */
const BUSY_MS = 200;
/** The same for one that has nothing to do. It answers at once, unless the machine keeps it from that. */
const IDLE_MS = 5000;

export class Release {
  readonly #connection: WorkerConnection;
  readonly #askToFlush: () => void;
  readonly #isBusy: () => boolean;
  #round = 0; // goes up with each hold() and release(): what was begun before is void
  #unanswered = 0;
  #timer: ReturnType<typeof setTimeout> | undefined; // while flushing

  /**
   * @param askToFlush sends FLUSH; `flushed()` is called with the answer
   * @param isBusy whether the worker may have no time to answer
   */
  constructor(connection: WorkerConnection, askToFlush: () => void, isBusy: () => boolean) {
    this.#connection = connection;
    this.#askToFlush = askToFlush;
    this.#isBusy = isBusy;
  }

  hold(): void {
    this.#stop();
    this.#connection.ref();
  }

  release(): void {
    this.#stop();
    const round = this.#round;
    this.#timer = setTimeout(() => this.#letGo(round), this.#isBusy() ? BUSY_MS : IDLE_MS);
    this.#unanswered += 1;
    this.#askToFlush();
  }

  flushed(): void {
    this.#unanswered -= 1;
    if (this.#unanswered > 0 || this.#timer === undefined) return;
    const round = this.#round;
    // It is in this process's pipes by now, and the event loop's next turn reads them.
    setImmediate(() => setImmediate(() => this.#letGo(round)));
  }

  /** The worker is gone. */
  end(): void {
    this.#stop();
  }

  #letGo(round: number): void {
    if (round !== this.#round) return;
    this.#stop();
    this.#connection.unref();
  }

  #stop(): void {
    this.#round += 1;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
