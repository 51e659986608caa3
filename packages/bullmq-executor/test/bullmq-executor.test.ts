/** What users of many machines get. */
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { BullMQExecutor, BullMQWorker } from "@concurrent-futures/bullmq-executor";
import { inline, wait } from "@concurrent-futures/core";
import { ProcessPoolExecutor } from "@concurrent-futures/process-executor";
import { expect, jest, test } from "@jest/globals";
import { BASE, KEYS, TASKS } from "./deployed.js";
import * as tasks from "./fixtures/tasks.js";
import { Program, startWorker, until } from "./programs.js";
import { TcpProxy } from "./proxy.js";
import { freePort, RedisServer } from "./redis-server.js";
import { describeWithRedis, Stage } from "./stage.js";

jest.setTimeout(240_000); // only for failing: a busy machine takes its time

const stage = new Stage();

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const environment = { CONCURRENT_FUTURES_KEYS: `${KEYS[0]?.id}:${KEYS[0]?.secret}` };

describeWithRedis("BullMQExecutor", () => {
  test("errors arrive with class, code, own fields and cause, and the line that submitted", async () => {
    const error = await stage
      .deploy({ pool: new ProcessPoolExecutor({ maxWorkers: 1 }) })
      .submit(tasks.tooLong, 5)
      .exception();
    expect(error).toBeInstanceOf(tasks.TooLongError);
    expect(error).toMatchObject({ code: "ERR_TOO_LONG", limit: 5, message: "longer than 5" });
    expect((error as Error).cause).toBeInstanceOf(RangeError);
    expect((error as Error).stack).toMatch(/tooLong[\s\S]*submitted from[\s\S]*bullmq-executor\.test/);
  });

  test("map of 100,000 numbers travels in chunks, and comes back in order", async () => {
    const deployed = stage.deploy();
    const items = numbers(100_000);
    expect(await deployed.map(tasks.double, items)).toEqual(items.map((n) => 2 * n));
    const client = stage.client();
    expect(await client.zcard(`bull:${deployed.queue}:completed`)).toBeLessThan(10_000);
  });

  test("several submitters and several workers share a queue, and each gets its own results", async () => {
    const queue = `test-${randomUUID()}`;
    const all = [1, 2, 3].map(() => stage.deploy({ executor: { queue }, maxWorkers: 1 }));
    const sums = all.map((executor, who) => Promise.all(numbers(100).map((n) => executor.submit(tasks.add, n, who))));
    expect(await Promise.all(sums)).toEqual(all.map((_, who) => numbers(100).map((n) => n + who)));
    expect(all.map((executor) => executor.stats().completed)).toEqual([100, 100, 100]); // not the others' calls
    await until(() => all[0]?.stats().workers === 3);
  });

  test("progress arrives in order and whole, though it travels in batches", async () => {
    const future = stage.deploy().submit(tasks.count, 500);
    const seen: unknown[] = [];
    future.addProgressCallback((value) => seen.push(value));
    expect(await future).toBe(500);
    expect(seen).toEqual(numbers(500).map((n) => n + 1));
  });

  test("short calls travel together, and a long one among them keeps nobody waiting", async () => {
    const deployed = stage.deploy({ maxWorkers: 2 });
    const client = stage.client();
    const jobs = () => client.zcard(`bull:${deployed.queue}:completed`);
    await Promise.all(numbers(200).map((n) => deployed.submit(tasks.pause<number>, "", n)));
    // Whether they are short is measured, so a busy machine may need some rounds.
    for (let round = 0, travelled = 400; travelled >= 400; round++) {
      const before = await jobs();
      const go = stage.scratch.file(`go-${round}`);
      const futures = numbers(400).map((n) => deployed.submit(tasks.pause<number>, n === 0 ? go : "", n));
      const { done } = await wait(futures.slice(1));
      expect(done.size).toBe(399);
      expect(futures[0]?.done()).toBe(false);
      writeFileSync(go, "");
      expect(await futures[0]).toBe(0);
      travelled = (await jobs()) - before;
    }
  });

  test("progress arrives although the job's end is found by asking before its news is read", async () => {
    const proxy = await TcpProxy.start(stage.server.port);
    stage.later(() => proxy.stop());
    const queue = `test-${randomUUID()}`;
    stage.deploy({ executor: { queue } });
    let looked = false;
    proxy.onRequest = async (request) => {
      if (request.includes("xread")) await until(() => looked);
    };
    proxy.onAnswer = (answer) => {
      looked ||= answer.includes(`"k":"${KEYS[0]?.id}"`); // a result: with its events held up, the answer to a look
    };
    const connection = { ...stage.server.connection, port: proxy.port };
    const executor = new BullMQExecutor({ queue, connection, keys: KEYS, base: BASE, sweepInterval: 1_000 });
    stage.later(() => executor.shutdown());
    const future = executor.submit(tasks.count, 20);
    const seen: unknown[] = [];
    future.addProgressCallback((value) => seen.push(value));
    expect(await future).toBe(20);
    expect(seen).toEqual(numbers(20).map((n) => n + 1));
  });

  test("higher priorities go first in Redis too, equal ones in order; ids of jobs are UUIDs", async () => {
    const deployed = stage.deploy({ maxWorkers: 1 });
    const held = deployed.submit(tasks.hold, stage.scratch.file("held"), stage.scratch.file("go"));
    await until(() => stage.scratch.lines("held").length === 1);
    const file = stage.scratch.file("notes");
    const priorities = [0, -5, 3, 1000, 3, 0];
    const futures = priorities.map((priority, n) =>
      deployed.with({ priority }).submit(tasks.note<string>, file, `${priority} ${n}`, 0),
    );
    const client = stage.client();
    const waiting = () => client.zrange(`bull:${deployed.queue}:prioritized`, "0", "-1");
    await until(async () => (await waiting()).length === priorities.length);
    for (const id of await waiting()) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    writeFileSync(stage.scratch.file("go"), "");
    await Promise.all([held, ...futures]);
    expect(stage.scratch.lines("notes")).toEqual(["1000 3", "3 2", "3 4", "0 0", "0 5", "-5 1"].map((t) => `"${t}"`));
  });

  test("applications with queues of their own read nothing of each other", async () => {
    const proxy = await TcpProxy.start(stage.server.port);
    stage.later(() => proxy.stop());
    let heard = "";
    const lines: string[] = [];
    proxy.onAnswer = (answer) => {
      heard += answer;
    };
    const connection = { ...stage.server.connection, port: proxy.port };
    const ours = stage.deploy({ connection, worker: { log: (line) => void lines.push(line) } });
    const theirs = stage.deploy();
    expect(await ours.submit(tasks.add, 1, 2)).toBe(3);
    await Promise.all(numbers(100).map((n) => theirs.submit(tasks.echo<string>, `of others ${n}`)));
    theirs.submit(tasks.hold, stage.scratch.file("held"), stage.scratch.file("go")).abort();
    await until(() => theirs.stats().workers === 1 && ours.stats().workers === 1);
    expect(await ours.submit(tasks.add, 3, 4)).toBe(7); // what was said before has been heard by now
    expect(heard).not.toContain("of others");
    expect(heard).not.toContain(theirs.queue);
    expect(heard).toContain(ours.queue);
    expect(ours.stats()).toMatchObject({ workers: 1, completed: 2 });
    expect(lines).toEqual([]);
  });

  test("a submitter has two connections, however many calls wait", async () => {
    const connectionName = `submitter-${randomUUID()}`;
    const connection = { ...stage.server.connection, connectionName };
    const queue = `test-${randomUUID()}`;
    const executor = new BullMQExecutor({ queue, connection, keys: KEYS, base: BASE });
    stage.later(() => executor.shutdown({ wait: false, cancelFutures: true }));
    for (const n of numbers(500)) executor.with({ name: "alone" }).submit(tasks.double, n);
    const client = stage.client();
    await until(async () => (await client.zcard(`bull:${queue}:prioritized`)) === 500);
    expect(executor.stats().queued).toBe(500);
    const clients = String(await client.client("LIST")).split("\n");
    expect(clients.filter((line) => line.includes(connectionName))).toHaveLength(2);
  });

  test("abort takes a job back that waits in Redis, and stops a running one", async () => {
    const deployed = stage.deploy({ maxWorkers: 1 });
    const running = deployed.submit(tasks.hold, stage.scratch.file("held"), stage.scratch.file("go"));
    await until(() => stage.scratch.lines("held").length === 1);
    const waiting = deployed.submit(tasks.note<string>, stage.scratch.file("notes"), "never", 0);
    const client = stage.client();
    await until(async () => (await client.zcard(`bull:${deployed.queue}:prioritized`)) === 1);
    expect(waiting.cancel()).toBe(false); // it was sent
    expect(waiting.abort("not needed")).toBe(true);
    await expect(waiting.result()).rejects.toBe("not needed");
    expect(running.abort("not needed")).toBe(true);
    await until(() => stage.scratch.lines("held").includes("aborted"));
    expect(await deployed.submit(tasks.add, 1, 2)).toBe(3);
    expect(stage.scratch.lines("notes")).toEqual([]);
  });

  test("stats() counts workers and calls", async () => {
    const deployed = stage.deploy({ maxWorkers: 1 });
    const held = deployed.submit(tasks.hold, stage.scratch.file("held"), stage.scratch.file("go"));
    const waiting = deployed.submit(tasks.add, 1, 2);
    const cancelled = deployed.submit(tasks.add, 1, 2);
    cancelled.abort();
    await until(
      () => deployed.stats().workers === 1 && deployed.stats().running === 1 && deployed.stats().queued === 1,
    );
    expect(deployed.stats()).toMatchObject({ idle: 0, completed: 0, failed: 0, cancelled: 1, crashed: 0 });
    writeFileSync(stage.scratch.file("go"), "");
    await wait([held, waiting]);
    expect(deployed.stats()).toMatchObject({ running: 0, queued: 0, completed: 2 });
    expect(deployed.stats().runTime.count).toBe(2);
  });

  test("what cannot cross machines is refused: functions that no module exports, and `key`", async () => {
    const deployed = stage.deploy();
    const error = { code: "ERR_TASK_REFERENCE" };
    await expect(deployed.submit((n: number) => n, 1).result()).rejects.toMatchObject(error);
    await expect(
      deployed
        .submit(
          inline((n: number) => n),
          1,
        )
        .result(),
    ).rejects.toMatchObject(error);
    await expect(deployed.with({ key: "a" }).submit(tasks.add, 1, 2).result()).rejects.toThrow(/`key`/);
  });

  test("a worker that gets SIGTERM finishes what it has begun, takes no more, and exits with 0", async () => {
    const queue = `test-${randomUUID()}`;
    const executor = stage.deploy({ executor: { queue }, worker: { queue: `${queue}-other` } });
    const options = { queue, connection: stage.server.connection, keys: KEYS, maxWorkers: 1 };
    const program = stage.keep(await startWorker(options));
    const held = executor.submit(tasks.hold, stage.scratch.file("held"), stage.scratch.file("go"));
    await until(() => stage.scratch.lines("held").length === 1);
    program.kill("SIGTERM");
    await program.says("got SIGTERM");
    const next = executor.submit(tasks.note<string>, stage.scratch.file("notes"), "next", 0);
    writeFileSync(stage.scratch.file("go"), "");
    expect(await held).toBe("let go");
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.output).toMatch(/closed/);
    expect(stage.scratch.lines("notes")).toEqual([]);
    stage.keep(await startWorker(options));
    expect(await next).toBe("next");
  });

  test("the command line's worker runs what a program submits that says only where Redis is", async () => {
    const queue = `test-${randomUUID()}`;
    const { host, port, password } = stage.server.connection;
    const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
    const cwd = fileURLToPath(new URL("./fixtures/", import.meta.url));
    const env = { ...environment, REDIS_URL: `redis://:${password}@${host}:${port}` };
    const args = [cli, "--queue", queue, "--tasks", "./tasks.js", "--concurrency", "1"];
    const worker = stage.keep(new Program(args, env, cwd));
    await worker.says("takes jobs");
    const submitter = stage.keep(
      new Program([fileURLToPath(new URL("./fixtures/submitter.js", import.meta.url))], {
        ...environment,
        SUBMITTER_OPTIONS: JSON.stringify({ queue, connection: stage.server.connection }),
      }),
    );
    expect(await submitter.ended).toEqual({ code: 0, signal: null }); // it never called shutdown
    expect(submitter.output).toMatch(/sum 3\nclass true/);
    worker.kill("SIGTERM");
    expect(await worker.ended).toEqual({ code: 0, signal: null });
  });

  test("the command line says what it needs", async () => {
    const program = stage.keep(
      new Program([fileURLToPath(new URL("../dist/cli.js", import.meta.url)), "--queue", "a"]),
    );
    expect((await program.ended).code).toBe(2);
    expect(program.output).toMatch(/--queue and --tasks are needed[\s\S]*Usage/);
  });

  test("TLS: both sides speak it, and a server that nobody vouches for is not spoken to", async () => {
    const folder = fileURLToPath(new URL("../test/tls/", import.meta.url));
    const secure = await RedisServer.start({
      config: ["tls-port 0", `tls-cert-file ${folder}cert.pem`, `tls-key-file ${folder}key.pem`, "tls-auth-clients no"],
    });
    stage.later(() => secure.stop());
    const admin = secure.client();
    stage.later(() => admin.disconnect());
    const port = await freePort();
    await admin.config("SET", "tls-port", `${port}`);
    const tls = { ca: readFileSync(`${folder}cert.pem`), servername: "localhost" };
    const deployed = stage.deploy({ connection: { ...secure.connection, port, tls } });
    expect(await deployed.submit(tasks.add, 1, 2)).toBe(3);
    const trusting = { ...secure.connection, port, tls: {} };
    const executor = new BullMQExecutor({ queue: "q", connection: trusting, keys: KEYS, offlineTimeout: 200 });
    stage.later(() => executor.shutdown());
    await expect(executor.submit(tasks.add, 1, 2).result()).rejects.toMatchObject({ code: "ERR_BROKEN_EXECUTOR" });
    await deployed.shutdown();
  });

  test("wrong options are refused by their names", () => {
    const good = { queue: "q", keys: KEYS };
    for (const [option, value] of [
      ["queue", "a:b"],
      ["queue", ""],
      ["maxInFlight", 0],
      ["maxQueue", 1.5],
      ["maxPayload", "1"],
      ["expiry", -1],
      ["sweepInterval", 0],
      ["offlineTimeout", Number.NaN],
      ["tasks", 5],
    ] as const) {
      expect(() => new BullMQExecutor({ ...good, [option]: value } as never)).toThrow(new RegExp(`\`${option}\``));
    }
    expect(() => new BullMQWorker({ ...good, tasks: TASKS, concurrency: 0 })).toThrow(/`concurrency`/);
    expect(() => new BullMQWorker({ ...good, tasks: { "./tasks.js": 5 } } as never)).toThrow(/`tasks`/);
  });
});
