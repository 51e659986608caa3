/**
 * Future: the outcome of one submitted call.
 *
 *   pending --start--> running --settle--> returned | raised     (both: "finished")
 *     |  |  |             |                     ^
 *     |  |  +-------------|-------settle--------+   never started, as in a broken pool
 *     |  |                |
 *     |  +----abort-------+--> aborted                           (both: "cancelled")
 *     +------cancel----------> cancelled
 *
 * I1  Nothing leaves returned, raised, cancelled or aborted; only #start() and #settle() write #state.
 * I2  #held is the controller until the future is done, then the result, the error or the abort's reason, set with the
 *     state that it belongs to; only a CancelledError is made when first looked at.
 * I3  Done callbacks run once, synchronously with the settlement, in order, in the async context of the submit.
 * I4  A running call may be in a worker already, so cancel() answers false; abort() does not ask.
 * I5  A promise is made only when somebody asks for one, so a failure that nobody looks at is no unhandled rejection.
 *     An error was looked at exactly when #promise exists.
 *
 * Semantics: concurrent.futures.Future, Python 3.14.
 * Differs (D-2 to D-4): cancelling notifies waiters at once, so there is no
 * CANCELLED_AND_NOTIFIED; `abort`, progress, and being a thenable are additions.
 */
import { Deferred } from "./deferred.js";
import { CancelledError, InvalidStateError } from "./errors.js";
import type { FutureController } from "./future-controller.js";
import type { FutureInternals } from "./future-internals.js";
import { notify, notifyAll } from "./notify.js";
import { type AsyncContext, captureContext } from "./platform.js";
import { typeName } from "./show.js";
import { unseenErrors } from "./unseen-errors.js";
import { checkWaitOptions, untilDone, type WaitOptions } from "./until-done.js";

type State = "pending" | "running" | "returned" | "raised" | "cancelled" | "aborted";

/** What messages call a state: Python's word for it. */
const word = {
  pending: "pending",
  running: "running",
  returned: "finished",
  raised: "finished",
  cancelled: "cancelled",
  aborted: "cancelled",
} as const;

/** Told that a future is done. What it returns is ignored, unless it is a promise that rejects: that is reported. */
export type DoneCallback<T> = (future: Future<T>) => unknown;

/** A DoneCallback, typed as a method and without T, so that a Future<T> passes for a Future<unknown>. */
type Callback = { call(future: Future<unknown>): unknown }["call"];

/** Who is told what happens to a future, where that is more than one done callback. */
class Watchers {
  readonly done = new Set<Callback>(); // a set gives O(1) removal
  readonly progress: Array<(progress: unknown) => unknown> = [];
  started: (() => void) | undefined;
}

/** @internal */
export let internals!: FutureInternals;

/**
 * The outcome of one submitted call: to be awaited, polled, cancelled, or told of by callbacks.
 *
 * Executors make futures and settle them with `setRunningOrNotifyCancel`, `setResult`, `setException` and
 * `setProgress`; callers use the rest.
 *
 * Semantics: concurrent.futures.Future, Python 3.14.
 */
export class Future<T> implements PromiseLike<T> {
  // As few fields as will do: a program may have a million futures.
  #state: State = "pending";
  #held: unknown; // I2
  #watchers: Callback | Watchers | undefined = undefined; // until settled
  #promise: Deferred<unknown> | undefined = undefined; // from the first look on
  readonly #context: AsyncContext | undefined;

  /** @param controller the executor's side; without one, `cancel()` always succeeds from pending */
  constructor(controller?: FutureController) {
    this.#held = controller;
    this.#context = controller?.context ?? captureContext();
  }

  /**
   * Takes the call back if it has not started.
   *
   * @returns whether the call is now cancelled; false if it is running or finished
   * Semantics: concurrent.futures.Future.cancel, Python 3.14.
   */
  cancel(): boolean {
    if (this.#state === "pending") {
      const taken = this.#controller?.cancel() ?? true;
      // Asking may have brought the state up to date, so look at it again.
      if (this.#state === "pending") {
        if (taken) this.#settle("cancelled", undefined);
        else this.#start();
      }
    }
    return this.#isCancelled();
  }

  /**
   * Ends the call wherever it is: the future rejects with `reason` at once, and a running task is told to stop.
   *
   * @param reason default: an `AbortError` DOMException
   * @returns whether it did; false if the future was done, which changes nothing
   */
  abort(reason: unknown = new DOMException("This operation was aborted", "AbortError")): boolean {
    if (this.#isDone()) return false;
    const controller = this.#controller;
    this.#settle("aborted", reason);
    controller?.abort(reason);
    return true;
  }

  /** Whether the call was cancelled or aborted. Semantics: concurrent.futures.Future.cancelled, Python 3.14. */
  cancelled(): boolean {
    return this.#isCancelled();
  }

  /** Whether the call has started and not ended. Semantics: concurrent.futures.Future.running, Python 3.14. */
  running(): boolean {
    this.#refresh();
    return this.#state === "running";
  }

  /** Whether the future has its outcome. Semantics: concurrent.futures.Future.done, Python 3.14. */
  done(): boolean {
    this.#refresh();
    return this.#isDone();
  }

  /**
   * The call's result, or its error as a rejection.
   *
   * @param options.timeout milliseconds to wait; 0 looks at the present state only; default: for ever
   * @param options.signal aborting it ends this wait, not the call
   * @throws {RangeError|TypeError} at once, for options that are none
   * Rejects with `TimeoutError` (ERR_TIMEOUT) when the wait is over, the signal's reason, `CancelledError`
   * (ERR_CANCELLED) or the abort's reason, or what the task threw.
   * Semantics: concurrent.futures.Future.result, Python 3.14.
   */
  result(options?: WaitOptions): Promise<T> {
    if (options === undefined) return this.#wait();
    checkWaitOptions(options);
    return untilDone(this, options).then(() => this.#look());
  }

  /**
   * The error that the task threw, or undefined if it returned.
   *
   * @param options as for `result`
   * Rejects, as `result` does, when the wait is over or the call was cancelled or aborted.
   * Semantics: concurrent.futures.Future.exception, Python 3.14.
   */
  exception(options: WaitOptions = {}): Promise<unknown> {
    checkWaitOptions(options);
    return untilDone(this, options).then(() => {
      const ended = this.#look();
      return this.#state === "raised" ? ended.catch((error: unknown) => error) : ended.then(() => undefined);
    });
  }

  /**
   * Calls `fn(future)` once when the future is done, at once if it is.
   *
   * Callbacks run synchronously with the settlement, in order of addition, in the async context of the submit. One
   * that throws, or returns a promise that rejects, is reported as a warning and stops no other.
   * Semantics: concurrent.futures.Future.add_done_callback, Python 3.14.
   */
  addDoneCallback(fn: DoneCallback<T>): void {
    checkCallback(fn);
    if (this.#isDone()) this.#inContext(() => notify("done", fn, this as Future<T>));
    else if (this.#watchers === undefined) this.#watchers = fn;
    else {
      const { done } = this.#getWatchers();
      done.add(done.has(fn) ? (future: Future<T>) => fn(future) : fn); // one that is added twice runs twice
    }
  }

  /**
   * Calls `fn(progress)` with each value that the task reports from now on; those reported earlier are gone.
   * All of them arrive before the future is done.
   */
  addProgressCallback(fn: (progress: unknown) => unknown): void {
    checkCallback(fn);
    if (!this.#isDone()) this.#getWatchers().progress.push(fn);
  }

  // A future is meant to be awaited, raced and gathered.
  // biome-ignore lint/suspicious/noThenProperty: being a thenable is this class's contract
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    // biome-ignore lint/suspicious/noExplicitAny: as in the platform's Promise.then, so that handlers may say a type
    onRejected?: ((reason: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    // With one handler it is a follow-up rather than a wait: `await` and Promise.all give both.
    return (onFulfilled && onRejected ? this.#wait() : this.#look()).then(onFulfilled, onRejected);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as in the platform's Promise.catch
  catch<B = never>(onRejected?: ((reason: any) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#look().catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.#look().finally(onFinally);
  }

  /**
   * For executors: asks whether to run the call, and marks it as running.
   *
   * @returns false if it was cancelled
   * @throws {InvalidStateError} it is running or finished
   * Semantics: concurrent.futures.Future.set_running_or_notify_cancel, Python 3.14.
   */
  setRunningOrNotifyCancel(): boolean {
    if (this.#isCancelled()) return false;
    if (this.#state !== "pending") {
      throw new InvalidStateError(`Cannot start a call whose future is ${word[this.#state]}`);
    }
    this.#start();
    return true;
  }

  /**
   * For executors: ends the future with a result; legal from pending too.
   *
   * @throws {InvalidStateError} it is done: look at `done()` first, since `abort()` may come at any time
   * Semantics: concurrent.futures.Future.set_result, Python 3.14.
   */
  setResult(value: T): void {
    this.#checkOpen("result");
    this.#settle("returned", value);
  }

  /**
   * For executors: ends the future with an error, which may be any value; legal from pending too.
   *
   * @throws {InvalidStateError} it is done
   * Semantics: concurrent.futures.Future.set_exception, Python 3.14.
   */
  setException(error: unknown): void {
    this.#checkOpen("exception");
    this.#settle("raised", error);
  }

  /** For executors: passes on what the task reports. A done future drops it. */
  setProgress(value: unknown): void {
    if (typeof this.#watchers !== "object") return;
    const callbacks = this.#watchers.progress.slice();
    if (callbacks.length > 0) this.#inContext(() => notifyAll("progress", callbacks, value));
  }

  /** Shows the state in Node's `util.inspect` and `console.log`. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    this.#refresh();
    if (this.#state === "returned") return `Future { finished returned ${typeName(this.#held)} }`;
    if (this.#state === "raised") return `Future { finished raised ${typeName(this.#held)} }`;
    return `Future { ${word[this.#state]} }`;
  }

  get #controller(): FutureController | undefined {
    return this.#isDone() ? undefined : (this.#held as FutureController | undefined);
  }

  #refresh(): void {
    if (this.#state === "pending") this.#controller?.refresh();
  }

  #isCancelled(): boolean {
    return this.#state === "cancelled" || this.#state === "aborted";
  }

  #isDone(): boolean {
    return this.#state !== "pending" && this.#state !== "running";
  }

  #checkOpen(what: string): void {
    if (this.#isDone()) throw new InvalidStateError(`Cannot set the ${what} of a future that is ${word[this.#state]}`);
  }

  #start(): void {
    this.#state = "running";
    if (typeof this.#watchers === "object") this.#watchers.started?.();
  }

  #settle(state: Exclude<State, "pending" | "running">, value: unknown): void {
    const watchers = this.#watchers;
    this.#state = state;
    this.#held = value;
    this.#watchers = undefined;
    if (this.#promise) this.#fulfil(this.#promise);
    if (watchers) {
      this.#inContext(() => {
        if (typeof watchers === "function") notify("done", watchers, this as Future<T>);
        else notifyAll("done", watchers.done, this as Future<T>);
      });
    }
    // After the callbacks: they may have looked.
    if (state === "raised" && this.#promise === undefined) unseenErrors.add(this, value);
  }

  /** The one promise of this future; asking for it is looking at the outcome (I5). */
  #look(): Promise<T> {
    if (this.#promise === undefined) {
      this.#promise = new Deferred<unknown>();
      if (this.#isDone()) this.#fulfil(this.#promise);
      if (this.#state === "raised") unseenErrors.delete(this);
    }
    return this.#promise.promise as Promise<T>;
  }

  /** The same for someone who goes no further without it. */
  #wait(): Promise<T> {
    if (this.#isDone() || this.#controller?.waited === undefined) return this.#look();
    const wait = new Deferred<T>();
    this.#look().then(wait.resolve, wait.reject);
    this.#controller.waited(wait.reject);
    return wait.promise;
  }

  #fulfil(promise: Deferred<unknown>): void {
    if (this.#state === "returned") promise.resolve(this.#held);
    else promise.reject(this.#error());
  }

  #error(): unknown {
    // Made when first looked at: cancelling a million calls shall not make a million stack traces.
    if (this.#state === "cancelled") this.#held ??= new CancelledError("The call was cancelled before it started");
    return this.#held;
  }

  #inContext<R>(fn: () => R): R {
    return this.#context ? this.#context.runInAsyncScope(fn, undefined) : fn();
  }

  #getWatchers(): Watchers {
    const known = this.#watchers;
    if (typeof known === "object") return known;
    const watchers = new Watchers();
    if (known !== undefined) watchers.done.add(known);
    this.#watchers = watchers;
    return watchers;
  }

  static {
    internals = {
      isFuture: (value): value is Future<unknown> => typeof value === "object" && value !== null && #state in value,
      raised: (future) => future.#state === "raised",
      outcome: (future) => {
        if (future.#state === "returned") return { kind: "returned", value: future.#held as never };
        future.#look().catch(() => {});
        return { kind: future.#state === "raised" ? "raised" : "cancelled", error: future.#error() };
      },
      unwatch: (future, callback) => {
        if (future.#watchers === callback) future.#watchers = undefined;
        else if (typeof future.#watchers === "object") future.#watchers.done.delete(callback);
      },
      onStart: (future, started) => {
        future.#refresh();
        if (future.#state === "running") started();
        else if (future.#state === "pending") future.#getWatchers().started = started;
      },
      expire: (future, reason) => {
        if (future.#state !== "pending") return false;
        const taken = future.#controller?.cancel() ?? true;
        if (future.#state !== "pending") return false;
        if (taken) future.#settle("aborted", reason);
        else future.#start();
        return taken;
      },
      tracksWaits: (future) => future.#controller?.waited !== undefined,
      waits: (future, refuse) => future.#controller?.waited?.(refuse),
      runInContext: (future, fn) => future.#inContext(fn),
    };
  }
}

function checkCallback(fn: unknown): void {
  if (typeof fn !== "function") throw new TypeError(`Expected the callback to be a function, got ${typeof fn}`);
}
