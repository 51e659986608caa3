/** Programs of their own, for what only a whole process can show. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface ProgramEnd {
  readonly code: number | string | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a module of ../fixtures/faults, compiled. One that does not end in time is killed, and has no code. */
export function runProgram(
  name: string,
  args: readonly string[] = [],
  { flags = [], timeoutMs = 60_000 }: { flags?: readonly string[]; timeoutMs?: number } = {},
): Promise<ProgramEnd> {
  const file = fileURLToPath(new URL(`../fixtures/faults/${name}.js`, import.meta.url));
  return new Promise((resolve) => {
    const options = { timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 2 ** 26 } as const;
    execFile(process.execPath, [...flags, file, ...args], options, (error, stdout, stderr) => {
      const failure = error as { code?: number | string; signal?: string } | null;
      resolve({ code: error === null ? 0 : (failure?.code ?? null), signal: failure?.signal ?? null, stdout, stderr });
    });
  });
}
