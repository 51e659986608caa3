/** What goes wrong with machines and networks: every future settles, once, with its own outcome. */
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BullMQExecutor, BullMQWorker } from "@concurrent-futures/bullmq-executor";
import type { Future } from "@concurrent-futures/core";
import { ThreadPoolExecutor } from "@concurrent-futures/thread-executor";
import { expect, jest, test } from "@jest/globals";
import { BASE, KEYS } from "./deployed.js";
import * as tasks from "./fixtures/tasks.js";
import { Program, startWorker, until } from "./programs.js";
import { TcpProxy } from "./proxy.js";
import { RedisServer } from "./redis-server.js";
import { describeWithRedis, Stage } from "./stage.js";

jest.setTimeout(240_000); // only for failing: a busy machine takes its time

const stage = new Stage();

function submitOnly(options: Partial<ConstructorParameters<typeof BullMQExecutor>[0]> = {}): BullMQExecutor {
  const queue = `test-${randomUUID()}`;
  const connection = stage.server.connection;
  const executor = new BullMQExecutor({ queue, connection, keys: KEYS, base: BASE, sweepInterval: 200, ...options });
  stage.later(() => executor.shutdown({ wait: false, cancelFutures: true }));
  return executor;
}

async function startProgram(options: object): Promise<Program> {
  return stage.keep(await startWorker({ connection: stage.server.connection, keys: KEYS, ...options }));
}

/** Counts how often futures settle. */
function watch(futures: readonly Future<unknown>[]): () => number {
  let settled = 0;
  for (const future of futures) future.addDoneCallback(() => settled++);
  return () => settled;
}

/** Workers that look soon for jobs that got lost on the way to another. */
const SOON = { lockDuration: 2_000, stalledInterval: 300, maxStalledCount: 10 };
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

/** Which process began what: notes of noteAndPause. */
function begun(): { pid: number; n: number }[] {
  return stage.scratch.lines("notes").map((line) => {
    const [pid, n] = JSON.parse(line);
    return { pid, n };
  });
}

function report(what: string, start: number): void {
  process.stdout.write(`    ${what}: all settled ${((performance.now() - start) / 1000).toFixed(1)} s later\n`);
}

describeWithRedis("faults", () => {
  test("kill -9 of a worker in the middle of 500 tasks: the others run them, and each future settles once", async () => {
    const queue = `test-${randomUUID()}`;
    const executor = submitOnly({ queue });
    const options = { queue, maxWorkers: 4, ...SOON };
    const [victim] = await Promise.all([startProgram(options), startProgram(options)]);
    const [file, go] = [stage.scratch.file("notes"), stage.scratch.file("go")];
    const futures = numbers(500).map((n) => executor.submit(tasks.noteAndPause<number>, file, n, n < 250 ? "" : go));
    const settled = watch(futures);
    const held = () => begun().filter(({ pid, n }) => pid === victim.pid && n >= 250);
    await until(() => held().length > 0);
    victim.kill("SIGKILL");
    await victim.ended;
    const start = performance.now();
    writeFileSync(go, "");
    expect(await Promise.all(futures)).toEqual(numbers(500));
    report("kill -9 of a worker", start);
    expect(settled()).toBe(500);
    const byOthers = new Set(begun().flatMap(({ pid, n }) => (pid === victim.pid ? [] : [n])));
    expect(held().filter(({ n }) => !byOthers.has(n))).toEqual([]);
  });

  test("kill -9 of Redis and its restart: all go on where they were", async () => {
    const durable = await RedisServer.start({ durable: true });
    stage.later(() => durable.stop());
    const deployed = stage.deploy({ connection: durable.connection, maxWorkers: 4, worker: SOON });
    const [file, go] = [stage.scratch.file("notes"), stage.scratch.file("go")];
    const futures = numbers(300).map((n) => deployed.submit(tasks.noteAndPause<number>, file, n, n < 150 ? "" : go));
    const settled = watch(futures);
    await until(() => begun().some(({ n }) => n >= 150));
    await durable.kill("SIGKILL");
    writeFileSync(go, ""); // what runs ends while there is no Redis
    const start = performance.now();
    await durable.start();
    expect(await Promise.all(futures)).toEqual(numbers(300));
    report("kill -9 of Redis, and its restart", start);
    expect(settled()).toBe(300);
    await deployed.shutdown();
  });

  test("a connection that is cut comes back, and nothing is lost", async () => {
    const proxy = await TcpProxy.start(stage.server.port);
    stage.later(() => proxy.stop());
    const connection = { ...stage.server.connection, port: proxy.port };
    const executor = { sweepInterval: 600_000 }; // what was said meanwhile is read afterwards, without asking
    const deployed = stage.deploy({ connection, maxWorkers: 4, worker: SOON, executor });
    const [file, go] = [stage.scratch.file("notes"), stage.scratch.file("go")];
    const futures = numbers(300).map((n) => deployed.submit(tasks.noteAndPause<number>, file, n, n < 150 ? "" : go));
    const settled = watch(futures);
    await until(() => begun().some(({ n }) => n >= 150));
    proxy.cut();
    writeFileSync(go, "");
    const start = performance.now();
    setTimeout(() => {
      proxy.down = false;
    }, 300);
    expect(await Promise.all(futures)).toEqual(numbers(300));
    report("connections cut", start);
    expect(settled()).toBe(300);
    await deployed.shutdown();
  });

  test("jobs whose arrival was not confirmed are added again, and run once", async () => {
    const proxy = await TcpProxy.start(stage.server.port);
    stage.later(() => proxy.stop());
    const queue = `test-${randomUUID()}`;
    const executor = submitOnly({ queue, connection: { ...stage.server.connection, port: proxy.port } });
    const worker = new BullMQWorker({
      queue,
      connection: stage.server.connection,
      keys: KEYS,
      tasks: { "./tasks.js": tasks },
      concurrency: 4,
      lockDuration: 60_000,
      pool: new ThreadPoolExecutor({ maxWorkers: 4 }),
    });
    stage.later(() => worker.close());
    await worker.ready();
    expect(await executor.submit(tasks.add, 1, 2)).toBe(3);
    proxy.deaf = true;
    const file = stage.scratch.file("notes");
    const futures = numbers(20).map((n) => executor.submit(tasks.note<number>, file, n, 1));
    await until(() => stage.scratch.lines("notes").length === 20); // though Redis's word of it got lost
    proxy.cut();
    proxy.down = false;
    expect(await Promise.all(futures)).toEqual(numbers(20));
    expect(stage.scratch.lines("notes")).toHaveLength(20);
  });

  test("jobs that got lost with the connection are added again, as often as that happens", async () => {
    const proxy = await TcpProxy.start(stage.server.port);
    stage.later(() => proxy.stop());
    const queue = `test-${randomUUID()}`;
    const executor = submitOnly({ queue, connection: { ...stage.server.connection, port: proxy.port } });
    await startProgram({ queue, maxWorkers: 2 });
    expect(await executor.submit(tasks.add, 1, 2)).toBe(3);
    for (const round of numbers(3)) {
      let lost = false;
      proxy.onRequest = (request) => {
        lost ||= request.includes("./tasks.js#double");
        return new Promise(() => {});
      };
      const futures = numbers(20).map((n) => executor.submit(tasks.double, n + round));
      await until(() => lost);
      proxy.cut();
      proxy.onRequest = () => {};
      proxy.down = false;
      expect(await Promise.all(futures)).toEqual(numbers(20).map((n) => 2 * (n + round)));
    }
  });

  test("a submitter that is busy for 5 s during 8,000 tasks misses none of their results", async () => {
    const queue = `test-${randomUUID()}`;
    const executor = submitOnly({ queue });
    await startProgram({ queue, maxWorkers: 2, concurrency: 50 });
    const futures = numbers(8_000).map((n) => executor.with({ name: "alone" }).submit(tasks.double, n));
    const settled = watch(futures);
    await until(() => settled() >= 100);
    const busyUntil = performance.now() + 5_000;
    while (performance.now() < busyUntil);
    const start = performance.now();
    expect(await Promise.all(futures)).toEqual(numbers(8_000).map((n) => 2 * n));
    report("busy for 5 s", start);
    expect(settled()).toBe(8_000);
    const client = stage.server.client();
    expect(await client.hget(`bull:${queue}:meta`, "opts.maxLenEvents")).toBe("100000");
    client.disconnect();
  });

  /** A call that runs until `go` is there, whose submitter will hear of no more events. */
  async function holdWithoutEvents(options: { readonly sweepInterval?: number }) {
    const queue = `test-${randomUUID()}`;
    const refused: string[] = [];
    const executor = submitOnly({ queue, ...options, log: (line) => void refused.push(line) });
    const client = stage.client();
    const go = stage.scratch.file("go");
    const deployed = stage.deploy({ executor: { queue } });
    const future = executor.submit(tasks.hold, stage.scratch.file("notes"), go);
    await until(() => stage.scratch.lines("notes").length === 1);
    // Once it has read the last entry that a stream can have, whatever is added lies before that.
    const [id = ""] = await client.lrange(`bull:${queue}:active`, 0, 0);
    const event = ["event", "progress", "jobId", id, "data", "{"];
    await client.xadd(`bull:${queue}:events`, "18446744073709551615-18446744073709551614", ...event);
    await until(() => refused.length === 1);
    await client.del(`bull:${queue}:events`);
    return { queue, id, client, go, executor, deployed, future };
  }

  test("results whose events are gone are found by asking", async () => {
    const { queue, client, go, deployed, future } = await holdWithoutEvents({});
    await client.del(`bull:${queue}:events`, ...(await client.keys(`bull:${queue}:cf:inbox:*`)));
    writeFileSync(go, "");
    expect(await future).toBe("let go");
    await deployed.shutdown();
  });

  test("a short result needs no events, and its way leaves nothing behind in Redis", async () => {
    const held = await holdWithoutEvents({ sweepInterval: 600_000 });
    const { queue, id, client, go, executor, deployed, future } = held;
    writeFileSync(go, "");
    expect(await future).toBe("let go");
    const { inbox } = JSON.parse(JSON.parse((await client.hget(`bull:${queue}:${id}`, "data")) ?? "").h);
    expect(await client.pttl(`bull:${queue}:cf:inbox:${inbox}`)).toBeGreaterThan(0);
    await executor.shutdown();
    await until(async () => (await client.exists(`bull:${queue}:cf:inbox:${inbox}`)) === 0);
    await deployed.shutdown();
  });

  test("a call whose job is missing once is not lost: Redis may be loading its data", async () => {
    const proxy = await TcpProxy.start(stage.server.port);
    stage.later(() => proxy.stop());
    const queue = `test-${randomUUID()}`;
    const executor = submitOnly({ queue, connection: { ...stage.server.connection, port: proxy.port } });
    const client = stage.client();
    const [job, away] = [(id: string) => `bull:${queue}:${id}`, `bull:${queue}:away`];
    let id = "";
    let looks = 0;
    proxy.onRequest = async (request) => {
      if (id === "" || !request.includes(job(id)) || !request.includes("hmget")) return;
      looks++;
      if (looks === 1) await client.rename(job(id), away);
      if (looks === 2) await client.rename(away, job(id));
    };
    const future = executor.submit(tasks.add, 1, 2);
    await until(async () => {
      [id = ""] = await client.zrange(`bull:${queue}:prioritized`, "0", "0");
      return id !== "";
    });
    await until(() => looks > 2);
    expect(future.done()).toBe(false);
    await startProgram({ queue, maxWorkers: 1 });
    expect(await future).toBe(3);
  });

  test("Redis is not asked about jobs again before it has answered", async () => {
    const proxy = await TcpProxy.start(stage.server.port);
    stage.later(() => proxy.stop());
    const connection = { ...stage.server.connection, port: proxy.port };
    const queue = `test-${randomUUID()}`;
    const executor = submitOnly({ queue, connection, sweepInterval: 10 });
    let asked = 0;
    proxy.onRequest = (request) => {
      asked += request.match(/\r\n(?:time|hmget)\r\n/g)?.length ?? 0;
    };
    const future = executor.submit(tasks.add, 1, 2);
    await until(() => asked > 0);
    proxy.deaf = true;
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 300)); // thirty times as long as it waits between two sweeps
    expect(asked).toBeLessThanOrEqual(before + 1); // one may have been on its way
    proxy.cut();
    proxy.down = false;
    await until(() => asked > before + 10); // it goes on, though some answers will never come
    await startProgram({ queue, maxWorkers: 1 });
    expect(await future).toBe(3);
  });

  test("nothing is sent before the submitter hears of results: the first one cannot be missed", async () => {
    const proxy = await TcpProxy.start(stage.server.port);
    stage.later(() => proxy.stop());
    const queue = `test-${randomUUID()}`;
    await startProgram({ queue, maxWorkers: 1 });
    const client = stage.client();
    const isDone = async () => (await client.zcard(`bull:${queue}:completed`)) === 1;
    proxy.onRequest = async (request) => {
      if (!/xrevrange|xread/i.test(request)) return;
      const end = performance.now() + 1_000; // a second for the call to be done before anybody listens
      await until(async () => performance.now() > end || (await isDone()));
    };
    const connection = { ...stage.server.connection, port: proxy.port };
    const executor = submitOnly({ queue, connection, sweepInterval: 600_000 }); // events only
    expect(await executor.submit(tasks.add, 1, 2)).toBe(3);
  });

  test("when Redis's data are wiped, what was there is reported lost, and runs again if it may", async () => {
    const client = stage.client();
    const queue = `test-${randomUUID()}`;
    const executor = submitOnly({ queue });
    const futures = numbers(150).map((n) => executor.with({ name: "alone" }).submit(tasks.double, n));
    const again = executor.with({ retries: 1 }).submit(tasks.double, 21);
    const settled = watch(futures);
    await until(async () => (await client.zcard(`bull:${queue}:prioritized`)) === 151);
    await client.flushall();
    const start = performance.now();
    const outcomes = await Promise.all(futures.map((future) => future.exception()));
    report("data wiped", start);
    expect(new Set(outcomes.map((error) => (error as { code?: string }).code))).toEqual(new Set(["ERR_JOB_LOST"]));
    expect(settled()).toBe(150);
    await startProgram({ queue, maxWorkers: 1 });
    expect(await again).toBe(42);
    expect(await executor.submit(tasks.add, 1, 2)).toBe(3);
  });

  test("when Redis's data are wiped while tasks run, their calls are lost, and their workers go on", async () => {
    const queue = `test-${randomUUID()}`;
    const executor = submitOnly({ queue });
    await startProgram({ queue, maxWorkers: 2 });
    const [file, go] = [stage.scratch.file("notes"), stage.scratch.file("go")];
    const futures = numbers(4).map((n) => executor.submit(tasks.noteAndPause<number>, file, n, go));
    await until(() => begun().length === 2);
    await stage.client().flushall();
    const start = performance.now();
    const outcomes = await Promise.all(futures.map((future) => future.exception()));
    report("data wiped while tasks run", start);
    expect(outcomes.map((error) => (error as { code?: string }).code)).toEqual(futures.map(() => "ERR_JOB_LOST"));
    writeFileSync(go, "");
    expect(await Promise.all(numbers(20).map((n) => executor.submit(tasks.double, n)))).toEqual(
      numbers(20).map((n) => 2 * n),
    );
  });

  test("when Redis does not come back, futures reject after `offlineTimeout`, and nothing hangs", async () => {
    const lost = await RedisServer.start();
    stage.later(() => lost.stop());
    const deployed = stage.deploy({ connection: lost.connection, maxWorkers: 1, executor: { offlineTimeout: 300 } });
    await until(() => deployed.stats().workers === 1); // so it is connected: before that its time offline counts, too
    const [file, go] = [stage.scratch.file("notes"), stage.scratch.file("go")];
    const running = deployed.submit(tasks.hold, file, go);
    await until(() => stage.scratch.lines("notes").length === 1);
    await lost.kill("SIGKILL");
    const waiting = deployed.submit(tasks.add, 1, 2);
    await expect(running.result()).rejects.toMatchObject({ code: "ERR_BROKEN_EXECUTOR" });
    await expect(waiting.result()).rejects.toMatchObject({ code: "ERR_BROKEN_EXECUTOR" });
    writeFileSync(go, "");
    await deployed.shutdown(); // the worker's close() too, which BullMQ's own would not be over
  });

  test("while Redis is away, what was sent can be aborted, `queueTimeout` counts, and shutdown() ends", async () => {
    const lost = await RedisServer.start();
    stage.later(() => lost.stop());
    const executor = submitOnly({ connection: lost.connection, offlineTimeout: 60_000 });
    const late = executor.with({ queueTimeout: 2_000 }).submit(tasks.add, 1, 2);
    const unwanted = executor.submit(tasks.add, 1, 2);
    const client = lost.client();
    stage.later(() => client.disconnect());
    await until(async () => (await client.keys("bull:*:prioritized")).length === 1);
    await lost.kill("SIGKILL");
    const start = performance.now();
    expect(unwanted.abort("not needed")).toBe(true);
    await expect(unwanted.result()).rejects.toBe("not needed");
    await expect(late.result()).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    await executor.shutdown();
    report("shut down without Redis", start);
  });

  test("a Redis that cannot be reached at all is told by the future", async () => {
    const executor = submitOnly({ connection: { host: "127.0.0.1", port: 1 }, offlineTimeout: 100 });
    await expect(executor.submit(tasks.add, 1, 2).result()).rejects.toMatchObject({ code: "ERR_BROKEN_EXECUTOR" });
    await executor.shutdown();
  });

  test("a task that computes keeps its lock: the worker's event loop is free to renew it", async () => {
    const queue = `test-${randomUUID()}`;
    const executor = submitOnly({ queue });
    await startProgram({ queue, maxWorkers: 1, lockDuration: 6_000, stalledInterval: 300 });
    const client = stage.client();
    const [file, go] = [stage.scratch.file("notes"), stage.scratch.file("go")];
    const future = executor.submit(tasks.noteAndBlock, file, go);
    let renewals = 0;
    let left = 0;
    await until(async () => {
      for (const key of await client.keys(`bull:${queue}:*:lock`)) {
        const now = await client.pttl(key);
        if (now > left) renewals++;
        left = now;
      }
      return renewals > 2; // the first one is the lock itself
    });
    writeFileSync(go, "");
    expect(await future).toBe("blocked");
    expect(stage.scratch.lines("notes")).toEqual(["began"]);
  });

  test("a job whose workers are lost again and again fails with WorkerCrashedError", async () => {
    const queue = `test-${randomUUID()}`;
    const executor = submitOnly({ queue });
    const options = { queue, maxWorkers: 1, lockDuration: 1_000, stalledInterval: 300, maxStalledCount: 0 };
    const victim = await startProgram(options);
    const future = executor.submit(tasks.hold, stage.scratch.file("notes"), stage.scratch.file("go"));
    await until(() => stage.scratch.lines("notes").length === 1);
    victim.kill("SIGKILL");
    await startProgram(options);
    await expect(future.result()).rejects.toMatchObject({ code: "ERR_WORKER_CRASHED" });
    await until(() => executor.stats().workers === 1); // the one that is gone counts no more
    expect(stage.scratch.lines("notes")).toEqual(["began"]); // and the next one did not begin it
  });

  test("a call with `retries` is submitted again when its workers are lost", async () => {
    const queue = `test-${randomUUID()}`;
    const executor = submitOnly({ queue });
    const options = { queue, maxWorkers: 1, lockDuration: 1_000, stalledInterval: 300, maxStalledCount: 0 };
    const victim = await startProgram(options);
    const go = stage.scratch.file("go");
    const future = executor
      .with({ retries: 1 })
      .submit(tasks.noteAndPause<string>, stage.scratch.file("notes"), "a", go);
    await until(() => begun().length === 1);
    victim.kill("SIGKILL");
    await victim.ended;
    writeFileSync(go, "");
    const start = performance.now();
    await startProgram({ queue, maxWorkers: 1, stalledInterval: 300, maxStalledCount: 0 });
    expect(await future).toBe("a");
    report("kill -9 of the only worker", start);
    expect(executor.stats()).toMatchObject({ completed: 1, failed: 0, crashed: 1 });
  });

  test("a task runs though its submitter was killed", async () => {
    const queue = `test-${randomUUID()}`;
    const options = { queue, connection: stage.server.connection, keys: KEYS, file: stage.scratch.file("notes") };
    const submitter = fileURLToPath(new URL("./fixtures/waiting-submitter.js", import.meta.url));
    const program = stage.keep(new Program([submitter], { SUBMITTER_OPTIONS: JSON.stringify(options) }));
    const client = stage.client();
    await until(async () => (await client.zcard(`bull:${queue}:prioritized`)) === 1);
    program.kill("SIGKILL");
    await program.ended;
    await startProgram({ queue, maxWorkers: 1 });
    await until(() => stage.scratch.lines("notes").length === 1);
  });

  test("without a worker a call waits, `stats()` says so, and `queueTimeout` ends it", async () => {
    const executor = submitOnly();
    const future = executor.with({ queueTimeout: 50 }).submit(tasks.add, 1, 2);
    await expect(future.result()).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    expect(executor.stats()).toMatchObject({ workers: 0, running: 0 });
  });

  test("aborts do not cut the stream of events, which results come through", async () => {
    const deployed = stage.deploy({ maxWorkers: 2, worker: { concurrency: 50 } });
    const alone = deployed.with({ name: "alone" });
    await Promise.all(numbers(500).map((n) => alone.submit(tasks.double, n)));
    const client = stage.client();
    const before = await client.xlen(`bull:${deployed.queue}:events`);
    expect(before).toBeGreaterThan(1_000);
    const future = deployed.submit(tasks.hold, stage.scratch.file("notes"), stage.scratch.file("go"));
    await until(() => stage.scratch.lines("notes").length === 1);
    future.abort();
    await until(() => stage.scratch.lines("notes").includes("aborted"));
    expect(await client.xlen(`bull:${deployed.queue}:events`)).toBeGreaterThan(before);
    await deployed.shutdown();
  });
});
