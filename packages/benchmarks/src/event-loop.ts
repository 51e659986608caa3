/** How long an event loop keeps others waiting. */

/** Notes, until it is stopped, the times between turns in which a timer could run; in ms. */
export function watchEventLoop(): { stop(): number[] } {
  const gaps: number[] = [];
  let last = performance.now();
  const note = () => {
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  };
  let timer = setTimeout(function again() {
    note();
    timer = setTimeout(again, 1); // the least that there is
  }, 1);
  return {
    stop() {
      clearTimeout(timer);
      note();
      return gaps;
    },
  };
}

/**
 * How long at most a share `q` of all things wait that become due at any moment, when each waits for the end of the gap
 * that it falls into. Longer gaps count more: more falls into them. (The quantile of the gaps themselves would count
 * one long stop among many short turns as one of many.)
 *
 * Longer than w wait those which fall into the first g - w of a gap of length g > w. So of the longest k gaps, those
 * longer than w, sum(g) - k * w must be the share 1 - q of all the time.
 */
export function waitQuantile(gaps: readonly number[], q: number): number {
  if (gaps.length === 0) throw new RangeError("Expected at least one gap to take a quantile of waits of, got none");
  const longestFirst = Float64Array.from(gaps).sort().reverse();
  const share = (1 - q) * longestFirst.reduce((a, b) => a + b);
  let sum = 0;
  let wait = 0;
  for (const [k, gap] of longestFirst.entries()) {
    if (gap < wait) break; // all that are longer than the wait are in the sum
    sum += gap;
    wait = (sum - share) / (k + 1);
  }
  return Math.max(wait, 0);
}
