/**
 * FailedConnection: the connection to a worker that could not even be tried to start. All that it does is say so.
 */
import { setImmediate } from "node:timers";
import type { ConnectionHandlers, WorkerConnection } from "@concurrent-futures/worker-pool";

export class FailedConnection implements WorkerConnection {
  readonly id = 0;
  readonly memory = undefined;
  readonly carriesHostObjects = false;
  readonly #error: unknown;

  constructor(error: unknown) {
    this.#error = error;
  }

  listen(handlers: ConnectionHandlers): void {
    const exit = { exitCode: undefined, signal: undefined, stderr: "", error: this.#error };
    setImmediate(() => handlers.exit(exit));
  }

  wake(): void {}
  post(): void {}
  ref(): void {}
  unref(): void {}
  terminate(): void {}
  kill(): void {}
}
