/**
 * What the pool knows of each function: where a worker finds it, and how long it usually runs.
 *
 * Functions with the same descriptor share an entry, so that a program that submits a new arrow function each time does
 * not grow the tables; above MAX_ENTRIES the table starts anew, and workers are told to FORGET theirs. An entry that
 * holds captured values is its function's own, and is let go with it, here and in the workers.
 */
import { type AnyTask, taskName } from "@concurrent-futures/core";
import type { CallOwner } from "./pool-call.js";
import { describeTask, type TaskDescriptor } from "./references/index.js";

const MAX_ENTRIES = 4096;

/** One function. */
export class TaskEntry {
  /** Names the entry in records; never used twice. */
  readonly id: number;
  readonly descriptor: TaskDescriptor;
  /** What `taskContext().name` says, unless the call has a name of its own. */
  readonly name: string;
  /** Whether its function was collected, so that no further call can come. */
  gone = false;
  /** Whom its calls report to. */
  readonly owner: CallOwner;
  /** Running time to expect, in ms; undefined until one call has ended. */
  expectedMs: number | undefined;

  constructor(id: number, descriptor: TaskDescriptor, name: string, owner: CallOwner) {
    this.id = id;
    this.owner = owner;
    this.descriptor = descriptor;
    this.name = name;
  }

  /** A call ran this long. Goes up fast and down slowly: a wrong "short" costs more than a wrong "long". */
  ran(durationMs: number): void {
    const expected = this.expectedMs;
    if (expected === undefined) this.expectedMs = durationMs;
    else this.expectedMs = expected + (durationMs - expected) * (durationMs > expected ? 0.3 : 0.1);
  }
}

export class TaskTable {
  /** Goes up when the table starts anew. */
  generation = 0;
  /** Ids of entries that are gone; empty when the table starts anew. */
  dropped: number[] = [];
  #byTask = new WeakMap<object, TaskEntry>();
  #byKey = new Map<string, TaskEntry>();
  #nextId = 1;
  readonly #owner: CallOwner;
  readonly #owners = new FinalizationRegistry<TaskEntry>((entry) => {
    entry.gone = true;
    this.dropped.push(entry.id);
    if (this.dropped.length >= MAX_ENTRIES) this.#startAnew();
  });

  constructor(owner: CallOwner) {
    this.#owner = owner;
  }

  /**
   * Finds or makes a task's entry.
   * @throws {TaskReferenceError} the function cannot be found again in a worker
   */
  entry(task: AnyTask): TaskEntry {
    const known = this.#byTask.get(task);
    if (known !== undefined) return known;
    const descriptor = describeTask(task);
    const key = keyOf(descriptor);
    let entry = key === undefined ? undefined : this.#byKey.get(key);
    if (entry === undefined) {
      if (this.#byKey.size >= MAX_ENTRIES) this.#startAnew();
      entry = new TaskEntry(this.#nextId++, descriptor, taskName(task), this.#owner);
      if (key === undefined) this.#owners.register(task, entry);
      else this.#byKey.set(key, entry);
    }
    this.#byTask.set(task, entry);
    return entry;
  }

  #startAnew(): void {
    this.generation += 1;
    this.dropped = [];
    this.#byKey = new Map();
    this.#byTask = new WeakMap();
  }
}

/** Equal keys mean the same function; undefined: equal to itself only. */
function keyOf(descriptor: TaskDescriptor): string | undefined {
  switch (descriptor.kind) {
    case "module":
      return `module ${descriptor.name} ${descriptor.url}`;
    case "source":
      return descriptor.captures === undefined ? `source ${descriptor.label} ${descriptor.source}` : undefined;
    case "chunk": {
      const inner = keyOf(descriptor.task);
      return inner === undefined ? undefined : `chunk ${inner}`;
    }
  }
}
