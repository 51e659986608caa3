/** Collections of futures, as `wait` and `asCompleted` take them. */
import { type Future, internals } from "./future.js";
import { show } from "./show.js";

/**
 * The futures of an iterable, each once.
 *
 * @throws {TypeError} it is not iterable, or something in it is not a future
 */
export function uniqueFutures<F extends Future<unknown>>(futures: Iterable<F>): Set<F> {
  if (typeof (futures as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== "function") {
    throw new TypeError(`Expected \`futures\` to be an iterable of futures, got ${show(futures)}`);
  }
  const all = new Set<F>();
  for (const future of futures) {
    if (!internals.isFuture(future)) {
      throw new TypeError(`Expected \`futures\` to hold futures only, got ${show(future)}`);
    }
    all.add(future);
  }
  return all;
}
