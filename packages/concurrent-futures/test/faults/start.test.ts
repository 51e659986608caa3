/** Workers that cannot be started, or die as they start. The cause is told; nothing hangs; nothing is tried for ever. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { expect, test } from "@jest/globals";
import { ProcessPoolExecutor } from "concurrent-futures";
import { exit } from "../fixtures/failures.js";
import * as bombs from "../fixtures/faults/bombs.js";
import { processId } from "../fixtures/places.js";
import { everyPool, failureOf } from "../pools/every-pool.js";
import { Signs } from "../pools/signs.js";

const signs = new Signs();

/** A module for `--import`, written for the test. */
function moduleFile(name: string, code: string): string {
  const file = `${signs.fresh(name)}.mjs`;
  writeFileSync(file, code);
  return file;
}

everyPool("start", ({ kind, create, BrokenError }) => {
  test.each([
    ["is not there", () => "/nowhere/to-be-found.mjs", /to-be-found/],
    ["throws", () => moduleFile("throws", "throw new Error('preloading failed');"), /preloading failed/],
    ["exits", () => moduleFile("exits", "process.exit(9);"), /code 9/],
  ])("an --import that %s breaks the pool, with the cause", async (_, file, cause) => {
    const pool = create({ execArgv: ["--import", pathToFileURL(file()).href], stderr: "ignore" });
    const futures = Array.from({ length: 5 }, () => pool.submit(processId));
    const errors = await Promise.all(futures.map((future) => future.exception()));
    for (const error of errors) {
      expect(error).toBeInstanceOf(BrokenError);
      const { message, cause: because } = error as Error;
      expect(`${message} ${because} ${(because as { stderr?: string }).stderr}`).toMatch(cause);
    }
    expect(new Set(errors).size).toBe(errors.length);
    expect(await failureOf(() => pool.ready())).toBeInstanceOf(BrokenError);
    expect(() => pool.submit(processId)).toThrow(BrokenError);
    await pool.shutdown();
    expect(pool.stats()).toMatchObject({ workers: 0, failed: 5, queued: 0, running: 0 });
  });

  test("an option that Node refuses breaks the pool, with Node's error", async () => {
    const pool = create({ execArgv: ["--no-such-option"], stderr: "ignore" });
    const error = (await pool.submit(processId).exception()) as Error;
    expect(error).toBeInstanceOf(BrokenError);
    const { cause } = error as { cause?: { message: string; stderr?: string } };
    expect(`${error.message} ${cause?.message} ${cause?.stderr}`).toMatch(/no-such-option/);
    await pool.shutdown();
  });

  test("a replacement that cannot be started breaks the pool instead of hanging it", async () => {
    const file = moduleFile("vanishing", "export {};");
    const pool = create({ maxWorkers: 1, execArgv: ["--import", pathToFileURL(file).href], stderr: "ignore" });
    expect(await pool.submit(processId)).toBeGreaterThan(0);
    rmSync(file);
    const [crashed, ...waiting] = [pool.submit(exit, 3), pool.submit(processId), pool.submit(processId)];
    await expect(crashed).rejects.toMatchObject({ code: "ERR_WORKER_CRASHED", exitCode: 3 });
    for (const future of waiting) await expect(future).rejects.toBeInstanceOf(BrokenError);
    await pool.shutdown();
  });

  test("a start that fails now and then is tried again", async () => {
    const switchFile = signs.fresh("switch");
    const code = `
      import { existsSync, rmSync } from "node:fs";
      if (existsSync(${JSON.stringify(switchFile)})) { rmSync(${JSON.stringify(switchFile)}); process.exit(1); }`;
    const file = moduleFile("flaky", code);
    const pool = create({ maxWorkers: 1, execArgv: ["--import", pathToFileURL(file).href], stderr: "ignore" });
    for (let round = 0; round < 8; round++) {
      writeFileSync(switchFile, ""); // the next start fails, the one after it does not
      expect(await pool.submit(processId)).toBeGreaterThan(0);
      expect(await failureOf(() => pool.submit(exit, 3))).toMatchObject({ code: "ERR_WORKER_CRASHED" });
    }
    expect(await pool.submit(processId)).toBeGreaterThan(0);
  });

  test("an initializer that ends its worker breaks the pool", async () => {
    const pool = create({ initializer: bombs.runBomb, initArgs: ["exit"], stderr: "ignore" });
    const error = (await pool.submit(processId).exception()) as Error;
    expect(error).toBeInstanceOf(BrokenError);
    expect(error.cause).toMatchObject({ code: "ERR_WORKER_CRASHED", exitCode: bombs.EXIT_CODE });
    await pool.shutdown();
  });

  if (kind === "process") {
    test("a working directory that was removed breaks the pool", async () => {
      const cwd = signs.fresh("cwd");
      mkdirSync(cwd);
      const pool = new ProcessPoolExecutor({ maxWorkers: 1, cwd, stderr: "ignore" });
      expect(await pool.submit(processId)).toBeGreaterThan(0);
      renameSync(cwd, `${cwd}-elsewhere`);
      expect(await failureOf(() => pool.submit(exit, 3))).toMatchObject({ code: "ERR_WORKER_CRASHED" });
      await expect(pool.submit(processId)).rejects.toBeInstanceOf(BrokenError);
      await pool.shutdown();
    });
  }
});
