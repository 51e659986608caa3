/**
 * Wire: calls, tasks and outcomes as bytes, at one end.
 *
 * Classes are found the way functions are; one that is not loaded yet makes `decode` hand over its outcome later.
 */
import type { ChunkResult } from "@concurrent-futures/core";
import { copyOf } from "./bytes.js";
import {
  type DecodeContext,
  decode,
  decodeAsync,
  type Encoded,
  Encoder,
  encodeThrown,
  PendingClasses,
} from "./codec/index.js";
import type { TaskDefinition, WorkerInit } from "./messages.js";
import { nestingDepth } from "./nesting.js";
import type { PoolSettings } from "./options.js";
import type { PoolCall } from "./pool-call.js";
import { describeClass, describeTask, loadClass } from "./references/index.js";
import type { TaskEntry } from "./task-table.js";
import type { Port } from "./transport.js";
import type { CallEncoder } from "./worker-handle.js";

/** What decoding gave. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Where memory can be handed over: from this size on that takes less than copying it once more, into the ring and out. */
const HANDED_OVER_BYTES = 64 * 1024;

export class Wire implements CallEncoder {
  readonly #encoder: Encoder;
  readonly #received: DecodeContext;
  readonly #lateOf = new WeakMap<object, Promise<void>>(); // what waits for classes, by what it belongs to
  #late = 0; // how many wait

  /**
   * @param way what travels between the two ends, and how
   * @param side what this end sends
   * @param imports whether what the other side names is imported here; without, only what is loaded is found
   */
  constructor(way: Pick<Port, "carriesHostObjects" | "apartBytes">, side: "argument" | "result", imports = true) {
    const { carriesHostObjects: hostObjects, apartBytes = hostObjects ? HANDED_OVER_BYTES : undefined } = way;
    this.#encoder = new Encoder({ side, hostObjects, apartBytes, describeClass });
    this.#received = {
      side: side === "argument" ? "result" : "argument",
      loadClass: imports ? loadClass : (cls) => loadClass(cls, false),
    };
  }

  // The pool's end.

  encodeArgs(call: PoolCall): Encoded {
    const { name, transfer } = call.options;
    return this.#encoder.encode(name === undefined ? call.args : [...call.args, name], transfer);
  }

  encodeTask({ descriptor, name }: TaskEntry): Encoded {
    return this.#encoder.encode({ descriptor, name } satisfies TaskDefinition, undefined, "captures");
  }

  encodeInit(settings: PoolSettings, workerId: number): Encoded {
    const { tasksPerWorker, maxMemoryPerWorker, initializer, initArgs, finalizer, finalArgs } = settings;
    const init: WorkerInit = {
      workerId,
      depth: nestingDepth() + 1,
      tasksPerWorker,
      maxMemory: maxMemoryPerWorker,
      initializer: initializer && describeTask(initializer),
      initArgs,
      finalizer: finalizer && describeTask(finalizer),
      finalArgs,
    };
    return this.#encoder.encode(init, undefined, "options");
  }

  /** A reason that cannot be sent arrives as none: the task is stopped all the same. */
  encodeReason(reason: unknown): Encoded | undefined {
    try {
      return this.#encoder.encode(reason);
    } catch {
      return undefined;
    }
  }

  // The worker's end.

  /** @throws {SerializationError} the result cannot be sent */
  encodeResult(result: unknown): Encoded {
    return this.#encoder.encode(result);
  }

  /**
   * What a chunk gave. Where one of its values cannot be sent, it ends before that one, as if that item had thrown the
   * SerializationError; the values before it are kept.
   */
  encodeChunkResult([values, elapsedMs, ...thrown]: ChunkResult): Encoded {
    try {
      return this.#encoder.encode([values, elapsedMs, ...thrown]);
    } catch (error) {
      const unsendable = values.findIndex((value) => this.#refusal(value) !== undefined);
      if (unsendable === -1) return this.#encoder.encode([values, elapsedMs, this.#refusal(thrown[0]) ?? error]);
      return this.#encoder.encode([values.slice(0, unsendable), elapsedMs, this.#refusal(values[unsendable])]);
    }
  }

  /** Why a value cannot be sent; undefined if it can. */
  #refusal(value: unknown): unknown {
    try {
      this.#encoder.encode(value);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** What was thrown; where that cannot be sent, the SerializationError that says so. */
  encodeThrown(thrown: unknown): Encoded {
    return encodeThrown(this.#encoder, thrown);
  }

  // Both ends.

  /**
   * Hands over what `bytes` hold: at once, unless a class has to be loaded for it. `bytes` may be reused afterwards.
   * @param of what the bytes belong to: what belongs together is handed over in the order of these calls
   */
  decode(bytes: Uint8Array, extras: readonly unknown[], done: (outcome: Outcome) => void, of?: object): void {
    if (this.#late > 0 && of !== undefined && this.#lateOf.has(of)) {
      this.#decodeLater(bytes, extras, done, of);
      return;
    }
    let outcome: Outcome;
    try {
      const value = bytes.length === 0 ? undefined : decode(bytes, extras, this.#received);
      if (value instanceof PendingClasses) {
        this.#decodeLater(bytes, extras, done, of);
        return;
      }
      outcome = { value };
    } catch (error) {
      outcome = { error };
    }
    done(outcome);
  }

  #decodeLater(bytes: Uint8Array, extras: readonly unknown[], done: (outcome: Outcome) => void, of: object = {}): void {
    const copy = copyOf(bytes);
    this.#late += 1;
    const turn = (this.#lateOf.get(of) ?? Promise.resolve())
      .then(() => (copy.length === 0 ? undefined : decodeAsync(copy, extras, this.#received)))
      .then(
        (value) => done({ value }),
        (error: unknown) => done({ error }),
      )
      .finally(() => {
        this.#late -= 1;
        if (this.#lateOf.get(of) === turn) this.#lateOf.delete(of);
      });
    this.#lateOf.set(of, turn);
  }
}
