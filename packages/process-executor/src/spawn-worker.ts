/**
 * Starts one worker process: its command line, environment and descriptors (worker-config.ts).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { loadLibc } from "@concurrent-futures/shared/memory";
import { missingEntry, workerNodeOptions } from "@concurrent-futures/worker-pool";
import { childIdentity, type ProcessName, poolWorkerName } from "./process-identity.js";
import { SharedChannel, type TheirEnds } from "./shared-channel.js";
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
  /** Default: `"pipe"`, so that the end of it can be kept. */
  readonly stderr?: "inherit" | "pipe";
  /** Whether the workers may load koffi, and so share memory where the system allows it. */
  readonly addons: boolean;
}

export interface SpawnedWorker {
  readonly child: ChildProcess;
  /** undefined where no memory is shared; then all of the worker's descriptors are Node's pipes. */
  readonly channel: SharedChannel | undefined;
}

/** @throws {Error} the entry is missing; or what spawn throws at once: an option that it refuses */
export function spawnWorker(
  settings: SpawnSettings,
  workerId: number,
  name: ProcessName = poolWorkerName(workerId),
): SpawnedWorker {
  const missing = missingEntry(settings.entry);
  if (missing !== undefined) throw missing;
  const libc = settings.addons ? loadLibc() : undefined;
  const channel = libc && SharedChannel.open(libc);
  const config: WorkerConfig = {
    identity: childIdentity(name),
    parent: process.pid,
    memoryBytes: channel?.memory.buffer.byteLength ?? 0,
    addon: libc?.addon ?? "",
  };
  try {
    return { child: run(settings, config, channel?.theirs), channel };
  } catch (error) {
    channel?.abandon();
    throw error;
  } finally {
    channel?.handedOver();
  }
}

function run(settings: SpawnSettings, config: WorkerConfig, theirs: TheirEnds | undefined): ChildProcess {
  const { entry, execArgv, argv, cwd, env, stdout, stderr = "pipe" } = settings;
  const { wake = "pipe", frames = "pipe", memory = "ignore", payloads = [] } = theirs ?? {};
  return spawn(process.execPath, [...execArgv, entry, ...argv], {
    cwd,
    env: environment(env ?? process.env, config),
    stdio: ["ignore", stdout, stderr, "pipe", wake, frames, memory, ...payloads],
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
