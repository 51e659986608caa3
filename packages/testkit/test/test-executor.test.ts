/** How clauses are registered and run. */
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { EventLoopExecutor } from "@concurrent-futures/core";
import {
  type Capability,
  type Clause,
  capabilities,
  clauses,
  clausesFor,
  runClause,
  type TestExecutorOptions,
  testExecutor,
} from "@concurrent-futures/testkit";
import { expect, test } from "@jest/globals";

const create = () => new EventLoopExecutor();
const clause = (run: Clause["run"]): Clause => ({ id: "X-1", title: "a promise", needs: [], run });

/** A runner that only writes down what is registered. */
function recorder() {
  const groups: string[] = [];
  const tests: { title: string; run: () => Promise<void> }[] = [];
  const skipped: string[] = [];
  const describe = (title: string, register: () => void) => {
    groups.push(title);
    register();
  };
  const test = Object.assign((title: string, run: () => Promise<void>) => void tests.push({ title, run }), {
    skip: (title: string) => void skipped.push(title),
  });
  return { groups, tests, skipped, describe, test };
}

function register(claimed: Iterable<Capability>) {
  const runner = recorder();
  testExecutor({ name: "Mine", create, capabilities: claimed, ...runner });
  return runner;
}

test("each clause has an id of its own: a letter for its group, and a number", () => {
  const ids = clauses.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[A-Z]-[1-9]\d*$/);
  expect(new Set(clauses.map(({ title }) => title)).size).toBe(ids.length);
});

test("every clause is registered once, run or skipped, under its number and its promise", () => {
  const { groups, tests, skipped } = register(["maxWorkers"]);
  expect(groups).toEqual(["Mine is an executor"]);
  expect(tests.length + skipped.length).toBe(clauses.length);
  expect(tests.map(({ title }) => title)).toContain("D-2: shutdown() waits for what runs");
});

test("a clause that asks for more than is claimed is skipped, and says why", () => {
  const { tests, skipped } = register([]);
  expect(skipped).toContainEqual(
    expect.stringMatching(/^P-1: calls run in another process.*\[skipped: Mine does not claim processes\]/),
  );
  expect(tests.some(({ title }) => title.startsWith("P-1"))).toBe(false);
  expect(skipped.length).toBe(clauses.filter(({ needs }) => needs.length > 0).length);
});

test("a runner without skip() gets tests that say that they are none", () => {
  const titles: string[] = [];
  const { describe } = recorder();
  testExecutor({ name: "Mine", create, describe, test: (title) => void titles.push(title) });
  expect(titles).toHaveLength(clauses.length);
  expect(titles).toContainEqual(expect.stringMatching(/^P-1: .*\[skipped: /));
});

test("each capability is asked for by a clause, and lifts a skip", () => {
  const asked = new Set(clauses.flatMap(({ needs }) => needs));
  expect([...asked].sort()).toEqual(Object.keys(capabilities).sort());
  expect(clausesFor(Object.keys(capabilities) as Capability[])).toHaveLength(clauses.length);
});

test("the README lists each capability with its meaning", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const rows = [...readme.matchAll(/^\| `(\w+)` +\| (.*?) +\|$/gm)].map(([, name, meaning]) => [name, meaning]);
  expect(rows).toEqual(Object.entries(capabilities));
});

test("a capability that is none is refused, not ignored", () => {
  expect(() => register(["cancelRuning" as never])).toThrow(
    /`capabilities` to be among .*cancelRunning.*; got cancelRuning/,
  );
});

test("wrong options are refused by their names", () => {
  const right: TestExecutorOptions = { name: "Mine", create, ...recorder() };
  for (const option of ["name", "create", "describe", "test"] as const) {
    expect(() => testExecutor({ ...right, [option]: undefined })).toThrow(TypeError);
    expect(() => testExecutor({ ...right, [option]: undefined })).toThrow(new RegExp(`\`${option}\``));
  }
  expect(() => testExecutor({ ...right, deadline: 0 })).toThrow(/`deadline`/);
});

test("a clause that hangs fails at its deadline, and says which it is", async () => {
  const hanging = clause(() => new Promise(() => {}));
  await expect(runClause(hanging, create, 20)).rejects.toMatchObject({
    code: "ERR_DEADLINE",
    message: "Not over within 20 ms: X-1: a promise",
  });
});

test("after a clause its calls are let go, its executors shut down, its files gone", async () => {
  const executor = new EventLoopExecutor();
  let sign = "";
  let call: PromiseLike<string> | undefined;
  const leaving = clause(async (t) => {
    sign = t.sign("some");
    call = (await t.hold(t.create())).future;
    throw new Error("it failed");
  });
  await expect(runClause(leaving, () => executor)).rejects.toThrow("it failed");
  expect(typeof (await call)).toBe("string");
  expect(() => executor.submit(Math.abs, 1)).toThrow(expect.objectContaining({ code: "ERR_EXECUTOR_SHUTDOWN" }));
  expect(existsSync(dirname(sign))).toBe(false);
});

test("an executor that does not end does not keep its clause from ending", async () => {
  class Endless extends EventLoopExecutor {
    override shutdown(): Promise<void> {
      return new Promise(() => {});
    }
  }
  const creating = clause(async (t) => void t.create());
  await runClause(creating, () => new Endless(), 50);
});
