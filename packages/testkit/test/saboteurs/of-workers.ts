/** Executors that break the clauses R, K and P. */
import { exit, killItself, place, returnThenExit } from "@concurrent-futures/testkit/tasks";
import { functions, loop, never, processes, threads } from "./sabotage.js";
import type { Saboteurs } from "./saboteur.js";

export const ofWorkers: Saboteurs = {
  "R-1": { does: "blocks the caller", create: loop() },
  "R-2": {
    does: "starts a worker for each call",
    create: functions((fn) => (fn === place ? () => Math.random() : fn)),
  },
  "R-3": { does: "ignores the initializer", create: loop() },
  "R-4": { does: "ignores the initializer", create: loop() },
  "R-5": { does: "ignores the initializer", create: loop() },
  "R-6": {
    does: "ignores the finalizer",
    create: threads({ options: ({ finalizer: _, ...options }) => options }),
  },
  "R-7": { does: "never replaces a worker", create: threads({ options: () => ({ maxWorkers: 1 }) }) },
  "R-8": {
    does: "drops what would need a new worker",
    create: threads({ executor: (own) => ({ shutdown: () => own.shutdown({ wait: false, cancelFutures: true }) }) }),
  },
  "R-9": { does: "runs one task at a time", create: threads({ options: () => ({ maxWorkers: 1 }) }), hangs: true },
  "R-10": {
    does: "lets any number wait",
    create: threads({ options: () => ({ maxWorkers: 1, maxQueue: 1000 }) }),
    hangs: true,
  },
  "R-11": { does: "is ready before its workers are", create: threads({ executor: () => ({ ready: async () => {} }) }) },
  "R-12": {
    does: "counts nothing",
    create: threads({
      executor: (own) => ({ stats: () => ({ ...own.stats(), running: 0, queued: 0, completed: 0 }) }),
    }),
  },
  "K-1": {
    does: "tells of a crash with any error",
    create: threads({
      future: (own) => ({ setException: (error: Error) => own.setException(new Error(error.message)) }),
    }),
  },
  "K-2": {
    does: "breaks with the first crash",
    create: threads({ options: (options) => ({ ...options, onWorkerCrash: "break" }) }),
  },
  "K-3": {
    does: "runs nothing again",
    create: threads({ call: (call) => ({ ...call, options: { ...call.options, retries: 0 } }) }),
  },
  "K-4": {
    does: "runs again what crashed",
    create: threads({ call: (call) => ({ ...call, options: { ...call.options, retries: 1 } }) }),
  },
  "K-5": {
    does: "runs again what failed",
    create: threads({
      future: (own, { options }, _, again) => {
        own.addDoneCallback(() => {
          if (options.retries) again();
        });
        return {};
      },
    }),
  },
  "K-6": {
    does: "loses a result that was sent",
    create: threads({
      call: (call) => (call.task === returnThenExit ? { ...call, task: exit as never, args: [5] } : call),
    }),
  },
  "K-7": {
    does: "waits for workers that are dead",
    create: threads({
      executor: (own) => ({
        shutdown: async (options: never) => {
          await own.shutdown(options);
          await never;
        },
      }),
    }),
    hangs: true,
  },
  "K-8": {
    does: "goes on",
    create: threads({ options: (options) => ({ ...options, onWorkerCrash: "replace" }) }),
  },
  "K-9": {
    does: "ends nothing by force",
    create: threads({ executor: () => ({ terminateWorkers: async () => {} }) }),
    hangs: true,
  },
  "K-10": {
    does: "only ends what has workers",
    create: threads({
      executor: (own) => ({ terminateWorkers: async () => own.stats().workers > 0 && own.terminateWorkers() }),
    }),
  },
  "K-11": {
    does: "breaks when a module ends its worker",
    create: threads({ options: (options) => ({ ...options, onWorkerCrash: "break" }) }),
  },
  "K-12": {
    does: "tells of a stray error with one of its own",
    create: threads({ future: (own) => ({ setException: () => own.setException(new Error("The worker failed")) }) }),
  },
  "R-13": {
    does: "keeps idle workers",
    create: threads({ options: () => ({ maxWorkers: 2 }) }),
    hangs: true,
  },
  "P-1": { does: "stays in its process", create: loop() },
  "P-2": { does: "leaves its process behind", create: loop() },
  "P-3": {
    does: "tells of a signal as an exit",
    create: processes({
      call: (call) => (call.task === killItself ? { ...call, task: exit as never, args: [137] } : call),
    }),
  },
};
