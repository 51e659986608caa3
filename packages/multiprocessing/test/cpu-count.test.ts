/** How many CPUs there are to use: the real machine, and made-up trees of /proc and /sys. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cpuCount } from "@concurrent-futures/multiprocessing";
import { afterAll, describe, expect, test } from "@jest/globals";
import { cgroupCpus } from "../dist/cgroup.js";

const folder = mkdtempSync(join(tmpdir(), "multiprocessing-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let trees = 0;

/** A root with these files. */
function tree(files: Readonly<Record<string, string>>): string {
  const root = join(folder, `${++trees}`);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

const none = Number.POSITIVE_INFINITY;
const group = "proc/self/cgroup";
const v2 = "sys/fs/cgroup";

test("cpuCount: an integer, at least 1, not more than the affinity allows", () => {
  expect(Number.isInteger(cpuCount())).toBe(true);
  expect(cpuCount()).toBeGreaterThanOrEqual(1);
  expect(cpuCount()).toBeLessThanOrEqual(availableParallelism());
  expect(cgroupCpus()).toBeGreaterThan(0);
});

describe("quotas of control groups", () => {
  test("none: another system, no groups, no limit", () => {
    expect(cgroupCpus(tree({}))).toBe(none);
    expect(cgroupCpus(tree({ [group]: "" }))).toBe(none);
    expect(cgroupCpus(tree({ [group]: "0::/\n" }))).toBe(none);
    expect(cgroupCpus(tree({ [group]: "0::/\n", [`${v2}/cpu.max`]: "max 100000\n" }))).toBe(none);
    expect(cgroupCpus(tree({ [group]: "nonsense\n0\n::\n", [`${v2}/cpu.max`]: "100000 100000\n" }))).toBe(none);
    expect(cgroupCpus(tree({ [group]: "0::/\n", [`${v2}/cpu.max`]: "nonsense\n" }))).toBe(none);
  });

  test("v2: of the group itself, as in a container with a namespace", () => {
    expect(cgroupCpus(tree({ [group]: "0::/\n", [`${v2}/cpu.max`]: "150000 100000\n" }))).toBe(1.5);
    expect(cgroupCpus(tree({ [group]: "0::/a/b\n", [`${v2}/a/b/cpu.max`]: "200000 100000\n" }))).toBe(2);
  });

  test("v2: the tightest of all groups above counts", () => {
    const files = {
      [group]: "0::/system.slice/job.service\n",
      [`${v2}/system.slice/cpu.max`]: "300000 100000\n",
      [`${v2}/system.slice/job.service/cpu.max`]: "max 100000\n",
    };
    expect(cgroupCpus(tree(files))).toBe(3);
    expect(cgroupCpus(tree({ ...files, [`${v2}/system.slice/job.service/cpu.max`]: "50000 100000" }))).toBe(0.5);
  });

  test("v2: a path with colons, and one that leaves the namespace", () => {
    expect(cgroupCpus(tree({ [group]: "0::/a:b/c\n", [`${v2}/a:b/c/cpu.max`]: "400000 200000\n" }))).toBe(2);
    const outside = { [group]: "0::/../../other\n", [`${v2}/cpu.max`]: "100000 100000\n", "cpu.max": "1 100000" };
    expect(cgroupCpus(tree(outside))).toBe(1);
  });

  test("v1: quota and period, in either spelling of the mount", () => {
    const lines = "5:memory:/job\n4:cpu,cpuacct:/job\n1:name=systemd:/\n";
    for (const mount of ["cpu", "cpu,cpuacct"]) {
      const at = `${v2}/${mount}/job`;
      const files = { [group]: lines, [`${at}/cpu.cfs_quota_us`]: "250000\n", [`${at}/cpu.cfs_period_us`]: "100000\n" };
      expect(cgroupCpus(tree(files))).toBe(2.5);
    }
  });

  test("v1: -1 is none; a parent's counts; other controllers' do not", () => {
    const lines = "4:cpu:/job/part\n3:cpuset:/\n";
    const at = `${v2}/cpu`;
    const files = {
      [group]: lines,
      [`${at}/job/part/cpu.cfs_quota_us`]: "-1\n",
      [`${at}/job/part/cpu.cfs_period_us`]: "100000\n",
      [`${v2}/cpuset/cpu.cfs_quota_us`]: "1\n",
      [`${v2}/cpuset/cpu.cfs_period_us`]: "100000\n",
    };
    expect(cgroupCpus(tree(files))).toBe(none);
    const above = { [`${at}/job/cpu.cfs_quota_us`]: "100000\n", [`${at}/job/cpu.cfs_period_us`]: "50000\n" };
    expect(cgroupCpus(tree({ ...files, ...above }))).toBe(2);
  });

  test("v1 in a container: the path is the host's, and the mount is the container's own group", () => {
    const at = `${v2}/cpu,cpuacct`;
    const files = {
      [group]: "4:cpu,cpuacct:/docker/0123456789\n",
      [`${at}/cpu.cfs_quota_us`]: "100000\n",
      [`${at}/cpu.cfs_period_us`]: "100000\n",
    };
    expect(cgroupCpus(tree(files))).toBe(1);
  });

  test("both at once: v1 for cpu, v2 beside it", () => {
    const files = {
      [group]: "1:cpu:/job\n0::/job\n",
      [`${v2}/cpu/job/cpu.cfs_quota_us`]: "300000\n",
      [`${v2}/cpu/job/cpu.cfs_period_us`]: "100000\n",
    };
    expect(cgroupCpus(tree(files))).toBe(3);
    expect(cgroupCpus(tree({ ...files, [`${v2}/unified/job/cpu.max`]: "200000 100000\n" }))).toBe(2);
  });
});
