/** The test's end of the handshakes in ../fixtures/signs.ts. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll } from "@jest/globals";
import { raise } from "../fixtures/signs.js";

/** How long a condition may take before the test fails; far longer than it ever takes. */
const PATIENCE_MS = 45_000;

/** Resolves when the condition holds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Waited ${PATIENCE_MS} ms for this, in vain: ${what}`);
    await sleep(2);
  }
}

/** A folder of signs and notes, removed after the tests of this file. */
export class Signs {
  readonly #folder = mkdtempSync(join(tmpdir(), "concurrent-futures-test-"));
  #count = 0;

  constructor() {
    afterAll(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  /** A sign that no other test uses. */
  fresh(name: string): string {
    this.#count += 1;
    return join(this.#folder, `${this.#count}-${name}`);
  }

  raise(sign: string): void {
    raise(sign);
  }

  seen(sign: string): boolean {
    return existsSync(sign);
  }

  async until(sign: string): Promise<void> {
    await until(() => existsSync(sign), `the sign ${sign}`);
  }

  /** The lines that tasks have noted in a file. */
  notes(file: string): string[] {
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
  }
}
