import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** What the figures depend on. */
export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** How many processes wanted to run in the minute before: near 0 where nobody else disturbs. */
  readonly load: number;
  readonly python?: string;
}

export function describeMachine(): Machine {
  const python = spawnSync("python3", ["--version"], { encoding: "utf8" }).stdout?.trim();
  return {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
    ...(python ? { python } : {}),
  };
}

/** The version of every library that is measured, as it is installed here. */
export function libraryVersions(): Record<string, string> {
  const folder = new URL("../", import.meta.url);
  const read = (path: string) => JSON.parse(readFileSync(new URL(path, folder), "utf8"));
  const { dependencies, devDependencies } = read("package.json");
  const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => name !== "echarts"); // draws
  return Object.fromEntries(names.map((name) => [name, read(`node_modules/${name}/package.json`).version]));
}
