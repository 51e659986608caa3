/** Running a program and reading the lines of JSON that it prints. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { fixtureUrl } from "./fixture.js";

/** What `everywhere()` says of one function. */
export interface Line {
  readonly name: string;
  readonly sent?: string;
  readonly got?: unknown[];
  readonly refused?: string;
}

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly lines: Line[];
}

export function fixturePath(name: string): string {
  return fileURLToPath(fixtureUrl(name));
}

/** Runs `node` with these arguments. */
export async function run(args: string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Run> {
  // What Jest adds to the options of Node is not for the program.
  const env = { ...process.env, ...options.env, NODE_OPTIONS: "" };
  const child = spawn(process.execPath, args, { env });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.end(options.input ?? "");
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return { code, stdout, stderr, lines: lines.map((line) => JSON.parse(line) as Line) };
}
