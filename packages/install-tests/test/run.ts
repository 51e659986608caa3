/** Running a program to its end. */
import { spawn } from "node:child_process";

export interface Run {
  readonly status: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a command. What this process was told of its own test runner is not passed on. */
export function run(command: string, args: readonly string[], { cwd, env }: RunOptions): Promise<Run> {
  const { JEST_WORKER_ID: _, NODE_OPTIONS: __, NODE_ENV: ___, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...inherited, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ status: code ?? signal, stdout, stderr }));
  });
}

/** Runs `node` with these arguments. */
export function node(args: readonly string[], options: RunOptions): Promise<Run> {
  return run(process.execPath, args, options);
}

/** What must have gone well for the tests to begin. */
export async function mustRun(command: string, args: readonly string[], options: RunOptions): Promise<Run> {
  const done = await run(command, args, options);
  if (done.status === 0) return done;
  throw new Error(`${command} ${args.join(" ")}: ${done.status}\n${done.stdout}\n${done.stderr}`);
}
