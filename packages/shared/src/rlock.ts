/**
 * RLock: a lock that its holder can acquire again.
 *
 *   free ──acquire──► held, depth 1 ──acquire by the holder──► depth 2 ... ──as many releases──► free
 *
 * The holder is a task, or what a thread does outside of tasks: two tasks that take turns on one event loop exclude
 * each other, and a task's functions, whatever they await, may acquire what the task holds. (A finer holder cannot be
 * had: an async function cannot be told from the one that calls it without awaiting.)
 */
import { deserialize, serialize, type TaskContext, taskContext } from "@concurrent-futures/core";
import { declareClass } from "@concurrent-futures/worker-pool";
import { Block, type BlockState, requireBlock } from "./block.js";
import { NotHeldError } from "./errors.js";
import { Guard } from "./guard.js";
import { checkWaitOptions } from "./limits.js";
import { Lock } from "./lock.js";
import type { SyncWaitOptions, WaitOptions } from "./parking.js";

/** Who holds it, and what of the lock. */
interface Hold {
  readonly task: TaskContext;
  guard: Guard;
}

interface Suspended {
  readonly hold: Hold;
  readonly depth: number;
}

/**
 * A lock that threads and processes share, and that its holder can acquire again; it is free after as many releases.
 *
 * The holder is the task that acquired it, with all that it calls and awaits; other tasks of the same thread exclude
 * each other. Outside of tasks it is the thread, as in Python.
 * Semantics: multiprocessing.RLock, Python 3.14.
 */
export class RLock {
  readonly #block: Block;
  readonly #lock: Lock;
  #hold: Hold | undefined; // of this thread
  #depth = 0;

  /** @param block internal: the memory of an object that has this lock */
  constructor(block?: Block) {
    this.#block = requireBlock(block) ?? Block.create(0);
    this.#lock = Lock.of(this.#block);
    this.#block.object("RLock", () => this);
  }

  /** The lock in an object's memory; the same one each time. Internal. */
  static of(block: Block): RLock {
    return block.object("RLock", () => new RLock(block));
  }

  /**
   * Waits until the lock is free and takes it; at once where this task holds it.
   *
   * @returns a guard for `using`: disposing of it releases what this call acquired. Its `abandoned` is true when the
   *   last holder died
   * @throws {TimeoutError} (rejection, `ERR_TIMEOUT`) it was not free within `timeout` ms
   * @throws {unknown} (rejection) the reason of `signal`
   * @throws {TypeError | RangeError} an option is wrong
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    checkWaitOptions(options);
    if (this.isHeldHere()) return Promise.resolve(this.#again());
    return this.#lock.acquireVia(this.#attemptAs(taskContext()), options);
  }

  /**
   * The same, blocking this thread: for synchronous tasks.
   *
   * @throws {TimeoutError} (`ERR_TIMEOUT`) it was not free within `timeout` ms
   * @throws {TypeError | RangeError} an option is wrong
   */
  acquireSync(options?: SyncWaitOptions): Guard {
    checkWaitOptions(options);
    if (this.isHeldHere()) return this.#again();
    return this.#lock.acquireSyncVia(this.#attemptAs(taskContext()), options);
  }

  /**
   * Undoes one acquisition of this task.
   * @throws {NotHeldError} (`ERR_NOT_HELD`) this task does not hold the lock
   */
  release(): void {
    if (!this.isHeldHere()) {
      const who = this.#lock.locked() ? "Another task, thread or process holds this lock" : "This lock is not held";
      throw new NotHeldError(`${who}, so it cannot be released here`);
    }
    this.#releaseOnce();
  }

  /** Whether anybody holds it. */
  locked(): boolean {
    return this.#lock.locked();
  }

  /** Whether the task that asks holds it. */
  isHeldHere(): boolean {
    return this.#hold !== undefined && this.#hold.task === taskContext();
  }

  [serialize](): BlockState {
    return this.#block.toState();
  }
  static [deserialize](state: unknown): RLock {
    return RLock.of(Block.fromState(state, "RLock"));
  }

  /** Releases it, however often this task acquired it; returns what `resume` wants. Internal: for Condition. */
  suspend(): Suspended {
    const suspended = { hold: this.#hold as Hold, depth: this.#depth };
    this.#depth = 1;
    this.#releaseOnce();
    return suspended;
  }

  /** Acquires it as often again, for the guards that had it before `suspend`. Internal: for Condition. */
  async resume(suspended: Suspended): Promise<void> {
    this.#restore(suspended, await this.#lock.acquire());
  }

  /** The same, blocking this thread. */
  resumeSync(suspended: Suspended): void {
    this.#restore(suspended, this.#lock.acquireSync());
  }

  #restore({ hold, depth }: Suspended, guard: Guard): void {
    hold.guard = guard;
    this.#hold = hold;
    this.#depth = depth;
  }

  /** Meanwhile the task may have got it by another acquire. It is the holder from the very moment of taking it. */
  #attemptAs(task: TaskContext) {
    return (take: () => Guard | undefined): Guard | undefined => {
      if (this.#hold?.task === task) return this.#again();
      const guard = take();
      return guard && this.#first(guard, task);
    };
  }

  #first(guard: Guard, task: TaskContext): Guard {
    this.#hold = { task, guard };
    return this.#again(guard.abandoned);
  }

  #again(abandoned = false): Guard {
    const hold = this.#hold;
    this.#depth += 1;
    return new Guard(() => {
      if (this.#hold === hold) this.#releaseOnce(); // else it was released by hand
    }, abandoned);
  }

  #releaseOnce(): void {
    this.#depth -= 1;
    if (this.#depth > 0) return;
    const hold = this.#hold;
    this.#hold = undefined;
    hold?.guard.release();
  }
}

declareClass(RLock, import.meta.url, "RLock");
