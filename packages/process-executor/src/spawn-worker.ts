/**
 * Starts one worker process: its command line, environment and descriptors (worker-config.ts).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { workerNodeOptions } from "@concurrent-futures/worker-pool";
import { type Libc, loadLibc } from "./libc.js";
import { giveBackMemory, type SharedMemory, takeMemory } from "./shared-memory.js";
import { WakeSocket } from "./wake-socket.js";
import { CONFIG_VARIABLE, type WorkerConfig } from "./worker-config.js";

/** What all workers of a pool are started with. */
export interface SpawnSettings {
  /** The module that runs in the worker. */
  readonly entry: string;
  readonly execArgv: readonly string[];
  readonly argv: readonly string[];
  readonly cwd: string | undefined;
  /** undefined: this process's environment as it is at each start. */
  readonly env: NodeJS.ProcessEnv | undefined;
  readonly stdout: "inherit" | "ignore" | "pipe";
  /** Whether the workers may load koffi, and so share memory where the system allows it. */
  readonly addons: boolean;
}

/** What the parent and a worker share besides the pipes. */
export interface Shared {
  readonly memory: SharedMemory;
  readonly wake: WakeSocket;
}

export interface SpawnedWorker {
  readonly child: ChildProcess;
  readonly shared: Shared | undefined;
}

/** @throws {Error} what spawn throws at once: a bad option, no more descriptors */
export function spawnWorker(settings: SpawnSettings, workerId: number): SpawnedWorker {
  const libc = settings.addons ? loadLibc() : undefined;
  const memory = libc && takeMemory(libc);
  if (libc === undefined || memory === undefined) {
    return { child: run(settings, { workerId, parent: process.pid, memoryBytes: 0, addon: "" }), shared: undefined };
  }
  return runShared(settings, workerId, libc, memory);
}

function runShared(settings: SpawnSettings, workerId: number, libc: Libc, memory: SharedMemory): SpawnedWorker {
  const [mine, theirs] = libc.socketPair();
  const wake = new WakeSocket(mine);
  try {
    const config = { workerId, parent: process.pid, memoryBytes: memory.buffer.byteLength, addon: libc.addon };
    return { child: run(settings, config, theirs, memory.fd), shared: { memory, wake } };
  } catch (error) {
    wake.close();
    giveBackMemory(memory);
    throw error;
  } finally {
    closeSync(theirs); // the child has its own copy
  }
}

function run(
  { entry, execArgv, argv, cwd, env, stdout }: SpawnSettings,
  config: WorkerConfig,
  wake?: number,
  memory?: number,
): ChildProcess {
  return spawn(process.execPath, [...execArgv, entry, ...argv], {
    cwd,
    env: environment(env ?? process.env, config),
    stdio: ["ignore", stdout, "pipe", "pipe", wake ?? "pipe", "pipe", memory ?? "ignore"],
    windowsHide: true,
  });
}

function environment(env: NodeJS.ProcessEnv, config: WorkerConfig): NodeJS.ProcessEnv {
  const { WATCH_REPORT_DEPENDENCIES: _, NODE_OPTIONS: options, ...rest } = env; // the former wants the IPC channel
  return {
    ...rest,
    ...(options !== undefined && { NODE_OPTIONS: workerNodeOptions(options) }),
    [CONFIG_VARIABLE]: JSON.stringify(config),
  };
}
