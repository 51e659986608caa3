import { once } from "node:events";
import { MessageChannel, Worker } from "node:worker_threads";
import { afterEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { RingReader, RingWriter } from "../../dist/ring.js";
import { holdsAt, ringMemory, type StreamEnd, type StreamStart } from "./fixtures/ring-consumer.js";
import { payloadOf, sizesOf } from "./fixtures/stream.js";
import { fuzzRuns, fuzzSeed } from "./fuzz.js";

const EMPTY = new Uint8Array(0);
const ARMED = 2; // ring.ts
const CELL = 8;
const HEADER_CELLS = 4;
const RUNS = fuzzRuns(50);

interface Written {
  kind: number;
  flags: number;
  slot: number;
  a: number;
  b: number;
  payload: Uint8Array;
}

/** A ring in the model: the records that are inside, and how much room they take. */
class Model {
  readonly records: (Written & { cells: number })[] = [];
  readonly capacity: number;
  tail = 0;
  used = 0;

  constructor(bytes: number) {
    this.capacity = bytes / CELL;
  }

  /** Cells that a record takes, with the padding before it where it would wrap. */
  cost(payload: number): number {
    const cells = HEADER_CELLS + Math.ceil(payload / CELL);
    const toEnd = this.capacity - (this.tail % this.capacity);
    return cells > toEnd ? cells + toEnd : cells;
  }

  push(record: Written, cells: number): void {
    this.records.push({ ...record, cells });
    this.tail += cells;
    this.used += cells;
  }

  shift(): Written | undefined {
    const first = this.records.shift();
    if (first === undefined) return undefined;
    const { cells, ...record } = first;
    this.used -= cells;
    return record;
  }
}

function current(reader: RingReader): Written {
  const { kind, flags, slot, a, b } = reader;
  return { kind, flags, slot, a, b, payload: reader.payload(EMPTY) };
}

/** As `toEqual`, which takes its time for bytes. */
function expectSame(found: Written | undefined, expected: Written | undefined): void {
  expect({ ...found, payload: undefined }).toEqual({ ...expected, payload: undefined });
  expect(Buffer.compare(found?.payload ?? EMPTY, expected?.payload ?? EMPTY)).toBe(0);
}

/** To the ring, a large payload; it is as small as it really is when it is copied. */
class Hollow extends Uint8Array {
  claimed = 0;

  override get length(): number {
    return this.claimed || super.length;
  }
}

const BYTES = 1024;
const payload = fc.uint8Array({ maxLength: BYTES / 2 - HEADER_CELLS * CELL, size: "max" });
const record = fc.record({
  kind: fc.integer({ min: 1, max: 255 }),
  flags: fc.integer({ min: 0, max: 255 }),
  slot: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  a: fc.double({ noNaN: true }),
  b: fc.double({ noNaN: true }),
  payload,
});
const step = fc.oneof(
  record.map((value) => ({ do: "write" as const, value })),
  fc.record({ do: fc.constant("read" as const), times: fc.integer({ min: 1, max: 8 }) }),
);

let consumer: Worker | undefined;
afterEach(() => consumer?.terminate());

describe("Ring", () => {
  test("it gives what was put in, in order, and refuses exactly what does not fit", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
        const memory = ringMemory(new SharedArrayBuffer(BYTES + 64));
        const writer = new RingWriter(memory);
        const reader = new RingReader(memory);
        const model = new Model(BYTES);
        for (const one of steps) {
          if (one.do === "write") {
            const { kind, flags, slot, a, b, payload } = one.value;
            const cells = model.cost(payload.length);
            const fits = model.used + cells <= model.capacity;
            expect(writer.write(kind, flags, slot, a, b, payload)).toBe(fits);
            if (fits) model.push(one.value, cells);
          } else {
            for (let i = 0; i < one.times; i++) {
              const expected = model.shift();
              expectSame(reader.next() ? current(reader) : undefined, expected);
              reader.release();
            }
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  test("a record's room is given back when it is released, or when the next is asked for", () => {
    const memory = ringMemory(new SharedArrayBuffer(256 + 64));
    const writer = new RingWriter(memory);
    const reader = new RingReader(memory);
    while (writer.write(1, 0, 0, 0, 0, EMPTY));
    expect(reader.next()).toBe(true);
    expect(writer.write(1, 0, 0, 0, 0, EMPTY)).toBe(false);
    reader.release();
    reader.release();
    expect(writer.write(1, 0, 0, 0, 0, EMPTY)).toBe(true);
    expect(writer.write(1, 0, 0, 0, 0, EMPTY)).toBe(false);
    expect(reader.next()).toBe(true);
    expect(reader.next()).toBe(true);
    expect(writer.write(1, 0, 0, 0, 0, EMPTY)).toBe(true);
  });

  test("a sleeping consumer is to be woken once; one that is awake, never", () => {
    const memory = ringMemory(new SharedArrayBuffer(1024 + 64));
    const writer = new RingWriter(memory);
    const reader = new RingReader(memory);
    writer.write(1, 0, 0, 0, 0, EMPTY);
    expect(writer.mustWake()).toBe(false);
    expect(reader.arm()).toBe(false); // it looks once more, and sees the record
    expect(reader.next()).toBe(true);
    expect(reader.next()).toBe(false);
    expect(reader.arm()).toBe(true);
    writer.write(1, 0, 0, 0, 0, EMPTY);
    expect(writer.mustWake()).toBe(true);
    writer.write(1, 0, 0, 0, 0, EMPTY);
    expect(writer.mustWake()).toBe(false);
  });

  test("a producer without room is to be woken once, and does not wait where there is room by now", () => {
    const memory = ringMemory(new SharedArrayBuffer(256 + 64));
    const writer = new RingWriter(memory);
    const reader = new RingReader(memory);
    expect(writer.waitForRoom(0)).toBe(false);
    expect(reader.mustWakeProducer()).toBe(false);
    while (writer.write(1, 0, 0, 0, 0, EMPTY));
    expect(writer.waitForRoom(0)).toBe(true);
    while (reader.next());
    expect(reader.mustWakeProducer()).toBe(true);
    expect(reader.mustWakeProducer()).toBe(false);
    expect(writer.waitForRoom(0)).toBe(false);
  });

  test("counters may pass 2^31 and 2^32: nothing is lost or torn there", () => {
    const memory = ringMemory(new SharedArrayBuffer(2 ** 22 + 64));
    const writer = new RingWriter(memory);
    const reader = new RingReader(memory);
    const large = new Uint8Array(2 ** 21 - HEADER_CELLS * CELL);
    const hollow = Object.assign(new Hollow(64), { claimed: large.length });
    const cells = (large.length + HEADER_CELLS * CELL) / CELL;
    const pass = (payload: Uint8Array, slot: number): void => {
      payload.fill(slot, 0, 1);
      payload.fill(slot, large.length - 1);
      expect(writer.write(9, 1, slot, slot, -slot, payload)).toBe(true);
      expect(reader.next()).toBe(true);
      expect([reader.slot, reader.a, reader.b]).toEqual([slot, slot, -slot]);
      const read = reader.payload(EMPTY);
      expect([read.length, read[0]]).toEqual([large.length, slot & 255]);
      if (payload === large) expect(read.at(-1)).toBe(slot & 255);
      reader.release();
    };
    for (let written = 0, slot = 0; written < 2 ** 32 + 8 * cells; written += cells, slot++) {
      const isNear = [0, 2 ** 31, 2 ** 32].some((limit) => Math.abs(written - limit) <= 16 * cells);
      pass(isNear ? large : hollow, slot);
    }
  });

  test("1,200,000 records of random sizes go to another thread with random pauses: in order, whole, no wake-up lost", async () => {
    const records = 1_200_000;
    const seed = fuzzSeed();
    const buffer = new SharedArrayBuffer(16 * 1024 + 64);
    const memory = ringMemory(buffer);
    const writer = new RingWriter(memory);
    const start: StreamStart = { buffer, seed, records };
    consumer = new Worker(new URL("./fixtures/ring-consumer.js", import.meta.url), { workerData: start });
    const sizes = sizesOf(seed);
    const pauses = sizesOf(seed + 1);
    const ended = once(consumer, "message") as Promise<[StreamEnd]>;
    let woken: (() => void) | undefined;
    let wakeUps = 0;
    const room = (): void => {
      wakeUps += 1;
      woken?.();
    };
    const { port1, port2 } = new MessageChannel();
    port1.on("message", room);
    consumer.postMessage(port2, [port2]);
    for (let sent = 0; sent < records; ) {
      const bytes = payloadOf(sent, sizes());
      while (!writer.write(1 + (sent % 200), sent % 256, sent, sent, -sent, bytes)) {
        const roomy = new Promise<void>((resolve) => {
          woken = resolve;
        });
        if (!writer.waitForRoom(bytes.length)) continue;
        await roomy;
      }
      sent += 1;
      if (writer.mustWake()) port1.postMessage(0);
      // At any fill of the ring; and some times until the consumer sleeps, which it may never do where it is the slower.
      if (pauses() > 190) await new Promise(setImmediate);
      if (holdsAt(sent, records, "producer")) {
        while (Atomics.load(memory.control, ARMED) === 0) await new Promise(setImmediate);
      }
    }
    const [end] = await ended;
    port1.close();
    expect({ seed, ...end, sleeps: end.sleeps > 100, waits: wakeUps > 10 }).toEqual({
      seed,
      received: records,
      wrong: [],
      sleeps: true,
      waits: true,
    });
  });
});
