import { importTasks, task } from "@concurrent-futures/core";
import { describe, expect, test } from "@jest/globals";
import { describeTask, isImporting, loadTask, type TaskDescriptor } from "../../dist/references/index.js";
import { fixtureUrl, importFixture, type Untyped } from "./fixture.js";

const at = (file: string, name: string): TaskDescriptor => ({ kind: "module", url: fixtureUrl(file), name });

async function failure(descriptor: TaskDescriptor): Promise<Untyped> {
  try {
    await loadTask(descriptor);
  } catch (error) {
    return error;
  }
  throw new Error("It loaded");
}

describe("references", () => {
  test("task() is taken at its word", async () => {
    const declared = task(fixtureUrl("exported.mjs"), "declared", (x: number) => x);
    expect(describeTask(declared)).toEqual(at("exported.mjs", "declared"));
    expect(await (await loadTask(describeTask(declared)))(1)).toBe(6);
  });

  test("importTasks() too, its default included", async () => {
    const tasks = importTasks<{ declared(x: number): number; default(x: number): number }>(fixtureUrl("exported.mjs"));
    expect(await (await loadTask(describeTask(tasks.declared)))(1)).toBe(6);
    expect(await (await loadTask(describeTask(tasks.default)))(1)).toBe(14);
  });

  test("a chunk runs its task over items", async () => {
    const { declared } = await importFixture("exported.mjs");
    const shape = Symbol.for("concurrent-futures.taskShape");
    const chunk = Object.assign(() => {}, { [shape]: { kind: "chunk", task: declared } });
    const descriptor = describeTask(chunk);
    expect(descriptor).toEqual({ kind: "chunk", task: at("exported.mjs", "declared") });
    const [values] = (await (await loadTask(descriptor))([], [1, 2, 3], false)) as [number[]];
    expect(values).toEqual([6, 7, 8]);
  });
});

describe("a task that cannot be loaded says why", () => {
  test("a missing module", async () => {
    const error = await failure(at("nowhere.mjs", "f"));
    expect(error.code).toBe("ERR_TASK_REFERENCE");
    expect(error.message).toMatch(/^Cannot load module file:.*nowhere\.mjs: .*nowhere/);
    expect(error.cause).toBeDefined();
  });

  test("a module that throws: its own error is the cause", async () => {
    const error = await failure(at("broken.mjs", "f"));
    expect(error.code).toBe("ERR_TASK_REFERENCE");
    expect(error.message).toContain("this module fails");
    expect(error.cause.name).toBe("RangeError");
  });

  test("a missing export, with those that there are", async () => {
    const error = await failure(at("not-functions.mjs", "missing"));
    expect(error.code).toBe("ERR_TASK_REFERENCE");
    expect(error.message).toMatch(/has no export named "missing"; it exports .*number/);
  });

  test.each([
    ["number", "got 5"],
    ["default", "got text"],
    ["object.inner", "got 5"],
    ["Class", "got a class"],
  ])("an export that is no function: %s", async (name, got) => {
    const error = await failure(at("not-functions.mjs", name));
    expect(error.code).toBe("ERR_TASK_REFERENCE");
    expect(error.message).toMatch(new RegExp(`Expected export "${name}" of file:.* to be a function, ${got}`));
  });

  test("a source that does not compile", async () => {
    const error = await failure({ kind: "source", source: "return (", label: '"f"' });
    expect(error.code).toBe("ERR_TASK_REFERENCE");
    expect(error.message).toMatch(/^Cannot compile "f": /);
  });
});

describe("isImporting", () => {
  test("is true exactly while a module is imported", async () => {
    expect(isImporting()).toBe(false);
    const loading = loadTask(at("exported.mjs", "declared"));
    expect(isImporting()).toBe(true);
    await loading;
    expect(isImporting()).toBe(false);
    await failure(at("broken.mjs", "f"));
    expect(isImporting()).toBe(false);
  });
});
