/** Errors arrive as they were thrown. */

import type { AssertionError } from "node:assert";
import { expect, test } from "@jest/globals";
import { add } from "../fixtures/arithmetic.js";
import {
  exit,
  failPayment,
  failPaymentLater,
  PaymentError,
  throwAggregate,
  throwDomException,
  throwIt,
  throwTypeError,
} from "../fixtures/failures.js";
import { everyPool, failureOf } from "./every-pool.js";

everyPool("errors", ({ share }) => {
  const pool = share({ maxWorkers: 1 });

  test.each([
    ["thrown", failPayment],
    ["rejected", failPaymentLater],
  ])("a custom error that was %s comes back with class, name, message, code, fields and cause", async (_, fail) => {
    const error = (await failureOf(() => pool().submit(fail, 250))) as PaymentError;
    expect(error).toBeInstanceOf(PaymentError);
    expect(error.name).toBe("PaymentError");
    expect(error.message).toBe("Payment of 250 was declined");
    expect(error.code).toBe("E_PAYMENT");
    expect(error.amount).toBe(250);
    expect(error.details).toEqual({ currency: "EUR", at: new Date(0) });
    expect(error.cause).toBeInstanceOf(RangeError);
    expect((error.cause as Error).message).toBe("Above the limit");
  });

  test("built-in errors keep their class", async () => {
    const error = await failureOf(() => pool().submit(throwTypeError));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toBe("a type");
  });

  test("an AggregateError keeps its errors, each with its class", async () => {
    const error = (await failureOf(() => pool().submit(throwAggregate))) as AggregateError;
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.errors[0]).toBeInstanceOf(TypeError);
    expect(error.errors[1]).toBeInstanceOf(PaymentError);
    expect(error.errors[1]).toMatchObject({ amount: 2 });
  });

  test("a DOMException keeps name and message", async () => {
    expect(await failureOf(() => pool().submit(throwDomException))).toMatchObject({
      name: "NotFoundError",
      message: "Not there",
    });
  });

  test("errors of Node's own keep their code", async () => {
    const readMissing = async () => (await import("node:fs")).readFileSync("/no/such/file");
    expect(await failureOf(() => pool().submit(readMissing))).toMatchObject({
      code: "ENOENT",
      syscall: "open",
      path: "/no/such/file",
    });
    const assert = async () => (await import("node:assert")).strictEqual(1, 2);
    const error = await failureOf(() => pool().submit(assert));
    expect((error as AssertionError).name).toBe("AssertionError");
    expect(error).toMatchObject({ code: "ERR_ASSERTION", actual: 1, expected: 2 });
  });

  test.each([undefined, null, 0, "", false, "text", 42n])("throwing %p rejects with exactly that", async (value) => {
    let seen: { error: unknown } | undefined;
    await pool()
      .submit(throwIt, value)
      .catch((error: unknown) => {
        seen = { error };
      });
    expect(seen).toEqual({ error: value });
  });

  test("an error of a class that nobody exports comes back as the built-in that it extends, with its fields", async () => {
    const throwLocal = () => {
      class LocalError extends TypeError {
        readonly code = "E_LOCAL";
        readonly line = 12;
      }
      throw new LocalError("local");
    };
    const error = await failureOf(() => pool().submit(throwLocal));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: "local", code: "E_LOCAL", line: 12 });
  });

  test("an error with a field that cannot be sent: the SerializationError names it, and has the error as cause", async () => {
    const throwWithRetry = () => {
      throw Object.assign(new RangeError("too far"), { retry: () => {} });
    };
    const error = await failureOf(() => pool().submit(throwWithRetry));
    expect(error).toMatchObject({ code: "ERR_SERIALIZATION", side: "result", path: expect.stringContaining("retry") });
    expect((error as Error).cause).toMatchObject({ name: "RangeError", message: "too far" });
  });

  test("a thrown object that is not an error comes back as it is", async () => {
    expect(await failureOf(() => pool().submit(throwIt, { why: ["because"] }))).toEqual({ why: ["because"] });
  });

  test("the stack shows the worker's frames and then the place that submitted", async () => {
    async function theCaller(): Promise<unknown> {
      return failureOf(() => pool().submit(failPayment, 1));
    }
    const { stack } = (await theCaller()) as Error;
    const worker = stack?.indexOf("failures.js") ?? -1;
    const submitted = stack?.indexOf("errors.test.") ?? -1;
    expect(stack).toMatch(/^PaymentError: Payment of 1 was declined\n/);
    expect(stack).toContain("failPayment");
    expect(worker).toBeGreaterThan(0);
    expect(submitted).toBeGreaterThan(worker);
  });

  test("a failure is looked at through exception(), too", async () => {
    const future = pool().submit(failPayment, 9);
    expect(await future.exception()).toBeInstanceOf(PaymentError);
    expect(future.done()).toBe(true);
    expect(await pool().submit(add, 1, 2).exception()).toBeUndefined();
  });

  test("a thrown error is an answer: nothing runs again, and the worker stays", async () => {
    const before = pool().stats();
    await failureOf(() => pool().with({ retries: 3 }).submit(failPayment, 1));
    const after = pool().stats();
    expect(after.failed - before.failed).toBe(1);
    expect(after.crashed).toBe(before.crashed);
  });

  test("the error of a worker that exits says which worker, how and during what", async () => {
    const error = await failureOf(() => pool().submit(exit, 3));
    expect(error).toMatchObject({
      name: "WorkerCrashedError",
      code: "ERR_WORKER_CRASHED",
      exitCode: 3,
      message: expect.stringMatching(/worker (thread|process) \d+ .*code 3.*exit/),
    });
  });
});
