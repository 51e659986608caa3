import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Queue, Value } from "@concurrent-futures/shared";
import { declareClass } from "@concurrent-futures/worker-pool";
import { afterEach, expect, test } from "@jest/globals";
import { Point } from "./fixtures/queue-classes.js";
import { type Item, type Kind, killAll, start } from "./fixtures/queue-jobs.js";

const MIXES: [string, Kind, Kind, maxSizes: number[]][] = [
  ["threads", "thread", "thread", [7]],
  ["processes", "process", "process", [0]],
  ["threads and processes", "thread", "process", [0, 7]],
];

declareClass(Point, new URL("./fixtures/queue-classes.js", import.meta.url).href, "Point");

afterEach(killAll);

for (const [name, one, other, maxSizes] of MIXES) {
  for (const maxSize of maxSizes) {
    const size = maxSize === 0 ? "an unbounded queue" : "a queue of 7";
    test(`two producers and two consumers in ${name} pass each item of ${size} once, in the producer's order`, async () => {
      const count = maxSize === 0 ? 5000 : 1000;
      const work = new Queue<Item | null>({ maxSize });
      const results = new Queue<Item[]>();
      const consumers = [await start(one, "consume", [work, results]), await start(other, "consume", [work, results])];
      const producers = [
        await start(other, "produce", [work], 0, count),
        await start(one, "produce", [work], 1, count),
      ];
      await Promise.all(producers.map(({ ended }) => ended));
      await work.put(null);
      await work.put(null);
      const lists = [await results.get(), await results.get()];
      await Promise.all(consumers.map(({ ended }) => ended));
      const seen = new Set<string>();
      for (const list of lists) {
        const last = [-1, -1];
        for (const [producer, index] of list) {
          expect(index).toBeGreaterThan(last[producer] as number);
          last[producer] = index;
          seen.add(`${producer}:${index}`);
        }
      }
      expect(lists.flat().length).toBe(2 * count);
      expect(seen.size).toBe(2 * count);
      expect(work.empty()).toBe(true);
    });
  }
}

for (const kind of ["thread", "process"] as const) {
  test(`items of all kinds and lengths come back from a ${kind}`, async () => {
    const [there, back] = [new Queue<unknown>(), new Queue<unknown>()];
    const worker = await start(kind, "echo", [there, back]);
    const large = new Float64Array(1024 * 1024).map((_, i) => i); // 8 MiB
    const items = [
      undefined,
      0,
      -0,
      12345678,
      1.5,
      "text",
      "ż".repeat(50_000),
      { a: [1, { b: new Map([[1, new Set(["x"])]]) }], when: new Date(5) },
      new RangeError("too far", { cause: "c" }),
      Buffer.from("bytes"),
      large,
      10n ** 30n,
    ];
    for (const item of items) await there.put(item);
    for (const item of items) {
      const answer = await back.get();
      if (item === large) {
        expect((answer as Float64Array).length).toBe(large.length);
        expect((answer as Float64Array)[1_000_000]).toBe(1_000_000);
      } else {
        expect(answer).toEqual(item);
      }
    }
    await there.put(null);
    await worker.ended;
  });

  test(`shared objects, also a queue, travel through a queue to a ${kind}`, async () => {
    const [work, results] = [new Queue<unknown>(), new Queue<string>()];
    const counters = Array.from({ length: 20 }, () => new Value("int32"));
    const answer = new Queue<string>();
    for (const counter of counters) work.putSync({ counter, answer });
    work.putSync(null);
    const worker = await start(kind, "increment", [work, results]);
    expect(await results.get()).toBe("end");
    expect(counters.map(({ value }) => value)).toEqual(counters.map(() => 1));
    expect(answer.size()).toBe(20);
    await worker.ended;
  });
}

test("an item whose class is not loaded waits for it, and is not lost by a blocking get", async () => {
  const [work, results] = [new Queue<Point>(), new Queue<unknown>()];
  work.putSync(new Point(7));
  work.putSync(new Point(8));
  const worker = await start("process", "load", [work, results]);
  expect(await results.get()).toEqual(["ERR_SERIALIZATION", 2]);
  expect(await results.get()).toEqual(["ERR_SERIALIZATION", 2]);
  expect(await results.get()).toEqual([7, "Point", 1]);
  expect(await results.get()).toBe(8);
  await worker.ended;
});

test("an item whose class cannot be found is an error for who takes it, and does not stop the next one", async () => {
  const [work, results] = [new Queue<unknown>(), new Queue<unknown>()];
  class Lost extends Point {}
  declareClass(Lost, new URL("./fixtures/no-such-file.js", import.meta.url).href, "Lost");
  work.putSync(new Lost(7));
  work.putSync("next");
  const worker = await start("process", "loadInVain", [work, results]);
  expect([await results.get(), await results.get()]).toEqual(["ERR_SERIALIZATION", "next"]);
  await worker.ended;
});

test("items left in a queue keep no process from ending", async () => {
  const work = new Queue<Item | null>();
  const worker = await start("process", "produce", [work], 0, 10_000);
  expect(await worker.ended).toEqual([0, null]);
  expect(work.size()).toBe(10_000);
});

test("queues that are dropped leave neither descriptors, nor memory, nor addresses taken", async () => {
  const script = fileURLToPath(new URL("./fixtures/queue-dropped.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", script]);
  const { first, last } = JSON.parse(stdout);
  expect(last.descriptors).toBeLessThanOrEqual(first.descriptors + 5);
  expect(last.addressGiB).toBeLessThan(first.addressGiB + 20); // 400 queues of 1 GiB were made in between
  expect(last.sharedMiB).toBeLessThan(first.sharedMiB + 5);
});
