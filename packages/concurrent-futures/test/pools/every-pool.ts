/** One suite for both pools: what works with threads works with processes. */
import { afterAll, afterEach, beforeAll, describe } from "@jest/globals";
import {
  type BrokenExecutorError,
  BrokenProcessPoolError,
  BrokenThreadPoolError,
  ProcessPoolExecutor,
  type ProcessPoolOptions,
  ThreadPoolExecutor,
  type ThreadPoolOptions,
} from "concurrent-futures";

export type Pool<I extends readonly unknown[] = readonly unknown[]> = ThreadPoolExecutor<I> | ProcessPoolExecutor<I>;

/** The options that both take. */
export type PoolOptions<I extends readonly unknown[] = readonly unknown[]> = Omit<
  ThreadPoolOptions<I> & ProcessPoolOptions<I>,
  "env" | "resourceLimits" | "threadNamePrefix" | "cwd" | "permission"
> & { readonly env?: NodeJS.ProcessEnv };

export interface PoolKind {
  readonly kind: "thread" | "process";
  readonly BrokenError: new (...args: never[]) => BrokenExecutorError;
  /** A pool of two workers, unless `options` say otherwise, that is gone after the test. */
  create<I extends readonly unknown[]>(options?: PoolOptions<I>): Pool<I>;
  /** One such pool for all tests of a `describe`. */
  share<I extends readonly unknown[]>(options?: PoolOptions<I>): () => Pool<I>;
}

/** Registers the suite for each kind of pool. */
export function everyPool(title: string, suite: (kind: PoolKind) => void): void {
  const kinds = [
    { kind: "thread", Executor: ThreadPoolExecutor, BrokenError: BrokenThreadPoolError },
    { kind: "process", Executor: ProcessPoolExecutor, BrokenError: BrokenProcessPoolError },
  ] as const;
  for (const { kind, Executor, BrokenError } of kinds) {
    describe(`${title}, in a ${kind} pool`, () => {
      const pools: Pool<never>[] = [];
      afterEach(async () => {
        await Promise.all(pools.splice(0).map((pool) => pool.killWorkers()));
      });
      const make = <I extends readonly unknown[]>(options: PoolOptions<I> = {}): Pool<I> =>
        new Executor<I>({ maxWorkers: 2, ...options });

      suite({
        kind,
        BrokenError,
        create(options) {
          const pool = make(options);
          pools.push(pool as never);
          return pool;
        },
        share(options) {
          let pool: ReturnType<typeof make<NonNullable<NonNullable<typeof options>["initArgs"]>>> | undefined;
          beforeAll(() => {
            pool = make(options);
          });
          afterAll(() => pool?.killWorkers());
          return () => {
            if (pool === undefined) throw new Error("The shared pool is for tests only");
            return pool;
          };
        },
      });
    });
  }
}

/** What a call throws, or what its future rejects with. */
export async function failureOf(submit: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    await submit();
  } catch (error) {
    return error;
  }
  throw new Error("Expected this to fail");
}
