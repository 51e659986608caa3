import { expect, test } from "@jest/globals";
import { BUSY, DONE, REFUSED, Ring } from "../dist/queue/ring.js";
import { type RingMemory, WINDOW_BYTES, Windows } from "../dist/queue/windows.js";

const ME = 1;
const OTHER = 2;
const PUT = 0;
const TAKE = 16;

function makeRing(windows: number) {
  const words = new Int32Array(new SharedArrayBuffer(48 * 4));
  const bytes = new Uint8Array(new SharedArrayBuffer(Windows.memoryFor(windows)));
  const discarded: [number, number][] = [];
  const memory: RingMemory = {
    length: bytes.length,
    view: (offset, length) => bytes.subarray(offset, offset + length),
    discard: (offset, length) => {
      bytes.fill(0, offset, offset + length);
      discarded.push([offset, length]);
    },
  };
  let woken = 0;
  const open = () => new Ring({ words, put: PUT, take: TAKE }, memory, () => woken++);
  return { words, memory, discarded, open, ring: open(), woken: () => woken };
}

/** Different for each seed, and at both ends. */
function record(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(seed);
  for (let i = 0; i < Math.min(8, length); i++) bytes[i] = bytes[length - 1 - i] = seed * 31 + i;
  return bytes;
}

/** The next record; undefined when there is none. */
function take(ring: Ring): Uint8Array | undefined {
  if (ring.open(ME) !== DONE) return undefined;
  const bytes = ring.bytes.slice(ring.at, ring.at + ring.length);
  ring.commit(ME);
  return bytes;
}

/** toEqual takes a second for some hundred KiB. */
function same(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}

test("records of any length come out as they went in, however often the memory is gone through", () => {
  const { ring } = makeRing(9);
  const model: Uint8Array[] = [];
  let seed = 12345;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 1;
    return seed % below;
  };
  let refused = 0;
  for (let step = 0; step < 4000; step++) {
    const lengths = [random(30), random(3000), random(WINDOW_BYTES), WINDOW_BYTES - 12 + random(16)];
    const bytes = record(lengths[random(4)] as number, step);
    if (random(100) < 55) {
      if (ring.put(ME, bytes, Number.POSITIVE_INFINITY) === DONE) model.push(bytes);
      else refused += 1;
    } else {
      const next = model.shift();
      const got = take(ring);
      if (next === undefined || got === undefined) expect(got).toBe(next);
      else if (Buffer.compare(got, next) !== 0) throw new Error(`Record ${step} differs`);
    }
    expect(ring.size).toBe(model.length);
  }
  expect(refused).toBeGreaterThan(10);
});

test("an empty ring has room for its longest record, wherever it stands", () => {
  const { ring } = makeRing(9);
  for (let step = 0; step < 30; step++) {
    const bytes = new Uint8Array(ring.longest).fill(step);
    expect(ring.put(ME, bytes, 1)).toBe(DONE);
    expect(take(ring)?.at(-1)).toBe(step);
    ring.put(ME, record(100_000, step), 1);
    take(ring);
  }
});

test("a full ring refuses and goes on when there is room", () => {
  const { ring } = makeRing(4);
  const bytes = record(100_000, 1);
  let count = 0;
  while (ring.put(ME, bytes, Number.POSITIVE_INFINITY) === DONE) count += 1;
  expect(count).toBe(8);
  for (let i = 0; i < 3; i++) take(ring);
  expect(ring.put(ME, bytes, Number.POSITIVE_INFINITY)).toBe(DONE);
  for (let i = 0; i < 6; i++) expect(same(take(ring), bytes)).toBe(true);
  expect(ring.open(ME)).toBe(REFUSED);
});

test("a limit counts records", () => {
  const { ring } = makeRing(4);
  expect([1, 2, 3].map((i) => ring.put(ME, record(5, i), 2))).toEqual([DONE, DONE, REFUSED]);
});

test("a dead one's locks are freed, and what it had begun never happened", () => {
  const { words, ring, open } = makeRing(4);
  ring.put(ME, record(5, 1), 10);
  Atomics.store(words, PUT, OTHER); // died while putting: a record half written, nothing published
  expect(ring.put(ME, record(5, 2), 10)).toBe(BUSY);
  expect(open().open(OTHER)).toBe(DONE); // dies while taking
  expect(ring.open(ME)).toBe(BUSY);
  ring.bury(OTHER);
  expect(ring.put(ME, record(5, 2), 10)).toBe(DONE);
  expect(take(ring)).toEqual(record(5, 1));
  expect(take(ring)).toEqual(record(5, 2));
});

test("the living keep their locks when another dies", () => {
  const { words, ring } = makeRing(4);
  Atomics.store(words, PUT, OTHER);
  ring.bury(ME);
  ring.bury(OTHER + 1);
  expect(ring.put(ME, record(5, 2), 10)).toBe(BUSY);
});

test("whoever found a lock held is woken when it is free", () => {
  const { ring, open, woken } = makeRing(4);
  ring.put(ME, record(5, 1), 10);
  expect(ring.open(ME)).toBe(DONE);
  expect(open().open(OTHER)).toBe(BUSY);
  expect(woken()).toBe(0);
  ring.leave();
  expect(woken()).toBe(1);
});

test("a lock that its own holder asks for again is an error, not a wait for ever", () => {
  const { ring } = makeRing(4);
  ring.put(ME, record(5, 1), 10);
  ring.open(ME);
  expect(() => ring.open(ME)).toThrow(/\[deserialize\]/);
});

test("a record that is left is there for the next one", () => {
  const { ring } = makeRing(4);
  ring.put(ME, record(5, 1), 10);
  ring.open(ME);
  ring.leave();
  expect(take(ring)).toEqual(record(5, 1));
});

test("counters wrap", () => {
  const { words, ring } = makeRing(4);
  for (const side of [PUT, TAKE]) words[side + 1] = 2 ** 31 - 3;
  for (let i = 0; i < 10; i++) expect(ring.put(ME, record(i, i), 10)).toBe(DONE);
  expect(ring.put(ME, record(1, 1), 10)).toBe(REFUSED);
  expect(ring.size).toBe(10);
  for (let i = 0; i < 10; i++) expect(take(ring)).toEqual(record(i, i));
  expect(ring.size).toBe(0);
});

test("a large queue that was emptied gives its pages back", () => {
  const { ring, discarded } = makeRing(110);
  for (let i = 0; i < 100; i++) expect(ring.put(ME, record(200_000, i), 200)).toBe(DONE);
  for (let i = 0; i < 100; i++) expect(same(take(ring), record(200_000, i))).toBe(true);
  const bytes = discarded.reduce((sum, [, length]) => sum + length, 0);
  expect(bytes).toBeGreaterThanOrEqual(30 * WINDOW_BYTES);
  for (let i = 0; i < 100; i++) expect(ring.put(ME, record(200_000, i), 200)).toBe(DONE);
  for (let i = 0; i < 100; i++) expect(same(take(ring), record(200_000, i))).toBe(true);
});
