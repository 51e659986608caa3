import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { importTasks } from "@concurrent-futures/core";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { type ProcessPermission, ProcessPoolExecutor } from "../dist/index.js";
import { mayLoadAddons, permissionFlags, withoutPermissionFlags } from "../dist/permission.js";
import { add, read, run, thread, write } from "./fixtures/tasks.js";

const canCloseNet = process.allowedNodeEnvironmentFlags.has("--allow-net");
const directory = mkdtempSync(join(tmpdir(), "permission-"));
const allowed = join(directory, "allowed.txt");
const secret = join(directory, "secret.txt");
writeFileSync(allowed, "for all");
writeFileSync(secret, "for none");
afterAll(() => rmSync(directory, { recursive: true }));

const TASKS = new URL("./fixtures/", import.meta.url);
const OWN = new URL("../dist/", import.meta.url); // imported by the module of the tasks

const pools: ProcessPoolExecutor[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.killWorkers()));
});
const restricted = (permission: ProcessPermission): ProcessPoolExecutor => {
  const pool = new ProcessPoolExecutor({ maxWorkers: 1, permission, stderr: "ignore" });
  pools.push(pool);
  return pool;
};
const denied = { code: "ERR_ACCESS_DENIED" };

describe("workers with permissions", () => {
  test("run tasks, read what they may, and nothing else", async () => {
    const pool = restricted({ fsRead: [TASKS, OWN, allowed] });
    expect(await pool.submit(add, 1, 2)).toBe(3);
    expect(await pool.submit(read, allowed)).toBe("for all");
    await expect(pool.submit(read, secret)).rejects.toMatchObject(denied);
    await expect(pool.submit(write, allowed)).rejects.toMatchObject(denied);
    await expect(pool.submit(run)).rejects.toMatchObject(denied);
    await expect(pool.submit(thread)).rejects.toMatchObject(denied);
    expect(pool.stats().crashed).toBe(0);
  });

  test("may do what is granted", async () => {
    const pool = restricted({ fsRead: true, fsWrite: [directory], childProcess: true, worker: true });
    expect(await pool.submit(read, secret)).toBe("for none");
    await pool.submit(write, join(directory, "new.txt"));
    expect(await pool.submit(run)).toBe(0);
    await pool.submit(thread);
  });

  test("may read and write everything by `*`, as in Node's flags", async () => {
    const pool = restricted({ fsRead: ["*"], fsWrite: ["*"] });
    expect(await pool.submit(read, secret)).toBe("for none");
    await pool.submit(write, join(directory, "new.txt"));
  });

  test("share memory with their parent if they may load addons", async () => {
    const pool = restricted({ fsRead: [TASKS, OWN], addons: true });
    expect(await pool.submit(add, 1, 2)).toBe(3);
  });

  test("cannot load a module of tasks that they may not read, and the error says so", async () => {
    const module = pathToFileURL(join(directory, "tasks.mjs"));
    writeFileSync(module, "export const one = () => 1;");
    const { one } = importTasks<{ one: () => number }>(module);
    await expect(restricted({}).submit(one)).rejects.toMatchObject({ code: "ERR_TASK_REFERENCE", cause: denied });
    expect(await restricted({ fsRead: [module] }).submit(one)).toBe(1);
  });
});

describe("the option `permission`", () => {
  test.each([
    [null, TypeError, "Expected `permission` to be an object, got null"],
    [{ fsRead: "/tmp" }, TypeError, "Expected `permission.fsRead` to be an array of paths or true, got '/tmp'"],
    [{ fsWrite: [5] }, TypeError, "Expected `permission.fsWrite` to be an array of paths or true, got [ 5 ]"],
    [{ worker: 1 }, TypeError, "Expected `permission.worker` to be a boolean, got 1"],
    [{ fsread: true }, RangeError, "Expected the options of `permission` to be among fsRead, fsWrite, "],
  ])("%j is refused", (permission, type, message) => {
    const create = (): unknown => new ProcessPoolExecutor({ permission: permission as never });
    expect(create).toThrow(type);
    expect(create).toThrow(message);
  });

  test("a network that this Node cannot close is not promised to be closed", () => {
    const create = (): unknown => permissionFlags({ net: false });
    if (canCloseNet) expect(create()).not.toContain("--allow-net");
    else expect(create).toThrow("cannot deny it");
    expect(permissionFlags({ net: true }).includes("--allow-net")).toBe(canCloseNet);
  });

  test("takes the place of the parent's permissions", () => {
    const flags = [
      "--import",
      "tsx",
      "--permission",
      "--allow-fs-read=*",
      "--allow-worker",
      "--experimental-permission",
    ];
    expect(withoutPermissionFlags(flags)).toEqual(["--import", "tsx"]);
  });

  test("addons can be loaded unless the flags forbid it", () => {
    expect(mayLoadAddons(["--import", "tsx"])).toBe(true);
    expect(mayLoadAddons(["--no-addons"])).toBe(false);
    expect(mayLoadAddons(["--permission"])).toBe(false);
    expect(mayLoadAddons(["--permission", "--allow-addons"])).toBe(true);
  });
});
