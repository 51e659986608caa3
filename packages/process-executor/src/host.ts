/**
 * For packages that run something else than a pool's worker in a process: started, connected and ended as workers are.
 *
 *   parent: startProcess({ entry, ... }) ──► WorkerConnection        child: the entry calls openPort() ──► Port
 */
import type { WorkerConnection } from "@concurrent-futures/worker-pool";
import { ProcessConnection } from "./process-connection.js";
import type { ProcessName } from "./process-identity.js";
import { type ProcessPoolOptions, resolveProcessOptions } from "./process-options.js";
import { spawnWorker } from "./spawn-worker.js";

export { openPort } from "./open-port.js";
export { APART_BYTES } from "./payloads.js";
export { type ProcessIdentity, type ProcessName, processIdentity } from "./process-identity.js";

/** Options of how a process is started: see ProcessPoolOptions. */
export type HostOptions = Pick<ProcessPoolOptions, "cwd" | "env" | "execArgv" | "argv">;

export interface ProcessStart {
  /** The module that runs in it: one that calls `openPort()`. */
  readonly entry: string;
  readonly identity: ProcessName;
  readonly options: HostOptions;
}

const NOBODY = { wake(): void {}, message(): void {}, exit(): void {} };

/**
 * Starts a process. It writes to this process's stdout and stderr itself, and ends with this thread at the latest.
 *
 * @returns its connection, which keeps this program alive until it is unref'd; whoever has it must `listen`
 * @throws {TypeError | RangeError} naming the option that is wrong
 * @throws {Error} the system refuses
 */
export function startProcess({ entry, identity, options }: ProcessStart): WorkerConnection {
  const { spawn, outputs } = resolveProcessOptions(options);
  const settings = { ...spawn, entry, stderr: "inherit" as const };
  const connection = new ProcessConnection(spawnWorker(settings, 0, identity), outputs);
  if (connection.id !== 0) return connection;
  connection.listen(NOBODY); // which hears of it too, later
  throw new Error(
    `The system refused to start process \`${identity.name}\`: it has no processes, descriptors or memory left, or the working directory is gone`,
  );
}
