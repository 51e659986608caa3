/**
 * A call can go wrong in each of its phases, in each manner. Whatever it is: its future settles and says what happened,
 * nobody else notices, and the pool goes on.
 */
import { expect, test } from "@jest/globals";
import { type Future, importTasks, type TaskReference } from "concurrent-futures";
import * as bombs from "../fixtures/faults/bombs.js";
import { everyPool, failureOf, type Pool, type PoolKind, type PoolOptions } from "../pools/every-pool.js";
import { Signs, until } from "../pools/signs.js";

const signs = new Signs();
const NEIGHBOURS = 30;

type Phase = "decoding" | "importing" | "running" | "running, later" | "encoding" | "encoding, by a getter";

function importBomb(manner: bombs.Manner, file: string): TaskReference<[], string> {
  const url = new URL("../fixtures/faults/import-bomb.js", import.meta.url);
  url.search = new URLSearchParams({ manner, file }).toString();
  return importTasks<typeof import("../fixtures/faults/import-bomb.js")>(url).never;
}

/** @param imports where the module that goes off notes that it is imported */
function submitBomb(pool: Pool, phase: Phase, manner: bombs.Manner, imports: string): Future<unknown> {
  switch (phase) {
    case "decoding":
      return pool.submit(bombs.takeBomb, new bombs.DecodingBomb(manner), 0);
    case "importing":
      return pool.submit(importBomb(manner, imports));
    case "running":
      return pool.submit(bombs.runBomb, manner);
    case "running, later":
      return pool.submit(bombs.runBombLater, manner);
    case "encoding":
      return pool.submit(bombs.returnBomb, manner);
    case "encoding, by a getter":
      return pool.submit(bombs.returnGetter, manner);
  }
}

const PHASES: Phase[] = ["decoding", "importing", "running", "running, later", "encoding", "encoding, by a getter"];
const MANNERS: Record<PoolKind["kind"], bombs.Manner[]> = {
  thread: ["throw", "exit", "abort", "out of memory"],
  process: ["throw", "exit", "abort", "SIGKILL", "SIGTERM"],
};
/** For threads; processes ignore it. Young objects are few, so that those that grow old at once do not go far beyond. */
const LIMITS = { resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 4 } } as PoolOptions;

/** What the error must say of the manner. */
function ending(kind: PoolKind["kind"], manner: bombs.Manner): Record<string, unknown> {
  const crash = { name: "WorkerCrashedError", code: "ERR_WORKER_CRASHED" };
  switch (manner) {
    case "throw":
      return { message: expect.stringContaining("went off while") };
    case "exit":
      return { ...crash, exitCode: bombs.EXIT_CODE, signal: undefined, message: expect.stringContaining("code 7") };
    case "out of memory":
      return { ...crash, message: expect.stringMatching(/memory/) };
    case "abort":
      return kind === "thread"
        ? { code: "ERR_WORKER_UNSUPPORTED_OPERATION" } // threads have no abort(): it throws
        : { ...crash, signal: "SIGABRT", message: expect.stringContaining("SIGABRT") };
    default:
      return { ...crash, signal: manner, exitCode: undefined, message: expect.stringContaining(manner) };
  }
}

/** Holds the event loop until the condition holds. */
function blockUntil(condition: () => boolean): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (const deadline = performance.now() + 40_000; !condition(); Atomics.wait(pause, 0, 0, 10)) {
    if (performance.now() > deadline) throw new Error("Blocked in vain");
  }
}

/** The error, or what it was caused by, that fits. */
function matching(error: unknown, expected: Record<string, unknown>): unknown {
  for (let one = error; one instanceof Object; one = (one as { cause?: unknown }).cause) {
    try {
      expect(one).toMatchObject(expected);
      return one;
    } catch {
      // its cause may
    }
  }
  return error;
}

everyPool("crash matrix", ({ kind, create, share }) => {
  const cases = PHASES.flatMap((phase) => MANNERS[kind].map((manner) => [manner, phase] as const));
  const shared = share({ ...LIMITS, stderr: "ignore" });

  test.each(cases)("%s while %s", async (manner, phase) => {
    const pool = shared();
    const earlier = pool.stats();
    const file = signs.fresh("neighbours");
    const before = Array.from({ length: NEIGHBOURS }, (_, id) => pool.submit(bombs.work, file, id));
    const imports = signs.fresh("imports");
    const bomb = submitBomb(pool, phase, manner, imports);
    const after = Array.from({ length: NEIGHBOURS }, (_, id) => pool.submit(bombs.work, file, NEIGHBOURS + id));

    const error = await failureOf(() => bomb);
    const expected = ending(kind, manner);
    expect(matching(error, expected)).toMatchObject(expected);
    const { code } = expected;
    const all = Array.from({ length: 2 * NEIGHBOURS }, (_, id) => id);
    expect(await Promise.all([...before, ...after])).toEqual(all);
    expect(
      signs
        .notes(file)
        .map(Number)
        .sort((left, right) => left - right),
    ).toEqual(all); // each once
    expect(signs.notes(imports)).toHaveLength(phase === "importing" ? 1 : 0); // not tried over and over
    expect(pool.stats()).toMatchObject({
      completed: earlier.completed + all.length,
      failed: earlier.failed + 1,
      cancelled: 0,
      crashed: earlier.crashed + (code === "ERR_WORKER_CRASHED" ? 1 : 0),
    });
  });

  test.each(["throw", "exit"] as const)(
    "a module that goes off by %s while it is imported is imported again for `retries` only, and only after a crash",
    async (manner) => {
      const pool = create({ maxWorkers: 1, stderr: "ignore" });
      const file = signs.fresh("imports");
      await failureOf(() => pool.with({ retries: 2 }).submit(importBomb(manner, file)));
      expect(signs.notes(file)).toHaveLength(manner === "throw" ? 1 : 3);
    },
  );

  test("the error of a crash names the function, the worker, and what it had written to stderr", async () => {
    const pool = create({ stderr: "ignore" });
    const error = await failureOf(() => pool.submit(bombs.runBomb, "exit"));
    expect(error).toMatchObject({
      message: expect.stringMatching(new RegExp(`worker ${kind} \\d+ .*exited with code 7 while it ran \`runBomb\``)),
      stderr: "",
    });
  });

  test.each([
    ["decoding", "decoded the arguments of `takeBomb`"],
    ["importing", "imported the module of `never`"],
    ["running", "ran `runBomb`"],
    ["running, later", "ran `runBombLater`"],
    ["encoding", "encoded the result of `returnBomb`"],
  ] as const)("the error of a crash while %s says that the worker %s", async (phase, doing) => {
    const error = await failureOf(() => submitBomb(shared(), phase, "exit", signs.fresh("imports")));
    expect((error as Error).message).toContain(`exited with code 7 while it ${doing}`);
  });

  const endings = MANNERS[kind].filter((manner) => manner !== "out of memory");
  test.each(endings)("a result of 4 MiB that was sent before the end by %s stands", async (manner) => {
    const pool = shared();
    const bytes = await pool.submit(bombs.sendThenGoOff, manner, 4 * 2 ** 20);
    expect([bytes.length, bytes[0], bytes.at(-1)]).toEqual([4 * 2 ** 20, 42, 42]);
    // A worker that was looking out for more may have begun with the next call before its end.
    expect(await pool.with({ retries: 5 }).submit(bombs.workerId)).toBeGreaterThan(0);
  });

  test("small results sent just before the end stand", async () => {
    const pool = create({ maxWorkers: 1, stderr: "ignore" });
    for (let round = 0; round < 5; round++) {
      const [bytes] = await Promise.all([
        pool.submit(bombs.sendThenGoOff, "exit", 3),
        pool.submit(bombs.workerId).exception(),
      ]);
      expect([...bytes]).toEqual([42, 42, 42]);
    }
  });

  test("arguments of 4 MiB for workers that die meanwhile", async () => {
    const pool = create({ stderr: "ignore" });
    const file = signs.fresh("ran");
    const large = new Uint8Array(4 * 2 ** 20).fill(1);
    const futures = Array.from({ length: 12 }, (_, index) =>
      index % 2 === 0 ? pool.submit(bombs.runBomb, "exit") : pool.submit(bombs.measure, file, large),
    );
    const outcomes = await Promise.allSettled(futures);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(6);
    expect(signs.notes(file)).toHaveLength(6);
  });

  test("many crashes at once: each call has an error object of its own", async () => {
    const pool = create({ stderr: "ignore" });
    const futures = Array.from({ length: 6 }, () => pool.submit(bombs.runBomb, "exit"));
    const errors = await Promise.all(futures.map((future) => future.exception()));
    expect(new Set(errors).size).toBe(6);
    for (const error of errors) expect(error).toMatchObject({ code: "ERR_WORKER_CRASHED", exitCode: 7 });
    await until(() => pool.stats().crashed === 6, "the count of crashes");
  });

  if (kind === "process") {
    test("a worker that is killed in the middle of a result of 64 MiB", async () => {
      // Without shared memory, in which it would be complete before anybody reads it.
      const pool = create({ maxWorkers: 1, stderr: "ignore", execArgv: ["--no-addons"] });
      await pool.submit(bombs.workerId);
      const killed = signs.fresh("killed");
      const future = pool.submit(bombs.sendAndBeKilled, 64 * 2 ** 20, 300, killed);
      await new Promise(setImmediate);
      blockUntil(() => signs.seen(killed)); // nothing is read, so the pipe is full
      await expect(future).rejects.toMatchObject({ code: "ERR_WORKER_CRASHED", signal: "SIGKILL" });
      expect(await pool.submit(bombs.workerId)).toBe(2);
    });
  }
});
