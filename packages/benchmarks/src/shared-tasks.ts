/** What the processes run that share values and queues. */
import type { Barrier, Event, Queue, SharedArray, Value } from "concurrent-futures";

/** As JavaScript writes it: `using`, compiled for Node 20, would measure TypeScript's helper functions, too. */
function increment(value: Value<"int32">, count: number): void {
  for (let i = 0; i < count; i++) {
    const guard = value.getLock().acquireSync();
    try {
      value.value += 1;
    } finally {
      guard.release();
    }
  }
}

/** Increments as others do at the same time; when it began and ended goes into the places 2 * me and 2 * me + 1. */
export function incrementTimed(
  value: Value<"int32">,
  count: number,
  start: Barrier,
  times: SharedArray<"float64">,
  me: number,
): void {
  increment(value, count / 10); // warms up
  start.waitSync();
  times.set(2 * me, clockMs());
  increment(value, count);
  times.set(2 * me + 1, clockMs());
}

/** The same clock in all processes. */
function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** What a queue between two processes carries. */
export type Message = number | { readonly id: number; readonly text: string };

export async function consume(queue: Queue<Message>, count: number, ready: Event, done: Event): Promise<void> {
  ready.set();
  for (let i = 0; i < count; i++) await queue.get();
  done.set();
}

export function consumeSync(queue: Queue<Message>, count: number, ready: Event, done: Event): void {
  ready.set();
  for (let i = 0; i < count; i++) queue.getSync();
  done.set();
}

/** Takes an array that both sides see and gives a number. */
export function lastOfShared(array: SharedArray<"float64">): number {
  return array.get(array.length - 1);
}
