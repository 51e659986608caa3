/**
 * How much CPU time the control groups of Linux leave this process, as a number of CPUs.
 *
 *   /proc/self/cgroup              which group, in each hierarchy: `0::/a/b` (v2), `4:cpu,cpuacct:/a/b` (v1)
 *   /sys/fs/cgroup/a/b/cpu.max     v2: quota and period in µs, or `max`; each parent's counts as well
 *   /sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us, cpu.cfs_period_us      v1; a quota of -1 is none
 *
 * In a container the path may be the host's, of which only the last part is mounted: parents up to the mount are looked
 * at, and what is missing on the way sets no limit.
 */
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";

const NONE = Number.POSITIVE_INFINITY;

/** @param root where `proc` and `sys` are; for tests */
export function cgroupCpus(root = "/"): number {
  const lines = read(join(root, "proc/self/cgroup"))?.split("\n") ?? [];
  return Math.min(NONE, ...lines.map((line) => cpusOf(line, join(root, "sys/fs/cgroup"))));
}

function cpusOf(line: string, mounts: string): number {
  const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
  if (controllers === undefined || path === undefined) return NONE;
  if (controllers === "") {
    // Beside hierarchies of v1 it is mounted one level below.
    return Math.min(least(mounts, path, quotaV2), least(join(mounts, "unified"), path, quotaV2));
  }
  if (!controllers.split(",").includes("cpu")) return NONE;
  return Math.min(...[controllers, "cpu"].map((name) => least(join(mounts, name), path, quotaV1)));
}

/** The tightest quota of a group and all those above it. */
function least(mount: string, path: string, quota: (folder: string) => number): number {
  let cpus = NONE;
  // A path that leaves the namespace starts with `/..`; from there only what is mounted can be seen.
  for (let group = posix.join("/", path); ; group = posix.dirname(group)) {
    cpus = Math.min(cpus, quota(join(mount, group)));
    if (group === "/") return cpus;
  }
}

function quotaV2(folder: string): number {
  const [quota, period] = (read(join(folder, "cpu.max")) ?? "").trim().split(/\s+/);
  return ratio(quota, period);
}

function quotaV1(folder: string): number {
  return ratio(read(join(folder, "cpu.cfs_quota_us")), read(join(folder, "cpu.cfs_period_us")));
}

function ratio(quota: string | undefined, period: string | undefined): number {
  const cpus = Number(quota?.trim() || "max") / Number(period?.trim() || "max");
  return cpus > 0 ? cpus : NONE; // `max`, -1, or what cannot be read
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // no such group, or no Linux
  }
}
