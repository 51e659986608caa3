import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Encoded } from "../../dist/codec/index.js";
import { INLINE_BYTES as INLINE, Link, type LinkOptions } from "../../dist/link.js";
import { MEMORY_BYTES } from "../../dist/memory.js";
import { connect, type FakePort } from "./fixtures/fake-ports.js";
import { fuzzRuns } from "./fuzz.js";

const RUNS = fuzzRuns(80);
/** Time for everything at once: a drain goes on in a later turn only after a large payload. */
const ENDLESS = { sliceMs: () => Number.POSITIVE_INFINITY };

interface Sent {
  readonly kind: number;
  readonly flags: number;
  readonly slot: number;
  readonly a: number;
  readonly b: number;
  readonly length: number;
  readonly first: number | undefined;
  readonly extras: readonly unknown[];
}

/** One end: a link that keeps what it receives. */
class End {
  readonly received: Sent[] = [];
  readonly sent: Sent[] = [];
  readonly link: Link;
  readonly port: FakePort;
  batches = 0;
  #compared = 0; // records

  constructor(port: FakePort, side: "pool" | "worker", options: Pick<LinkOptions, "sliceMs"> = {}) {
    this.port = port;
    this.link = new Link({
      port,
      side,
      onRecord: (kind, flags, slot, a, b, payload, extras) => {
        this.received.push({ kind, flags, slot, a, b, length: payload.length, first: payload[0], extras });
      },
      onBatch: () => {
        this.batches += 1;
      },
      ...(side === "worker" && { mayLinger: () => true }),
      ...options,
    });
    port.listen({ wake: this.link.drain, message: this.link.receive });
  }

  send(length: number, extras: readonly unknown[] | undefined, owned: boolean): void {
    const index = this.sent.length;
    const bytes = new Uint8Array(length).fill(index % 251);
    const kind = 1 + (index % 30);
    const first = length === 0 ? undefined : index % 251;
    this.sent.push({
      kind,
      flags: index % 4,
      slot: index,
      a: index / 7,
      b: -index,
      length,
      first,
      extras: extras ?? [],
    });
    const payload = { bytes, owned, ...(extras && { extras }) } as Encoded;
    this.link.send(
      kind,
      index % 4,
      index,
      index / 7,
      -index,
      length === 0 && extras === undefined ? undefined : payload,
    );
    if (!owned) bytes.fill(255); // the sender may reuse it
  }

  /** Checks what has arrived since the last time. */
  expectOrderOf({ sent }: End): void {
    const from = this.#compared;
    this.#compared = this.received.length;
    expect(this.received.slice(from)).toEqual(sent.slice(from, this.#compared));
  }
}

function pair(memory: boolean, options?: Pick<LinkOptions, "sliceMs">): { pool: End; worker: End } {
  const [poolPort, workerPort] = connect(memory ? new SharedArrayBuffer(MEMORY_BYTES) : undefined);
  const ends = { pool: new End(poolPort, "pool", options), worker: new End(workerPort, "worker", options) };
  ends.worker.link.drain(); // as runtime.ts does
  return ends;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets everything arrive that is on its way, until nothing more comes. */
async function settle({ pool, worker }: { pool: End; worker: End }): Promise<void> {
  for (let quiet = 0, before = -1; quiet < 3; ) {
    const received = pool.received.length + worker.received.length;
    let any = received !== before;
    before = received;
    for (const { port } of [pool, worker]) {
      while (port.deliver("message")) any = true;
      while (port.deliver("wake")) any = true;
    }
    quiet = any ? 0 : quiet + 1;
    await nextTurn(); // long drains go on in later turns
  }
}

const who = fc.constantFrom<("pool" | "worker")[]>("pool", "worker");
const length = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 2, arbitrary: fc.integer({ min: INLINE - 8, max: INLINE + 8 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 100_000 }) },
);
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      who,
      length,
      times: fc.integer({ min: 1, max: 30 }),
      extras: fc.option(fc.constant(["port"]), { nil: undefined, freq: 6 }),
      owned: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("deliver" as const),
      who,
      what: fc.constantFrom<("wake" | "message")[]>("wake", "message"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("drain" as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("turn" as const), who }) },
);

describe.each([
  ["in shared memory", true],
  ["without shared memory", false],
])("Link %s", (_, memory) => {
  test("whatever arrives when, each end gets all that the other sent, in order and whole", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80, size: "max" }), async (steps) => {
        const ends = pair(memory);
        for (const one of steps) {
          const end = ends[one.who];
          if (one.do === "send") {
            const times = Math.ceil(one.times / (one.length > 1000 ? 5 : 1)); // a few that are large fill the ring
            for (let i = 0; i < times; i++) end.send(one.length, one.extras, one.owned);
          }
          if (one.do === "deliver") end.port.deliver(one.what);
          if (one.do === "drain") end.link.drain();
          if (one.do === "turn") await nextTurn();
          // Never out of order, at no time.
          ends.pool.expectOrderOf(ends.worker);
          ends.worker.expectOrderOf(ends.pool);
        }
        await settle(ends);
        expect(ends.pool.received).toEqual(ends.worker.sent);
        expect(ends.worker.received).toEqual(ends.pool.sent);
        expect([ends.pool.link.congested, ends.worker.link.congested]).toEqual([false, false]);
      }),
      { numRuns: RUNS },
    );
  });

  test("a sleeping end is woken once for a burst, not once for each record", async () => {
    const { pool, worker } = pair(memory, ENDLESS); // else the worker may not be asleep yet
    let wakeUps = 0;
    pool.port.wake = () => {
      wakeUps += 1;
      worker.port.wakeUps = 1;
    };
    for (let i = 0; i < 100; i++) pool.send(10, undefined, false);
    expect(wakeUps).toBe(memory ? 1 : 0);
    await settle({ pool, worker });
    expect(worker.received).toHaveLength(100);
  });
});

describe("Link", () => {
  test("a full ring congests the link; what waits goes on in order when there is room", async () => {
    const { pool, worker } = pair(true);
    for (let i = 0; i < 100; i++) pool.send(INLINE, undefined, false);
    expect(pool.link.congested).toBe(true);
    pool.send(0, undefined, false);
    pool.send(INLINE * 3, ["x"], true);
    await settle({ pool, worker });
    expect(pool.link.congested).toBe(false);
    expect(worker.received).toEqual(pool.sent);
  });

  test("what waits for its payload holds up what comes after it, and nothing else", async () => {
    const { pool, worker } = pair(true, ENDLESS);
    pool.send(1, undefined, false);
    pool.send(INLINE + 1, undefined, false);
    pool.send(2, undefined, false);
    worker.port.deliver("wake");
    expect(worker.received).toHaveLength(1);
    worker.send(3, undefined, false); // the other direction is free
    pool.port.deliver("wake");
    expect(pool.received).toHaveLength(1);
    worker.port.deliver("message");
    await nextTurn(); // the event loop has a turn after what is large
    expect(worker.received).toEqual(pool.sent);
  });

  test("a payload that is here before its record waits for it", async () => {
    const { pool, worker } = pair(true);
    for (let i = 0; i < 40; i++) pool.send(INLINE, undefined, false); // the ring is full
    pool.send(INLINE + 1, undefined, false);
    worker.port.deliver("message");
    expect(worker.received.length).toBeLessThan(40);
    await settle({ pool, worker });
    expect(worker.received).toEqual(pool.sent);
  });

  test("finish() hands over everything that has arrived, and later nothing more", async () => {
    const { pool, worker } = pair(true);
    for (let i = 0; i < 1000; i++) worker.send(i % 50, undefined, false);
    pool.link.finish();
    expect(pool.received).toEqual(worker.sent);
    worker.send(1, undefined, false);
    await settle({ pool, worker });
    expect(pool.received).toHaveLength(1000);
  });

  test("a long burst leaves turns to the event loop", async () => {
    const { pool, worker } = pair(true);
    const busy = new Link({
      port: pool.port,
      side: "pool",
      onRecord: () => {
        for (const until = performance.now() + 1; performance.now() < until; );
        handled += 1;
      },
      onBatch: () => {},
    });
    let handled = 0;
    for (let i = 0; i < 200; i++) worker.send(0, undefined, false);
    busy.drain();
    expect(handled).toBeLessThan(100);
    for (let turns = 0; handled < 200; turns++) {
      expect(turns).toBeLessThan(200);
      await nextTurn();
    }
  });
});
