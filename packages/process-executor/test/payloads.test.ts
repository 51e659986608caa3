import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WorkerCrashedError } from "@concurrent-futures/core";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ProcessPoolExecutor, type ProcessPoolOptions } from "../dist/index.js";
import { IN_FILE } from "../dist/messages.js";
import { KEPT_BYTES } from "../dist/payload-file.js";
import { APART_BYTES, FILE_BYTES } from "../dist/payloads.js";
import { collectLeftovers } from "./fixtures/leftovers.js";
import * as tasks from "./fixtures/payload-tasks.js";

const MIB = 2 ** 20;
const linux = process.platform === "linux";
const TASKS = new URL("./fixtures/", import.meta.url);
const OWN = new URL("../dist/", import.meta.url);

const pools: ProcessPoolExecutor[] = [];
function create(options: ProcessPoolOptions = {}): ProcessPoolExecutor {
  const pool = new ProcessPoolExecutor({ maxWorkers: 1, stderr: "ignore", ...options });
  pools.push(pool);
  return pool;
}
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.killWorkers()));
});

/** Bytes that tell where they belong. */
function pattern(bytes: number, seed = 0): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  for (let at = 0; at < bytes; at++) buffer[at] = (at * 31 + (at >> 12) + seed) & 255;
  return buffer;
}

describe.each<[string, ProcessPoolOptions]>([
  ["with shared memory", {}],
  ["without native addons", { execArgv: ["--no-addons"] }],
  ["under the permission model", { permission: { fsRead: [TASKS, OWN] } }],
  ["under the permission model, with native addons", { permission: { fsRead: [TASKS, OWN], addons: true } }],
])("large values go to processes and back %s", (_, options) => {
  test("nested in objects, arrays, Maps and Sets, each as the type that it was", async () => {
    const value = {
      list: [new Float64Array(40_000).fill(0.5), "between", pattern(100_000)],
      map: new Map<string, unknown>([
        ["bytes", new Uint8Array(pattern(FILE_BYTES * 2))],
        ["whole", new Uint8Array(pattern(APART_BYTES)).buffer],
        ["view", new DataView(new ArrayBuffer(APART_BYTES + 3), 1)],
      ]),
      set: new Set([new BigInt64Array(30_000).fill(-5n)]),
      text: "x".repeat(300_000),
      small: new Uint16Array([1, 2]),
    };
    const pool = create(options);
    const back = await pool.submit(tasks.echo<typeof value>, value);
    expect(back).toEqual(value);
    expect(Buffer.isBuffer(back.list[2])).toBe(true);
    expect(await pool.submit(tasks.echoAsync<typeof value>, value)).toEqual(value);
  });

  test("of sizes around every threshold, at any offset", async () => {
    const pool = create(options);
    const source = pattern(2 * MIB);
    for (const around of [APART_BYTES, FILE_BYTES, 48 * 1024, 64 * 1024, 256 * 1024, MIB]) {
      for (const size of [around - 100, around - 1, around, around + 1]) {
        const slice = source.subarray(size % 13, (size % 13) + size);
        const back = await pool.submit(tasks.echo<Buffer>, slice);
        expect(back.equals(slice)).toBe(true);
      }
    }
  });

  test("without what their memory holds beside them; views of the same memory still share it", async () => {
    const pool = create(options);
    const memory = new Uint8Array(8 * MIB);
    expect(await pool.submit(tasks.sizeOfMemory, memory.subarray(MIB, MIB + 200_000))).toBe(200_000);
    const part = await pool.submit(tasks.fifth, MIB);
    expect([part.length, part.buffer.byteLength, part[0], part.at(-1)]).toEqual([MIB, MIB, 5, 5]);
    expect(await pool.submit(tasks.share, memory.subarray(0, 90_000), memory.subarray(80_000, 300_000))).toBe(true);
  });

  test("a thousand in one message", async () => {
    const pool = create(options);
    const many = Array.from({ length: 1100 }, (_, index) => new Uint8Array(APART_BYTES).fill(index));
    const back = await pool.submit(tasks.echo<Uint8Array[]>, many);
    expect(back.length).toBe(1100);
    expect(back.every((bytes, index) => bytes.length === APART_BYTES && bytes.at(-1) === index % 256)).toBe(true);
  });

  test("many at once, from several workers, each to its own call", async () => {
    const pool = create({ ...options, maxWorkers: 3, tasksPerWorker: 2 });
    const sent = Array.from({ length: 40 }, (_, index) => pattern(70_000 + index * 20_011, index));
    const back = await Promise.all(sent.map((bytes) => pool.submit(tasks.echoAsync<Buffer>, bytes)));
    for (const [index, bytes] of back.entries()) expect(bytes.equals(sent[index] as Buffer)).toBe(true);
    const mapped = await pool.map(tasks.echo<Buffer>, sent);
    for (const [index, bytes] of mapped.entries()) expect(bytes.equals(sent[index] as Buffer)).toBe(true);
  });

  test("from workers that serve one call each", async () => {
    const pool = create({ ...options, maxWorkers: 2, maxTasksPerWorker: 1 });
    const results = await Promise.all(
      [1, 2, 3, 4].map((seed) => pool.submit(tasks.echo<Buffer>, pattern(3 * MIB, seed))),
    );
    for (const [index, bytes] of results.entries()) expect(bytes.equals(pattern(3 * MIB, index + 1))).toBe(true);
  });

  test("and stand when the worker exits right after, although nobody has read them yet", async () => {
    const pool = create({ ...options });
    await pool.ready();
    const result = pool.submit(tasks.lastWords, 100_000);
    await new Promise(setImmediate);
    tasks.nap(300);
    expect(tasks.lengthAndEnds(await result)).toEqual([100_000, 7, 7]);
  });
});

describe("what does not fit", () => {
  test("goes through the pipe, in order: arguments that a busy worker does not read", async () => {
    const pool = create({ tasksPerWorker: 8 });
    await pool.ready();
    const busy = pool.submit(tasks.nap, 500);
    const sent = Array.from({ length: 6 }, (_, index) => new Uint8Array(45 * MIB).fill(index));
    const ends = await Promise.all(sent.map((bytes) => pool.submit(tasks.lengthAndEnds, bytes)));
    expect(ends).toEqual(sent.map((_, index) => [45 * MIB, index, index]));
    await busy;
  });

  test("a single message of any size is no such thing", async () => {
    const pool = create();
    const [length] = (await pool.submit(tasks.lengthAndEnds, new Uint8Array(300 * MIB))) as number[];
    expect(length).toBe(300 * MIB);
    expect((await pool.submit(tasks.zeros, 300 * MIB)).length).toBe(300 * MIB);
  });
});

(linux ? describe : describe.skip)("memory and descriptors", () => {
  const descriptors = (): number => readdirSync("/proc/self/fd").length;
  const mappings = (): number => readFileSync("/proc/self/maps", "utf8").split("memfd:concurrent-futures").length - 1;
  beforeEach(collectLeftovers);

  const directory = mkdtempSync(join(tmpdir(), "payloads-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  /**
   * Sends a value there and back, again if need be, until both files have the memory of it: they lose it whenever nothing
   * is said for a second, and on a busy machine a single round trip may take that long.
   */
  async function fillFiles(pool: ProcessPoolExecutor, bytes: number): Promise<void> {
    do await pool.submit(tasks.echo<Uint8Array>, new Uint8Array(bytes));
    while (tasks.memoryInPayloadFiles() < 2 * bytes);
  }

  test("an idle connection keeps no more than a little, also while its worker is busy", async () => {
    const pool = create({ tasksPerWorker: 2 });
    await fillFiles(pool, 20 * MIB);
    const over = join(directory, "over");
    const busy = pool.submit(tasks.blockUntil, over);
    while (tasks.memoryInPayloadFiles() > 3 * KEPT_BYTES) await sleep(20);
    expect(busy.done()).toBe(false);
    const bytes = pattern(5 * MIB);
    const back = pool.submit(tasks.echo<Buffer>, bytes);
    writeFileSync(over, "");
    expect((await back).equals(bytes)).toBe(true);
    await busy;
  });

  test("the same memory is used again for one message after the other", async () => {
    const pool = create();
    await fillFiles(pool, 5 * MIB);
    const once = tasks.memoryInPayloadFiles();
    for (let count = 0; count < 20; count++) {
      await pool.submit(tasks.echo<Uint8Array>, new Uint8Array(5 * MIB));
      expect(tasks.memoryInPayloadFiles()).toBeLessThanOrEqual(once + MIB);
    }
  });

  test("20 workers killed in the middle of large results leave nothing", async () => {
    const round = async (workers: number): Promise<void> => {
      const pool = create({ maxWorkers: 4 });
      const calls = Array.from({ length: workers }, (_, index) => pool.submit(tasks.killedLater, 8 * MIB, index % 7));
      const more = Array.from({ length: workers }, () => pool.submit(tasks.echo<Uint8Array>, new Uint8Array(8 * MIB)));
      for (const outcome of await Promise.allSettled([...calls, ...more])) {
        if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(WorkerCrashedError);
        else expect(outcome.value.length).toBe(8 * MIB);
      }
      await pool.killWorkers();
    };
    await round(12);
    const before = { descriptors: descriptors(), mappings: mappings(), payloadFiles: tasks.payloadFiles().length };
    await round(20);
    // What may be more is blocks of the engine's, for the next workers, with a mapping and a descriptor each: as many as
    // workers were alive at once.
    const blocks = Math.max(0, mappings() - before.mappings);
    expect(blocks).toBeLessThanOrEqual(4);
    expect(tasks.payloadFiles().length).toBeLessThanOrEqual(before.payloadFiles);
    while (descriptors() > before.descriptors + blocks) await sleep(5); // pipes that are being closed
  });

  test("a worker's own processes and its small descriptors have none of it", async () => {
    const pool = create();
    expect(Math.min(...(await pool.submit(tasks.memoryFiles)))).toBeGreaterThanOrEqual(32);
  });
});

(linux ? describe : describe.skip)("what a task does to the files of its worker", () => {
  test("harms its own worker's calls at most, and never the parent", async () => {
    const pool = create({ maxWorkers: 2, tasksPerWorker: 4 });
    const bytes = pattern(2 * MIB);
    const calls = Array.from({ length: 30 }, (_, index) =>
      index % 3 === 0 ? pool.submit(tasks.vandalize) : pool.submit(tasks.echoAsync<Buffer>, bytes),
    );
    await Promise.allSettled(calls);
    const back = await pool.with({ retries: 5 }).submit(tasks.echo<Buffer>, bytes);
    expect(back.length).toBe(bytes.length);
  });

  test.each([
    ["beyond the end of the file", [0, 2 ** 30]],
    ["of more memory than there is", [0, 2 ** 52]],
    ["at no place", [Number.NaN, 5]],
    ["before the beginning", [-4096, 5]],
    ["of a negative size", [0, -5, 10]],
    ["of half a byte", [0, 0.5]],
    ["of nothing", []],
    ["of no parts", [5]],
    ["with an overflow", [2 ** 53 - 1, 2 ** 53 - 1]],
  ])("a message that is not there ends the worker: %s", async (_, place) => {
    const pool = create();
    const error = await pool.submit(tasks.forge, place, IN_FILE).exception();
    if (error !== undefined) expect(error).toBeInstanceOf(WorkerCrashedError);
    const bytes = pattern(MIB);
    expect((await pool.with({ retries: 5 }).submit(tasks.echo<Buffer>, bytes)).equals(bytes)).toBe(true);
  });

  test("a message that never becomes whole", async () => {
    const pool = create();
    const error = await pool.submit(tasks.forge, [1, 2], 5).exception();
    if (error !== undefined) expect(error).toMatchObject({ code: expect.any(String) });
    await pool.killWorkers();
  });
});
