/** Random sequences of what callers and executors do to a future, against a model of its states. */
import { Future, InvalidStateError } from "@concurrent-futures/core";
import { expect, test } from "@jest/globals";
import fc from "fast-check";

interface Model {
  state: "pending" | "running" | "finished" | "cancelled";
  callbacks: number;
}
interface Real {
  future: Future<number>;
  /** How often each callback ran. */
  runs: number[];
  told: number; // aborts told to the controller
  taken: boolean; // whether the controller lets a call be taken back
}

const isDone = ({ state }: Model) => state === "finished" || state === "cancelled";

function check(model: Model, real: Real): void {
  expect(real.future.running()).toBe(model.state === "running");
  expect(real.future.cancelled()).toBe(model.state === "cancelled");
  expect(real.future.done()).toBe(isDone(model));
  expect(real.runs).toEqual(Array(model.callbacks).fill(isDone(model) ? 1 : 0));
}

class Step implements fc.Command<Model, Real> {
  constructor(name: string, act: (model: Model, real: Real) => void) {
    this.name = name;
    this.act = act;
  }
  readonly name: string;
  readonly act: (model: Model, real: Real) => void;
  check = () => true;
  run(model: Model, real: Real): void {
    this.act(model, real);
    check(model, real);
  }
  toString = () => this.name;
}

function settle(model: Model, real: Real, act: () => void): void {
  if (isDone(model)) expect(act).toThrow(InvalidStateError);
  else {
    act();
    model.state = "finished";
  }
  expect(real.future.done()).toBe(true);
}

const steps = [
  new Step("cancel", (model, real) => {
    if (model.state === "pending") model.state = real.taken ? "cancelled" : "running";
    expect(real.future.cancel()).toBe(model.state === "cancelled");
  }),
  new Step("abort", (model, real) => {
    const told = real.told;
    expect(real.future.abort("reason")).toBe(!isDone(model));
    expect(real.told - told).toBe(isDone(model) ? 0 : 1);
    if (!isDone(model)) model.state = "cancelled";
  }),
  new Step("setRunningOrNotifyCancel", (model, real) => {
    if (model.state === "pending") {
      model.state = "running";
      expect(real.future.setRunningOrNotifyCancel()).toBe(true);
    } else if (model.state === "cancelled") expect(real.future.setRunningOrNotifyCancel()).toBe(false);
    else expect(() => real.future.setRunningOrNotifyCancel()).toThrow(InvalidStateError);
  }),
  new Step("setResult", (model, real) => settle(model, real, () => real.future.setResult(1))),
  new Step("setException", (model, real) => settle(model, real, () => real.future.setException("error"))),
  new Step("addDoneCallback", (model, real) => {
    const index = model.callbacks++;
    real.runs.push(0);
    real.future.addDoneCallback(() => {
      (real.runs[index] as number)++;
    });
  }),
  new Step("look", (_, real) => void real.future.catch(() => {})),
  new Step("setProgress", (_, real) => real.future.setProgress(1)),
];

test("a future keeps to its states, and runs each callback once, whatever is done to it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands(
        steps.map((step) => fc.constant(step)),
        { maxCommands: 30 },
      ),
      fc.boolean(),
      async (commands, taken) => {
        const real: Real = { future: new Future(), runs: [], told: 0, taken };
        real.future = new Future({
          cancel: () => taken,
          refresh: () => {},
          abort: () => {
            real.told++;
          },
        });
        const model: Model = { state: "pending", callbacks: 0 };
        fc.modelRun(() => ({ model, real }), commands);
        // Whatever happened, one outcome is told to all, the same each time.
        if (!isDone(model)) real.future.setResult(2);
        const outcomes = await Promise.allSettled([
          real.future,
          real.future.result(),
          real.future.result({ timeout: 0 }),
        ]);
        expect(outcomes[1]).toEqual(outcomes[0]);
        expect(outcomes[2]).toEqual(outcomes[0]);
      },
    ),
    { numRuns: 500 },
  );
});
