import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import {
  CancelledError,
  Future,
  type FutureController,
  InvalidStateError,
  TimeoutError,
} from "@concurrent-futures/core";
import { describe, expect, jest, test } from "@jest/globals";

const falsy = [undefined, null, 0, "", false, Number.NaN];

function running<T>(): Future<T> {
  const future = new Future<T>();
  future.setRunningOrNotifyCancel();
  return future;
}
function returned<T>(value: T): Future<T> {
  const future = new Future<T>();
  future.setResult(value);
  return future;
}
function raised(error: unknown): Future<never> {
  const future = new Future<never>();
  future.setException(error);
  return future;
}
function cancelled(): Future<never> {
  const future = new Future<never>();
  future.cancel();
  return future;
}

/** The warnings that `act` causes, which Node emits a moment later. */
async function warnings(act: () => void): Promise<{ name: string; message: string; detail: string }[]> {
  const emit = jest.spyOn(process, "emitWarning").mockImplementation(() => {});
  try {
    act();
    await new Promise(setImmediate);
    return emit.mock.calls.map(([message, options]) => {
      const { type, detail } = options as unknown as { type: string; detail: string };
      return { name: type, message: String(message), detail };
    });
  } finally {
    emit.mockRestore();
  }
}

describe("states", () => {
  test("a new future is pending", () => {
    const future = new Future();
    expect([future.running(), future.done(), future.cancelled()]).toEqual([false, false, false]);
  });

  test("cancel() takes a pending call back, refuses a running or finished one, and is true again afterwards", () => {
    const future = new Future();
    expect(future.cancel()).toBe(true);
    expect(future.cancel()).toBe(true);
    expect([future.running(), future.done(), future.cancelled()]).toEqual([false, true, true]);
    expect(running().cancel()).toBe(false);
    expect(returned(1).cancel()).toBe(false);
    const failed = raised(new Error("x"));
    expect(failed.cancel()).toBe(false);
    expect(failed.cancelled()).toBe(false);
    failed.catch(() => {});
  });

  test("setRunningOrNotifyCancel() is true from pending, false when cancelled or aborted, an error otherwise", () => {
    const future = new Future();
    expect(future.setRunningOrNotifyCancel()).toBe(true);
    expect(future.running()).toBe(true);
    expect(cancelled().setRunningOrNotifyCancel()).toBe(false);
    const aborted = new Future();
    aborted.abort();
    expect(aborted.setRunningOrNotifyCancel()).toBe(false);
    expect(() => future.setRunningOrNotifyCancel()).toThrow(InvalidStateError);
    expect(() => future.setRunningOrNotifyCancel()).toThrow(/running/);
    expect(() => returned(1).setRunningOrNotifyCancel()).toThrow(/finished/);
  });

  test("setResult and setException are legal from pending", async () => {
    expect(await returned(7)).toBe(7);
    await expect(raised("no")).rejects.toBe("no");
  });

  test("a second outcome is an InvalidStateError that names the state, and the first value stays", async () => {
    const value = {};
    const future = returned(value);
    expect(() => future.setResult({})).toThrow(InvalidStateError);
    expect(() => future.setResult({})).toThrow(/finished/);
    expect(() => future.setException(new Error())).toThrow(/finished/);
    expect(await future.result()).toBe(value);
    const error = new Error("first");
    const failed = raised(error);
    expect(() => failed.setResult(0 as never)).toThrow(InvalidStateError);
    await expect(failed).rejects.toBe(error);
    expect(() => cancelled().setResult(0 as never)).toThrow(/cancelled/);
  });

  test("abort() rejects a pending or a running call with its reason at once, and then counts as cancelled", async () => {
    for (const future of [new Future(), running()]) {
      const reason = new Error("enough");
      expect(future.abort(reason)).toBe(true);
      expect([future.running(), future.done(), future.cancelled()]).toEqual([false, true, true]);
      expect(future.cancel()).toBe(true);
      expect(future.abort()).toBe(false);
      await expect(future.result()).rejects.toBe(reason);
      expect(() => future.setResult(1)).toThrow(InvalidStateError);
    }
  });

  test("abort() without a reason rejects with the platform's AbortError", async () => {
    const future = running();
    future.abort();
    await expect(future).rejects.toMatchObject({ name: "AbortError", message: "This operation was aborted" });
  });

  test("abort(null) rejects with null", async () => {
    const future = running();
    future.abort(null);
    await expect(future).rejects.toBe(null);
  });

  test("abort() on a done future is false and changes nothing", async () => {
    const future = returned(1);
    expect(future.abort()).toBe(false);
    expect(future.cancelled()).toBe(false);
    expect(await future).toBe(1);
  });
});

describe("the controller", () => {
  function controlled(answer: boolean) {
    const log: string[] = [];
    const controller: FutureController = {
      cancel: () => {
        log.push("cancel");
        return answer;
      },
      refresh: () => log.push("refresh"),
      abort: (reason) => log.push(`abort ${String(reason)}`),
    };
    return { future: new Future<number>(controller), log };
  }

  test("decides whether cancel() takes the call back; if not, the future is running", () => {
    const taken = controlled(true);
    expect(taken.future.cancel()).toBe(true);
    const started = controlled(false);
    expect(started.future.cancel()).toBe(false);
    expect(started.future.running()).toBe(true);
    expect(started.log).toEqual(["cancel"]);
  });

  test("is asked to bring a pending future up to date before its state is told, and not afterwards", () => {
    let future: Future<number> | undefined;
    const refresh = jest.fn(() => void future?.setRunningOrNotifyCancel());
    future = new Future({ cancel: () => true, refresh, abort: () => {} });
    expect(future.running()).toBe(true);
    expect(future.done()).toBe(false);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  test("is told of an abort after the future has been rejected", () => {
    const states: boolean[] = [];
    const future: Future<number> = new Future({
      cancel: () => true,
      refresh: () => {},
      abort: () => states.push(future.cancelled()),
    });
    future.abort();
    expect(states).toEqual([true]);
  });

  test("is let go when the future is done", () => {
    const { future, log } = controlled(true);
    future.setResult(1);
    future.cancel();
    future.abort();
    future.done();
    expect(log).toEqual([]);
  });

  test("may settle the future while it is asked to cancel", async () => {
    const future: Future<number> = new Future({
      cancel: () => {
        future.setResult(3);
        return false;
      },
      refresh: () => {},
      abort: () => {},
    });
    expect(future.cancel()).toBe(false);
    expect(await future).toBe(3);
  });
});

describe("done callbacks", () => {
  test("run synchronously with the settlement, in order, once, with the future", () => {
    const log: unknown[] = [];
    const future = new Future<number>();
    future.addDoneCallback((self) => log.push(1, self === future));
    future.addDoneCallback(() => log.push(2));
    future.setRunningOrNotifyCancel();
    expect(log).toEqual([]);
    future.setResult(5);
    expect(log).toEqual([1, true, 2]);
  });

  test.each([
    ["cancel", (f: Future<unknown>) => f.cancel()],
    ["abort", (f: Future<unknown>) => f.abort()],
    ["setException", (f: Future<unknown>) => f.setException(0)],
  ])("run on %s too", (_, end) => {
    const callback = jest.fn();
    const future = new Future<unknown>();
    future.addDoneCallback(callback);
    end(future);
    expect(callback).toHaveBeenCalledTimes(1);
    future.catch(() => {});
  });

  test("the same function added twice runs twice", () => {
    const callback = jest.fn();
    const future = new Future();
    future.addDoneCallback(callback);
    future.addDoneCallback(callback);
    future.addDoneCallback(callback);
    future.setResult(0);
    expect(callback).toHaveBeenCalledTimes(3);
  });

  test("one added when done, or in a callback, runs at once", () => {
    const log: number[] = [];
    const future = new Future();
    future.addDoneCallback(() => {
      log.push(1);
      future.addDoneCallback(() => log.push(2));
      log.push(3);
    });
    future.addDoneCallback(() => log.push(4));
    future.setResult(0);
    future.addDoneCallback(() => log.push(5));
    expect(log).toEqual([1, 2, 3, 4, 5]);
  });

  test("one that throws, or returns a promise that rejects, is reported and stops no other", async () => {
    const last = jest.fn();
    const future = new Future();
    const seen = await warnings(() => {
      future.addDoneCallback(() => {
        throw new Error("thrown in callback");
      });
      future.addDoneCallback(() => Promise.reject(new Error("rejected in callback")));
      for (const value of falsy) {
        future.addDoneCallback(() => {
          throw value;
        });
      }
      future.addDoneCallback(() => {
        throw Object.create(null);
      });
      future.addDoneCallback(last);
      future.setResult(0);
    });
    expect(last).toHaveBeenCalledTimes(1);
    expect(seen).toHaveLength(2 + falsy.length + 1);
    expect(seen[0]).toMatchObject({ name: "FutureCallbackWarning", message: "A done callback of a future failed" });
    const details = seen.map(({ detail }) => detail).join("\n");
    expect(details).toContain("thrown in callback");
    expect(details).toContain("rejected in callback");
    expect(details).toContain("undefined");
  });

  test("run in the async context in which the future was made", () => {
    const store = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const future = store.run("submit", () => new Future());
    future.addDoneCallback(() => seen.push(store.getStore()));
    future.addProgressCallback(() => seen.push(store.getStore()));
    store.run("elsewhere", () => {
      future.setProgress(0);
      future.setResult(0);
      future.addDoneCallback(() => seen.push(store.getStore()));
    });
    expect(seen).toEqual(["submit", "submit", "submit"]);
  });

  test("must be functions", () => {
    expect(() => new Future().addDoneCallback(undefined as never)).toThrow(TypeError);
    expect(() => new Future().addProgressCallback({} as never)).toThrow(TypeError);
  });
});

describe("progress", () => {
  test("reaches the callbacks that are there, in order, and none after the end", () => {
    const log: unknown[] = [];
    const future = new Future();
    future.setProgress("too early");
    future.addProgressCallback((value) => log.push(["a", value]));
    future.setProgress(1);
    future.addProgressCallback((value) => log.push(["b", value]));
    future.setProgress(2);
    future.setResult(0);
    future.setProgress("too late");
    expect(log).toEqual([
      ["a", 1],
      ["a", 2],
      ["b", 2],
    ]);
  });

  test("a callback that throws is reported and stops nothing", async () => {
    const next = jest.fn();
    const future = new Future();
    const seen = await warnings(() => {
      future.addProgressCallback(() => {
        throw new Error("bad callback");
      });
      future.addProgressCallback(next);
      future.setProgress(1);
    });
    expect(next).toHaveBeenCalledWith(1);
    expect(seen).toMatchObject([{ message: "A progress callback of a future failed" }]);
  });
});

describe("result and exception", () => {
  test("give the outcome, whether asked before or after", async () => {
    const future = new Future<number>();
    const early = [future.result(), future.exception(), future.result({ timeout: 1000 })];
    future.setResult(4);
    expect(await Promise.all(early)).toEqual([4, undefined, 4]);
    expect(await future.result()).toBe(4);
    expect(await future.exception()).toBe(undefined);
  });

  test.each(falsy)("%p as an error still rejects", async (value) => {
    const future = new Future();
    const early = future.result();
    future.setException(value);
    await expect(early).rejects.toBe(value);
    await expect(future.result({ timeout: 0 })).rejects.toBe(value);
    await expect(future.then()).rejects.toBe(value);
    expect(await future.exception()).toBe(value);
    const onFulfilled = jest.fn();
    await future.then(onFulfilled, (error) => expect(error).toBe(value));
    expect(onFulfilled).not.toHaveBeenCalled();
  });

  test("both reject when the call was cancelled, with one and the same CancelledError", async () => {
    const future = cancelled();
    const error = await future.result().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as CancelledError).code).toBe("ERR_CANCELLED");
    await expect(future.exception()).rejects.toBe(error);
  });

  test("both reject with the reason of an abort", async () => {
    const future = new Future();
    const early = future.exception();
    future.abort("stop");
    await expect(early).rejects.toBe("stop");
    await expect(future.result({ timeout: 5 })).rejects.toBe("stop");
  });

  test("timeout 0 looks at the present state only", async () => {
    await expect(new Future().result({ timeout: 0 })).rejects.toThrow(TimeoutError);
    await expect(running().exception({ timeout: 0 })).rejects.toThrow(TimeoutError);
    expect(await returned(1).result({ timeout: 0 })).toBe(1);
    expect(await returned(1).exception({ timeout: 0 })).toBe(undefined);
    const late = new Future<number>();
    const polled = late.result({ timeout: 0 });
    late.setResult(1);
    await expect(polled).rejects.toThrow(TimeoutError);
  });

  test("a timeout rejects with TimeoutError and leaves the call as it is", async () => {
    const future = running<number>();
    await expect(future.result({ timeout: 5 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    expect(future.running()).toBe(true);
    future.setResult(1);
    expect(await future.result({ timeout: 5 })).toBe(1);
  });

  test("timers are cleared when the wait is over, and very long or infinite ones do not fire at once", async () => {
    jest.useFakeTimers();
    try {
      const future = new Future<number>();
      const waits = [2 ** 31, 2 ** 40, Number.POSITIVE_INFINITY].map((timeout) => future.result({ timeout }));
      expect(jest.getTimerCount()).toBe(2);
      jest.advanceTimersByTime(2 ** 31 - 1);
      expect(jest.getTimerCount()).toBe(2);
      jest.advanceTimersByTime(1);
      await expect(waits[0]).rejects.toThrow(TimeoutError);
      expect(jest.getTimerCount()).toBe(1);
      future.setResult(9);
      expect(jest.getTimerCount()).toBe(0);
      expect(await Promise.all(waits.slice(1))).toEqual([9, 9]);
    } finally {
      jest.useRealTimers();
    }
  });

  test.each([
    [Number.NaN, RangeError],
    [-1, RangeError],
    ["5", TypeError],
    [null, TypeError],
    [5n, TypeError],
  ])("timeout %p is refused at the call", (timeout, type) => {
    const options = { timeout: timeout as number };
    expect(() => returned(1).result(options)).toThrow(type);
    expect(() => returned(1).exception(options)).toThrow(/`timeout`/);
  });

  test("an aborted signal ends the wait with its reason and leaves the future as it was", async () => {
    const future = running<number>();
    const controller = new AbortController();
    const result = future.result({ signal: controller.signal });
    controller.abort("no patience");
    await expect(result).rejects.toBe("no patience");
    await expect(future.exception({ signal: controller.signal })).rejects.toBe("no patience");
    expect(future.running()).toBe(true);
    future.setResult(2);
    expect(await future).toBe(2);
  });

  test("a wait that is over leaves no listener on its signal", async () => {
    const { signal } = new AbortController();
    const add = jest.spyOn(signal, "addEventListener");
    const remove = jest.spyOn(signal, "removeEventListener");
    const future = new Future<number>();
    const waits = Array.from({ length: 100 }, () => future.result({ signal }));
    future.setResult(1);
    await Promise.all(waits);
    expect(add).toHaveBeenCalledTimes(1);
    expect(remove).toHaveBeenCalledTimes(1);
  });

  test("something that is no signal is refused at the call", () => {
    expect(() => new Future().result({ signal: {} as AbortSignal })).toThrow(/`signal` to be an AbortSignal/);
  });
});

describe("as a promise", () => {
  test("can be awaited, chained, gathered and raced", async () => {
    const future = returned(2);
    expect(await future).toBe(2);
    expect(await future.then((x) => x + 1)).toBe(3);
    expect(await Promise.all([future, 5, returned("a")])).toEqual([2, 5, "a"]);
    expect(await Promise.race([new Future(), future])).toBe(2);
    const log: string[] = [];
    await raised("e")
      .finally(() => log.push("finally"))
      .catch((e) => log.push(e));
    expect(log).toEqual(["finally", "e"]);
  });

  test("has one promise, however often it is raced", () => {
    const future = new Future();
    for (let i = 0; i < 100; i++) void Promise.race([future, i]);
    expect(future.result()).toBe(future.result());
  });
});

describe("util.inspect", () => {
  class Special extends Error {
    override name = "SpecialError";
  }
  test.each([
    [new Future(), "Future { pending }"],
    [running(), "Future { running }"],
    [cancelled(), "Future { cancelled }"],
    [returned(1), "Future { finished returned number }"],
    [returned([1]), "Future { finished returned Array }"],
    [returned(null), "Future { finished returned null }"],
    [returned(undefined), "Future { finished returned undefined }"],
    [returned(Object.create(null)), "Future { finished returned object }"],
    [raised(new RangeError("x")), "Future { finished raised RangeError }"],
    [raised(new Special("x")), "Future { finished raised SpecialError }"],
    [raised(undefined), "Future { finished raised undefined }"],
  ])("%#: shows the state", (future, expected) => {
    expect(inspect(future)).toBe(expected);
    future.catch(() => {});
    future.cancel();
  });
});
