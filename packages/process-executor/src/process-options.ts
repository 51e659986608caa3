/**
 * The options that only processes have, and their validation.
 */
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import {
  bundleOf,
  requireEnvironment,
  requireOutput,
  requireStrings,
  type WorkerOutput,
  type WorkerPoolOptions,
  workerExecArgv,
} from "@concurrent-futures/worker-pool";
import { isPath, type Path, toPath } from "./paths.js";
import { mayLoadAddons, type ProcessPermission, permissionFlags, withoutPermissionFlags } from "./permission.js";
import type { Outputs } from "./process-connection.js";
import type { SpawnSettings } from "./spawn-worker.js";

const ENTRY = fileURLToPath(bundleOf(import.meta.url, "worker") ?? new URL("./worker.js", import.meta.url));

/** Options of ProcessPoolExecutor. Times are milliseconds. */
export interface ProcessPoolOptions<I extends readonly unknown[] = readonly unknown[]> extends WorkerPoolOptions<I> {
  /** What the workers may do, enforced by Node's permission model. Default: all that their parent may. */
  readonly permission?: ProcessPermission;
  /** The workers' working directory. Default: the parent's. */
  readonly cwd?: string | URL;
  /** The workers' environment, whole: spread `process.env` into it to add to it. Default: the parent's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Node options of the workers. Default: the parent's, without what says which program to run. */
  readonly execArgv?: readonly string[];
  /** Appended to the workers' `process.argv`. */
  readonly argv?: readonly string[];
  /** The module that workers start with, where a bundler moved it: one that imports this package's `./worker`. */
  readonly workerEntry?: string | URL;
  /** Where the workers' stdout goes. Default: `"inherit"`, they write to the parent's themselves. */
  readonly stdout?: WorkerOutput;
  /** Where the workers' stderr goes; the end of it is kept for crash errors. Default: `"inherit"`, the parent's. */
  readonly stderr?: WorkerOutput;
}

/** What the options say about starting workers. */
export interface ProcessSettings {
  readonly spawn: SpawnSettings;
  readonly outputs: Outputs;
}

/**
 * @throws {TypeError | RangeError} naming the option, what was expected, and the value
 * @throws {Error} `permission` is given and this Node has no permission model
 */
export function resolveProcessOptions(options: Omit<ProcessPoolOptions, keyof WorkerPoolOptions>): ProcessSettings {
  const outputs = { stdout: requireOutput("stdout", options.stdout), stderr: requireOutput("stderr", options.stderr) };
  const env = requireEnvironment(options.env);
  const execArgv = flagsOf(requireStrings("execArgv", options.execArgv), options.permission);
  const { NODE_OPTIONS = "" } = env ?? process.env;
  const spawn: SpawnSettings = {
    entry: requirePath("workerEntry", options.workerEntry) ?? ENTRY,
    execArgv,
    argv: requireStrings("argv", options.argv) ?? [],
    cwd: requireDirectory("cwd", options.cwd),
    env,
    stdout: typeof outputs.stdout === "string" ? outputs.stdout : "pipe",
    addons: mayLoadAddons([...execArgv, ...NODE_OPTIONS.split(/\s+/)]),
  };
  return { spawn, outputs };
}

function flagsOf(execArgv: readonly string[] | undefined, permission: ProcessPermission | undefined): string[] {
  const flags = workerExecArgv(execArgv, "process") ?? [];
  return permission === undefined ? flags : [...withoutPermissionFlags(flags), ...permissionFlags(permission)];
}

function requirePath(name: string, value: Path | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (isPath(value)) return toPath(value);
  throw new TypeError(`Expected \`${name}\` to be a path or a file URL, got ${inspect(value)}`);
}

function requireDirectory(name: string, value: Path | undefined): string | undefined {
  const path = requirePath(name, value);
  if (path === undefined || statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new RangeError(`Expected \`${name}\` to be an existing directory, got ${inspect(path)}`);
}
