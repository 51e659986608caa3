/** What crosses to a worker and back, and what does not. */
import { MessageChannel } from "node:worker_threads";
import { expect, test } from "@jest/globals";
import { SerializationError, TimeoutError } from "concurrent-futures";
import { add } from "../fixtures/arithmetic.js";
import { place } from "../fixtures/places.js";
import {
  byteLength,
  bytes,
  describeValue,
  echo,
  increment,
  kindsOf,
  returnsFunction,
  Temperature,
  throwsOwn,
  throwsUncloneable,
  warmer,
} from "../fixtures/values.js";
import { everyPool, failureOf } from "./every-pool.js";

const sparse = [1, 2, 3];
delete sparse[1];

everyPool("values", ({ kind, share }) => {
  const pool = share({ maxWorkers: 1 });

  test.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["minus zero", -0],
    ["NaN", Number.NaN],
    ["a large integer", Number.MAX_SAFE_INTEGER],
    ["a bigint", -(2n ** 80n)],
    ["an empty string", ""],
    ["a string of any characters", 'ä€😀\u0000\ud800 "quoted"'],
    ["nested data", { a: [1, { b: [null, undefined, true] }], c: { d: "e" } }],
    ["a sparse array", sparse],
    [
      "a Map",
      new Map<unknown, unknown>([
        [1, { two: 2 }],
        ["three", [4]],
      ]),
    ],
    ["a Set", new Set([1, "two", 3n])],
    ["a Date", new Date(86_400_000)],
    ["a RegExp", /a+b/gi],
    ["a typed array", new Float64Array([1.5, -0, Number.POSITIVE_INFINITY])],
    ["an ArrayBuffer", new Uint8Array([1, 2, 3]).buffer],
    ["a Buffer", Buffer.from("bytes")],
  ])("%s arrives and comes back as it was", async (_, value) => {
    expect(await pool().submit(echo, value)).toStrictEqual(value);
  });

  test("references among the arguments stay references", async () => {
    const ring: { self?: unknown; twice: unknown[] } = { twice: [] };
    const shared = { n: 1 };
    ring.self = ring;
    ring.twice = [shared, shared];
    const back = await pool().submit(echo<typeof ring>, ring);
    expect(back.self).toBe(back);
    expect(back.twice[0]).toBe(back.twice[1]);
  });

  test("an instance with [serialize] crosses as itself, also inside of other values", async () => {
    const back = await pool().submit(warmer, new Temperature(20), 2.5);
    expect(back).toBeInstanceOf(Temperature);
    expect(back.fahrenheit).toBeCloseTo(72.5);
    const nested = await pool().submit(echo<{ list: Temperature[] }>, { list: [new Temperature(1)] });
    expect(nested.list[0]).toBeInstanceOf(Temperature);
  });

  test("megabytes arrive and come back as they were", async () => {
    const data = new Uint8Array(4 * 1024 * 1024).map((_, at) => at % 251);
    const text = "0123456789".repeat(300_000);
    const back = await pool().submit(echo<{ data: Uint8Array; text: string }>, { data, text });
    expect(Buffer.compare(back.data, data)).toBe(0);
    expect(back.text === text).toBe(true);
  });

  test.each<[string, unknown, string]>([
    ["a function", { user: { onClick: () => {} } }, "args[0].user.onClick"],
    ["a symbol", [0, Symbol("s")], "args[0][1]"],
    ["a promise", new Map([["later", Promise.resolve(1)]]), "args[0]"],
    ["a WeakMap", new WeakMap(), "args[0]"],
  ])("%s among the arguments rejects with SerializationError, which says where it is", async (_, value, path) => {
    const error = (await failureOf(() => pool().submit(echo, value))) as SerializationError;
    expect(error).toBeInstanceOf(SerializationError);
    expect(error).toMatchObject({ code: "ERR_SERIALIZATION", side: "argument" });
    expect(error.path.startsWith(path)).toBe(true);
    expect(error.message).toContain(path);
  });

  test("a hundred arguments that cannot be sent fail alone: a hundred good calls follow", async () => {
    const bad = Array.from({ length: 100 }, (_, n) => pool().submit(echo<unknown>, [n, () => n]));
    const good = Array.from({ length: 100 }, (_, n) => pool().submit(add, n, 1));
    const failures = await Promise.all(bad.map((future) => future.exception()));
    expect(failures.every((error) => (error as { code?: string }).code === "ERR_SERIALIZATION")).toBe(true);
    expect(await Promise.all(good)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  });

  test("a result that cannot be sent rejects with SerializationError, and the worker stays, after twenty of them too", async () => {
    const before = await pool().submit(place);
    for (let n = 0; n < 20; n++) {
      const error = await failureOf(() => pool().submit(returnsFunction));
      expect(error).toMatchObject({
        code: "ERR_SERIALIZATION",
        side: "result",
        path: expect.stringContaining("list[1]"),
      });
    }
    expect(await pool().submit(place)).toBe(before);
  });

  test("a thrown value that cannot be sent rejects with SerializationError, and the worker stays", async () => {
    const before = await pool().submit(place);
    const error = await failureOf(() => pool().submit(throwsUncloneable));
    expect(error).toMatchObject({ code: "ERR_SERIALIZATION", side: "result" });
    expect(await pool().submit(place)).toBe(before);
  });

  test("arguments are copied: the worker's changes are not seen here", async () => {
    const items = new Int32Array([1, 2, 3]);
    await pool().submit(increment, items);
    expect([...items]).toEqual([1, 2, 3]);
  });

  if (kind === "thread") {
    test("`transfer` hands memory over: it is gone here and not copied", async () => {
      const data = new Uint8Array(1024 * 1024);
      expect(
        await pool()
          .with({ transfer: [data.buffer] })
          .submit(byteLength, data),
      ).toBe(1024 * 1024);
      expect(data.byteLength).toBe(0);
    });

    test("a MessagePort in `transfer` works in the worker", async () => {
      const { port1, port2 } = new MessageChannel();
      const heard = new Promise((resolve) => port1.once("message", resolve));
      await pool()
        .with({ transfer: [port2] })
        .submit((port: typeof port2) => {
          port.postMessage("from the worker");
          port.close();
        }, port2);
      expect(await heard).toBe("from the worker");
      port1.close();
    });

    test("a SharedArrayBuffer is shared, not copied", async () => {
      const items = new Int32Array(new SharedArrayBuffer(8));
      await pool().submit(increment, items);
      expect([...items]).toEqual([1, 1]);
    });
  } else {
    test("a SharedArrayBuffer is refused, loudly", async () => {
      const items = new Int32Array(new SharedArrayBuffer(8));
      const error = await failureOf(() => pool().submit(increment, items));
      expect(error).toMatchObject({ code: "ERR_SERIALIZATION", side: "argument" });
    });

    test("`transfer` is refused, with what to do instead", async () => {
      const data = new Uint8Array(64);
      const error = await failureOf(() =>
        pool()
          .with({ transfer: [data.buffer] })
          .submit(byteLength, data),
      );
      expect(error).toMatchObject({
        code: "ERR_SERIALIZATION",
        side: "argument",
        message: expect.stringContaining("`transfer`"),
      });
      expect(data.byteLength).toBe(64);
    });
  }

  test("what cannot be transferred fails its own call, and nothing is lost", async () => {
    const error = await failureOf(() =>
      pool()
        .with({ transfer: [{ not: "transferable" }] })
        .submit(echo, 1),
    );
    expect(error).toBeInstanceOf(Error);
    expect(await pool().submit(bytes, 3)).toEqual(new Uint8Array([7, 7, 7]));
  });

  test("an error among the arguments keeps its class", async () => {
    expect(await pool().submit(describeValue, new RangeError("too far"))).toBe("RangeError RangeError: too far");
  });

  // A task's module has another copy of core than the file that workers start from.
  test("this project's errors are of its classes on both sides", async () => {
    class SlowError extends TimeoutError {}
    expect(await pool().submit(kindsOf, new TimeoutError("late"))).toEqual(["ExecutorError", "TimeoutError"]);
    expect(await pool().submit(kindsOf, new SlowError("late"))).toEqual(["ExecutorError", "TimeoutError"]);
    expect(await pool().submit(kindsOf, new RangeError("late"))).toEqual([]);
    const thrown = await failureOf(() => pool().submit(throwsOwn));
    expect(Object.getPrototypeOf(thrown)).toBe(SerializationError.prototype);
    expect(thrown).toMatchObject({ message: "made by a task", side: "argument", path: "somewhere" });
  });
});
