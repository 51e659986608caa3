/** Waiting: what goes on meanwhile, who is woken, and what is left afterwards. */
import { pbkdf2 } from "node:crypto";
import { getEventListeners } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Lock, RLock, Value } from "@concurrent-futures/shared";
import { afterAll, describe, expect, test } from "@jest/globals";
import { ProcessPoolExecutor } from "../../process-executor/dist/index.js";
import { ThreadPoolExecutor } from "../../thread-executor/dist/index.js";
import { loadLibc } from "../dist/memory/index.js";
import * as tasks from "./fixtures/lock-tasks.js";
import { run, start } from "./fixtures/run-program.js";
import { until } from "./fixtures/until.js";

const threads = new ThreadPoolExecutor({ maxWorkers: 3, abortGrace: 0 });
const processes = new ProcessPoolExecutor({ maxWorkers: 3, abortGrace: 0 });
afterAll(() => Promise.all([threads.killWorkers(), processes.killWorkers()]));

const describeShared = loadLibc() === undefined ? describe.skip : describe;

describe("the event loop", () => {
  test("goes on while 200 wait, and libuv's pool is free", async () => {
    const lock = new Lock();
    const guard = await lock.acquire();
    let served = 0;
    const all = Array.from({ length: 200 }, async () => {
      using _ = await lock.acquire();
      served += 1;
    });
    await Promise.all([
      readFile(fileURLToPath(import.meta.url)),
      sleep(10),
      ...Array.from({ length: 8 }, () => promisify(pbkdf2)("password", "salt", 10, 64, "sha512")),
    ]);
    expect(served).toBe(0);
    guard.release();
    await Promise.all(all);
    expect(served).toBe(200);
    expect(lock.locked()).toBe(false);
  });

  test("is kept busy for a short while only by 10,000 that wait, and they leave nothing", async () => {
    const lock = new Lock();
    const guard = lock.acquireSync();
    const controller = new AbortController();
    const { signal } = controller;
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const start = process.cpuUsage();
    const codes = Array.from({ length: 10_000 }, (_, n) =>
      lock.acquire(n % 2 === 0 ? { timeout: 20 } : { timeout: 20 + (n % 40), signal }).then(
        () => "got it",
        (error: { code: string }) => error.code,
      ),
    );
    expect(getEventListeners(signal, "abort").length).toBeLessThan(2); // Node warns of many
    expect(new Set(await Promise.all(codes))).toEqual(new Set(["ERR_TIMEOUT"]));
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(15); // 0.3 s; a look at all for each that is late takes minutes
    expect(getEventListeners(signal, "abort").length).toBe(0);
    expect(timers()).toBeLessThan(before + 10); // others have some, too
    guard.release();
    expect(lock.locked()).toBe(false);
  });

  test("aborting 2000 at once leaves nothing either", async () => {
    const lock = new Lock();
    const guard = lock.acquireSync();
    const controller = new AbortController();
    const { signal } = controller;
    const all = Array.from({ length: 2000 }, () => lock.acquire({ signal, timeout: 60_000 }).catch((error) => error));
    const reason = new Error("enough");
    controller.abort(reason);
    expect(new Set(await Promise.all(all))).toEqual(new Set([reason]));
    guard.release();
    (await lock.acquire({ timeout: 0 })).release();
  });
});

describe("a program", () => {
  test("that has used locks ends at once", async () => {
    const seen = await run("ends.js");
    expect(seen).toMatchObject({ late: "ERR_TIMEOUT", aborted: "AbortError", resources: [] });
  });

  describeShared("that waits for a lock", () => {
    test.each(["async", "sync"])("stays as long as its holder lives, and goes on when that dies (%s)", async (role) => {
      const program = start("waits.js", { args: [role] });
      await program.printed(".\n");
      const holder = Number(/(\d+)\./.exec(program.output())?.[1]);
      expect(program.child.exitCode).toBeNull();
      process.kill(holder, "SIGKILL"); // which nobody there sees: a zombie, or not even a child
      const { exitCode, stdout, stderr } = await program.ended;
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      expect(stdout).toContain("abandoned: true");
    });
  });
});

describeShared("a holder that is killed", () => {
  test("leaves the lock to one that blocks its thread and sees no exit: the holder is a zombie", async () => {
    const lock = new Lock();
    const pid = new Value("int32");
    const future = processes.submit(tasks.holdAsProcess, lock, pid);
    await until(() => pid.value > 0, "it holds the lock");
    process.kill(pid.value, "SIGKILL");
    using guard = lock.acquireSync({ timeout: 50_000 });
    expect(guard.abandoned).toBe(true);
    await expect(future.result()).rejects.toThrow(expect.objectContaining({ code: "ERR_WORKER_CRASHED" }));
  });

  test.each([
    ["thread", threads],
    ["process", processes],
  ] as const)("leaves it to one that waits on the event loop, and says so once: a %s", async (_kind, pool) => {
    for (const Class of [Lock, RLock]) {
      const lock = new Class();
      const said = new Value("int32");
      const future = pool.submit(tasks.holdForEver, lock, said);
      await until(() => said.value === 1, "it holds the lock");
      const waiting = [lock.acquire(), lock.acquire({ timeout: 50_000 })];
      future.abort();
      const first = await waiting[0];
      expect(first?.abandoned).toBe(true);
      first?.release();
      const second = await waiting[1];
      expect(second?.abandoned).toBe(false);
      second?.release();
      expect(lock.locked()).toBe(false);
    }
  });

  test("is noticed by a poll", async () => {
    const lock = new Lock();
    const pid = new Value("int32");
    const future = processes.submit(tasks.holdAsProcess, lock, pid);
    await until(() => pid.value > 0, "it holds the lock");
    process.kill(pid.value, "SIGKILL");
    await future.exception();
    const guard = await lock.acquire({ timeout: 0 });
    expect(guard.abandoned).toBe(true);
  });

  test("lets go of a lock that it had sent elsewhere before", async () => {
    const value = await processes.submit(tasks.makeValue, 1);
    const pid = new Value("int32");
    const future = processes.submit(tasks.holdAsProcess, value.getLock(), pid);
    await until(() => pid.value > 0, "it holds the lock");
    const other = threads.submit(tasks.acquireAndTell, value.getLock(), new Value("int32"));
    future.abort();
    expect(await other).toBe(true);
  });
});

describeShared("one that is killed while it waits", () => {
  test.each([
    ["thread", threads],
    ["process", processes],
  ] as const)("swallows no wake-up: a %s", async (_kind, pool) => {
    const lock = new Lock();
    const said = new Value("int32");
    const guard = lock.acquireSync();
    const futures = [pool.submit(tasks.waitForEver, lock, said), pool.submit(tasks.waitForEverAsync, lock, said)];
    await until(() => said.value === 2, "both wait");
    const next = [threads.submit(tasks.tries, lock, 50_000), processes.submit(tasks.triesSync, lock, 50_000)];
    for (const future of futures) future.abort();
    guard.release();
    expect(await Promise.all(next)).toEqual([true, true]);
    (await lock.acquire({ timeout: 50_000 })).release();
  });
});

describeShared("killed at any moment, workers that acquire and release leave the lock to the others", () => {
  test.each([
    ["threads that block", threads, tasks.cycleForEver],
    ["processes that block", processes, tasks.cycleForEver],
    ["threads that wait on their event loop", threads, tasks.cycleForEverAsync],
    ["processes that wait on their event loop", processes, tasks.cycleForEverAsync],
  ] as const)("%s", async (_name, pool, cycle) => {
    const lock = new Lock();
    const count = new Value("int32");
    const begin = () => {
      const pid = new Value("int32");
      return { pid, future: pool.submit(cycle as typeof tasks.cycleForEver, lock, pid, count) };
    };
    const workers = [begin(), begin()];
    for (let round = 0; round < 4; round++) {
      const seen = count.value;
      await until(() => count.value > seen + 7 * round && workers.every(({ pid }) => pid.value > 0), "they go on");
      const victim = workers.shift();
      if (pool === processes) process.kill(victim?.pid.value ?? 0, "SIGKILL");
      else victim?.future.abort();
      lock.acquireSync({ timeout: 50_000 }).release();
      (await lock.acquire({ timeout: 50_000 })).release();
      await victim?.future.exception().catch(() => {});
      workers.push(begin());
    }
    for (const { future } of workers) future.abort();
    await Promise.allSettled(workers.map(({ future }) => future.exception()));
    (await lock.acquire({ timeout: 50_000 })).release();
  });
});
