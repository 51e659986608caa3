/** What others may write into Redis: it is refused with a log line, never executed, and the worker goes on. */
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { BullMQExecutor, BullMQWorker } from "@concurrent-futures/bullmq-executor";
import { ThreadPoolExecutor } from "@concurrent-futures/thread-executor";
import { beforeEach, expect, jest, test } from "@jest/globals";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { BASE, KEYS, TASKS } from "./deployed.js";
import * as tasks from "./fixtures/tasks.js";
import { until } from "./programs.js";
import { describeWithRedis, Stage } from "./stage.js";

jest.setTimeout(240_000); // only for failing: a busy machine takes its time

const stage = new Stage();
let queue: string;
let log: string[];

beforeEach(() => {
  queue = `test-${randomUUID()}`;
  log = [];
});

type ExecutorOptions = Partial<ConstructorParameters<typeof BullMQExecutor>[0]>;
type WorkerOptions = Partial<ConstructorParameters<typeof BullMQWorker>[0]>;

function submitter(options: ExecutorOptions = {}): BullMQExecutor {
  const shared = { queue, connection: stage.server.connection, base: BASE, sweepInterval: 200 };
  const keys = options.unsigned ? {} : { keys: KEYS };
  const executor = new BullMQExecutor({ ...shared, ...keys, log: (line) => void log.push(line), ...options });
  stage.later(() => executor.shutdown({ wait: false, cancelFutures: true }));
  return executor;
}

async function worker(options: WorkerOptions = {}): Promise<BullMQWorker> {
  const made = new BullMQWorker({
    queue,
    connection: stage.server.connection,
    keys: KEYS,
    tasks: TASKS,
    concurrency: 1,
    pool: new ThreadPoolExecutor({ maxWorkers: 1 }),
    log: (line) => void log.push(line),
    ...options,
  });
  stage.later(() => made.close());
  await made.ready();
  return made;
}

function client(): Redis {
  const made = stage.client();
  return made;
}

function bareQueue(): Queue {
  const redis = new Redis({ ...stage.server.connection, maxRetriesPerRequest: null });
  const made = new Queue(queue, { connection: redis });
  stage.later(async () => {
    await made.close();
    redis.disconnect();
  });
  return made;
}

/** A job of the executor's that noted "ran", with what Redis had of it. */
async function ranJob(executor: BullMQExecutor) {
  await executor.submit(tasks.note<string>, stage.scratch.file("notes"), "ran", 0);
  const redis = client();
  let id = "";
  await until(async () => {
    for (const each of await redis.zrange(`bull:${queue}:completed`, "0", "-1")) {
      if ((await redis.hget(`bull:${queue}:${each}`, "name"))?.endsWith("#note")) id = each;
    }
    return id !== ""; // its result comes ahead of that
  });
  const { name = "", data = "" } = await redis.hgetall(`bull:${queue}:${id}`);
  return { redis, id, name, data: JSON.parse(data) };
}

/** The guide's `ACL SETUSER` command. */
function documentedUser(): string[] {
  const guide = readFileSync(new URL("../../../docs/guides/many-machines.md", import.meta.url), "utf8");
  const [, command = ""] = /^redis-cli ACL (SETUSER (?:.*\\\n)*.*)$/m.exec(guide) ?? [];
  return command.replaceAll(/['\\]/g, "").trim().split(/\s+/);
}

async function refused(reason: RegExp): Promise<void> {
  await until(() => log.some((line) => reason.test(line)));
}

describeWithRedis("security", () => {
  test("forged, altered and replayed jobs are refused by name, and none is executed", async () => {
    await worker();
    const executor = submitter();
    const { redis, id, name, data } = await ranJob(executor);
    const queueOfOthers = bareQueue();

    const unsigned = { ...data, k: "", s: "" };
    await queueOfOthers.add(name, unsigned, { jobId: randomUUID() });
    await refused(/it is not signed/);
    await queueOfOthers.add(name, { ...data, k: "other" }, { jobId: randomUUID() });
    await refused(/key .*other.* is not known/);
    await queueOfOthers.add(name, data, { jobId: randomUUID() });
    await refused(/signature is wrong/);
    log = [];
    await queueOfOthers.add("./tasks.js#crash", data, { jobId: randomUUID() });
    await refused(/tasks.js#crash.*signature is wrong/);
    log = [];
    await queueOfOthers.add(name, { ...data, p: data.p.replace("ran", "bad") }, { jobId: randomUUID() });
    await refused(/signature is wrong/);
    await queueOfOthers.add(name, "no message at all", { jobId: randomUUID() });
    await refused(/it is not a message of this program/);
    for (const cut of [{ p: data.p.slice(0, -2) }, { h: data.h.slice(0, -1) }, { s: data.s.slice(0, -8) }]) {
      log = [];
      await queueOfOthers.add(name, { ...data, ...cut }, { jobId: id.replace(/.$/, "x") });
      await refused(/signature is wrong/);
      await redis.del(`bull:${queue}:${id.replace(/.$/, "x")}`);
    }
    log = [];
    await queueOfOthers.add("two\nlines", data, { jobId: randomUUID() });
    await refused(/two.*lines/);
    expect(log.filter((line) => line.includes("\n"))).toEqual([]);

    // The very same job once more: what has its result still gives that, and runs nothing.
    await redis.del(`bull:${queue}:${id}`);
    await redis.zrem(`bull:${queue}:completed`, id);
    await queueOfOthers.add(name, data, { jobId: id });
    await until(async () => (await redis.zscore(`bull:${queue}:completed`, id)) !== null);

    expect(await executor.submit(tasks.add, 1, 2)).toBe(3);
    expect(stage.scratch.lines("notes")).toEqual(['"ran"']);
  });

  test("a job that has run is refused by the workers that heard of it", async () => {
    const [held, goFirst, goSecond] = ["held", "go-1", "go-2"].map((name) => stage.scratch.file(name)) as [
      string,
      string,
      string,
    ];
    const executor = submitter();
    const first = await worker();
    const firstHeld = executor.submit(tasks.hold, held, goFirst);
    await until(() => stage.scratch.lines("held").length === 1);
    await worker();
    const secondHeld = executor.submit(tasks.hold, held, goSecond);
    await until(() => stage.scratch.lines("held").length === 2); // so the second one has met the session
    writeFileSync(goFirst, "");
    await firstHeld;
    const { redis, id, name, data } = await ranJob(executor); // by the first one, since the second is busy
    await first.close();
    await redis.xadd(`bull:${queue}:cf:control`, "*", "m", "{");
    await refused(/control message/); // so the second one has read what came before
    await redis.del(`bull:${queue}:${id}`);
    await redis.zrem(`bull:${queue}:completed`, id);
    await bareQueue().add(name, data, { jobId: id });
    writeFileSync(goSecond, "");
    await secondHeld;
    await refused(/it was run already/);
    expect(await executor.submit(tasks.add, 1, 2)).toBe(3);
    expect(stage.scratch.lines("notes")).toEqual(['"ran"']);
  });

  test("a job that has run is refused by the workers that come later", async () => {
    const first = await worker();
    const executor = submitter();
    const { redis, id, name, data } = await ranJob(executor);
    const { session } = JSON.parse(data.h);
    await until(async () => (await redis.exists(`bull:${queue}:cf:done:${session}`)) === 1);
    await first.close();
    await worker();
    await redis.del(`bull:${queue}:${id}`);
    await redis.zrem(`bull:${queue}:completed`, id);
    await bareQueue().add(name, data, { jobId: id });
    await refused(/it was run already/);
    expect(await executor.submit(tasks.add, 1, 2)).toBe(3);
    expect(stage.scratch.lines("notes")).toEqual(['"ran"']);
  });

  test("records that are cut off, or no JSON, or carry schedules, are refused", async () => {
    const redis = client();
    const queueOfOthers = bareQueue();
    const executor = submitter();
    for (const [field, value] of [
      ["data", '{"v":1,"k":"te'],
      ["opts", "{"],
      ["rjk", "some-schedule"],
      ["stacktrace", "["],
    ] as const) {
      const id = randomUUID();
      await queueOfOthers.add("./tasks.js#add", {}, { jobId: id });
      await redis.hset(`bull:${queue}:${id}`, field, value);
    }
    await worker();
    expect(await executor.submit(tasks.add, 1, 2)).toBe(3);
    expect(await executor.submit(tasks.add, 2, 2)).toBe(4);
    await until(() => log.filter((line) => /refused job/.test(line)).length === 3);
    await refused(/JSON at position/); // the one whose options BullMQ itself reads
  });

  test("functions that were not registered are refused, those that every object has among them", async () => {
    await worker();
    const executor = submitter({ tasks: {} });
    for (const name of ["constructor", "__proto__", "toString", "add.constructor", "add.call", "then"]) {
      const reference = { ...tasks.add, name };
      const forged = Object.defineProperty((): void => {}, Symbol.for("concurrent-futures.taskShape"), {
        value: { kind: "module", url: new URL("./tasks.js", BASE).href, name: reference.name },
      });
      await expect(executor.submit(forged).result()).rejects.toMatchObject({ code: "ERR_TASK_REFERENCE" });
    }
    expect(log.filter((line) => /no such function/.test(line)).length).toBe(6);
    expect(await executor.submit(tasks.add, 1, 2)).toBe(3);
  });

  test("payloads above the limit are refused where they would be sent, and where they arrive", async () => {
    await worker({ maxPayload: 1_000 });
    const executor = submitter({ maxPayload: 100_000 });
    const long = "x".repeat(200_000);
    await expect(executor.submit(tasks.echo, long).result()).rejects.toMatchObject({
      code: "ERR_SERIALIZATION",
      side: "argument",
    });
    const tooLong = executor.submit(tasks.echo, "x".repeat(20_000));
    await expect(tooLong.result()).rejects.toMatchObject({ code: "ERR_JOB_REFUSED" });
    await refused(/`maxPayload` is/);
    await expect(executor.submit(tasks.repeat, "x", 5_000).result()).rejects.toMatchObject({
      code: "ERR_SERIALIZATION",
      side: "result",
    });
    expect(await executor.submit(tasks.add, 1, 2)).toBe(3);
  });

  test("a job that has expired is refused", async () => {
    const executor = submitter({ expiry: 1 });
    const future = executor.submit(tasks.note<string>, stage.scratch.file("notes"), "late", 0);
    const redis = client();
    await until(async () => (await redis.zcard(`bull:${queue}:prioritized`)) === 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await worker();
    await expect(future.result()).rejects.toMatchObject({ code: "ERR_JOB_REFUSED" });
    expect(stage.scratch.lines("notes")).toEqual([]);
  });

  test("a result that somebody made up is refused, and the right one still counts", async () => {
    const executor = submitter({ sweepInterval: 60_000 });
    const future = executor.submit(tasks.add, 1, 2);
    const redis = client();
    await until(async () => (await redis.zcard(`bull:${queue}:prioritized`)) === 1);
    const [id = ""] = await redis.zrange(`bull:${queue}:prioritized`, "0", "-1");
    const made = JSON.stringify({ v: 1, k: "test", s: "AAAA", h: '{"expires":9e15}', p: "+[4]" });
    const [inbox = ""] = await redis.keys(`bull:${queue}:cf:inbox:*`);
    for (const value of ["{no json", "null", made]) {
      await redis.xadd(`bull:${queue}:events`, "*", "event", "completed", "jobId", id, "returnvalue", value);
      await redis.xadd(inbox, "*", id, value);
    }
    await until(() => log.filter((line) => /was refused/.test(line)).length >= 6);
    await redis.xadd(`bull:${queue}:events`, "*", "event", "progress", "jobId", id, "data", "{no json");
    await redis.xadd(`bull:${queue}:events`, "*", "event", "failed", "jobId", id, "failedReason", "because");
    await refused(/signature is wrong/);
    expect(future.done()).toBe(false);
    await worker();
    expect(await future).toBe(3);
  });

  test("news that somebody repeats is told once", async () => {
    const executor = submitter();
    await worker();
    const redis = client();
    const go = stage.scratch.file("go");
    const future = executor.submit(tasks.tellAndPause, go);
    const seen: unknown[] = [];
    future.addProgressCallback((value) => seen.push(value));
    await until(() => seen.length === 1);
    const entries = await redis.xrange(`bull:${queue}:events`, "-", "+");
    const [, news = []] = entries.find(([, fields]) => fields.includes("progress")) ?? [];
    expect(news.length).toBeGreaterThan(0);
    await redis.xadd(`bull:${queue}:events`, "*", ...news);
    writeFileSync(go, "");
    expect(await future).toBe("ended"); // its event comes after the repeated one
    expect(seen).toEqual(["told"]);
  });

  test("a final value that somebody made up rejects the call", async () => {
    const executor = submitter();
    const future = executor.submit(tasks.add, 1, 2);
    const redis = client();
    await until(async () => (await redis.zcard(`bull:${queue}:prioritized`)) === 1);
    const [id = ""] = await redis.zrange(`bull:${queue}:prioritized`, "0", "-1");
    await redis.hset(`bull:${queue}:${id}`, {
      finishedOn: "1",
      returnvalue: '{"v":1,"k":"test","s":"","h":"","p":"+4"}',
    });
    await expect(future.result()).rejects.toMatchObject({ code: "ERR_JOB_REFUSED" });
  });

  test("control messages that somebody made up are refused", async () => {
    await worker();
    const redis = client();
    for (const message of ["{", "null", '{"v":1,"k":"","s":"","h":"{}","p":"{}"}']) {
      await redis.xadd(`bull:${queue}:cf:control`, "*", "m", message);
    }
    await redis.xadd(`bull:${queue}:cf:control`, "*", "other", "field");
    await until(() => log.filter((line) => /refused a control message/.test(line)).length === 4);
    expect(await submitter().submit(tasks.add, 1, 2)).toBe(3);
  });

  test("keys can be changed: the first signs, each of them verifies", async () => {
    const old = { id: "old", secret: "o".repeat(32) };
    const fresh = { id: "new", secret: "n".repeat(32) };
    await worker({ keys: [old, fresh] });
    expect(await submitter({ keys: [fresh, old] }).submit(tasks.add, 1, 2)).toBe(3);
    const stranger = submitter({ keys: [{ id: "new", secret: "s".repeat(32) }] });
    await expect(stranger.submit(tasks.add, 1, 2).result()).rejects.toMatchObject({ code: "ERR_JOB_REFUSED" });
  });

  test("without keys nothing is made, unless `unsigned` asks for it; a worker with keys takes nothing unsigned", async () => {
    const options = { queue, connection: stage.server.connection };
    expect(() => new BullMQExecutor(options)).toThrow(/CONCURRENT_FUTURES_KEYS/);
    expect(() => new BullMQWorker({ ...options, tasks: TASKS })).toThrow(/CONCURRENT_FUTURES_KEYS/);
    expect(() => new BullMQExecutor({ ...options, keys: [{ id: "a", secret: "short" }] })).toThrow(/32 characters/);
    const signed = await worker();
    const executor = submitter({ unsigned: true });
    await expect(executor.submit(tasks.add, 1, 2).result()).rejects.toMatchObject({ code: "ERR_JOB_REFUSED" });
    await signed.close();
    const { keys: _, ...shared } = { ...options, keys: KEYS };
    const open = new BullMQWorker({ ...shared, tasks: TASKS, unsigned: true, concurrency: 1 });
    stage.later(() => open.close());
    await open.ready();
    expect(await executor.submit(tasks.add, 1, 2)).toBe(3);
  });

  test("a Redis user with the documented rights is enough", async () => {
    const redis = client();
    await redis.call("ACL", ...documentedUser());
    const connection = { ...stage.server.connection, username: "app", password: "password" };
    await worker({ connection });
    const executor = submitter({ connection });
    expect(await executor.submit(tasks.add, 1, 2)).toBe(3);
    expect(await executor.map(tasks.double, [1, 2, 3])).toEqual([2, 4, 6]);
    const held = executor.submit(tasks.hold, stage.scratch.file("notes"), stage.scratch.file("go"));
    await until(() => stage.scratch.lines("notes").length === 1);
    held.abort();
    await until(() => stage.scratch.lines("notes").includes("aborted"));
    expect(log.filter((line) => /NOPERM|permission/.test(line))).toEqual([]);
    const other = new Redis({ ...connection });
    stage.later(() => other.disconnect());
    await expect(other.set("elsewhere", 1)).rejects.toThrow(/NOPERM/);
    await expect(other.flushall()).rejects.toThrow(/NOPERM/);
  });
});
