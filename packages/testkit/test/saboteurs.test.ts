/** Each clause bites: it fails for an executor that breaks its promise, and for that reason. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { clauses } from "@concurrent-futures/testkit";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { saboteurs } from "./saboteurs/index.js";

const main = fileURLToPath(new URL("./saboteurs/main.js", import.meta.url));
type Ends = Record<string, { readonly name: string; readonly message: string } | undefined>;
let ends: Ends = {};

beforeAll(async () => {
  // Saboteurs leave errors that nobody looks at.
  const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", main], { maxBuffer: 2 ** 26 });
  ends = JSON.parse(stdout) as Ends;
}, 600_000);

test("each clause has a saboteur, and each saboteur a clause", () => {
  expect(Object.keys(saboteurs).sort()).toEqual(clauses.map(({ id }) => id).sort());
});

describe("a clause fails for an executor that breaks it", () => {
  for (const { id, title } of clauses) {
    const saboteur = saboteurs[id];
    test(`${id}: ${title} — for one that ${saboteur?.does}`, () => {
      const end = ends[id];
      expect(end).toBeDefined();
      expect(end?.name === "DeadlineError").toBe(saboteur?.hangs === true);
      // Those would be mistakes of the saboteur's own.
      expect(["TypeError", "ReferenceError", "RangeError"]).not.toContain(end?.name);
    });
  }
});
