/**
 * The entry of a Process: runs the one call that its parent sends.
 *
 *   connected ──the call──► loading ──► running ──► settled ──nothing left to do──► exit 0
 *        └── the parent is gone: exit        └──threw──► its error to stderr ─────► exit 1
 *
 * Then it is a Node program like any other: what the target has left on the event loop runs on, `process.exit(k)` ends
 * it with k, and an error that nobody catches ends it with 1. Nothing is sent back but how it ended.
 */
import { fileURLToPath } from "node:url";
import { inspect, types } from "node:util";
import { becomeTask, workerMark } from "@concurrent-futures/core";
import { openPort, processIdentity } from "@concurrent-futures/process-executor/host";
import { importContext, loadTask, setNestingDepth } from "@concurrent-futures/worker-pool";
import { CALL_MESSAGES, type CallMessage, decodeArguments, decodeDefinition } from "./process-call.js";

/** Node's own code for a program whose main module never gets to its end. */
const UNSETTLED = 13;
/** As stacks of CommonJS show it; those of modules show import.meta.url. */
const THIS_FILE = fileURLToPath(import.meta.url);
/** Causes may go round in circles. */
const MAX_CAUSES = 8;

Object.defineProperty(globalThis, workerMark, { value: true });
const port = openPort();
const messages: CallMessage[] = [];

port.listen({
  wake() {},
  message(bytes, extras) {
    messages.push({ bytes, extras });
    if (messages.length < CALL_MESSAGES) return;
    port.close(); // from here on the target alone keeps the process alive
    void main();
  },
});

async function main(): Promise<void> {
  const watch = (): void => reportUnsettled();
  process.on("beforeExit", watch);
  try {
    await run();
  } catch (error) {
    fail(error);
  }
  process.off("beforeExit", watch);
}

async function run(): Promise<void> {
  const [first, second] = messages.splice(0) as [CallMessage, CallMessage];
  setNestingDepth(1); // at least: what is imported from here on must not start processes by itself
  const { descriptor, name, depth } = await decodeDefinition(first);
  setNestingDepth(depth);
  const args = await decodeArguments(second);
  const target = await loadTask(descriptor);
  becomeTask({ ...importContext, workerId: processIdentity().path.at(-1) ?? 1, name });
  await target(...args);
}

/** As Python does it, with the error as Node shows it. What else is on the event loop goes with the process. */
function fail(error: unknown): void {
  process.exitCode = 1; // if stderr cannot be written to any more
  process.stderr.write(`Process ${processIdentity().name}:\n${show(error)}\n`, () => {
    process.stdout.write("", () => process.exit(1));
  });
}

function show(error: unknown): string {
  try {
    hideThisFile(error);
    return inspect(error);
  } catch {
    return "an error that cannot be shown"; // its own getters throw
  }
}

/** Cuts stacks off where this file called the target: what follows is of no interest to anybody. */
function hideThisFile(error: unknown, depth = 0): void {
  if (depth > MAX_CAUSES || !types.isNativeError(error) || typeof error.stack !== "string") return;
  const lines = error.stack.split("\n");
  const end = lines.findIndex((line) => line.includes(import.meta.url) || line.includes(THIS_FILE));
  if (end > 1) Reflect.set(error, "stack", lines.slice(0, end).join("\n")); // or not, where it is frozen
  hideThisFile(error.cause, depth + 1);
}

/** The event loop is empty, and what the target waits for can never come. */
function reportUnsettled(): void {
  process.stderr.write(`Process ${processIdentity().name}: its target waits for something that never comes\n`);
  process.exit(process.exitCode ?? UNSETTLED);
}
