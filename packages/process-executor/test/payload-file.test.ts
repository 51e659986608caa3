import { closeSync, fstatSync } from "node:fs";
import { type Libc, loadLibc } from "@concurrent-futures/shared/memory";
import { afterEach, describe, expect, test } from "@jest/globals";
import { IN_FILE, MessageReader } from "../dist/messages.js";
import { createPayloadFile, KEPT_BYTES, PayloadReceiver, PayloadSender } from "../dist/payload-file.js";

const libc = loadLibc();
const MIB = 2 ** 20;
const PENDING = 0;

interface Way {
  readonly fd: number;
  readonly words: Int32Array;
  readonly sender: PayloadSender;
  readonly receiver: PayloadReceiver;
  readonly messages: Uint8Array[][];
  readonly errors: Error[];
  send(...parts: Uint8Array[]): boolean;
  /** Lets what was told arrive, all of it by default. */
  deliver(count?: number): void;
}

const ways: Way[] = [];
function open(libc: Libc): Way {
  const fd = createPayloadFile(libc);
  const words = new Int32Array(16);
  const sender = new PayloadSender(libc, fd, words);
  const receiver = new PayloadReceiver(libc, fd, words);
  const frames: [Uint8Array, number][] = [];
  const messages: Uint8Array[][] = [];
  const errors: Error[] = [];
  const reader = new MessageReader(
    {
      message: (bytes, extras) =>
        messages.push([bytes, ...(extras as ArrayBuffer[]).map((part) => new Uint8Array(part))]),
      corrupt: (error) => errors.push(error),
    },
    receiver,
  );
  const way: Way = {
    fd,
    words,
    sender,
    receiver,
    messages,
    errors,
    send: (...parts) => {
      const place = sender.write(parts);
      if (place !== undefined) frames.push([place, IN_FILE]);
      return place !== undefined;
    },
    deliver: (count = frames.length) => {
      for (const [payload, mark] of frames.splice(0, count)) reader.frame(payload, mark);
    },
  };
  ways.push(way);
  return way;
}
afterEach(() => {
  for (const { fd, sender, receiver } of ways.splice(0)) {
    sender.close();
    receiver.close();
    closeSync(fd);
  }
});

function bytes(size: number, seed: number): Buffer {
  const buffer = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; at++) buffer[at] = (at * 7 + (at >> 11) + seed) & 255;
  return buffer;
}
function expectSame(messages: Uint8Array[][], sent: Uint8Array[][]): void {
  expect(messages.map((parts) => parts.map(({ length }) => length))).toEqual(
    sent.map((parts) => parts.map(({ length }) => length)),
  );
  for (const [index, parts] of sent.entries()) {
    for (const [number, part] of parts.entries()) {
      expect(Buffer.compare(messages[index]?.[number] as Uint8Array, part)).toBe(0);
    }
  }
}

(libc === undefined ? describe.skip : describe)("a payload file", () => {
  const system = libc as Libc;

  test("carries messages of any parts, the first time and again", () => {
    const way = open(system);
    const sizes = [
      [100_000],
      [4 * MIB - 1],
      [4 * MIB],
      [10, 4 * MIB + 1],
      [1, 3 * MIB, 0, 5 * MIB + 4097, 60_000],
      [2 * MIB, 2 * MIB, 2 * MIB],
    ];
    const sent = sizes.map((each, seed) => each.map((size, part) => bytes(size, seed + part)));
    for (let turn = 0; turn < 3; turn++) {
      for (const parts of sent) {
        expect(way.send(...parts)).toBe(true);
        if (turn > 0) way.deliver(); // else they lie there side by side
      }
      way.deliver();
      expectSame(way.messages.splice(0), sent);
      expect(Atomics.load(way.words, PENDING)).toBe(0);
    }
    expect(way.errors).toEqual([]);
  });

  test("is not cut while something lies in it; what is sent after a cut arrives", () => {
    const way = open(system);
    const sent = [bytes(3, 1), bytes(6 * MIB, 2)];
    way.send(...sent);
    expect(way.receiver.cut()).toBe(false);
    way.deliver();
    expect(way.receiver.cut()).toBe(true);
    expect(fstatSync(way.fd).blocks * 512).toBeLessThanOrEqual(KEPT_BYTES);
    way.send(...sent);
    way.deliver();
    expectSame(way.messages, [sent, sent]);
  });

  test("takes no message while it is cut, nor more than its limit beside others", () => {
    const way = open(system);
    way.words[PENDING] = -1;
    expect(way.send(bytes(100_000, 1))).toBe(false);
    way.words[PENDING] = 0;
    expect(way.send(bytes(1000, 1))).toBe(true);
    expect(way.send(new Uint8Array(256 * MIB))).toBe(false);
    expect(way.send(bytes(1000, 2))).toBe(true);
    way.deliver();
    expectSame(way.messages, [[bytes(1000, 1)], [bytes(1000, 2)]]);
  });

  test("a message that cannot be written takes no room", () => {
    const way = open(system);
    const sender = new PayloadSender(system, 9999, way.words); // as if a task had closed the descriptor
    expect(sender.write([bytes(5 * MIB, 1)])).toBeUndefined();
    expect(Atomics.load(way.words, PENDING)).toBe(0);
  });

  test.each([
    ["nowhere", []],
    ["of no parts", [0]],
    ["of half a byte", [0, 0.5]],
    ["of a negative size", [0, 5, -5]],
    ["before the beginning", [-1, 5]],
    ["beyond the end", [256 * MIB - 4, 5]],
    ["at no place", [Number.NaN, 5]],
  ])("refuses a message that is not there: %s", (_, place) => {
    const way = open(system);
    const bytes = new Uint8Array(new Float64Array(place).buffer);
    expect(() => way.receiver.read(bytes)).toThrow("a message that is not there");
  });
});
