/** Whole programs as child processes, as a user would start them. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach } from "@jest/globals";
import { until } from "./until.js";

/** How a program ended. */
export interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it and its children wrote. */
  readonly stdout: string;
  readonly stderr: string;
}

const started: Program[] = [];
afterEach(() => {
  for (const program of started.splice(0)) program.killAll();
});

export interface StartOptions {
  /** Flags of Node's, before the program's file. */
  readonly flags?: readonly string[];
  /** Beside this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whether it leads a process group of its own. */
  readonly detached?: boolean;
}

/** Starts fixtures/programs/`name`. What a failed test leaves of it is ended. */
export function start(name: string, args: readonly string[] = [], options: StartOptions = {}): Program {
  const program = new Program(name, args, options);
  started.push(program);
  return program;
}

export class Program {
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #mark = randomUUID();
  #stdout = "";
  #stderr = "";

  constructor(name: string, args: readonly string[], { flags = [], env = {}, detached = false }: StartOptions) {
    const path = fileURLToPath(new URL(`../fixtures/programs/${name}.js`, import.meta.url));
    const child = spawn(process.execPath, [...flags, path, ...args], {
      env: { ...process.env, ...env, CONCURRENT_FUTURES_TEST: this.#mark },
      stdio: ["ignore", "pipe", "pipe"],
      detached,
    });
    child.stdout.on("data", (chunk) => {
      this.#stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      this.#stderr += chunk;
    });
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once("close", (exitCode, signal) => {
        resolve({ exitCode, signal, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when it, or a child of it, has printed this. */
  async printed(text: string): Promise<void> {
    const isThere = () => this.#stdout.includes(text);
    await until(isThere, `the program prints "${text}"; so far: ${this.#stdout}${this.#stderr}`);
  }

  /** Its processes that are alive, itself included. */
  processes(): number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && this.#isMine(name))
      .map(Number);
  }

  #isMine(pid: string): boolean {
    try {
      return readFileSync(`/proc/${pid}/environ`, "latin1").includes(this.#mark);
    } catch {
      return false; // gone
    }
  }

  /** Resolves when none of its processes is left. */
  async gone(): Promise<void> {
    await until(() => this.processes().length === 0, "all processes of the program are gone");
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  killAll(): void {
    for (const pid of this.processes()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // gone meanwhile
      }
    }
  }
}
