/** Executors whose `map` breaks the clauses M. */
import { asCompleted, TimeoutError } from "@concurrent-futures/core";
import { carelessMap, futures, greedyMap, lazyMap, loop, mapping, results } from "./sabotage.js";
import type { Saboteurs } from "./saboteur.js";

export const ofMaps: Saboteurs = {
  "M-1": {
    does: "gives results as they come",
    create: mapping((own, fn, items) =>
      results(async function* () {
        for await (const call of asCompleted(Array.from(items, (item) => own.submit(fn, item)))) yield await call;
      }),
    ),
  },
  "M-2": {
    does: "gives results that cannot be awaited",
    // biome-ignore lint/suspicious/noThenProperty: it is taken away
    create: mapping((own, fn, items, options) => Object.assign(own.map(fn, items, options), { then: undefined })),
  },
  "M-3": {
    does: "gives something for nothing",
    create: mapping((own, fn, items, options) => {
      const some = [...items];
      return some.length > 0
        ? own.map(fn, some, options)
        : results(async function* () {
            yield undefined;
          });
    }),
  },
  "M-4": { does: "waits for a reader", create: lazyMap, hangs: true },
  "M-5": {
    does: "does not spread",
    create: loop({ executor: (own) => ({ starmap: (fn: never, items: never[]) => own.map(fn, items) }) }),
  },
  "M-6": {
    does: "fails before its turn",
    create: mapping((own, fn, items) =>
      results(async function* () {
        yield* await Promise.all(Array.from(items, (item) => own.submit(fn, item)));
      }),
    ),
  },
  "M-7": {
    does: "takes a falsy error for none",
    create: futures((own) => ({
      setException: (error: unknown) => (error ? own.setException(error) : own.setResult(error)),
    })),
  },
  "M-8": { does: "goes on after a failure", create: carelessMap },
  "M-9": { does: "goes on when nobody reads any more", create: carelessMap },
  "M-10": {
    does: "does not close its input",
    create: mapping((own, fn, items, options) => {
      const iterator = items[Symbol.iterator]();
      return own.map(fn, { [Symbol.iterator]: () => ({ next: () => iterator.next() }) }, options);
    }),
  },
  "M-11": { does: "cannot take back what waits", create: futures(() => ({ cancel: () => false })) },
  "M-12": {
    does: "starts the time anew for each item",
    create: mapping((own, fn, items, { timeout }) =>
      results(async function* () {
        // Much more time, so that no item ever takes too long.
        for (const item of items) yield await own.submit(fn, item).result({ timeout: 1000 * (timeout as number) });
      }),
    ),
    hangs: true,
  },
  "M-13": {
    does: "takes every TimeoutError for its own",
    create: mapping((own, fn, items, options) =>
      results(async function* () {
        try {
          yield* own.map(fn, items, options);
        } catch {
          throw new TimeoutError("The map took too long");
        }
      }),
    ),
  },
  "M-14": {
    does: "refuses options later",
    create: mapping((own, fn, items, options) => {
      try {
        return own.map(fn, items, options);
      } catch (error) {
        return results(async function* () {
          yield await Promise.reject(error);
        });
      }
    }),
  },
  "M-15": { does: "lets the input throw out of the call", create: greedyMap },
  "M-16": {
    does: "refuses in the call",
    create: mapping((own, fn, items, options) => {
      own.submit(fn, 0 as never).cancel();
      return own.map(fn, items, options);
    }),
  },
  "M-17": { does: "reads its input whole", create: greedyMap },
  "M-18": {
    does: "finds nothing in async iterables",
    create: mapping((own, fn, items, options) => own.map(fn, Symbol.iterator in items ? items : [], options)),
  },
  "M-19": {
    does: "knows no iterables but arrays",
    create: mapping((own, fn, items, options) => own.map(fn, Array.isArray(items) ? items : [], options)),
  },
  "M-20": {
    does: "takes one item too many",
    create: mapping((own, fn, items, options) => {
      const bufferSize = options["bufferSize"] as number | undefined;
      return own.map(fn, items, bufferSize ? { bufferSize: bufferSize + 1 } : options);
    }),
  },
  "M-21": {
    does: "loses the end of the last chunk",
    create: mapping((own, fn, items, options) =>
      own.map(fn, Number(options["chunkSize"]) > 1 ? [...items].slice(0, -1) : items, options),
    ),
  },
  "M-22": {
    does: "ends with a reason of its own",
    create: mapping((own, fn, items, options) => {
      const { signal } = options as { signal: AbortSignal };
      const controller = new AbortController();
      signal.addEventListener("abort", () => controller.abort("something else"));
      return own.map(fn, items, { signal: controller.signal });
    }),
  },
  "M-23": { does: "has done nothing when it is shut down", create: lazyMap },
  "M-24": {
    does: "makes a promise that nobody asked for",
    create: mapping((own, fn, items, options) => {
      const all = own.map(fn, items, options);
      void all.then(() => {});
      return all;
    }),
  },
  "M-25": {
    does: "does not cancel a map at its end",
    create: loop({ executor: (own) => ({ shutdown: () => own.shutdown() }) }),
    hangs: true,
  },
};
