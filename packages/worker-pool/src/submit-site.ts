/**
 * The place that submitted a call, for the stack of the error that it may end with.
 *
 * Capturing costs about 2.5 µs and 350 bytes, more than all the rest of a short call. So it is rationed: up to BURST
 * captures at once, one more every REFILL_MS. In a burst beyond that, a call shows the last place captured for the same
 * function; where there is none, its error shows the worker's frames only.
 */
import { types } from "node:util";
import { joinStacks } from "./codec/index.js";

const BURST = 64;
const REFILL_MS = 0.5; // half a percent of the time
const FRAMES = 6;

/** Holds a captured stack; formatted when `stack` is read. */
export interface SubmitSite {
  stack?: string;
}

/** Captures the places that submit calls, as far as that is cheap: one for each executor. */
export class SubmitSites {
  #tokens = BURST;
  #refilledAt = 0;
  #lastSites = new WeakMap<object, SubmitSite>();

  /**
   * The place that calls `caller`, or the last one known for the same task.
   *
   * @param task what is submitted
   * @param caller the function whose caller is the place
   * @param nowMs the time, in ms of performance.now()
   * @returns undefined when none was captured
   */
  // biome-ignore lint/complexity/noBannedTypes: what Error.captureStackTrace takes
  capture(task: object, caller: Function, nowMs: number): SubmitSite | undefined {
    const refill = (nowMs - this.#refilledAt) / REFILL_MS;
    if (refill >= 1) {
      this.#tokens = Math.min(BURST, this.#tokens + refill);
      this.#refilledAt = nowMs;
    }
    if (this.#tokens < 1) return this.#lastSites.get(task);
    this.#tokens -= 1;
    const site: SubmitSite = {};
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = FRAMES;
    Error.captureStackTrace(site, caller);
    Error.stackTraceLimit = limit;
    this.#lastSites.set(task, site);
    return site;
  }
}

/**
 * What a call threw, with the place that submitted it at the end of its stack.
 *
 * @param thrown any value; what is no error, and a stack that cannot be changed, stays as it is
 * @param site undefined: nothing is added
 */
export function withSite(thrown: unknown, site: SubmitSite | undefined): unknown {
  try {
    if (site !== undefined && isError(thrown) && typeof thrown.stack === "string") {
      thrown.stack = joinStacks(thrown.stack, site.stack);
    }
  } catch {
    // frozen, an accessor of its class's, or a prepareStackTrace of the program's: it stays as it is
  }
  return thrown;
}

function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof DOMException; // the latter is none to Node 20
}
