/** Tasks that write where they should not: the protocol and the parent must not notice. */
import { PassThrough } from "node:stream";
import { expect, test } from "@jest/globals";
import type { Future } from "concurrent-futures";
import * as junk from "../fixtures/faults/junk.js";
import { everyPool, type Pool } from "../pools/every-pool.js";
import { Signs, until } from "../pools/signs.js";

const signs = new Signs();
const CALLS = 100;

/** Runs other calls around those that write junk, and checks that each of them ran once. */
/** @param mayKill whether junk may end the writer's worker: it may be read when that has the next call already */
async function amongOthers(pool: Pool, write: () => Future<unknown>, mayKill = false): Promise<unknown[]> {
  const file = signs.fresh("ran");
  const others: Future<number>[] = [];
  const writers: Future<unknown>[] = [];
  for (let id = 0; id < CALLS; id++) {
    others.push(pool.submit(junk.work, file, id));
    if (id % 20 === 10) writers.push(write());
  }
  const lost = new Set<number>();
  for (const [id, other] of others.entries()) {
    const error = await other.exception();
    if (error === undefined) expect(await other).toBe(id);
    else {
      expect(mayKill ? error : undefined).toMatchObject({ code: "ERR_WORKER_CRASHED" });
      lost.add(id);
    }
  }
  const ran = signs.notes(file).map(Number);
  expect(new Set(ran).size).toBe(ran.length); // none twice
  for (let id = 0; id < CALLS; id++) if (!lost.has(id)) expect(ran).toContain(id);
  return Promise.all(writers.map((writer) => writer.exception()));
}

everyPool("junk", ({ kind, create }) => {
  test("stdout and stderr carry what tasks write, and nothing else", async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const texts = { stdout: "", stderr: "" };
    stdout.on("data", (chunk) => {
      texts.stdout += chunk;
    });
    stderr.on("data", (chunk) => {
      texts.stderr += chunk;
    });
    const pool = create({ maxWorkers: 1, stdout, stderr });
    const errors = await amongOthers(pool, () => pool.submit(junk.writeOutput, 1000));
    expect(errors).toEqual(Array(5).fill(undefined));
    await pool.shutdown();
    await until(() => texts.stdout.length === 5 * 1000 && texts.stderr.length === 5 * 1000, "all output");
    expect(texts.stdout).toBe("o".repeat(5000));
    expect(texts.stderr).toBe("e".repeat(5000));
  });

  test("parentPort.postMessage and process.send reach nobody", async () => {
    const pool = create();
    const errors = await amongOthers(pool, () => pool.submit(junk.sendMessages));
    expect(errors).toEqual(Array(5).fill(undefined));
    expect(pool.stats()).toMatchObject({ crashed: 0, completed: CALLS + 5 });
  });

  test("a closed or full parentPort, removed listeners and a patched environment harm nobody", async () => {
    const pool = create();
    const errors = await amongOthers(pool, () => pool.submit(junk.vandalize));
    expect(errors).toEqual(Array(5).fill(undefined));
    expect(pool.stats()).toMatchObject({ crashed: 0, completed: CALLS + 5 });
  });

  if (kind === "process") {
    test.each([3, 4, 5, 6])("bytes written to descriptor %p end the writer's worker at most", async (fd) => {
      const pool = create({ stderr: "ignore" });
      const errors = await amongOthers(pool, () => pool.submit(junk.writeTo, fd, 20), fd === 5);
      for (const error of errors) {
        if (error !== undefined)
          expect(error).toMatchObject({ code: expect.stringMatching(/^(ERR_WORKER_CRASHED|E)/) });
      }
      // The junk may be read only when the writer is done, and its worker has the next call.
      expect(await pool.with({ retries: 5 }).submit(junk.work, signs.fresh("after"), 1)).toBe(1);
    });

    test("megabytes of junk on descriptor 5 take no memory and no time of the parent", async () => {
      const pool = create({ stderr: "ignore" });
      const errors = await amongOthers(pool, () => pool.submit(junk.writeTo, 5, 2 ** 20), true);
      for (const error of errors) expect(error).toMatchObject({ code: "ERR_WORKER_CRASHED" });
      expect(await pool.with({ retries: 5 }).submit(junk.work, signs.fresh("after"), 1)).toBe(1);
    });

    test.each([3, 5])("descriptor %p closed by a task ends its worker at most", async (fd) => {
      const pool = create({ stderr: "ignore" });
      await amongOthers(pool, () => pool.submit(junk.close, fd), true);
      const large = new Uint8Array(200_000).fill(1); // beside the shared memory
      expect(await pool.with({ retries: 5 }).submit(junk.sum, large)).toBe(200_000);
    });
  }
});
