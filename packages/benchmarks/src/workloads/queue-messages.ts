import { Event, Process, Queue } from "concurrent-futures";
import { pythonShared } from "../peers/python.js";
import { consume, consumeSync, type Message } from "../shared-tasks.js";
import { type Contender, ratio, type Workload } from "../workload.js";

const numbers = { name: "numbers", unit: "messages/s", better: "higher" } as const;
const objects = { name: "objects", unit: "messages/s", better: "higher" } as const;
const WARM_UP = 20_000; // both loops are compiled by then

type Make = (i: number) => Message;
const makeNumber: Make = (i) => i;
const makeObject: Make = (i) => ({ id: i, text: "hello" });

/** From the first `put` to the last `get`. */
async function messagesPerSecond(count: number, make: Make, blocking: boolean): Promise<number> {
  const queue = new Queue<Message>();
  const [ready, done] = [new Event(), new Event()];
  const target = blocking ? consumeSync : consume;
  const consumer = new Process({ target, args: [queue, count + WARM_UP, ready, done] });
  consumer.start();
  await ready.wait();
  const put = blocking ? (item: Message) => queue.putSync(item) : (item: Message) => queue.put(item);
  for (let i = 0; i < WARM_UP; i++) await put(make(i));
  const start = performance.now();
  if (blocking) for (let i = 0; i < count; i++) put(make(i));
  else for (let i = 0; i < count; i++) await put(make(i));
  if (blocking) done.waitSync();
  else await done.wait();
  const elapsedMs = performance.now() - start;
  await consumer.join();
  return (1000 * count) / elapsedMs;
}

function ours(name: string, settings: string, blocking: boolean): Contender {
  return {
    name,
    kind: "processes",
    settings,
    async measure(quick) {
      const count = quick ? 2_000 : 500_000;
      return {
        [numbers.name]: await messagesPerSecond(count, makeNumber, blocking),
        [objects.name]: await messagesPerSecond(count, makeObject, blocking),
      };
    },
  };
}

const blocking = ours("ours, Queue, Sync", "putSync and getSync", true);
const awaiting = ours("ours, Queue", "await put and await get, one after the other", false);
const theirs = "Python multiprocessing.Queue";
const python = pythonShared(theirs, "queue", (quick) => (quick ? 2_000 : 100_000));

/** One process puts small messages into a queue, another gets them. */
export const queueMessages: Workload = {
  name: "queue-messages",
  title: "Small messages through a Queue from one process to another",
  rounds: 3,
  metrics: [numbers, objects],
  contenders: [blocking, awaiting, ...python],
  goals: python.flatMap(() =>
    [blocking, awaiting].map(({ name }) => ({
      says: `${name}: numbers through a queue, messages/s over Python's`,
      measured: (medians) => ratio(medians, numbers.name, name, theirs),
      limit: 10,
      kind: "at least",
    })),
  ),
};
