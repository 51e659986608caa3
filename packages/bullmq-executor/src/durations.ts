/** Durations: how long things took, in bounded memory. */

export interface DurationStats {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** So many of the last ones decide the percentiles. */
const KEPT = 1024;

export class Durations {
  readonly #last: number[] = [];
  #count = 0;
  #sum = 0;
  #max = 0;

  record(ms: number): void {
    this.#last[this.#count % KEPT] = ms;
    this.#count++;
    this.#sum += ms;
    this.#max = Math.max(this.#max, ms);
  }

  get stats(): DurationStats {
    const sorted = [...this.#last].sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    const mean = this.#count === 0 ? 0 : this.#sum / this.#count;
    return { count: this.#count, mean, p50: at(0.5), p99: at(0.99), max: this.#max };
  }
}
