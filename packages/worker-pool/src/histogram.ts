/**
 * Durations, kept as counts in buckets that grow by about 9 %: constant memory, cheap to record.
 */
const PER_OCTAVE = 8;
const OCTAVES = 40; // from 1 µs to about 12 days
const LOWEST_MS = 0.001;

/** A summary of durations, in milliseconds. */
export interface DurationStats {
  /** How many were measured. */
  readonly count: number;
  readonly mean: number;
  /** The median. */
  readonly p50: number;
  /** 99 of 100 took no longer. */
  readonly p99: number;
  readonly max: number;
}

/** Sums durations up, for executors that tell them in `stats()`. Percentiles are right to about 9 %. */
export class Histogram {
  readonly #buckets = new Uint32Array(PER_OCTAVE * OCTAVES);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** @param durationMs less than nothing counts as nothing */
  record(durationMs: number): void {
    const duration = Math.max(durationMs, 0); // clocks of two threads may differ by a hair
    this.#count += 1;
    this.#sum += duration;
    if (duration > this.#max) this.#max = duration;
    const bucket = duration <= LOWEST_MS ? 0 : Math.ceil(Math.log2(duration / LOWEST_MS) * PER_OCTAVE);
    const last = this.#buckets.length - 1;
    const index = Math.min(bucket, last);
    this.#buckets[index] = (this.#buckets[index] as number) + 1;
  }

  stats(): DurationStats {
    const mean = this.#count === 0 ? 0 : this.#sum / this.#count;
    return { count: this.#count, mean, p50: this.#quantile(0.5), p99: this.#quantile(0.99), max: this.#max };
  }

  #quantile(q: number): number {
    const rank = Math.ceil(q * this.#count);
    let seen = 0;
    for (let bucket = 0; bucket < this.#buckets.length; bucket++) {
      seen += this.#buckets[bucket] as number;
      if (rank > 0 && seen >= rank) return Math.min(this.#max, LOWEST_MS * 2 ** (bucket / PER_OCTAVE));
    }
    return 0;
  }
}
