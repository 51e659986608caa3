import { spawnSync } from "node:child_process";
import { availableParallelism, cpus, totalmem } from "node:os";

/** What the figures depend on. */
export function describeMachine() {
  return {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    python: spawnSync("python3", ["--version"], { encoding: "utf8" }).stdout?.trim() || undefined,
  };
}
