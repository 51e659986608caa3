import { deepEqual, equal, rejects } from "node:assert/strict";
import { after, describe, test } from "node:test";
import { EventLoopExecutor, ProcessPoolExecutor } from "concurrent-futures";
import { readInvoice, totalOf } from "./invoices.js";

describe("invoices", () => {
  test("the task by itself", () => {
    deepEqual(readInvoice("Ada;12.50"), { customer: "Ada", cents: 1250 });
  });

  test("what uses it, without workers", async () => {
    equal(await totalOf(["Ada;12.50", "Grace;7.50"], new EventLoopExecutor()), 2000);
    await rejects(totalOf(["Ada"], new EventLoopExecutor()), /No amount in "Ada"/);
  });

  describe("with the pool that the program has", () => {
    const pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    after(() => pool.shutdown());

    test("function, arguments, result and error get to a worker and back", async () => {
      equal(await totalOf(["Ada;12.50", "Grace;7.50"], pool), 2000);
      await rejects(totalOf(["Ada"], pool), RangeError);
    });
  });
});
