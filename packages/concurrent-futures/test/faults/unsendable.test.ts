/** Values that cannot be sent fail their own call, and cost nobody else anything. */
import { expect, test } from "@jest/globals";
import { SerializationError } from "concurrent-futures";
import * as values from "../fixtures/faults/unsendable.js";
import { everyPool } from "../pools/every-pool.js";

everyPool("unsendable values", ({ share }) => {
  const shared = share({ maxWorkers: 1 });

  test("100 calls whose arguments cannot be sent, among and before 100 that can", async () => {
    const pool = shared();
    const bad = Array.from({ length: 100 }, () => pool.submit(values.take, { deep: [{ down: () => {} }] }));
    const good = Array.from({ length: 100 }, (_, id) => [
      pool.submit(values.take, id),
      pool.submit(values.take, () => {}),
    ]);
    for (const future of [...bad, ...good.map(([, other]) => other)]) {
      const error = await future?.exception();
      expect(error).toBeInstanceOf(SerializationError);
      expect(error).toMatchObject({ side: "argument", path: expect.stringContaining("args[0]") });
    }
    expect(await Promise.all(good.map(([future]) => future))).toEqual(Array.from({ length: 100 }, (_, id) => id));
    expect(pool.stats()).toMatchObject({ completed: 100, failed: 200, crashed: 0, queued: 0, running: 0 });
  });

  test("100 results that cannot be sent, of sync and async tasks: the worker stays", async () => {
    const pool = shared();
    const place = await pool.submit(values.place);
    for (let i = 0; i < 50; i++) {
      const errors = [
        await pool.submit(values.giveFunction).exception(),
        await pool.submit(values.giveFunctionLater).exception(),
      ];
      for (const error of errors) expect(error).toMatchObject({ code: "ERR_SERIALIZATION", side: "result" });
    }
    expect(await pool.submit(values.place)).toBe(place);
    expect(pool.stats().crashed).toBe(0);
  });

  test("what is thrown, reported or iterated and cannot be sent: the worker stays", async () => {
    const pool = shared();
    const place = await pool.submit(values.place);
    for (let i = 0; i < 20; i++) {
      expect(await pool.submit(values.throwFunction).exception()).toMatchObject({ side: "result" });
      expect(await pool.submit(values.reportFunction).exception()).toMatchObject({ code: "ERR_SERIALIZATION" });
      await expect(pool.map(values.giveFunctionAt, [0, 1, 2, 3])).rejects.toMatchObject({ code: "ERR_SERIALIZATION" });
    }
    expect(await pool.submit(values.place)).toBe(place);
    expect(pool.stats().crashed).toBe(0);
  });

  test("getters, proxies and [serialize] methods that throw fail their own call with their own error", async () => {
    const pool = shared();
    const mean = new RangeError("mean");
    const getter = {
      get value(): never {
        throw mean;
      },
    };
    const proxy = new Proxy(
      {},
      {
        ownKeys: () => {
          throw mean;
        },
      },
    );
    for (const value of [getter, proxy, new values.Mean()]) {
      const error = (await pool.submit(values.take, value).exception()) as Error;
      expect(`${error} ${error.cause}`).toMatch(/mean/);
    }
    expect(await pool.submit(values.take, 1)).toBe(1);
  });

  test("a map stops at the item that cannot be sent, and gives those before it", async () => {
    const pool = shared();
    const got: unknown[] = [];
    const items = [0, 1, 2, () => {}, 4];
    await expect(
      (async () => {
        for await (const value of pool.map(values.take, items, { chunkSize: 1 })) got.push(value);
      })(),
    ).rejects.toMatchObject({ code: "ERR_SERIALIZATION", side: "argument" });
    expect(got).toEqual([0, 1, 2]);
    expect(await pool.submit(values.take, 1)).toBe(1);
  });
});
