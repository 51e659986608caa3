/**
 * Failures that nobody looked at: one warning each, once their future has been garbage collected.
 *
 * A future is registered only when it fails unseen, so those that succeed cost nothing.
 */
import { report } from "./report.js";

const registry = new FinalizationRegistry<{ error: unknown }>(({ error }) => {
  report("UnseenFutureErrorWarning", "A future failed, and nobody looked at its error before it was dropped", error);
});

export const unseenErrors = {
  add(future: object, error: unknown): void {
    registry.register(future, { error }, future);
  },
  delete(future: object): void {
    registry.unregister(future);
  },
};
