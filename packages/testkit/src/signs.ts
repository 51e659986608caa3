/**
 * Signs: files by which clauses and the tasks of their workers wait for each other, wherever the workers are on this
 * machine.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const POLL_MS = 2;
const pause = new Int32Array(new SharedArrayBuffer(4));
const sleep = () => new Promise((resolve) => setTimeout(resolve, POLL_MS));

export function raise(sign: string): void {
  writeFileSync(sign, "");
}

export function isRaised(sign: string): boolean {
  return existsSync(sign);
}

/** Waits without blocking. Also ends when the clause is over and its folder gone: nothing is left running. */
export async function waitFor(sign: string): Promise<void> {
  const folder = dirname(sign);
  while (!existsSync(sign) && existsSync(folder)) await sleep();
}

/**
 * Blocks this thread until the sign is there.
 *
 * @throws {Error} after `limitMs`: where the caller is blocked too, nobody can raise it
 */
export function blockFor(sign: string, limitMs: number): void {
  const end = performance.now() + limitMs;
  while (!existsSync(sign)) {
    if (performance.now() > end) throw new Error(`Nobody raised the sign within ${limitMs} ms: is the caller blocked?`);
    Atomics.wait(pause, 0, 0, POLL_MS);
  }
}

/** Adds a line to a file that others read. */
export function note(file: string, line: string | number): void {
  appendFileSync(file, `${line}\n`);
}

/** The lines of such a file; none when there is no file. */
export function notes(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
}
