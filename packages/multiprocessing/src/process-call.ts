/**
 * The one call that a process is for, as two messages: what to run, then its arguments.
 */
import { type AnyTask, taskName } from "@concurrent-futures/core";
import {
  decodeAsync,
  describeClass,
  describeTask,
  Encoder,
  loadClass,
  nestingDepth,
  type TaskDescriptor,
} from "@concurrent-futures/worker-pool";

/** What to run. */
export interface CallDefinition {
  readonly descriptor: TaskDescriptor;
  readonly name: string;
  /** How many processes and workers are around the process, itself included. */
  readonly depth: number;
}

/** How many messages make the call. */
export const CALL_MESSAGES = 2;

/**
 * @throws {TaskReferenceError} no process could find the target
 * @throws {SerializationError} an argument, or a value that goes with the target, cannot be sent
 */
export function encodeCall(target: AnyTask, args: readonly unknown[]): readonly Uint8Array[] {
  const definition: CallDefinition = {
    descriptor: describeTask(target),
    name: taskName(target),
    depth: nestingDepth() + 1,
  };
  return [encode(definition, "captures"), encode(args, "args")];
}

export async function decodeDefinition(message: Uint8Array): Promise<CallDefinition> {
  return (await decodeAsync(message, [], { side: "argument", root: "captures", loadClass })) as CallDefinition;
}

export async function decodeArguments(message: Uint8Array): Promise<readonly unknown[]> {
  return (await decodeAsync(message, [], { side: "argument", loadClass })) as readonly unknown[];
}

/** An encoder of its own: it is dropped with the message, which so needs no copy. */
function encode(value: unknown, root: string): Uint8Array {
  return new Encoder({ side: "argument", hostObjects: false, describeClass }).encode(value, undefined, root).bytes;
}
