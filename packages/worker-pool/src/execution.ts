/**
 * Execution: the end of a worker whose task ignored its abort.
 *
 *   condemned ─► what has not started there is taken back ─► the others end ────────────────────────► killed
 *                                                        └─► it answers no more: nothing can end ──► killed
 *
 * The others keep the event loop only as long as the one that was aborted leaves it to them. One that blocks it for good
 * would make them wait for ever, so the worker is asked for a sign of life now and then.
 */
import { setImmediate, setTimeout } from "node:timers";
import type { PoolSettings } from "./options.js";
import type { PoolCall } from "./pool-call.js";
import type { WorkerHandle } from "./worker-handle.js";

/** How long the answer may take, at least. */
const ANSWER_MS = 1000;

export class Execution {
  readonly #answerMs: number;
  readonly #requeue: (calls: PoolCall[]) => void;

  constructor({ abortGrace }: PoolSettings, requeue: (calls: PoolCall[]) => void) {
    this.#answerMs = Math.max(abortGrace, ANSWER_MS);
    this.#requeue = requeue;
  }

  /** A call of this worker did not end in time after its abort. */
  condemn(worker: WorkerHandle): void {
    const first = !worker.condemned;
    worker.condemned = true;
    if (first) this.#requeue([...worker.lane.drain(), ...worker.takeBackAll()]);
    this.goOn(worker); // one that was aborted later may have been the last of the others
    if (first) this.#question(worker);
  }

  /** A call of a condemned worker ended. */
  goOn(worker: WorkerHandle): void {
    if (worker.calls().every((call) => call.future.done())) worker.kill();
  }

  #question(worker: WorkerHandle): void {
    worker.ask();
    const timer = setTimeout(() => {
      worker.poll(); // this event loop may be late itself
      setImmediate(() => {
        if (worker.state === "gone") return;
        if (worker.asked) worker.kill();
        else this.#question(worker);
      });
    }, this.#answerMs);
    timer.unref();
  }
}
