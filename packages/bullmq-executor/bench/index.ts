/**
 * BullMQExecutor beside bare BullMQ (addBulk or add, and QueueEvents), in one run, on one redis-server of their own:
 * medians of rounds that take turns.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { BullMQExecutor } from "@concurrent-futures/bullmq-executor";
import { Queue, QueueEvents } from "bullmq";
import { Redis } from "ioredis";
import { hasRedis, RedisServer, SKIPPED } from "../test/redis-server.js";
import { double } from "./tasks.js";

const CALLS = 2_000;
const TRIPS = 50; // in a row; so many rounds of them
const TRIP_ROUNDS = 40;
const ITEMS = 100_000;
const ROUNDS = 5;
const CONCURRENCY = 50;

/** One call through bare BullMQ: one listener and a Map, since waitUntilFinished listens for each job. */
class Bare {
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #pending = new Map<string, (value: number) => void>();
  readonly #redis: readonly Redis[];

  constructor(name: string, connect: () => Redis) {
    this.#redis = [connect(), connect()];
    const [forQueue, forEvents] = this.#redis as [Redis, Redis];
    const streams = { events: { maxLen: 100_000 } };
    this.#queue = new Queue(name, { connection: forQueue, streams, defaultJobOptions: { removeOnComplete: KEEP } });
    this.#events = new QueueEvents(name, { connection: forEvents });
    this.#events.on("completed", ({ jobId, returnvalue }) => {
      this.#pending.get(jobId)?.(returnvalue as unknown as number);
      this.#pending.delete(jobId);
    });
  }

  async ready(): Promise<void> {
    await this.#queue.waitUntilReady();
    await this.#events.waitUntilReady();
    await new Promise((resolve) => setTimeout(resolve, 500)); // it says that it is ready before it reads
  }

  all(numbers: readonly number[]): Promise<number[]> {
    const jobs = numbers.map((n) => ({ name: "double", data: { n }, opts: { jobId: randomUUID() } }));
    const results = jobs.map(
      ({ opts }) => new Promise<number>((resolve) => void this.#pending.set(opts.jobId, resolve)),
    );
    return this.#queue.addBulk(jobs).then(() => Promise.all(results));
  }

  one(n: number): Promise<number> {
    const jobId = randomUUID();
    const result = new Promise<number>((resolve) => void this.#pending.set(jobId, resolve));
    return this.#queue.add("double", { n }, { jobId }).then(() => result);
  }

  async close(): Promise<void> {
    await this.#events.close();
    await this.#queue.close();
    for (const redis of this.#redis) redis.disconnect();
  }
}

const KEEP = { age: 600, count: 50_000 };
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

async function timed(work: () => PromiseLike<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Medians, in milliseconds. They take turns, so that other load on the machine meets all of them. */
async function roundTrips(calls: readonly ((n: number) => PromiseLike<unknown>)[]): Promise<number[]> {
  const times: number[][] = calls.map(() => []);
  for (let round = 0; round < TRIP_ROUNDS; round++) {
    for (const [which, call] of calls.entries()) {
      for (let n = 0; n < TRIPS; n++) times[which]?.push(await timed(() => call(n)));
    }
  }
  return times.map(median);
}

async function main(): Promise<void> {
  if (!hasRedis) return console.log(SKIPPED);
  const server = await RedisServer.start();
  const connection = server.connection;
  const keys = [{ id: "bench", secret: randomUUID() }];
  const options = { ours: "ours", bare: "bare", connection, keys, concurrency: CONCURRENCY };
  const worker = spawn(process.execPath, [fileURLToPath(new URL("./worker.js", import.meta.url))], {
    env: { ...process.env, BENCH_OPTIONS: JSON.stringify(options) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => worker.stdout.once("data", resolve));
  const executor = new BullMQExecutor({ queue: "ours", connection, keys });
  const bare = new Bare("bare", () => new Redis({ ...connection, maxRetriesPerRequest: null }));
  await bare.ready();
  await executor.submit(double, 1);

  const results = { calls: [], callsBare: [], alone: [], items: [] } as Record<string, number[]>;
  const keep = (name: string, value: number) => void results[name]?.push(value);
  for (let round = 0; round <= ROUNDS; round++) {
    const measured: [string, number][] = [
      ["callsBare", CALLS / (await timed(() => bare.all(numbers(CALLS))))],
      ["calls", CALLS / (await timed(() => Promise.all(numbers(CALLS).map((n) => executor.submit(double, n)))))],
      ["alone", CALLS / (await timed(() => Promise.all(aloneCalls(executor))))],
      ["items", ITEMS / (await timed(() => executor.map(double, numbers(ITEMS))))],
    ];
    if (round > 0) for (const [name, value] of measured) keep(name, value); // the first is to warm up
  }
  const [tripBulk, tripAdd, trip] = (await roundTrips([
    (n) => bare.all([n]),
    (n) => bare.one(n),
    (n) => executor.submit(double, n),
  ])) as [number, number, number];
  const of = (name: string): number => median(results[name] ?? []);
  const rate = (name: string): string => `${Math.round(of(name) * 1000).toLocaleString("en-US")}/s`;
  console.log(`Node ${process.version}, one worker program, ${CONCURRENCY} jobs at once, medians of ${ROUNDS} rounds`);
  console.log(`bare BullMQ, ${CALLS} no-op calls:       ${rate("callsBare")}`);
  console.log(`BullMQExecutor, the same:            ${rate("calls")}  ${(of("calls") / of("callsBare")).toFixed(2)} x`);
  console.log(`BullMQExecutor, a job for each call: ${rate("alone")}  ${(of("alone") / of("callsBare")).toFixed(2)} x`);
  console.log(
    `bare BullMQ, round trip p50:         ${tripBulk.toFixed(2)} ms with addBulk, ${tripAdd.toFixed(2)} with add`,
  );
  const ratios = `${(trip / tripBulk).toFixed(2)} x, ${(trip / tripAdd).toFixed(2)} x`;
  console.log(`BullMQExecutor, the same:            ${trip.toFixed(2)} ms  ${ratios}`);
  console.log(`BullMQExecutor, map of ${ITEMS}:      ${rate("items")}`);
  await executor.shutdown();
  await bare.close();
  worker.kill("SIGTERM");
  await server.stop();
}

function aloneCalls(executor: BullMQExecutor) {
  const alone = executor.with({ name: "double" });
  return numbers(CALLS).map((n) => alone.submit(double, n));
}

await main();
