/**
 * What the workers of every peer run: one module, loaded by each in its own documented way. It does little at its top
 * level, as modules of tasks do: more of that, and Node 20 takes longer to find a function in it (docs/design.md).
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Does nothing: what is measured is everything around it. */
export function noop<T>(value: T): T {
  return value;
}

/** Does nothing for each of many: who maps by hand sends many items in one message. */
export function noopEach(values: readonly unknown[]): unknown[] {
  return values.map(noop);
}

/** Keeps its worker busy for some milliseconds, its event loop included; 0 returns at once. */
export function spin(milliseconds: number): number {
  const end = performance.now() + milliseconds;
  while (milliseconds > 0 && performance.now() < end);
  return milliseconds;
}

/** A fixed amount of computing: half as long on a worker that has its core to itself as on one that shares it. */
export function compute(iterations: number): number {
  let state = 1;
  for (let i = 0; i < iterations; i++) state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return state;
}

/** Waits as for an answer from the network: nothing to compute, and its worker free for others meanwhile. */
export async function wait(milliseconds: number): Promise<number> {
  await sleep(milliseconds);
  return milliseconds;
}

/** Reads a small file as a server would; gives its length. */
export async function readSize(file: string): Promise<number> {
  return (await readFile(file)).length;
}

/** The file whose presence keeps `holdOrNoop` waiting. */
export function holdFile(id: number): string {
  return join(tmpdir(), `concurrent-futures-benchmark-${id}`);
}

/**
 * A negative number holds its worker until that number's `holdFile` is gone; any other returns at once. It blocks: a
 * worker that is given several calls at once would go on with the others.
 */
export function holdOrNoop(value: number): number {
  while (value < 0 && existsSync(holdFile(-value))) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  return value;
}

/** Takes an array and gives a number: the array's way there can be measured without a way back. */
export function last(array: Float64Array): number {
  return array[array.length - 1] ?? Number.NaN;
}

/** Written as a method, whose argument TypeScript compares loosely: who calls a task by its name knows what it takes. */
type Task = { task(argument: unknown): unknown }["task"];
export type TaskName = "noop" | "noopEach" | "spin" | "compute" | "wait" | "readSize" | "holdOrNoop" | "last";

export const tasks: Readonly<Record<TaskName, Task>> = {
  noop,
  noopEach,
  spin,
  compute,
  wait,
  readSize,
  holdOrNoop,
  last,
};
