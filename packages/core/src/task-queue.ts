/** A queue by priority: the highest first, and within one priority first in, first out. */
import { Fifo } from "./fifo.js";

export class TaskQueue<T> {
  readonly #lanes = new Map<number, Fifo<T>>(); // none is empty
  readonly #priorities: number[] = []; // ascending; the keys of #lanes

  push(value: T, priority: number): void {
    let lane = this.#lanes.get(priority);
    if (!lane) {
      lane = new Fifo();
      this.#lanes.set(priority, lane);
      this.#priorities.splice(this.#placeOf(priority), 0, priority);
    }
    lane.push(value);
  }

  shift(): T | undefined {
    const priority = this.#priorities.at(-1);
    if (priority === undefined) return undefined;
    const lane = this.#lanes.get(priority);
    const value = lane?.shift();
    if (!lane?.size) {
      this.#lanes.delete(priority);
      this.#priorities.pop();
    }
    return value;
  }

  #placeOf(priority: number): number {
    let low = 0;
    let high = this.#priorities.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#priorities[middle] as number) < priority) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
