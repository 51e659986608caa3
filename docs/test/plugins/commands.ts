/** Commands that start workers of a CommandExecutor. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const worker = fileURLToPath(new URL("../../dist/plugins/command-executor/worker.js", import.meta.url));

export const byNode: readonly string[] = [process.execPath, worker];

/** A shell that stays between the pool and the worker, as `ssh` does: its process is not the worker's. */
export const byShell: readonly string[] = ["sh", "-c", '"$@"; exit $?', "sh", ...byNode];

/** One whose stdout is a pipe, which takes large writes in parts. Between Node's programs it is a socket. */
export const throughPipe: readonly string[] = ["sh", "-c", '"$@" | cat', "sh", ...byNode];

/** Resolves when there is something in the file, which a task writes. */
export async function written(file: string): Promise<string> {
  for (;;) {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (text !== "") return text;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Resolves when the process is no more. One that nobody has waited for is none either. */
export async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch (error) {
    // Without /proc, a process that can be told something lives.
    return (error as NodeJS.ErrnoException).code === "ENOENT" && !existsSync("/proc");
  }
}
