/**
 * Failures that nobody looked at: one warning each, once their future has been garbage collected.
 *
 * A future is registered only when it fails unseen, so those that succeed cost nothing. What is kept is text: an
 * error may lead to its future, by a field or by the frames of a stack that nobody read yet, and the registry would
 * keep alive what it waits for.
 */
import { describeThrown, warn } from "./report.js";

const registry = new FinalizationRegistry<string>((detail) => {
  warn("UnseenFutureErrorWarning", "A future failed, and nobody looked at its error before it was dropped", detail);
});

export const unseenErrors = {
  add(future: object, error: unknown): void {
    registry.register(future, describeThrown(error), future);
  },
  delete(future: object): void {
    registry.unregister(future);
  },
};
