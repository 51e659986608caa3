/** Runs of programs that are given a kind of pool, for both kinds. */
import { afterEach, describe } from "@jest/globals";
import { Program, type ProgramOptions } from "./run-program.js";

export type Kind = "thread" | "process";

export interface ProgramKind {
  readonly kind: Kind;
  /** Starts a program; its first argument is the kind of pool. */
  start(file: string | undefined, options?: ProgramOptions): Program;
}

/** Registers the suite for each kind of pool. Programs that a failed test leaves behind are ended. */
export function everyProgram(title: string, suite: (kind: ProgramKind) => void): void {
  for (const kind of ["thread", "process"] as const) {
    describe(`${title}, with a ${kind} pool`, () => {
      const started: Program[] = [];
      afterEach(() => {
        for (const program of started.splice(0)) program.killAll();
      });
      suite({
        kind,
        start(file, options = {}) {
          const program = new Program(file, { ...options, args: [kind, ...(options.args ?? [])] });
          started.push(program);
          return program;
        },
      });
    });
  }
}
