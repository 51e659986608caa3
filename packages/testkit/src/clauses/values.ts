/** V: values and errors that cross to where calls run, and back. */
import { equal, matches, ok, reasonOf, rejects } from "../assertions.js";
import { clause } from "../clause.js";
import {
  add,
  byteLength,
  echo,
  failPayment,
  increment,
  overwrite,
  PaymentError,
  place,
  returnFunction,
  Temperature,
  throwAggregate,
  throwFunction,
  throwTypeError,
  warmer,
} from "../tasks.js";

const onArgument = { name: "SerializationError", code: "ERR_SERIALIZATION" } as const;
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

export const values = [
  clause("V-1", "plain data arrives as it was, and comes back so", [], async (t) => {
    const data = {
      nothing: [undefined, null],
      numbers: [0, -0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 2n ** 70n],
      text: ["", "ä", "𝄞", "\u0000"],
      nested: { list: [[], {}, [{ deep: true }]] },
    };
    const executor = t.create();
    equal(await executor.submit(echo<unknown>, data), data);
    for (const value of Object.values(data).flat()) equal(await executor.submit(echo<unknown>, value), value);
  }),

  clause("V-2", "so do Maps, Sets, Dates, regular expressions, typed arrays and cycles", [], async (t) => {
    const executor = t.create();
    const data = {
      map: new Map<unknown, unknown>([["a", new Set([1, 2])]]),
      date: new Date(86_400_000),
      pattern: /^a+$/giu,
      bytes: new Uint8Array([1, 2, 255]),
      floats: new Float64Array([0.5, -1]),
    };
    equal(await executor.submit(echo<unknown>, data), data);
    const cycle: { self?: unknown; name: string } = { name: "cycle" };
    cycle.self = cycle;
    const back = (await executor.submit(echo<unknown>, cycle)) as typeof cycle;
    equal([back.name, back.self === back], ["cycle", true]);
  }),

  clause("V-3", "a large value arrives whole", [], async (t) => {
    const bytes = new Uint8Array(4 * 1024 * 1024);
    for (let at = 0; at < bytes.length; at += 4096) bytes[at] = at >> 12;
    const back = (await t.create().submit(echo<unknown>, bytes)) as Uint8Array;
    equal(Buffer.compare(Buffer.from(back), Buffer.from(bytes)), 0);
  }),

  clause("V-4", "an error arrives with its name and message", [], async (t) => {
    const error = await t.create().submit(throwTypeError, "a type").exception();
    matches(error, { name: "TypeError", message: /^a type$/ }, "the error");
  }),

  clause("V-5", "an error keeps class, code, own fields and cause", ["errorDetails"], async (t) => {
    const error = await t.create().submit(failPayment, 7).exception();
    ok(error instanceof PaymentError, "it is of its class");
    const { amount, cause, stack } = error as PaymentError;
    matches(error, { name: "PaymentError", code: "E_PAYMENT", message: /^Payment of 7 was declined$/ }, "the error");
    equal(amount, 7);
    matches(cause, { name: "RangeError", message: /^Above the limit$/ }, "its cause");
    ok(/\bfailPayment\b/.test(stack ?? ""), `its stack shows who threw it: ${stack}`);
  }),

  clause("V-6", "an AggregateError keeps its errors", ["errorDetails"], async (t) => {
    const error = (await t.create().submit(throwAggregate).exception()) as AggregateError;
    matches(error, { name: "AggregateError", message: /^both$/ }, "the error");
    matches(error.errors[0], { name: "TypeError", message: /^first$/ }, "the first");
    matches(error.errors[1], { name: "PaymentError", code: "E_PAYMENT" }, "the second");
  }),

  clause(
    "V-7",
    "an instance with [serialize] arrives as an instance of its class, both ways",
    ["serialization"],
    async (t) => {
      const back = await t.create().submit(warmer, new Temperature(20), 5);
      ok(back instanceof Temperature, "it is of its class");
      equal([back.celsius, back.fahrenheit], [25, 77]);
    },
  ),

  clause("V-8", "a task works on copies: what it changes, the caller does not see", ["copies"], async (t) => {
    const list = [1, 2, 3];
    equal(await t.create().submit(overwrite, list), 3);
    equal(list, [1, 2, 3]);
  }),

  clause(
    "V-9",
    "an argument that cannot be sent rejects with where it is; the executor goes on",
    ["copies"],
    async (t) => {
      const executor = t.create();
      const bad = range(100).map((n) => executor.submit(echo<unknown>, { n, list: [1, () => n] }));
      for (const future of bad) {
        const error = await rejects(future, onArgument, "a function among the arguments");
        const { side, path } = Object(error) as { side?: unknown; path?: unknown };
        equal(side, "argument");
        ok(/list/.test(String(path)), `its path names the offender: ${path}`);
      }
      const good = await Promise.all(range(100).map((n) => executor.submit(add, n, 1)));
      equal(
        good,
        range(100).map((n) => n + 1),
      );
    },
  ),

  clause(
    "V-10",
    "a result, or a thrown value, that cannot be sent rejects; its worker stays",
    ["copies", "workers", "maxWorkers"],
    async (t) => {
      const executor = t.create({ maxWorkers: 1 });
      const before = await executor.submit(place);
      for (const task of [returnFunction, throwFunction]) {
        for (let n = 0; n < 5; n++) {
          const error = await reasonOf(executor.submit(task as () => unknown), task.name);
          matches(error, onArgument, task.name);
          equal((error as { side?: unknown }).side, "result");
        }
      }
      equal(await executor.submit(place), before);
    },
  ),

  clause("V-11", "shared memory is shared", ["sharedMemory"], async (t) => {
    const memory = new SharedArrayBuffer(8);
    equal(await t.create().submit(increment, memory), 2);
    equal([...new Int32Array(memory)], [1, 1]);
  }),

  clause("V-12", "`transfer` hands a buffer over: it arrives, and is gone here", ["transfer"], async (t) => {
    const buffer = new ArrayBuffer(1024);
    equal(
      await t
        .create()
        .with({ transfer: [buffer] })
        .submit(byteLength, buffer),
      1024,
    );
    equal(buffer.byteLength, 0);
  }),
];
