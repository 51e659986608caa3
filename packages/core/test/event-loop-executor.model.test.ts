/** Random sequences of submit, cancel, abort and shutdown: what must hold of any executor, here. */
import { EventLoopExecutor, type Future } from "@concurrent-futures/core";
import { expect, test } from "@jest/globals";
import fc from "fast-check";

type Act =
  | { readonly kind: "submit"; readonly turns: number; readonly priority: number; readonly fails: boolean }
  | { readonly kind: "cancel" | "abort"; readonly which: number }
  | { readonly kind: "turn" };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constant("submit" as const),
    turns: fc.nat({ max: 3 }),
    priority: fc.nat({ max: 2 }),
    fails: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom("cancel" as const, "abort" as const), which: fc.nat() }),
  fc.record({ kind: fc.constant("turn" as const) }),
);
const turn = () => new Promise(setImmediate);

test("every future settles once, nothing runs twice or after its cancellation, and never too much at once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(act, { maxLength: 40 }),
      fc.boolean(),
      async (maxWorkers, acts, cancelFutures) => {
        const executor = new EventLoopExecutor({ maxWorkers });
        const futures: Future<number>[] = [];
        const runs: number[] = [];
        const settlements: number[] = [];
        const cancelled = new Set<number>();
        let now = 0;
        for (const step of acts) {
          if (step.kind === "turn") await turn();
          else if (step.kind === "submit") {
            const id = futures.length;
            runs.push(0);
            settlements.push(0);
            const task = async () => {
              expect(cancelled.has(id)).toBe(false);
              expect(++now).toBeLessThanOrEqual(maxWorkers);
              runs[id] = (runs[id] ?? 0) + 1;
              for (let i = 0; i < step.turns; i++) await turn();
              now--;
              if (step.fails) throw id;
              return id;
            };
            const future = executor.with({ priority: step.priority }).submit(task);
            future.addDoneCallback(() => {
              settlements[id] = (settlements[id] ?? 0) + 1;
            });
            futures.push(future);
          } else {
            const id = futures.length > 0 ? step.which % futures.length : -1;
            const future = futures[id];
            const started = runs[id] !== 0;
            if (step.kind === "cancel" && future?.cancel() && !started) cancelled.add(id);
            if (step.kind === "abort" && future?.abort(id) && !started) cancelled.add(id);
          }
        }
        await executor.shutdown({ cancelFutures });
        expect(settlements).toEqual(futures.map(() => 1));
        for (const [id, future] of futures.entries()) {
          expect(runs[id]).toBeLessThanOrEqual(1);
          if (!future.cancelled()) expect([runs[id], await future.catch((error) => error)]).toEqual([1, id]);
          else await expect(future).rejects.toBeDefined();
        }
      },
    ),
    { numRuns: 200 },
  );
});
