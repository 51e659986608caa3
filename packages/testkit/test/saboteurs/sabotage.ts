/** Making executors that are wrong in one thing. */
import {
  type AnyFunction,
  type Call,
  EventLoopExecutor,
  type Executor,
  type Future,
  type MapResults,
  shapeOf,
} from "@concurrent-futures/core";
import { ProcessPoolExecutor } from "@concurrent-futures/process-executor";
import type { Create, CreateOptions } from "@concurrent-futures/testkit";
import { ThreadPoolExecutor } from "@concurrent-futures/thread-executor";

/** What an executor does wrong. Each part may be left out. */
export interface Mischief {
  /** Is created with other options. */
  options?(options: CreateOptions): CreateOptions;
  /** Runs another call than it was given. */
  call?(call: Call): Call;
  /** Has other methods on its futures; `own` are the right ones. */
  future?(own: Future<unknown>, call: Call, future: Future<unknown>, again: () => void): Partial<AnyMethods>;
  /** Has other methods itself; `own` are the right ones. */
  executor?(own: Pool, executor: Pool): Partial<AnyMethods>;
}

type AnyMethods = Record<PropertyKey, AnyFunction | undefined>;
export type Pool = Executor & Pick<ThreadPoolExecutor, "ready" | "stats" | "terminateWorkers">;

/** Gives an object other methods, made from its right ones. */
function spoil<T extends object>(target: T, methods: (own: T) => Partial<AnyMethods> | undefined): void {
  const own = new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (kept.get(name) ?? value.bind(target)) : value;
    },
  });
  const kept = new Map<PropertyKey, unknown>();
  const wrong = methods(own) ?? {};
  for (const name of Reflect.ownKeys(wrong)) kept.set(name, (Reflect.get(target, name) as AnyFunction).bind(target));
  Object.assign(target, wrong);
}

function sabotaged(mischief: Mischief, make: (options: CreateOptions) => object): Create {
  return (options) => {
    const executor = make(mischief.options?.(options) ?? options) as Executor & {
      schedule(call: Call): Future<unknown>;
    };
    const schedule = executor.schedule.bind(executor);
    executor.schedule = (given) => {
      const call = mischief.call?.(given) ?? given;
      const future = schedule(call);
      spoil(future, (own) => mischief.future?.(own, call, future, () => void schedule(call)));
      return future;
    };
    spoil(executor as Executor, (own) => mischief.executor?.(own as Pool, executor as never));
    return executor;
  };
}

export const loop = (mischief: Mischief = {}): Create =>
  sabotaged(mischief, (options) => new EventLoopExecutor(options));
export const threads = (mischief: Mischief): Create =>
  sabotaged(mischief, (options) => new ThreadPoolExecutor(options));
export const processes = (mischief: Mischief): Create =>
  sabotaged(mischief, (options) => new ProcessPoolExecutor(options));

/** An event loop whose futures have other methods. */
export const futures = (future: NonNullable<Mischief["future"]>): Create => loop({ future });

/** An event loop that runs other functions than those it was given; chunks of `map` are left alone. */
export function functions(change: (fn: AnyFunction, call: Call) => AnyFunction): Create {
  return loop({
    call: (call) => ({ ...call, task: runnable(call) ? change(call.task as AnyFunction, call) : call.task }),
  });
}

/** An event loop whose functions return something else. */
export const returning = (change: (value: never) => unknown): Create =>
  functions(
    (fn) =>
      async (...args: unknown[]) =>
        change((await fn(...args)) as never),
  );

/** An event loop whose functions throw something else. */
export const throwing = (change: (error: never) => unknown): Create =>
  futures((own) => ({ setException: (error: never) => own.setException(change(error)) }));

function runnable({ task }: Call): boolean {
  return typeof task === "function" && shapeOf(task as AnyFunction)?.kind !== "chunk";
}

/** An event loop with another `map`. */
export const mapping = (
  map: (own: Pool, fn: AnyFunction, items: Iterable<never>, options: Record<string, unknown>) => unknown,
): Create =>
  loop({
    executor: (own) => ({
      map: (fn: AnyFunction, items: Iterable<never>, options: Record<string, unknown> = {}) =>
        map(own, fn, items, options),
    }),
  });

/** What a generator yields, as the results of a map. */
export function results(generate: () => AsyncGenerator<unknown>): MapResults<unknown> {
  const all = generate();
  const collect = async () => {
    const read: unknown[] = [];
    for await (const result of all) read.push(result);
    return read;
  };
  // biome-ignore lint/suspicious/noThenProperty: the results of a map are awaited
  return Object.assign(all, { then: (...handlers: never[]) => collect().then(...handlers) }) as never;
}

/** A `map` that submits all, and cancels nothing. */
export const carelessMap = mapping((own, fn, items) => {
  const calls = Array.from(items, (item) => own.submit(fn, item));
  return results(async function* () {
    for (const call of calls) yield await call;
  });
});

/** A `map` that does nothing until it is read. */
export const lazyMap = mapping((own, fn, items, options) =>
  results(async function* () {
    yield* own.map(fn, items, options);
  }),
);

/** A `map` that first reads its input to the end. */
export const greedyMap = mapping((own, fn, items, options) => own.map(fn, [...items], options));

export const never: Promise<never> = new Promise(() => {});
