import { describe, expect, test } from "@jest/globals";
import { fixtureUrl } from "./fixture.js";
import { fixturePath, type Line, type Run, run } from "./program.js";

const twice = (value: unknown) => [value, value]; // in a thread and in a process
const index = JSON.stringify(new URL("../../dist/references/index.js", import.meta.url).href);

function line(program: Run, name: string): Line {
  const found = program.lines.find((each) => each.name === name);
  if (found === undefined) throw new Error(`No line for ${name} in ${program.stdout}${program.stderr}`);
  return found;
}

describe("an entry module that awaits its own tasks at its top level", () => {
  const program = run([fixturePath("entry.mjs")]);

  test("ends well, with nothing on stderr", async () => {
    expect(await program).toMatchObject({ code: 0, stderr: "" });
  });

  test.each([
    ["exported", "exported", 6],
    ["arrow", "arrow", 6],
    ["parse", "Tools.parse", 5],
    ["declared", "declared", 6],
    ["later", "later", -4],
  ])("has its exports found: %s", async (name, sent, value) => {
    expect(line(await program, name)).toEqual({ name, sent, got: twice(value) });
  });

  test("gets its own error class back without importing itself", async () => {
    const { got } = line(await program, "failing");
    expect(got).toEqual(twice(expect.objectContaining({ error: "Error: failed for 1", cls: "OwnError" })));
  });

  test("is told what is not exported", async () => {
    expect(line(await program, "hidden").refused).toMatch(/"hidden" \(.*entry\.mjs:23\).*`offset` \(line 8\)/);
  });

  test("sends self-contained functions, whose stacks name the file", async () => {
    const { lines } = await program;
    const sources = lines.filter(({ sent }) => sent === "source");
    expect(sources[0]?.got).toEqual(twice(2));
    const place = `${fixtureUrl("entry.mjs")}:38:`;
    expect(sources[1]?.got).toEqual(twice(expect.stringContaining(place)));
  });

  test("can import a module twice under different queries", async () => {
    const declared = (await program).lines.filter(({ name }) => name === "declared");
    expect(declared).toHaveLength(2);
    expect(declared[1]).toEqual({ name: "declared", sent: "declared", got: twice(6) });
  });

  test("is told to name a default export that was made by a call", async () => {
    const refused = (await program).lines.find(({ refused }) => refused?.includes("memoize.mjs"));
    expect(refused?.refused).toContain('task(url, "name", fn)');
  });
});

describe("other ways to run code", () => {
  test("a CommonJS entry", async () => {
    const program = await run([fixturePath("entry.cjs")]);
    expect(program).toMatchObject({ code: 0, stderr: "" });
    expect(line(program, "exported")).toEqual({ name: "exported", sent: "exported", got: twice(6) });
    expect(line(program, "failing").got).toEqual(twice(expect.objectContaining({ cls: "OwnError" })));
    expect(line(program, "hidden").refused).toMatch(/entry\.cjs:12/);
  });

  test("inside a worker thread", async () => {
    const { stdout, stderr } = await run([fixturePath("inner.mjs")]);
    expect({ stdout, stderr }).toEqual({ stdout: "module\nsource\n", stderr: "" });
  });

  const script = `const o = 1; const free = (x) => x * 2; function bound(x) { return x + o; }
    import(${index}).then(({ describeTask }) => {
      for (const fn of [free, bound]) {
        try { console.log(describeTask(fn).kind); } catch (error) { console.log(error.message); }
      }
    });`;
  const expected = /^source\nCannot send "bound" \(.*\).* it is not exported.*`o`.* Put it into a module/;
  test.each([
    ["node -e", ["-e", script], ""],
    [
      "node -e, as a module",
      ["--input-type=module", "-e", `export ${script.replaceAll("function", "\nexport function")}`],
      "",
    ],
    ["standard input", ["-"], script],
  ])("%s: what is self-contained travels, the rest is refused", async (_, args, input) => {
    const { stdout, stderr } = await run(args, { input });
    expect(stderr).toBe("");
    expect(stdout).toMatch(expected);
  });

  test("under --inspect, and debugger statements stop nothing", async () => {
    const { code, lines } = await run(["--inspect=127.0.0.1:0", fixturePath("entry.mjs")]);
    expect(code).toBe(0);
    expect(lines.find(({ name }) => name === "exported")).toMatchObject({ got: twice(6) });
  });

  test("where the inspector is refused, exports cannot be found, and the error says what to do", async () => {
    const flag = process.allowedNodeEnvironmentFlags.has("--permission") ? "--permission" : "--experimental-permission";
    const { stdout } = await run([flag, "--allow-fs-read=*", "-e", script]);
    const [first, second] = stdout.split("\n");
    expect(first).toBe("source");
    expect(second).toMatch(/this thread has no inspector .*`o`.*task\(import\.meta\.url, "name", fn\), or importTasks/);
  });
});
