/**
 * The options of a Process, and their validation.
 */
import { inspect } from "node:util";
import { type AnyTask, shapeOf, type Task } from "@concurrent-futures/core";
import type { HostOptions } from "@concurrent-futures/process-executor/host";
import { requireTask } from "@concurrent-futures/worker-pool";
import { requireBoolean, requireOptions, requireText } from "./validate.js";

/** Options of Process. */
export type ProcessOptions<A extends readonly unknown[]> = ProcessSettings<A> &
  ([] extends A ? { readonly args?: Readonly<A> } : { readonly args: Readonly<A> });

/** The options that do not depend on what `target` takes. */
export interface ProcessSettings<A extends readonly unknown[]> {
  /** What runs in the process: found there as a task of an executor is. Sync or async; its result is dropped. */
  readonly target: Task<A, unknown>;
  /** Default: `Process-1`, `Process-2`, ...; below another process its number follows, `Process-2:1`. */
  readonly name?: string;
  /** Whether the program may end although it still runs, which ends it too. Default false: the program waits for it. */
  readonly daemon?: boolean;
  /** Its working directory. Default: this process's. */
  readonly cwd?: string | URL;
  /** Its environment, whole: spread `process.env` into it to add to it. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Node options. Default: this process's, without what says which program to run. */
  readonly execArgv?: readonly string[];
  /** Appended to its `process.argv`. */
  readonly argv?: readonly string[];
}

/** The options, checked. */
export interface CheckedOptions {
  readonly target: AnyTask;
  readonly args: readonly unknown[];
  readonly name: string | undefined;
  readonly daemon: boolean;
  readonly host: HostOptions;
}

const NAMES = ["target", "args", "name", "daemon", "cwd", "env", "execArgv", "argv"] as const;

/**
 * Validates options and fills in the defaults. What partials bind leads the arguments.
 * @throws {TypeError | RangeError} naming the option, what was expected, and the value
 */
export function checkProcessOptions(options: unknown): CheckedOptions {
  const given = requireOptions(options, NAMES);
  let target = requireTask("target", given.target as Task<readonly unknown[], unknown> | undefined) as
    | AnyTask
    | undefined;
  if (target === undefined) throw new TypeError("Expected `target` to be a function, got undefined");
  let args = requireArguments("args", given.args);
  for (let shape = shapeOf(target); shape?.kind === "partial"; shape = shapeOf(target)) {
    args = [...shape.args, ...args];
    target = shape.task;
  }
  const { cwd, env, execArgv, argv } = given as HostOptions;
  return {
    target,
    args,
    name: requireText("name", given.name),
    daemon: requireBoolean("daemon", given.daemon) ?? false,
    host: {
      ...(cwd !== undefined && { cwd }),
      ...(env !== undefined && { env }),
      ...(execArgv !== undefined && { execArgv }),
      ...(argv !== undefined && { argv }),
    },
  };
}

/** Python's tuple of arguments: an array. A single value that is none is the commonest mistake. */
export function requireArguments(name: string, value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw new TypeError(`Expected \`${name}\` to be an array of arguments, got ${inspect(value)}`);
}
