import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const program = fileURLToPath(new URL("../dist/index.js", import.meta.url));

test("the reports in packages/*/api are what the packages export", async () => {
  const told = await new Promise((resolve) => {
    execFile(process.execPath, [program, "--check"], (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, stdout, stderr }),
    );
  });
  expect(told).toEqual({ status: 0, stdout: "", stderr: "" });
}, 600_000);
