/** CommandExecutor: a pool of workers that a command of the user's starts, on this machine or another. */
import { BrokenProcessPoolError } from "@concurrent-futures/core";
import {
  requireEnvironment,
  requireOutput,
  requireStrings,
  type WorkerOutput,
  WorkerPoolExecutor,
  type WorkerPoolOptions,
} from "@concurrent-futures/worker-pool";
import { CommandTransport } from "./command-transport.js";

export interface CommandExecutorOptions<I extends readonly unknown[]> extends WorkerPoolOptions<I> {
  /** What starts a worker: a program that runs `worker.js` with its own stdin and stdout, and its arguments. */
  readonly command: readonly string[];
  /** The directory and the environment of the command, here. Default: this process's. */
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Where what tasks print goes. Default `"inherit"`. */
  readonly stdout?: WorkerOutput;
  readonly stderr?: WorkerOutput;
}

export class CommandExecutor<I extends readonly unknown[] = readonly unknown[]> extends WorkerPoolExecutor<I> {
  /** @throws {TypeError | RangeError} naming the option that is wrong */
  constructor(options: CommandExecutorOptions<I>) {
    const [program, ...args] = requireStrings("command", options.command) ?? [];
    if (program === undefined) throw new TypeError("Expected `command` to name a program, got no command");
    const transport = new CommandTransport({
      program,
      args,
      cwd: options.cwd,
      env: requireEnvironment(options.env),
      stdout: requireOutput("stdout", options.stdout),
      stderr: requireOutput("stderr", options.stderr),
    });
    super(transport, options, BrokenProcessPoolError);
  }
}
