/**
 * What is used of the `threads` package. Its typings cannot be found through its `exports`, so they are written down
 * here, as far as they go.
 */
import * as threads from "threads";

/** A worker made by `new Worker(path)` of the `threads` package. */
export interface ThreadsWorker {
  addEventListener(type: string, listener: (event: never) => void): void;
  terminate(): unknown;
  // What Node's workers have.
  emit?(type: string, event: unknown): unknown;
  ref?(): void;
  unref?(): void;
}

/** What `spawn` gives: the exposed function, or an object of the exposed functions. */
export type SpawnedThread = object;

/** The part of a `Pool` of the `threads` package that is used. */
export interface ThreadsPool {
  queue(task: (thread: never) => Promise<unknown>): PromiseLike<unknown>;
}

/** A call that is under way: values, then the end. */
export interface Invocation {
  subscribe(observer: { next(value: unknown): void; error(error: unknown): void; complete(): void }): {
    unsubscribe(): void;
  };
}

interface ThreadEvent {
  readonly type: string;
  readonly data?: Message;
}

/** What a worker says; `uid` is the call's. */
export interface Message {
  readonly type?: string;
  readonly uid?: number;
  readonly resultType?: "observable" | "promise";
  readonly error?: { readonly message: string; readonly name: string; readonly stack?: string };
}

interface ThreadsPackage {
  spawn(worker: ThreadsWorker): Promise<SpawnedThread>;
  Thread: {
    events(thread: SpawnedThread): { subscribe(listener: (event: ThreadEvent) => void): { unsubscribe(): void } };
  };
  Transfer(payload: unknown, transferables: readonly unknown[]): unknown;
}

export const { spawn, Thread, Transfer } = threads as unknown as ThreadsPackage;
