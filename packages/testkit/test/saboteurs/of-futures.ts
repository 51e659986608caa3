/** Executors whose futures break the clauses F and W. */
import { AsyncResource } from "node:async_hooks";
import { type AnyFunction, type Call, CancelledError, type Future, TimeoutError } from "@concurrent-futures/core";
import { functions, futures, loop, never, returning, throwing } from "./sabotage.js";
import type { Saboteurs } from "./saboteur.js";

type Callback = (future: Future<unknown>) => unknown;
const outside = new AsyncResource("Outside");
const run = ({ task, args }: Call) => void (task as AnyFunction)(...args);

export const ofFutures: Saboteurs = {
  "F-1": { does: "returns something else", create: returning((value: number) => value + 1) },
  "F-2": {
    does: "does not wait for promises",
    create: functions((fn) => (...args) => {
      const value = fn(...args);
      return value instanceof Promise ? { promised: true } : value;
    }),
  },
  "F-3": { does: "wraps what is thrown", create: throwing((error) => new Error(String(error))) },
  "F-4": {
    does: "takes a falsy error for none",
    create: futures((own) => ({
      setException: (error: unknown) => (error ? own.setException(error) : own.setResult(error)),
    })),
  },
  "F-5": { does: "never says that a call runs", create: futures(() => ({ running: () => false })) },
  "F-6": {
    does: "says of waiting calls that they run",
    create: futures((own) => ({ running: () => !own.done() })),
  },
  "F-7": {
    does: "runs what it has cancelled",
    create: futures((own, call) => ({
      cancel: () => {
        const taken = own.cancel();
        if (taken) run(call);
        return taken;
      },
    })),
  },
  "F-8": {
    does: "cancels only once",
    create: futures((own) => ({ cancel: () => !own.cancelled() && own.cancel() })),
  },
  "F-9": {
    does: "cancels running calls",
    create: futures((own) => ({ cancel: () => own.cancel() || own.abort(new CancelledError("Stopped")) })),
  },
  "F-10": {
    does: "says that it cancelled what is over",
    create: futures((own) => ({ cancel: () => own.cancel() || own.done() })),
  },
  "F-11": { does: "rejects cancelled calls as aborted", create: futures((own) => ({ cancel: () => own.abort() })) },
  "F-12": {
    does: "tells of a cancellation later",
    create: futures((own) => ({
      addDoneCallback: (fn: Callback) =>
        own.addDoneCallback((future) => void (own.cancelled() ? setImmediate(fn, future) : fn(future))),
    })),
  },
  "F-13": {
    does: "runs the last callback first",
    create: futures((own) => {
      const added: Callback[] = [];
      return {
        addDoneCallback: (fn: Callback) => {
          added.unshift(fn);
          if (added.length === 1) own.addDoneCallback((future) => added.forEach((callback) => void callback(future)));
        },
      };
    }),
  },
  "F-14": {
    does: "runs callbacks late",
    create: futures((own) => ({
      addDoneCallback: (fn: Callback) => own.addDoneCallback((future) => void setImmediate(fn, future)),
    })),
  },
  "F-15": {
    does: "runs a callback that comes late even later",
    create: futures((own, _, future) => ({
      addDoneCallback: (fn: Callback) => (own.done() ? void setImmediate(fn, future) : own.addDoneCallback(fn)),
    })),
  },
  "F-16": {
    does: "lets a callback stop the others",
    create: futures((own) => {
      const added: Callback[] = [];
      return {
        addDoneCallback: (fn: Callback) => {
          added.push(fn);
          if (added.length === 1) own.addDoneCallback((future) => added.forEach((callback) => void callback(future)));
        },
      };
    }),
  },
  "F-17": {
    does: "runs callbacks in no context",
    create: futures((own) => ({
      addDoneCallback: (fn: Callback) =>
        own.addDoneCallback((future) => outside.runInAsyncScope(fn, undefined, future)),
    })),
  },
  "F-18": {
    does: "aborts a call that nobody waits for any more",
    create: futures((own) => ({
      result: (options: never) =>
        own.result(options).catch((error) => {
          own.abort(error);
          throw error;
        }),
    })),
  },
  "F-19": {
    does: "lets a timer of 0 ms win",
    create: futures((own) => ({
      result: (options?: { timeout?: number }) =>
        options?.timeout === 0 ? Promise.reject(new TimeoutError("0 ms")) : own.result(options),
    })),
  },
  "F-20": {
    does: "takes long timeouts for 1 ms",
    create: futures((own) => ({
      result: (options?: { timeout?: number }) =>
        own.result(options?.timeout !== undefined && options.timeout >= 2 ** 31 ? { timeout: 1 } : options),
    })),
  },
  "F-21": {
    does: "rejects instead of throwing",
    create: futures((own) => ({ result: async (options: never) => own.result(options) })),
  },
  "F-22": {
    does: "aborts the call with the wait",
    create: futures((own) => ({
      result: (options: { signal?: AbortSignal } = {}) => {
        options.signal?.addEventListener("abort", () => own.abort("with the wait"));
        return own.result(options);
      },
    })),
  },
  "F-23": {
    does: "makes a promise that nobody asked for",
    create: futures((own) => {
      void own.then(() => {});
      return {};
    }),
  },
  "F-24": {
    does: "ignores a second result",
    create: futures((own) => ({ setResult: (value: unknown) => void (own.done() || own.setResult(value)) })),
  },
  "F-25": {
    does: "would run what was cancelled",
    create: futures((own) => ({ setRunningOrNotifyCancel: () => own.cancelled() || own.setRunningOrNotifyCancel() })),
  },
  "F-26": {
    does: "shows nothing",
    create: futures(() => ({ [Symbol.for("nodejs.util.inspect.custom")]: () => "Future {}" })),
  },
  "F-27": {
    does: "aborts later",
    create: futures((own) => ({
      abort: (reason: unknown) => {
        setImmediate(() => own.abort(reason));
        return true;
      },
    })),
  },
  "F-28": {
    does: "aborts with a reason of its own",
    create: futures((own) => ({ abort: (reason = "over") => own.abort(reason) })),
  },
  "F-29": {
    does: "runs what it has aborted",
    create: futures((own, call) => ({
      abort: (reason: unknown) => {
        run(call);
        return own.abort(reason);
      },
    })),
  },
  "F-30": {
    does: "says that it aborted what is over",
    create: futures((own) => ({ abort: (reason: unknown) => own.abort(reason) || true })),
  },
  "F-31": { does: "forgets finally()", create: futures((own) => ({ finally: () => own.then() })) },
  "F-32": {
    does: "runs a callback of a callback later",
    create: futures((own, _, future) => ({
      addDoneCallback: (fn: Callback) => (own.done() ? void setImmediate(fn, future) : own.addDoneCallback(fn)),
    })),
  },
  "W-1": {
    does: "tells nobody of cancellations",
    create: futures((own) => ({
      addDoneCallback: (fn: Callback) => own.addDoneCallback((future) => void (own.cancelled() || fn(future))),
    })),
    hangs: true,
  },
  "W-2": { does: "never says that a call is done", create: futures(() => ({ done: () => false })) },
  "W-3": { does: "runs no callbacks", create: futures(() => ({ addDoneCallback: () => {} })), hangs: true },
  "W-4": {
    does: "takes a cancellation for a failure",
    create: futures((own) => ({
      cancel: () => {
        own.setException(new CancelledError("Cancelled"));
        return true;
      },
    })),
  },
  "W-5": {
    does: "tells of calls in the order of their submit",
    create: inOrder(),
    hangs: true,
  },
  "W-6": {
    does: "tells late of what is done",
    create: futures((own) => ({
      addDoneCallback: (fn: Callback) => own.addDoneCallback((future) => void setTimeout(fn, 100, future)),
    })),
  },
  "N-1": {
    does: "does not see who waits for whom",
    create: loop({
      // biome-ignore lint/suspicious/noThenProperty: a future is awaited
      future: (own) => ({ then: (...handlers: never[]) => own.result({ timeout: 2 ** 30 }).then(...handlers) }),
    }),
    hangs: true,
  },
};

function inOrder() {
  let last: PromiseLike<unknown> = Promise.resolve();
  return futures((own, _, future) => {
    const before = last;
    last = own.then(
      () => {},
      () => {},
    );
    return {
      addDoneCallback: (fn: Callback) =>
        own.addDoneCallback(
          () =>
            void before.then(
              () => fn(future),
              () => never,
            ),
        ),
    };
  });
}
