import { setTimeout as sleep } from "node:timers/promises";
import { deserialize, serialize } from "@concurrent-futures/core";
import { Lock, Queue, QueueEmptyError, Value } from "@concurrent-futures/shared";
import { declareClass } from "@concurrent-futures/worker-pool";
import { expect, test } from "@jest/globals";
import { Block } from "../dist/block.js";
import { loadLibc } from "../dist/memory/index.js";
import { Broken, Greedy, Point } from "./fixtures/queue-classes.js";

const classesUrl = new URL("./fixtures/queue-classes.js", import.meta.url).href;
declareClass(Point, classesUrl, "Point");
declareClass(Broken, classesUrl, "Broken");
declareClass(Greedy, classesUrl, "Greedy");

const FULL = { code: "ERR_QUEUE_FULL" };
const EMPTY = { code: "ERR_QUEUE_EMPTY" };
const TYPE = { name: "TypeError" };
const RANGE = { name: "RangeError" };

function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}

test("first in, first out, in all forms", async () => {
  const queue = new Queue<number>();
  await queue.put(1);
  queue.putSync(2);
  queue.putNowait(3);
  await queue.put(4, { timeout: 100 });
  expect(queue.size()).toBe(4);
  expect([await queue.get(), queue.getSync(), queue.getNowait(), await queue.get({ timeout: 100 })]).toEqual([
    1, 2, 3, 4,
  ]);
});

test("size, empty and full say what is in it", () => {
  const queue = new Queue({ maxSize: 2 });
  expect([queue.size(), queue.empty(), queue.full()]).toEqual([0, true, false]);
  queue.putSync("a");
  expect([queue.size(), queue.empty(), queue.full()]).toEqual([1, false, false]);
  queue.putSync("b");
  expect([queue.size(), queue.empty(), queue.full()]).toEqual([2, false, true]);
});

test("an unbounded queue is never full", () => {
  for (const queue of [new Queue(), new Queue({}), new Queue({ maxSize: 0 }), new Queue({ maxSize: Infinity })]) {
    for (let i = 0; i < 2000; i++) queue.putNowait(i);
    expect(queue.full()).toBe(false);
  }
});

test("a maxSize that is none is refused", () => {
  expect(thrownBy(() => new Queue({ maxSize: "3" as never }))).toMatchObject(TYPE);
  expect(thrownBy(() => new Queue(3 as never))).toMatchObject(TYPE);
  for (const maxSize of [-1, 1.5, Number.NaN]) expect(thrownBy(() => new Queue({ maxSize }))).toMatchObject(RANGE);
});

test("putting into a full queue: at once, in time, or not at all", async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  queue.putNowait(1);
  expect(thrownBy(() => queue.putNowait(2))).toMatchObject(FULL);
  expect(thrownBy(() => queue.putSync(2, { timeout: 0 }))).toMatchObject(FULL);
  expect(thrownBy(() => queue.putSync(2, { timeout: 20 }))).toMatchObject(FULL);
  await expect(queue.put(2, { timeout: 20 })).rejects.toMatchObject(FULL);
  await expect(queue.put(2, { timeout: 0 })).rejects.toMatchObject(FULL);
  expect(queue.getNowait()).toBe(1);
  expect(queue.empty()).toBe(true);
});

test("getting from an empty queue: at once, in time, or not at all", async () => {
  const queue = new Queue<number>();
  expect(thrownBy(() => queue.getNowait())).toMatchObject(EMPTY);
  expect(thrownBy(() => queue.getNowait())).toBeInstanceOf(QueueEmptyError);
  expect(thrownBy(() => queue.getSync({ timeout: 0 }))).toMatchObject(EMPTY);
  expect(thrownBy(() => queue.getSync({ timeout: 20 }))).toMatchObject(EMPTY);
  await expect(queue.get({ timeout: 20 })).rejects.toMatchObject(EMPTY);
  await expect(queue.get({ timeout: 0 })).rejects.toMatchObject(EMPTY);
  queue.putNowait(1);
  expect(await queue.get({ timeout: 0 })).toBe(1);
});

test("a put waits until there is room, and those who wait are served in their order", async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  const order: number[] = [];
  const puts = [0, 1, 2, 3].map((i) => queue.put(i).then(() => order.push(i)));
  await sleep(5);
  expect(order).toEqual([0]);
  for (let i = 0; i < 4; i++) expect(await queue.get()).toBe(i);
  await Promise.all(puts);
  expect(order).toEqual([0, 1, 2, 3]);
});

test("a get waits until there is an item, and those who wait are served in their order", async () => {
  const queue = new Queue<number>();
  const gets = [queue.get(), queue.get(), queue.get({ timeout: 60_000 })];
  for (let i = 0; i < 3; i++) await queue.put(i);
  expect(await Promise.all(gets)).toEqual([0, 1, 2]);
});

test("an aborted get takes nothing, an aborted put adds nothing", async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  const reason = new Error("enough");
  const controller = new AbortController();
  const getting = queue.get({ signal: controller.signal });
  controller.abort(reason);
  await expect(getting).rejects.toBe(reason);
  await queue.put(1);
  await expect(queue.get({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const other = new AbortController();
  const putting = queue.put(2, { signal: other.signal });
  other.abort(reason);
  await expect(putting).rejects.toBe(reason);
  expect(await queue.get()).toBe(1);
  expect(queue.empty()).toBe(true);
});

test("an abort's reason stays what it is, even where it is the error of a timeout", async () => {
  const queue = new Queue<number>();
  await expect(queue.get({ signal: AbortSignal.timeout(5) })).rejects.toMatchObject({ name: "TimeoutError" });
});

test("options that are wrong are refused", () => {
  const queue = new Queue<number>({ maxSize: 1 });
  expect(thrownBy(() => queue.get({ timeout: -1 }))).toMatchObject(RANGE);
  expect(thrownBy(() => queue.get({ timeout: "5" as never }))).toMatchObject(TYPE);
  expect(thrownBy(() => queue.get({ signal: {} as never }))).toMatchObject(TYPE);
  expect(thrownBy(() => queue.put(1, { timeout: Number.NaN }))).toMatchObject(RANGE);
  expect(thrownBy(() => queue.putSync(1, { timeout: -1 }))).toMatchObject(RANGE);
  expect(thrownBy(() => queue.getSync(5 as never))).toMatchObject(TYPE);
  expect(queue.empty()).toBe(true);
});

test("what cannot be sent is refused by put, and nothing is added", async () => {
  const queue = new Queue<unknown>();
  const item = { on: { click: () => {} } };
  await expect(queue.put(item)).rejects.toMatchObject({ code: "ERR_SERIALIZATION", path: "item.on.click" });
  expect(thrownBy(() => queue.putSync(item))).toMatchObject({ code: "ERR_SERIALIZATION" });
  expect(thrownBy(() => queue.putNowait(item))).toMatchObject({ code: "ERR_SERIALIZATION" });
  expect(queue.empty()).toBe(true);
});

test("undefined and null are items", async () => {
  const queue = new Queue<unknown>();
  for (const item of [undefined, null]) {
    queue.putSync(item);
    expect(queue.getSync()).toBe(item);
    queue.putSync(item);
    expect(await queue.get({ timeout: 1000 })).toBe(item);
    queue.putSync(item);
    expect(queue.getNowait()).toBe(item);
  }
});

test("an item is what it was when it was put", async () => {
  const queue = new Queue<{ n: number }>({ maxSize: 1 });
  const item = { n: 1 };
  await queue.put(item);
  const putting = queue.put(item);
  item.n = 2;
  expect([(await queue.get()).n, (await queue.get()).n]).toEqual([1, 1]);
  await putting;
});

test("instances arrive as what they are, shared objects as the same", async () => {
  const queue = new Queue<unknown>();
  const [lock, value, other] = [new Lock(), new Value("int32", 5), new Queue<number>()];
  await queue.put({ lock, value, other, queue, point: new Point(7) });
  const got = (await queue.get()) as { lock: Lock; value: Value; other: Queue; queue: Queue; point: Point };
  expect(got.lock).toBe(lock);
  expect(got.value).toBe(value);
  expect(got.other).toBe(other);
  expect(got.queue).toBe(queue);
  expect(got.point).toBeInstanceOf(Point);
});

test("an item that cannot be made is an error for who takes it, and does not stop the next one", async () => {
  const queue = new Queue<unknown>();
  for (let i = 0; i < 2; i++) {
    queue.putSync(new Broken());
    queue.putSync("next");
  }
  await expect(queue.get()).rejects.toMatchObject({ code: "ERR_SERIALIZATION" });
  expect(queue.getSync()).toBe("next");
  expect(thrownBy(() => queue.getSync())).toMatchObject({ code: "ERR_SERIALIZATION" });
  expect(await queue.get()).toBe("next");
});

test("a [deserialize] that uses the queue it comes from gets an error instead of a standstill", () => {
  const queue = new Queue<unknown>();
  Greedy.queue = queue;
  queue.putSync(new Greedy());
  queue.putSync("next");
  expect(thrownBy(() => queue.getSync())).toMatchObject({ code: "ERR_SERIALIZATION" });
  expect(queue.getSync()).toBe("next");
});

test("a loop over a full queue lets the event loop turn", async () => {
  const queue = new Queue<number>();
  for (let i = 0; i < 50_000; i++) queue.putSync(i);
  let turns = 0;
  const immediate = () => {
    turns += 1;
    handle = setImmediate(immediate);
  };
  let handle = setImmediate(immediate);
  for (let i = 0; i < 50_000; i++) await queue.get();
  clearImmediate(handle);
  expect(turns).toBeGreaterThan(20);
});

(loadLibc() === undefined ? test.skip : test)(
  "many queues cost little: none of their memory is looked at before it is used",
  () => {
    const queues = Array.from({ length: 250 }, () => new Queue());
    for (const queue of queues) {
      const { length, data } = Block.fromState(queue[serialize]().block, "Queue");
      expect(length).toBeGreaterThan(2 ** 25);
      expect(data.byteLength).toBe(0); // looking at all of it takes 3 ms
      queue.putSync(1);
    }
  },
);

test("the state of something else is refused", () => {
  expect(thrownBy(() => Queue[deserialize]({}))).toMatchObject(TYPE);
  expect(thrownBy(() => Queue[deserialize](undefined))).toMatchObject(TYPE);
  const queue = new Queue();
  expect(Queue[deserialize](queue[serialize]())).toBe(queue);
});
