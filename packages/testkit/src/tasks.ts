/**
 * The tasks that clauses submit. Executors find them here by reference; one that needs a worker file of its own exposes
 * this module's functions by their names.
 */
import { readFileSync } from "node:fs";
import { threadId } from "node:worker_threads";
import { deserialize, serialize, taskContext } from "@concurrent-futures/core";
import { blockFor, note, raise, waitFor } from "./signs.js";

export function add(a: number, b: number): number {
  return a + b;
}

export async function addLater(a: number, b: number): Promise<number> {
  await null;
  return a + b;
}

export function double(n: number): number {
  return 2 * n;
}

export function echo<T>(value: T): T {
  return value;
}

/** All arguments that arrived. */
export function echoAll(...args: unknown[]): unknown[] {
  return args;
}

/** Differs from worker to worker, of threads and of processes. */
export function place(): string {
  return `${process.pid}/${threadId}`;
}

export function processId(): number {
  return process.pid;
}

/** Lasts until the clause lets it go. Returns where it ran. */
export async function hold(started: string, go: string): Promise<string> {
  raise(started);
  await waitFor(go);
  return place();
}

/** The same, blocking its worker. */
export function block(started: string, go: string, limitMs: number): string {
  raise(started);
  blockFor(go, limitMs);
  return place();
}

/** A busy loop that knows nothing of aborts. */
export function spin(started: string, ms: number): void {
  raise(started);
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Leaves a note, and returns it. */
export function noteDown<T extends string | number>(file: string, line: T): T {
  note(file, line);
  return line;
}

/** Comes back after as long as the item says. */
export async function after(ms: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return ms;
}

/** Notes that it is in, waits, notes that it is out. */
export async function passThrough(file: string, go: string): Promise<void> {
  note(file, "in");
  await waitFor(go);
  note(file, "out");
}

/** Ends soon after its signal aborts, and notes the reason. */
export async function untilAborted(started: string, file: string): Promise<void> {
  const { signal } = taskContext();
  raise(started);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  const { reason } = signal;
  note(file, String((reason as Partial<Error> | undefined)?.message ?? reason));
}

/** What a task sees of its context, after an `await`. */
export async function seeContext(): Promise<{ name: string; workerId: number; aborted: boolean }> {
  await null;
  const { name, workerId, signal } = taskContext();
  return { name, workerId, aborted: signal.aborted };
}

/** Reports each step, then returns. */
export function reportSteps(steps: number): string {
  for (let step = 1; step <= steps; step++) taskContext().progress({ step, of: steps });
  return "returned";
}

/** Reports, then fails. */
export function reportAndThrow(): never {
  taskContext().progress("so far");
  throw new Error("no further");
}

export function throwIt(value: unknown): never {
  throw value;
}

export async function throwItLater(value: unknown): Promise<never> {
  await null;
  throw value;
}

export function throwTypeError(message: string): never {
  throw new TypeError(message);
}

/** With all that an error can carry. */
export class PaymentError extends Error {
  override readonly name = "PaymentError";
  readonly code = "E_PAYMENT";
  readonly amount: number;

  constructor(amount: number) {
    super(`Payment of ${amount} was declined`, { cause: new RangeError("Above the limit") });
    this.amount = amount;
  }
}

export function failPayment(amount: number): never {
  throw new PaymentError(amount);
}

export function throwAggregate(): never {
  throw new AggregateError([new TypeError("first"), new PaymentError(2)], "both");
}

/** Fails with a TimeoutError that no executor made. */
export function throwTimeout(message: string): never {
  throw Object.assign(new Error(message), { name: "TimeoutError", code: "ERR_TIMEOUT" });
}

/** Fails for one item only. */
export function failAt(bad: number, message: string, n: number): number {
  if (n === bad) throw new Error(message);
  return n;
}

/** Throws `value` for item 1. */
export function throwAtOne(value: unknown, n: number): number {
  if (n === 1) throw value;
  return n;
}

/** Item 0 passes or fails at once, item 1 waits, the others leave notes. */
export async function holdAtOne(fails: boolean, file: string, started: string, go: string, n: number): Promise<number> {
  if (n === 0 && fails) throw new Error("item 0");
  if (n === 1) {
    raise(started);
    await waitFor(go);
  }
  if (n > 1) note(file, n);
  return n;
}

/** A class that says how it travels. */
export class Temperature {
  readonly celsius: number;

  constructor(celsius: number) {
    this.celsius = celsius;
  }

  get fahrenheit(): number {
    return this.celsius * 1.8 + 32;
  }

  [serialize](): unknown {
    return { celsius: this.celsius };
  }

  static [deserialize](state: { celsius: number }): Temperature {
    return new Temperature(state.celsius);
  }
}

export function warmer(temperature: Temperature, degrees: number): Temperature {
  if (!(temperature instanceof Temperature)) throw new TypeError("It arrived as something else");
  return new Temperature(temperature.celsius + degrees);
}

/** Changes what it was given. */
export function overwrite(list: number[]): number {
  list.fill(-1);
  return list.length;
}

/** Adds 1 to each element of the memory that it was given. */
export function increment(memory: ArrayBufferLike): number {
  const items = new Int32Array(memory);
  for (let at = 0; at < items.length; at++) items[at] = (items[at] ?? 0) + 1;
  return items.length;
}

export function byteLength(buffer: ArrayBuffer): number {
  return buffer.byteLength;
}

export function returnFunction(): unknown {
  return { list: [1, () => "a function"] };
}

export function throwFunction(): never {
  throw { reason: "with a function", retry: () => {} };
}

export function exit(code: number): never {
  process.exit(code);
}

/** Says that it runs, then exits when it is let go. */
export async function exitWhen(started: string, go: string, code: number): Promise<never> {
  raise(started);
  await waitFor(go);
  process.exit(code);
}

/** Returns, and exits when the result is on its way. */
export function returnThenExit(value: string): string {
  setImmediate(() => process.exit(5));
  return value;
}

/** Exits the first `times` times. Returns how often it ran, which it counts in a file. */
export function exitAtFirst(file: string, times: number): number {
  note(file, "run");
  const runs = readFileSync(file, "utf8").trim().split("\n").length;
  if (runs <= times) process.exit(7);
  return runs;
}

/** Throws each time, and counts its runs. */
export function throwAndCount(file: string): never {
  note(file, "run");
  throw new Error("an answer, not a crash");
}

export function killItself(signal: NodeJS.Signals): Promise<never> {
  process.kill(process.pid, signal);
  return new Promise(() => {});
}

let prepared: string | undefined;

/** An initializer. */
export function prepare(file: string, word: string): void {
  prepared = word;
  note(file, place());
}

/** What the initializer left in this worker. */
export function whatWasPrepared(): string | undefined {
  return prepared;
}

/** A finalizer: says in the file that the initializer was told of where it ran. */
export function conclude(): void {
  if (prepared !== undefined) note(prepared, place());
}

/** Leaves a rejection behind that nobody handles, and goes on. */
export async function leaveRejection(go: string): Promise<string> {
  void Promise.reject(new PaymentError(3));
  await waitFor(go);
  return place();
}
