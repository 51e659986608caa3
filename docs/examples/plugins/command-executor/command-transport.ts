/** CommandTransport: starts the command once for each worker. */
import { spawn } from "node:child_process";
import type { WorkerConnection, WorkerOutput, WorkerTransport } from "@concurrent-futures/worker-pool";
import { CommandConnection } from "./command-connection.js";

export interface CommandSettings {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly env: NodeJS.ProcessEnv | undefined;
  readonly stdout: WorkerOutput;
  readonly stderr: WorkerOutput;
}

export class CommandTransport implements WorkerTransport {
  readonly kind = "command";
  readonly carriesHostObjects = false; // bytes only: no ports, no shared memory
  readonly #settings: CommandSettings;

  constructor(settings: CommandSettings) {
    this.#settings = settings;
  }

  start(): WorkerConnection {
    const { program, args, cwd, env, ...outputs } = this.#settings;
    return new CommandConnection(spawn(program, args, { cwd, env, windowsHide: true }), outputs);
  }
}
