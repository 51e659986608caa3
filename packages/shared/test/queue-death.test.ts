import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "@concurrent-futures/shared";
import { afterEach, expect, test } from "@jest/globals";
import { type Item, type Kind, killAll, start } from "./fixtures/queue-jobs.js";

const KINDS: Kind[] = ["process", "thread"];
const ROUNDS = 4;
const AT_ONCE = 3;

afterEach(killAll);

/** Takes until nothing comes any more. */
async function drain<T>(queue: Queue<T>): Promise<T[]> {
  const items: T[] = [];
  while (!queue.empty()) items.push(await queue.get());
  return items;
}

for (const kind of KINDS) {
  for (const role of ["flood", "floodTexts"]) {
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
        await queue.put([1000 + round, 0], { timeout: 5000 });
        check(queue.getSync({ timeout: 5000 }));
      }
      expect(queue.empty()).toBe(true);
      expect(expected.filter((count) => count > 0).length).toBeGreaterThan(ROUNDS);
    }, 40_000);
  }

  for (const role of ["forward", "forwardAsync"]) {
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
      await work.put([0, sent], { timeout: 5000 });
      expect(work.getSync({ timeout: 5000 })).toEqual([0, sent]);
    }, 40_000);
  }
}

test("whoever waits for a dead one's lock gets it", async () => {
  const queue = new Queue<Item>();
  for (let round = 0; round < 4; round++) {
    const worker = await start("process", "flood", [queue], round);
    await sleep(randomInt(1, 5));
    await worker.kill();
    queue.putNowait([-1, round]);
    let last: Item = [0, 0];
    while (!queue.empty()) last = queue.getNowait();
    expect(last).toEqual([-1, round]);
  }
}, 20_000);
