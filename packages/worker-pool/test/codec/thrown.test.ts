import { SerializationError } from "@concurrent-futures/core";
import { describe, expect, test } from "@jest/globals";
import { encodeThrown } from "../../dist/codec/index.js";
import { newEncoder, receive } from "../fixtures/codec/round-trip.js";

const arrives = (thrown: unknown) => receive(encodeThrown(newEncoder(), thrown));

describe("what a task throws", () => {
  test("arrives as it is, falsy values too", () => {
    for (const thrown of [undefined, null, 0, "", false, "text", { a: 1 }]) expect(arrives(thrown)).toEqual(thrown);
    expect(arrives(new RangeError("x"))).toBeInstanceOf(RangeError);
  });

  test("an error that cannot be sent whole gives a SerializationError whose cause is what is left of it", () => {
    const error = Object.assign(new TypeError("request failed"), { code: "E_REQUEST", config: { retry: () => 1 } });
    const copy = arrives(error) as SerializationError & { cause: Error & { code: string } };
    expect(copy).toBeInstanceOf(SerializationError);
    expect([copy.side, copy.path]).toEqual(["result", "error.config.retry"]);
    expect(copy.cause).toBeInstanceOf(Error);
    expect([copy.cause.name, copy.cause.message, copy.cause.code, copy.cause.stack]).toEqual([
      "TypeError",
      "request failed",
      "E_REQUEST",
      error.stack,
    ]);
  });

  test("anything else that cannot be sent gives a SerializationError that shows it", () => {
    expect(arrives(() => 1)).toMatchObject({ code: "ERR_SERIALIZATION", path: "error", cause: "() => 1" });
    expect(arrives(Symbol("s"))).toMatchObject({ path: "error", cause: "Symbol(s)" });
    const odd = {
      f() {},
      toString(): never {
        throw new Error("no");
      },
    };
    expect(arrives(odd)).toMatchObject({ path: "error.f", cause: "[object Object]" });
  });
});
