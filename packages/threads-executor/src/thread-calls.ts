/**
 * ThreadCalls: which of the calls on a thread give observables. The `threads` package knows, but its promises do not
 * say; its workers do, in the message that a call has begun.
 *
 * A worker begins calls in the order in which they were made, so the first message about a call that is new belongs to
 * the first call that has not been spoken of.
 */
import { type SpawnedThread, Thread } from "./threads-api.js";

export interface CallKind {
  /** Known before the call's first value comes. */
  observable: boolean;
}

const ofThreads = new WeakMap<SpawnedThread, ThreadCalls>();

export class ThreadCalls {
  readonly #unnamed = new Set<CallKind>(); // in the order of the calls
  #last = 0; // the highest number of a call that was spoken of

  /** There is one for each thread: the `threads` package never takes a listener back. */
  static of(thread: SpawnedThread): ThreadCalls {
    const calls = ofThreads.get(thread) ?? new ThreadCalls(thread);
    ofThreads.set(thread, calls);
    return calls;
  }

  private constructor(thread: SpawnedThread) {
    Thread.events(thread).subscribe(({ type, data }) => {
      if (type !== "message" || typeof data?.uid !== "number" || data.uid <= this.#last) return;
      this.#last = data.uid;
      const [call] = this.#unnamed;
      if (call === undefined) return;
      this.#unnamed.delete(call);
      call.observable = data.resultType === "observable";
    });
  }

  /** Said before the call is made. */
  add(call: CallKind): void {
    this.#unnamed.add(call);
  }

  /** Said when the call is over: one that could not be sent is never spoken of. */
  delete(call: CallKind): void {
    this.#unnamed.delete(call);
  }
}
