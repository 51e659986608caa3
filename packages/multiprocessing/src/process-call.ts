/**
 * The one call that a process is for, as two messages: what to run, then its arguments.
 */
import { type AnyTask, taskName } from "@concurrent-futures/core";
import { APART_BYTES } from "@concurrent-futures/process-executor/host";
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

/** A message, with the large memory in it apart. */
export interface CallMessage {
  readonly bytes: Uint8Array;
  readonly extras: readonly unknown[];
}

/** How many messages make the call. */
export const CALL_MESSAGES = 2;

/**
 * What lies apart is the arguments' own memory: to be sent before the program goes on.
 *
 * @throws {TaskReferenceError} no process could find the target
 * @throws {SerializationError} an argument, or a value that goes with the target, cannot be sent
 */
export function encodeCall(target: AnyTask, args: readonly unknown[]): readonly CallMessage[] {
  const definition: CallDefinition = {
    descriptor: describeTask(target),
    name: taskName(target),
    depth: nestingDepth() + 1,
  };
  return [encode(definition, "captures"), encode(args, "args")];
}

export async function decodeDefinition({ bytes, extras }: CallMessage): Promise<CallDefinition> {
  return (await decodeAsync(bytes, extras, { side: "argument", root: "captures", loadClass })) as CallDefinition;
}

export async function decodeArguments({ bytes, extras }: CallMessage): Promise<readonly unknown[]> {
  return (await decodeAsync(bytes, extras, { side: "argument", loadClass })) as readonly unknown[];
}

/** An encoder of its own: it is dropped with the message, which so needs no copy. */
function encode(value: unknown, root: string): CallMessage {
  const encoder = new Encoder({ side: "argument", hostObjects: false, apartBytes: APART_BYTES, describeClass });
  const { bytes, extras = [] } = encoder.encode(value, undefined, root);
  return { bytes, extras };
}
