/** Whole programs as child processes, as a user would start them. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { until } from "../pools/signs.js";

/** How a program ended. */
export interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From its start, in ms. */
  readonly elapsedMs: number;
}

export interface ProgramOptions {
  readonly args?: readonly string[];
  /** Flags of Node's, before the program's file. */
  readonly flags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Whether it leads a process group of its own. */
  readonly detached?: boolean;
}

const compiled = new URL("../fixtures/programs/", import.meta.url);
const sources = new URL("../../test/fixtures/programs/", import.meta.url);

/** A program's path: `name.js` is `name.ts` as the compiler left it, everything else runs as it is written. */
export function programPath(file: string): string {
  return fileURLToPath(new URL(file, file.endsWith(".js") ? compiled : sources));
}

export class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<Ending>;
  readonly #mark = randomUUID();
  #stdout = "";
  #stderr = "";

  /** @param file in ../fixtures/programs; none if the flags say what to run */
  constructor(file: string | undefined, { args = [], flags = [], env = {}, detached = false }: ProgramOptions = {}) {
    const startedAt = performance.now();
    const path = file === undefined ? [] : [programPath(file)];
    this.child = spawn(process.execPath, [...flags, ...path, ...args], {
      env: { ...process.env, ...env, CONCURRENT_FUTURES_TEST: this.#mark },
      stdio: ["ignore", "pipe", "pipe"],
      detached,
    });
    this.child.stdout?.on("data", (chunk) => {
      this.#stdout += chunk;
    });
    this.child.stderr?.on("data", (chunk) => {
      this.#stderr += chunk;
    });
    this.ended = new Promise((resolve) => {
      this.child.once("close", (exitCode, signal) => {
        const elapsedMs = performance.now() - startedAt;
        resolve({ exitCode, signal, stdout: this.#stdout, stderr: this.#stderr, elapsedMs });
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves when it has printed this. */
  async printed(text: string): Promise<void> {
    await until(
      () => this.#stdout.includes(text),
      `the program prints "${text}"; so far: ${this.#stdout}${this.#stderr}`,
    );
  }

  /** Its processes that are alive, itself included. Found by their environment, so only where there is /proc. */
  processes(): number[] {
    if (process.platform !== "linux") return [];
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

  /** For the end of a test that failed. */
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
