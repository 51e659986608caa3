/**
 * Node's own flags for workers: what a worker takes over from this process, and what makes no sense there.
 *
 * Loaders, conditions and V8 flags stay, so that workers run the modules that their parent runs (`--import tsx`). What
 * says which program to run is dropped. A debugger's port is taken already, so a worker looks for a free one.
 */

/** Where the flags go: each kind of worker is started in its own way. */
export type WorkerKind = "thread" | "process";

/** They say what to run, and how often: the parent's business. `--test` and `--watch` stand for their families too. */
const PROGRAM_FLAGS = new Set([
  "-e",
  "--eval",
  "-p",
  "--print",
  "-pe",
  "-i",
  "--interactive",
  "-c",
  "--check",
  "--input-type",
  "--run",
  "--test",
  "--watch",
  "--build-snapshot",
  "--build-snapshot-config",
  "--snapshot-blob",
  "--experimental-sea-config",
]);
const PROGRAM_FAMILY = /^--(experimental-)?(test|watch)-/;
const INSPECT = /^--(inspect(?:-brk|-wait)?|(?:inspect|debug)-port)(?:=(.*))?$/;
const INSPECT_IN_OPTIONS = /(?<=^|\s)--(?:inspect(?:-brk|-wait)?(?:=\S+)?|(?:inspect|debug)-port(?:=|\s+)\S+)(?=\s|$)/g;

/**
 * The flags to start a worker with.
 *
 * @param execArgv the pool's option; undefined takes over this process's flags
 * @returns undefined leaves it to Node: threads inherit by themselves, and refuse flags of the whole process when told
 */
export function workerExecArgv(execArgv: readonly string[] | undefined, kind: WorkerKind): string[] | undefined {
  if (kind === "thread") return execArgv === undefined ? inheritedByThreads() : [...execArgv];
  if (execArgv !== undefined) return withFreePorts(execArgv, true);
  return withFreePorts(withoutProgram(process.execArgv), false);
}

/** A thread refuses what says how to read the parent's program; only then is it told what it takes over. */
function inheritedByThreads(): string[] | undefined {
  const flags = process.execArgv;
  return flags.some((flag) => flag.startsWith("--input-type")) ? withoutProgram(flags) : undefined;
}

/** `NODE_OPTIONS` for a worker process: a debugger's port is taken already, so it looks for a free one. */
export function workerNodeOptions(nodeOptions: string): string {
  return nodeOptions.replace(INSPECT_IN_OPTIONS, (flag) => freePort(flag.replace(/\s+/, "="), false));
}

/** In `execArgv`, whatever does not start with a dash is the value of the flag before it. */
function withoutProgram(flags: readonly string[]): string[] {
  let dropping = false;
  return flags.filter((flag) => {
    if (flag.startsWith("-")) dropping = isProgramFlag(flag);
    return !dropping;
  });
}

function isProgramFlag(flag: string): boolean {
  const name = flag.split("=", 1)[0] ?? flag;
  return PROGRAM_FLAGS.has(name) || PROGRAM_FAMILY.test(name);
}

function withFreePorts(flags: readonly string[], mayWait: boolean): string[] {
  const result: string[] = [];
  for (let index = 0; index < flags.length; index++) {
    const flag = flags[index] ?? "";
    result.push(freePort(flag, mayWait));
    if (flag === "--inspect-port" || flag === "--debug-port") index += 1; // its value
  }
  return result;
}

/**
 * The flag with port 0, which means any free one.
 * @param mayWait false for a flag that was meant for the parent: a worker that waited for a debugger would never start
 */
function freePort(flag: string, mayWait: boolean): string {
  const [, name, address] = INSPECT.exec(flag) ?? [];
  if (name === undefined) return flag;
  const host = /^(.*):\d*$/.exec(address ?? "")?.[1];
  const kind = name.endsWith("port") || mayWait ? name : "inspect";
  return `--${kind}=${host === undefined || host === "" ? "" : `${host}:`}0`;
}
