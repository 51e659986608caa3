/** Programs that tests start, and ends of them. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const POLL_MS = 5;
const LIMIT_MS = 180_000; // only for failing, before the test's own limit, which would not say where it stopped

/** Resolves when the condition holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const late = new Error(`It did not come to hold in ${LIMIT_MS} ms: ${condition}`);
  const end = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw late;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export class Program {
  readonly #process: ChildProcess;
  #output = "";
  readonly ended: Promise<{ code: number | null; signal: string | null }>;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd?: string) {
    this.#process = spawn(process.execPath, [...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_OPTIONS: "", ...env },
      ...(cwd === undefined ? {} : { cwd }),
    });
    const listen = (chunk: Buffer) => {
      this.#output += chunk;
    };
    this.#process.stdout?.on("data", listen);
    this.#process.stderr?.on("data", listen);
    this.ended = new Promise((resolve) => this.#process.once("close", (code, signal) => resolve({ code, signal })));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get output(): string {
    return this.#output;
  }

  async says(text: string): Promise<void> {
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    await until(() => this.#output.includes(text) || over);
    if (!this.#output.includes(text)) throw new Error(`It ended without saying ${text}: ${this.#output}`);
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }
}

/** A worker program of fixtures/worker-process.ts that takes jobs. */
export async function startWorker(options: object): Promise<Program> {
  const file = fileURLToPath(new URL("./fixtures/worker-process.js", import.meta.url));
  const program = new Program([file], { WORKER_OPTIONS: JSON.stringify(options) });
  await program.says("ready");
  return program;
}

/** A folder of a test's own. */
export class Scratch {
  readonly folder: string = mkdtempSync(join(tmpdir(), "bullmq-executor-"));

  file(name: string): string {
    return join(this.folder, name);
  }

  lines(name: string): string[] {
    const file = this.file(name);
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}
