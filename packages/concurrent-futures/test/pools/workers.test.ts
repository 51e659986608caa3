/** How workers are set up, where they run, and how they leave. */
import { Writable } from "node:stream";
import { SHARE_ENV } from "node:worker_threads";
import { expect, test } from "@jest/globals";
import { ExecutorShutdownError, inline, ProcessPoolExecutor, partial, ThreadPoolExecutor } from "concurrent-futures";
import { add } from "../fixtures/arithmetic.js";
import {
  conclude,
  concludeLater,
  failToConclude,
  prepare,
  prepareLater,
  whatWasPrepared,
} from "../fixtures/contexts.js";
import { failOnce, failPayment, failPaymentLater, PaymentError } from "../fixtures/failures.js";
import { FOR_EVER_MS, hold, noteDown, spin } from "../fixtures/holding.js";
import { place } from "../fixtures/places.js";
import { everyPool, failureOf } from "./every-pool.js";
import { Signs, until } from "./signs.js";

const signs = new Signs();

everyPool("workers", ({ kind, BrokenError, create }) => {
  test.each([
    ["a sync", prepare],
    ["an async", prepareLater],
  ])("%s initializer runs once in each worker, with its arguments, before the first task", async (_, initializer) => {
    const file = signs.fresh("notes");
    const pool = create({ maxWorkers: 2, initializer, initArgs: [file, "ready for work"] });
    const answers = await Promise.all(Array.from({ length: 10 }, () => pool.submit(whatWasPrepared)));
    expect(new Set(answers)).toEqual(new Set(["ready for work"]));
    await pool.ready();
    expect(signs.notes(file)).toHaveLength(2);
    expect(new Set(signs.notes(file)).size).toBe(2);
  });

  test("a worker that replaces another is initialized too", async () => {
    const file = signs.fresh("notes");
    const pool = create({ maxWorkers: 1, maxTasksPerWorker: 1, initializer: prepare, initArgs: [file, "again"] });
    for (let n = 0; n < 3; n++) expect(await pool.submit(whatWasPrepared)).toBe("again");
    expect(signs.notes(file).length).toBeGreaterThanOrEqual(3);
  });

  test("ready() starts all workers and resolves when every initializer has run", async () => {
    const file = signs.fresh("notes");
    const pool = create({ maxWorkers: 3, initializer: prepareLater, initArgs: [file, "ready"] });
    await Promise.all([pool.ready(), pool.ready()]);
    expect(new Set(signs.notes(file)).size).toBe(3);
    expect(pool.stats()).toMatchObject({ workers: 3, idle: 3 });
    await pool.ready();
    expect(pool.stats().workers).toBe(3);
  });

  test.each([
    ["throws", failPayment],
    ["rejects", failPaymentLater],
  ])(
    "an initializer that %s breaks the pool: each future gets its own error, with its error as cause",
    async (_, fail) => {
      const pool = create({ maxWorkers: 2, initializer: fail, initArgs: [7] });
      const futures = Array.from({ length: 4 }, () => pool.submit(add, 1, 2));
      const errors = await Promise.all(futures.map((future) => failureOf(() => future)));
      expect(new Set(errors).size).toBe(4);
      for (const error of errors) {
        expect(error).toBeInstanceOf(BrokenError);
        expect((error as Error).cause).toBeInstanceOf(PaymentError);
        expect((error as Error).cause).toMatchObject({ amount: 7 });
        expect((error as Error).message).toContain("Payment of 7 was declined");
      }
      expect(() => pool.submit(add, 1, 2)).toThrow(BrokenError);
      await expect(pool.ready()).rejects.toBeInstanceOf(BrokenError);
      await pool.shutdown();
    },
  );

  test("ready() rejects when an initializer fails", async () => {
    const pool = create({ maxWorkers: 2, initializer: failPayment, initArgs: [8] });
    const error = await failureOf(() => pool.ready());
    expect(error).toBeInstanceOf(BrokenError);
    expect((error as Error).cause).toMatchObject({ amount: 8 });
  });

  test("one failing initializer breaks the pool for what other workers run, too", async () => {
    const file = signs.fresh("failed");
    const pool = create({ maxWorkers: 2, initializer: failOnce, initArgs: [file] });
    const errors = await Promise.all(
      Array.from({ length: 6 }, () => failureOf(() => pool.submit(hold, signs.fresh("s"), signs.fresh("never")))),
    );
    for (const error of errors) expect(error).toBeInstanceOf(BrokenError);
  });

  test("initArgs that cannot be sent break the pool with the reason", async () => {
    const pool = create({ maxWorkers: 1, initializer: prepare as never, initArgs: [() => {}, "x"] });
    const error = await failureOf(() => pool.submit(add, 1, 2));
    expect(error).toBeInstanceOf(BrokenError);
    expect((error as Error).cause).toMatchObject({ code: "ERR_SERIALIZATION" });
  });

  test("initializer and finalizer can be partials, and functions that travel by source", async () => {
    const file = signs.fresh("notes");
    const folder = inline(() => {}, { captures: {} });
    const pool = create({
      maxWorkers: 1,
      initializer: partial(prepare, file),
      initArgs: ["by partial"],
      finalizer: partial(noteDown, file, "finalized"),
    });
    expect(await pool.submit(whatWasPrepared)).toBe("by partial");
    await pool.shutdown();
    expect(signs.notes(file).at(-1)).toBe("finalized");
    const other = create({ maxWorkers: 1, initializer: folder, finalizer: folder });
    expect(await other.submit(add, 1, 2)).toBe(3);
  });

  test.each([
    ["a sync", conclude],
    ["an async", concludeLater],
  ])("%s finalizer runs in every worker before shutdown() resolves", async (_, finalizer) => {
    const [file, init] = [signs.fresh("conclusions"), signs.fresh("init")];
    const env = { ...process.env, CONCLUSIONS: file };
    const pool = create({ maxWorkers: 2, env, initializer: prepare, initArgs: [init, "ended"], finalizer });
    await pool.ready();
    await pool.submit(add, 1, 2);
    await pool.shutdown();
    expect(signs.notes(file).sort()).toEqual(
      signs
        .notes(init)
        .map((where) => `ended ${where}`)
        .sort(),
    );
    expect(signs.notes(file)).toHaveLength(2);
  });

  test("the finalizer runs in workers that retire, not in one that is killed", async () => {
    const file = signs.fresh("conclusions");
    const env = { ...process.env, CONCLUSIONS: file };
    const pool = create({ maxWorkers: 1, maxTasksPerWorker: 1, abortGrace: 20, env, finalizer: conclude });
    const retired = await pool.submit(place);
    await until(() => signs.notes(file).length === 1, "the first has concluded");
    expect(signs.notes(file)).toEqual([`undefined ${retired}`]);
    const killed = create({ maxWorkers: 1, abortGrace: 20, env, finalizer: conclude });
    const spinning = killed.submit(spin, signs.fresh("started"), FOR_EVER_MS);
    await until(() => spinning.running(), "it spins");
    spinning.abort();
    await until(() => killed.stats().workers === 0, "its worker is killed");
    await killed.shutdown();
    expect(signs.notes(file)).toHaveLength(1);
  });

  test("a finalizer that throws is reported, and does not keep the pool from ending", async () => {
    const output = collector();
    const pool = create({ maxWorkers: 1, finalizer: failToConclude, stderr: output.stream });
    await pool.submit(add, 1, 2);
    await pool.shutdown();
    await until(() => output.text().includes("The finalizer's own fault"), "the report");
    expect(pool.stats()).toMatchObject({ workers: 0, crashed: 0 });
  });

  test("shutdown while workers are starting rejects ready() and ends", async () => {
    const pool = create({ maxWorkers: 2 });
    const ready = pool.ready();
    const rejected = expect(ready).rejects.toBeInstanceOf(ExecutorShutdownError);
    await pool.shutdown();
    await rejected;
    expect(pool.stats().workers).toBe(0);
  });

  test("env, argv and execArgv are the workers' own", async () => {
    const pool = create({
      maxWorkers: 1,
      env: { ...process.env, GREETING: "hello" },
      argv: ["one", "two words"],
      execArgv: ["--no-deprecation"],
    });
    const seen = await pool.submit(() => {
      const { GREETING: greeting } = process.env;
      return { greeting, argv: process.argv.slice(2), flags: process.execArgv };
    });
    expect(seen).toMatchObject({ greeting: "hello", argv: ["one", "two words"] });
    expect(seen.flags).toContain("--no-deprecation");
    expect("GREETING" in process.env).toBe(false);
  });

  test("stdout and stderr can be streams, and nothing that a task writes there corrupts the pool", async () => {
    const [out, err] = [collector(), collector()];
    const pool = create({ maxWorkers: 1, stdout: out.stream, stderr: err.stream });
    await pool.submit(() => {
      console.log("to stdout");
      console.error("to stderr");
      process.stdout.write(Buffer.from([0, 1, 2, 255, 10]));
    });
    expect(await pool.submit(add, 1, 2)).toBe(3);
    await pool.shutdown();
    await until(() => out.text().length >= 15 && err.text().length >= 10, "all of the output");
    expect(out.text()).toContain("to stdout\n");
    expect(err.text()).toBe("to stderr\n");
  });

  if (kind === "thread") {
    test("threads are named by threadNamePrefix and number, where Node tells", async () => {
      await using pool = new ThreadPoolExecutor({ maxWorkers: 1, threadNamePrefix: "painter-" });
      const nameOf = async () => ((await import("node:worker_threads")) as { threadName?: string }).threadName;
      expect(["painter-1", undefined]).toContain(await pool.submit(nameOf));
    });

    test("env may be SHARE_ENV: then threads see what the parent sets later", async () => {
      await using pool = new ThreadPoolExecutor({ maxWorkers: 1, env: SHARE_ENV });
      const set = (value: string) => {
        Object.assign(process.env, { CONCURRENT_FUTURES_SHARED: value });
      };
      await pool.submit(set, "by one thread");
      await using other = new ThreadPoolExecutor({ maxWorkers: 1, env: SHARE_ENV });
      const get = () => {
        const { CONCURRENT_FUTURES_SHARED: value } = process.env;
        delete process.env["CONCURRENT_FUTURES_SHARED"]; // the environment is that of other tests, too
        return value;
      };
      expect(await other.submit(get)).toBe("by one thread");
    });

    test("resourceLimits bound a thread: running out of memory is a crash, and the pool goes on", async () => {
      await using pool = new ThreadPoolExecutor({
        maxWorkers: 1,
        resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 },
        stderr: "ignore",
      });
      const devour = () => {
        let food: object = {}; // in small pieces: Node >= 24 does not survive large ones, see ../fixtures/faults/bombs.ts
        for (;;) food = { food };
      };
      const error = await failureOf(() => pool.submit(devour));
      expect(error).toMatchObject({ code: "ERR_WORKER_CRASHED", message: expect.stringContaining("memory") });
      expect(await pool.submit(add, 1, 2)).toBe(3);
    });
  } else {
    test("cwd is where the processes run", async () => {
      await using pool = new ProcessPoolExecutor({ maxWorkers: 1, cwd: "/" });
      expect(await pool.submit(() => process.cwd())).toBe("/");
    });

    test("junk that a task writes to the descriptors of its process ends that worker at most", async () => {
      const pool = create({ maxWorkers: 1, stdout: "ignore", stderr: "ignore" });
      const writeJunk = async (descriptor: number) => {
        const { writeSync } = await import("node:fs");
        try {
          writeSync(descriptor, "junk\n".repeat(50));
        } catch {
          // not open for writing
        }
        process.send?.({ junk: true });
        return "survived";
      };
      for (const descriptor of [1, 2, 3, 4, 5, 6]) {
        const outcome = await pool.submit(writeJunk, descriptor).then(String, (error: { code?: string }) => error.code);
        expect(["survived", "ERR_WORKER_CRASHED"]).toContain(outcome);
        // A worker that is about to end may have started the next call already: then that runs again.
        expect(await pool.with({ retries: 1 }).submit(add, descriptor, 1)).toBe(descriptor + 1);
      }
    });
  }
});

/** A stream, and what was written to it. */
function collector() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString("latin1") };
}
