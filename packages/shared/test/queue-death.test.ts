import { randomInt } from "node:crypto";
import { Queue } from "@concurrent-futures/shared";
import { declareClass } from "@concurrent-futures/worker-pool";
import { afterEach, expect, test } from "@jest/globals";
import { Deadly } from "./fixtures/queue-classes.js";
import { type Item, type Kind, killAll, start } from "./fixtures/queue-jobs.js";

/** Kinds of workers, with what their producers and consumers do. */
const KINDS: [Kind, string[], string[]][] = [
  ["process", ["floodTexts"], ["forward", "forwardAsync"]],
  ["thread", ["flood"], ["forward"]],
];
const ROUNDS = 3;
const AT_ONCE = 3;

declareClass(Deadly, new URL("./fixtures/queue-classes.js", import.meta.url).href, "Deadly");

afterEach(killAll);

/** Takes until nothing comes any more. */
async function drain<T>(queue: Queue<T>): Promise<T[]> {
  const items: T[] = [];
  while (!queue.empty()) items.push(await queue.get());
  return items;
}

for (const [kind, producers, consumers] of KINDS) {
  for (const role of producers) {
    test(`producers (${kind}, ${role}) killed anywhere leave whole items, in order, and the queue usable`, async () => {
      const queue = new Queue<[number, number, string?]>({ maxSize: 500 });
      const expected: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const ids = Array.from({ length: AT_ONCE }, (_, i) => round * AT_ONCE + i);
        const workers = await Promise.all(ids.map((id) => start(kind, role, [queue], id)));
        const until = performance.now() + randomInt(1, 30);
        const check = ([id, index, text]: [number, number, string?]) => {
          if (index !== (expected[id] ?? 0)) throw new Error(`Expected ${expected[id] ?? 0} of ${id}, got ${index}`);
          if (text !== undefined && text !== "x".repeat((index * 7919) % 100_000)) throw new Error("damaged");
          expected[id] = index + 1;
        };
        while (performance.now() < until) check(await queue.get());
        await Promise.all(workers.map((worker) => worker.kill()));
        for (const item of await drain(queue)) check(item);
        await queue.put([1000 + round, 0], { timeout: 50_000 });
        check(queue.getSync({ timeout: 50_000 }));
      }
      expect(queue.empty()).toBe(true);
      expect(expected.filter((count) => count > 0).length).toBeGreaterThanOrEqual(ROUNDS);
    });
  }

  for (const role of consumers) {
    test(`consumers (${kind}, ${role}) killed anywhere lose at most what they had in hand`, async () => {
      const [work, done] = [new Queue<Item>({ maxSize: 200 }), new Queue<Item>()];
      let sent = 0;
      let killed = 0;
      const got = new Set<number>();
      let received = 0;
      const note = ([, index]: Item) => {
        received += 1;
        got.add(index);
      };
      for (let round = 0; round < ROUNDS; round++) {
        const workers = await Promise.all(Array.from({ length: AT_ONCE }, () => start(kind, role, [work, done])));
        const until = performance.now() + randomInt(1, 30);
        while (performance.now() < until) await work.put([0, sent++]);
        await Promise.all(workers.map((worker) => worker.kill()));
        killed += workers.length;
        for (const item of await drain(done)) note(item);
      }
      for (const item of await drain(work)) note(item);
      expect(received).toBe(got.size); // none twice
      expect(sent - received).toBeLessThanOrEqual(killed);
      await work.put([0, sent], { timeout: 50_000 });
      expect(work.getSync({ timeout: 50_000 })).toEqual([0, sent]);
    });
  }
}

test("a consumer that dies in the middle of taking an item leaves it, and its lock is taken over", async () => {
  const [work, done] = [new Queue<Deadly>(), new Queue<Deadly>()];
  for (let round = 0; round < 3; round++) {
    work.putSync(new Deadly());
    const worker = await start("process", "forwardAsync", [work, done]);
    await worker.ended;
    expect(work.size()).toBe(1);
    const got = round % 2 === 0 ? work.getSync({ timeout: 50_000 }) : await work.get({ timeout: 50_000 });
    expect(got).toBeInstanceOf(Deadly);
    expect([work.size(), done.size()]).toEqual([0, 0]);
  }
});
