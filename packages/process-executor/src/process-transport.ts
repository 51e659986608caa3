/**
 * ProcessTransport: workers in processes of their own, started with child_process.
 */
import type { WorkerConnection, WorkerStart, WorkerTransport } from "@concurrent-futures/worker-pool";
import { FailedConnection } from "./failed-connection.js";
import { APART_BYTES } from "./payloads.js";
import { type Outputs, ProcessConnection } from "./process-connection.js";
import { type SpawnSettings, spawnWorker } from "./spawn-worker.js";

export class ProcessTransport implements WorkerTransport {
  readonly kind = "process";
  readonly carriesHostObjects = false;
  readonly apartBytes: number = APART_BYTES;
  readonly trusted: boolean;
  readonly #settings: SpawnSettings;
  readonly #outputs: Outputs;

  /** @param trusted whether the workers may do all that this process may */
  constructor(settings: SpawnSettings, outputs: Outputs, trusted = true) {
    this.trusted = trusted;
    this.#settings = settings;
    this.#outputs = outputs;
  }

  start({ workerId }: WorkerStart): WorkerConnection {
    try {
      return new ProcessConnection(spawnWorker(this.#settings, workerId), this.#outputs);
    } catch (error) {
      return new FailedConnection(error);
    }
  }
}
