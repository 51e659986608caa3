import { types } from "node:util";
import { runInNewContext } from "node:vm";
import {
  BrokenThreadPoolError,
  CancelledError,
  SerializationError,
  TaskReferenceError,
  TimeoutError,
  WorkerCrashedError,
} from "@concurrent-futures/core";
import { describe, expect, test } from "@jest/globals";
import { HttpError, SlowTimeoutError } from "../fixtures/codec/classes.js";
import { host, newEncoder, receive, refusal, roundTrip } from "../fixtures/codec/round-trip.js";

const isEnumerable = (object: object, key: string) => Object.getOwnPropertyDescriptor(object, key)?.enumerable;

describe("errors", () => {
  test.each(
    [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(
      (cls) => [cls.name, cls] as const,
    ),
  )("%s keeps class, message, stack and the shape of its properties", (_, cls) => {
    const error = new cls("no", { cause: "why" });
    const copy = roundTrip({ error }).error;
    expect(copy).not.toBe(error);
    expect(Object.getPrototypeOf(copy)).toBe(cls.prototype);
    expect(types.isNativeError(copy)).toBe(true);
    expect([copy.message, copy.name, copy.stack, copy.cause]).toEqual(["no", cls.name, error.stack, "why"]);
    expect(Reflect.ownKeys(copy).sort()).toEqual(["cause", "message", "stack"]);
    expect(Object.keys(copy)).toEqual([]);
    expect(copy.toString()).toBe(error.toString());
  });

  test("AggregateError keeps its errors", () => {
    const copy = roundTrip(new AggregateError([new TypeError("a"), "b"], "all failed"));
    expect(copy).toBeInstanceOf(AggregateError);
    expect(copy.errors[0]).toBeInstanceOf(TypeError);
    expect(copy.errors[1]).toBe("b");
    expect(isEnumerable(copy, "errors")).toBe(false);
  });

  test("own fields and code are kept, enumerable as they were", () => {
    const error = Object.assign(new Error("no such file"), { code: "ENOENT", errno: -2, info: { path: "/x" } });
    Object.defineProperty(error, "name", {
      value: "SystemError",
      configurable: true,
      writable: true,
      enumerable: false,
    });
    const copy = roundTrip(error);
    expect({ ...copy }).toEqual({ code: "ENOENT", errno: -2, info: { path: "/x" } });
    expect([copy.name, isEnumerable(copy, "name")]).toEqual(["SystemError", false]);
  });

  test("Node's own errors keep class, code and message", () => {
    let error: (Error & { code?: string }) | undefined;
    try {
      Buffer.alloc("x" as unknown as number);
    } catch (thrown) {
      error = thrown as Error;
    }
    const copy = roundTrip(error);
    expect(copy?.name).toBe("TypeError");
    expect([copy?.code, copy?.message, copy?.stack]).toEqual([error?.code, error?.message, error?.stack]);
  });

  test("an error without a message has none of its own", () => {
    expect(Object.hasOwn(roundTrip(new Error()), "message")).toBe(false);
  });

  test("a cause that is undefined is still there; cycles hold", () => {
    expect(Object.hasOwn(roundTrip(new Error("x", { cause: undefined })), "cause")).toBe(true);
    const error: Error = new Error("round");
    error.cause = new Error("and round", { cause: error });
    const copy = roundTrip(error);
    expect((copy.cause as Error).cause).toBe(copy);
  });

  test("this project's errors arrive as the receiver's own classes", () => {
    for (const cls of [TimeoutError, CancelledError, BrokenThreadPoolError, TaskReferenceError]) {
      const copy = roundTrip(new cls("m", { cause: 1 }));
      expect(Object.getPrototypeOf(copy)).toBe(cls.prototype);
      expect(Reflect.ownKeys(copy).sort()).toEqual(["cause", "message", "stack"]);
      expect(copy.code).toMatch(/^ERR_/);
    }
    const crashed = roundTrip(new WorkerCrashedError("died", { exitCode: 3, stderr: "last words" }));
    expect(crashed).toBeInstanceOf(WorkerCrashedError);
    expect(crashed).toMatchObject({ exitCode: 3, signal: undefined, stderr: "last words", code: "ERR_WORKER_CRASHED" });
    expect(Object.keys(crashed)).toEqual(["exitCode", "signal", "stderr"]);
    const refused = roundTrip(new SerializationError("no", { side: "argument", path: "args[0]" }));
    expect(refused).toMatchObject({ side: "argument", path: "args[0]", name: "SerializationError" });
  });

  test("an exported class is found again, its constructor is not run, its getters are not shadowed", () => {
    const error = new HttpError(new URL("http://x/"), 503);
    const copy = roundTrip(error);
    expect(copy).toBeInstanceOf(HttpError);
    expect(types.isNativeError(copy)).toBe(true);
    expect([copy.message, copy.status, copy.name, copy.code]).toEqual([
      error.message,
      503,
      "HttpError",
      "ERR_HTTP_503",
    ]);
    expect(Object.hasOwn(copy, "name") || Object.hasOwn(copy, "code")).toBe(false);
    expect(roundTrip(new SlowTimeoutError("x"))).toBeInstanceOf(SlowTimeoutError);
  });

  test("an error of another copy of core becomes one of this copy, without its class being looked for", async () => {
    const entry = import.meta.resolve("@concurrent-futures/core/errors");
    const other = (await import(`${entry}?copy`)) as typeof import("@concurrent-futures/core/errors");
    class Slow extends other.TimeoutError {}
    for (const error of [new other.TimeoutError("late"), new Slow("late")]) {
      expect(Object.getPrototypeOf(error)).not.toBe(TimeoutError.prototype);
      expect(Object.getPrototypeOf(roundTrip(error))).toBe(TimeoutError.prototype);
    }
  });

  test("a class that is not exported, or not found there, gives the nearest known one, with name and code kept", () => {
    class Private extends TimeoutError {
      override get name(): string {
        return "Private";
      }
      override get code(): string {
        return "ERR_PRIVATE";
      }
    }
    const copy = roundTrip(new Private("x"));
    expect(Object.getPrototypeOf(copy)).toBe(TimeoutError.prototype);
    expect([copy.name, copy.code]).toEqual(["Private", "ERR_PRIVATE"]);
    expect(isEnumerable(copy, "name")).toBe(false);

    const encoded = newEncoder().encode(new HttpError(new URL("http://x/"), 404));
    for (const loadClass of [
      () => undefined,
      () => {
        throw new Error("gone");
      },
      () => class Other {},
    ]) {
      const elsewhere = receive(encoded, { ...host, loadClass }) as HttpError;
      expect(Object.getPrototypeOf(elsewhere)).toBe(Error.prototype);
      expect([elsewhere.name, elsewhere.code, elsewhere.status]).toEqual(["HttpError", "ERR_HTTP_404", 404]);
    }
  });

  test("errors of another realm become this realm's", () => {
    const error: unknown = runInNewContext('Object.assign(new TypeError("foreign"), { code: "E_FOREIGN" })');
    const copy = roundTrip(error) as TypeError & { code: string };
    expect(copy).toBeInstanceOf(TypeError);
    expect([copy.message, copy.code]).toEqual(["foreign", "E_FOREIGN"]);
  });

  test("an error made the old way, without Error's constructor, arrives as a real one", () => {
    const old = Object.assign(Object.create(RangeError.prototype) as Error, { message: "old" });
    const copy = roundTrip(old);
    expect(copy).toBeInstanceOf(RangeError);
    expect(types.isNativeError(copy)).toBe(true);
    expect([copy.message, copy.name]).toEqual(["old", "RangeError"]);
    expect(copy.stack).toBe("RangeError: old");
  });

  test("DOMException arrives as one", () => {
    const copy = roundTrip(new DOMException("stop", "AbortError"));
    expect(copy).toBeInstanceOf(DOMException);
    expect([copy.name, copy.message, copy.code]).toEqual(["AbortError", "stop", 20]);
    const own = roundTrip(Object.assign(new DOMException("x", "Unheard"), { extra: 1 }));
    expect([own.name, own.code, own.extra]).toEqual(["Unheard", 0, 1]);
  });

  test("hostile errors do not crash: what cannot be read is left out", () => {
    const hostile = new Error("x");
    for (const key of ["stack", "message", "name", "cause"]) {
      Object.defineProperty(hostile, key, {
        configurable: true,
        get() {
          throw new Error("hands off");
        },
      });
    }
    expect(types.isNativeError(roundTrip(hostile))).toBe(true);
    const proxy = new Proxy(new TypeError("inside"), {});
    expect(roundTrip(proxy)).toBeInstanceOf(TypeError);
    expect(roundTrip(proxy).message).toBe("inside");
    const noDescriptors = new Proxy(new TypeError("inside"), {
      getOwnPropertyDescriptor() {
        throw new Error("no");
      },
    });
    expect(roundTrip(noDescriptors)).toBeInstanceOf(TypeError);
    const strange = Object.setPrototypeOf(
      new Error("x"),
      Object.create(RangeError.prototype, { constructor: { value: () => {} } }),
    );
    expect(roundTrip(strange)).toBeInstanceOf(RangeError);
    const odd = Object.assign(new Error("x"), { stack: 5 });
    expect(roundTrip(odd).stack).toBe("Error: x");
  });

  test("a field that cannot be sent is refused with its path", () => {
    const error = new Error("x", { cause: { request: { send: () => 1 } } });
    expect(refusal({ error })).toMatchObject({ path: "result.error.cause.request.send", code: "ERR_SERIALIZATION" });
  });
});
