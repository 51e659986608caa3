/** Executors that break the clauses S, O, C, T, V and D. */
import { type AnyFunction, type AnyTask, Future, shapeOf, TimeoutError } from "@concurrent-futures/core";
import * as tasks from "@concurrent-futures/testkit/tasks";
import { functions, futures, loop, never, returning, threads, throwing } from "./sabotage.js";
import type { Saboteurs } from "./saboteur.js";

const exported = new Set<unknown>(Object.values(tasks));
const without = (option: string) =>
  loop({ executor: (own) => ({ with: (options: object) => own.with({ ...options, [option]: undefined }) }) });

/** A future that rejects without telling its task. */
const tellsNoTask = futures((own) => ({
  abort: (reason: unknown) => {
    own.setException(reason);
    return true;
  },
}));
const ownReason = futures((own) => ({ abort: () => own.abort("something else") }));

/** An executor whose shutdown never ends once a call was cancelled or aborted. */
const waitsForTheCancelled = () => {
  let some = false;
  return loop({
    future: (own) => {
      own.addDoneCallback(() => {
        some ||= own.cancelled();
      });
      return {};
    },
    executor: (own) => ({
      shutdown: async (options: never) => {
        await own.shutdown(options);
        if (some) await never;
      },
    }),
  });
};

export const ofExecutors: Saboteurs = {
  "S-1": {
    does: "takes anything",
    create: loop({
      executor: (own) => ({
        submit: (fn: AnyFunction, ...args: unknown[]) =>
          typeof fn === "function" ? own.submit(fn, ...args) : new Future(),
      }),
    }),
  },
  "S-2": {
    does: "loses arguments that are undefined",
    create: loop({ call: (call) => ({ ...call, args: call.args.filter((arg) => arg !== undefined) }) }),
  },
  "S-3": {
    does: "binds arguments at the end",
    create: loop({
      executor: (own) => ({
        submit: (fn: AnyTask, ...args: unknown[]) => {
          const shape = shapeOf(fn);
          if (shape?.kind !== "partial") return own.submit(fn as AnyFunction, ...args);
          return own.submit(shape.task as AnyFunction, ...args, ...shape.args);
        },
      }),
    }),
  },
  "S-4": {
    does: "mixes up one of many results",
    create: returning((value: number) => (value === 1000 ? 1002 : value)),
  },
  "S-5": { does: "starts the last call first", create: lastFirst() },
  "S-6": { does: "runs one call at a time", create: loop({ options: () => ({ maxWorkers: 1 }) }), hangs: true },
  "S-7": {
    does: "runs one call too many at once",
    create: loop({ options: ({ maxWorkers = 1 }) => ({ maxWorkers: maxWorkers + 1 }) }),
  },
  "S-8": { does: "takes any number of workers", create: loop({ options: () => ({ maxWorkers: 2 }) }) },
  "S-9": {
    does: "cannot follow references",
    create: loop({
      call: (call) => ({ ...call, task: typeof call.task === "function" ? call.task : () => undefined }),
    }),
  },
  "S-10": {
    does: "finds something where nothing is",
    create: loop({
      call: (call) => {
        const { task } = call;
        if (typeof task === "function") return call;
        const load = async () => task.load().catch(() => () => "something");
        return { ...call, task: async (...args: readonly unknown[]) => (await load())(...args) };
      },
    }),
  },
  "S-11": {
    does: "runs exported functions only",
    create: functions((fn) => (exported.has(fn) ? fn : () => undefined)),
  },
  "S-12": { does: "runs closures, as only the caller's own program can", create: loop() },
  "S-13": {
    does: "loses what was sent along",
    create: functions((fn) => (shapeOf(fn)?.kind === "inline" ? () => Number.NaN : fn)),
  },

  "O-1": {
    does: "maps nothing when options are bound",
    create: loop({
      executor: (own) => ({ with: (options: object) => ({ ...own.with(options), map: () => Promise.resolve([]) }) }),
    }),
  },
  "O-2": { does: "takes any options", create: loop({ executor: (own) => ({ with: () => own }) }) },
  "O-3": { does: "has no ear for the signal", create: without("signal") },
  "O-4": { does: "runs calls that were aborted before", create: without("signal") },
  "O-5": {
    does: "runs what the signal took back",
    create: futures((own, { task, args }) => ({
      abort: (reason: unknown) => {
        (task as AnyFunction)(...args);
        return own.abort(reason);
      },
    })),
  },
  "O-6": { does: "tells of the end of time with an error of its own", create: ownReason },
  "O-7": { does: "starts the clock too early", create: clockAt("timeout") },
  "O-8": {
    does: "runs what has waited for too long",
    create: futures((own, { task, args }) => {
      own.addDoneCallback(() => {
        if (own.cancelled()) (task as AnyFunction)(...args);
      });
      return {};
    }),
  },
  "O-9": { does: "counts running as waiting", create: clockAt("queueTimeout") },
  "O-10": { does: "knows no priorities", create: without("priority") },
  "O-11": { does: "knows no keys", create: loop() },
  "C-1": { does: "tells the task another reason", create: ownReason },
  "C-2": { does: "tells the task another reason", create: ownReason },
  "C-3": { does: "does not tell the task", create: tellsNoTask, hangs: true },
  "C-4": { does: "does not tell the task", create: tellsNoTask, hangs: true },
  "C-5": {
    does: "has endless patience with a task that ignores its abort",
    create: threads({ options: (options) => ({ ...options, abortGrace: 1_000_000 }) }),
    hangs: true,
  },
  "T-1": {
    does: "calls each task the same",
    create: loop({ call: (call) => ({ ...call, options: { ...call.options, name: "task" } }) }),
  },
  "T-2": {
    does: "passes progress on too late",
    create: futures((own) => ({ setProgress: (value: unknown) => void setImmediate(() => own.setProgress(value)) })),
  },
  "T-3": {
    does: "passes progress on with the result",
    create: futures((own) => {
      const reported: unknown[] = [];
      return {
        setProgress: (value: unknown) => void reported.push(value),
        setResult: (value: unknown) => {
          for (const step of reported) own.setProgress(step);
          own.setResult(value);
        },
      };
    }),
  },

  "V-1": { does: "sends JSON", create: returning(throughJson) },
  "V-2": { does: "sends JSON", create: returning(throughJson) },
  "V-3": { does: "cuts off what is large", create: returning((bytes: Uint8Array) => bytes.subarray(0, 65_536)) },
  "V-4": { does: "keeps only the message of an error", create: throwing((error: Error) => new Error(error.message)) },
  "V-5": { does: "keeps only the message of an error", create: throwing((error: Error) => new Error(error.message)) },
  "V-6": { does: "loses an error's errors", create: throwing((error: Error) => new AggregateError([], error.message)) },
  "V-7": { does: "gives plain objects back", create: returning((value: object) => ({ ...value })) },
  "V-8": { does: "shares what it was given", create: loop() },
  "V-9": { does: "sends nothing, and so refuses nothing", create: loop() },
  "V-10": { does: "sends nothing, and so refuses nothing", create: loop() },
  "V-11": {
    does: "copies shared memory",
    create: loop({
      call: (call) => ({
        ...call,
        args: call.args.map((arg) => (arg instanceof SharedArrayBuffer ? arg.slice(0) : arg)),
      }),
    }),
  },
  "V-12": { does: "hands nothing over", create: loop() },

  "D-1": {
    does: "refuses in the future",
    create: loop({
      executor: (own) => ({
        submit: (fn: AnyFunction, ...args: unknown[]) => {
          try {
            return own.submit(fn, ...args);
          } catch (error) {
            const future = new Future();
            future.abort(error);
            return future;
          }
        },
      }),
    }),
  },
  "D-2": {
    does: "does not wait",
    create: loop({ executor: (own) => ({ shutdown: () => own.shutdown({ wait: false }) }) }),
  },
  "D-3": {
    does: "cancels what waits",
    create: loop({ executor: (own) => ({ shutdown: () => own.shutdown({ cancelFutures: true }) }) }),
  },
  "D-4": {
    does: "always waits",
    create: loop({ executor: (own) => ({ shutdown: () => own.shutdown() }) }),
    hangs: true,
  },
  "D-5": { does: "hears only the first call", create: hearsOnce() },
  "D-6": {
    does: "leaves futures pending",
    create: loop({ executor: (own) => ({ shutdown: () => own.shutdown({ wait: false }) }) }),
  },
  "D-7": { does: "cancels nothing", create: loop({ executor: (own) => ({ shutdown: () => own.shutdown() }) }) },
  "D-8": { does: "hears only the first call", create: hearsOnce() },
  "D-9": { does: "stays open when it ran nothing", create: loop({ executor: () => ({ shutdown: async () => {} }) }) },
  "D-10": {
    does: "disposes of nothing",
    create: loop({ executor: () => ({ [Symbol.asyncDispose]: async () => {} }) }),
  },
  "D-11": { does: "waits for what was cancelled", create: waitsForTheCancelled(), hangs: true },
  "D-12": { does: "waits for what was aborted", create: waitsForTheCancelled(), hangs: true },
};

function lastFirst() {
  let priority = 0;
  return loop({ call: (call) => ({ ...call, options: { ...call.options, priority: priority++ } }) });
}

/** Aborts a call so many milliseconds after its submit as an option says, wherever it is by then. */
function clockAt(option: "timeout" | "queueTimeout") {
  return futures((own, { options }) => {
    const ms = options[option];
    if (ms !== undefined) setTimeout(() => own.abort(new TimeoutError("Too late")), ms);
    return {};
  });
}

function hearsOnce() {
  return loop({
    executor: (own) => {
      let heard = false;
      return {
        shutdown: async (options: never) => {
          if (heard) return;
          heard = true;
          await own.shutdown(options);
        },
      };
    },
  });
}

function throughJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item)) ?? "null");
}
