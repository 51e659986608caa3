/**
 * A chunk: one call that runs a task over many items, so that a message is paid once for all of them.
 */
import { arrayFor } from "./array-for.js";
import { isThenable } from "./notify.js";
import { currentTask } from "./task-context.js";
import type { AnyFunction, AnyTask } from "./task-reference.js";
import { type Shaped, taskName, withShape } from "./task-shape.js";

/**
 * What a chunk gives: the values and how long they took; a third element is what the next item threw, which may be
 * any value, so look at the length.
 */
export type ChunkResult =
  | readonly [values: unknown[], elapsedMs: number]
  | readonly [values: unknown[], elapsedMs: number, thrown: unknown];

/** Runs a task over items; with `spread`, each item is a list of arguments. */
export type ChunkFunction = (
  bound: readonly unknown[],
  items: readonly unknown[],
  spread: boolean,
) => ChunkResult | Promise<ChunkResult>;

/** Makes the function that runs `fn` over a chunk, one item after the other. It stops where one throws. */
export function runChunk(fn: AnyFunction): ChunkFunction {
  return (bound, items, spread) => {
    const start = performance.now();
    const { length } = items;
    const values = arrayFor(length);
    let done = 0;
    const elapsedMs = () => performance.now() - start;
    const signal = currentTask()?.signal;
    const call = caller(fn, bound, spread);

    function stopped(thrown: unknown): ChunkResult {
      values.length = done;
      return [values, elapsedMs(), thrown];
    }

    async function goOn(first: PromiseLike<unknown>): Promise<ChunkResult> {
      try {
        values[done] = await first;
        done += 1;
        while (done < length) {
          signal?.throwIfAborted();
          values[done] = await call(items[done]);
          done += 1;
        }
      } catch (thrown) {
        return stopped(thrown);
      }
      return [values, elapsedMs()];
    }

    // Without `await` as long as nothing asks for it: a chunk of quick functions is one plain loop.
    try {
      while (done < length) {
        const value = call(items[done]);
        if (isThenable(value)) return goOn(value);
        values[done] = value;
        done += 1;
      }
    } catch (thrown) {
      return stopped(thrown);
    }
    return [values, elapsedMs()];
  };
}

/** How an item becomes a call. Without bound arguments no list of them is made, which would take longer than the call. */
function caller(fn: AnyFunction, bound: readonly unknown[], spread: boolean): (item: unknown) => unknown {
  if (spread) return (item) => fn(...bound, ...(item as unknown[]));
  return bound.length === 0 ? (item) => fn(item) : (item) => fn(...bound, item);
}

/** The task that `map` submits for a chunk of `task`. */
export function chunkTask(task: AnyTask): Shaped<ChunkFunction> {
  const run: ChunkFunction =
    typeof task === "function"
      ? runChunk(task)
      : async (bound, items, spread) => runChunk((await task.load()) as AnyFunction)(bound, items, spread);
  return withShape(run, { kind: "chunk", task }, taskName(task));
}
