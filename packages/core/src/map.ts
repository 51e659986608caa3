/** Starting a map: what is done at once, and what as the results are read. */

import type { MapOptions, MapResults, TaskOptions } from "./executor.js";
import { flatten } from "./flatten.js";
import { type FeedPlan, MapFeed, type MapHost } from "./map-feed.js";
import { checkMapOptions } from "./map-options.js";
import { MapResultsReader } from "./map-results.js";
import { checkItems, failedSource, openSource } from "./map-source.js";

const lookAhead = { least: 64, most: 4096 }; // items

/**
 * Starts a map of `fn` over `items`; with `spread`, each item is a list of arguments.
 *
 * @throws {TypeError|RangeError} for what is wrong with the call itself
 */
export function startMap(
  host: MapHost,
  fn: unknown,
  items: unknown,
  options: MapOptions | undefined,
  spread: boolean,
): MapResults<unknown> {
  const { task, bound } = flatten(fn);
  checkItems(items);
  const { timeout, signal, chunkSize = "auto", bufferSize } = checkMapOptions(options);
  const source = signal?.aborted ? failedSource(signal.reason) : openSource(items, bufferSize === undefined);
  // Larger chunks would make limits of a call into limits of many.
  const size = chunkSize === "auto" && limitsEachItem(host.taskOptions) ? 1 : chunkSize;
  const pace =
    source.count === undefined ? paceOfUnsized(host, bufferSize, size) : paceOfSized(host, source.count, size);
  return new MapResultsReader(new MapFeed(host, { task, bound, spread, ...pace }, source), timeout, signal);
}

type Pace = Pick<FeedPlan, "chunkSize" | "window" | "limit">;
const none = Number.POSITIVE_INFINITY;

function paceOfSized(host: MapHost, count: number, chunkSize: number | "auto"): Pace {
  const limit = { from: none, upTo: none };
  const window = Math.max(16, 2 * host.parallelism);
  // So few that there is nothing to learn on the way.
  if (chunkSize === "auto" && count <= window) return { chunkSize: 1, window: none, limit };
  return { chunkSize, window: chunkSize === "auto" ? window : none, limit };
}

function paceOfUnsized(host: MapHost, bufferSize: number | undefined, chunkSize: number | "auto"): Pace {
  if (bufferSize !== undefined) {
    const limit = { from: bufferSize, upTo: bufferSize };
    return { chunkSize: chunkSize === "auto" ? 1 : Math.min(chunkSize, bufferSize), window: none, limit };
  }
  const from = Math.max(lookAhead.least, host.parallelism * Math.max(4, chunkSize === "auto" ? 1 : chunkSize));
  return { chunkSize, window: none, limit: { from, upTo: Math.max(from, lookAhead.most) } };
}

/** Whether a call has to be one item for its options to mean what they say. */
function limitsEachItem({ timeout, queueTimeout, retries, transfer }: TaskOptions): boolean {
  return timeout !== undefined || queueTimeout !== undefined || retries !== undefined || transfer !== undefined;
}
