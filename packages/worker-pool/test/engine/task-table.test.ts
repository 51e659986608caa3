import { task } from "@concurrent-futures/core";
import { describe, expect, test } from "@jest/globals";
import { TaskEntry, TaskTable } from "../../dist/task-table.js";
import { nobody } from "./calls.js";

function reference(name: string): ReturnType<typeof task> {
  return task("file:///tasks.js", name, () => undefined);
}

describe("TaskTable", () => {
  test("the same function has one entry, however often it is referred to", () => {
    const table = new TaskTable(nobody);
    const entries = Array.from({ length: 10_000 }, () => table.entry(reference("work")));
    expect(new Set(entries).size).toBe(1);
    expect(table.generation).toBe(0);
  });

  test("fresh functions with one source share an entry; others have their own", () => {
    const table = new TaskTable(nobody);
    const make = () => (x: number) => x + 1;
    const entries = Array.from({ length: 50 }, () => table.entry(make()));
    expect(new Set(entries).size).toBe(1);
    expect(table.entry((x: number) => x + 2)).not.toBe(entries[0]);
  });

  test("an id is never used twice, and too many functions start the table anew", () => {
    const table = new TaskTable(nobody);
    const entries = Array.from({ length: 10_000 }, (_, index) => table.entry(reference(`work${index}`)));
    expect(new Set(entries.map(({ id }) => id)).size).toBe(10_000);
    expect(table.generation).toBeGreaterThan(0);
    const last = entries.at(-1);
    expect(table.entry(reference("work9999"))).toBe(last);
    expect(table.entry(reference("work0"))).not.toBe(entries[0]); // forgotten, and told anew
  });

  test("what cannot be referred to is refused each time", () => {
    const table = new TaskTable(nobody);
    const bound = function (this: unknown) {}.bind(null);
    for (let i = 0; i < 3; i++)
      expect(() => table.entry(bound)).toThrow(expect.objectContaining({ code: "ERR_TASK_REFERENCE" }));
  });
});

describe("TaskEntry", () => {
  test("the time to expect goes up fast, down slowly, and stays between the shortest and the longest", () => {
    const entry = new TaskEntry(1, { kind: "module", url: "file:///tasks.js", name: "work" }, "work", nobody);
    expect(entry.expectedMs).toBeUndefined();
    entry.ran(1);
    expect(entry.expectedMs).toBe(1);
    entry.ran(11);
    const up = (entry.expectedMs as number) - 1;
    entry.ran((entry.expectedMs as number) - 10);
    const down = 1 + up - (entry.expectedMs as number);
    expect(up).toBeGreaterThan(2 * down);
    for (let i = 0; i < 200; i++) entry.ran(0.5);
    expect(entry.expectedMs).toBeCloseTo(0.5, 3);
  });
});
