/** Where the module that every Process starts with lies. */
import { fileURLToPath } from "node:url";
import { bundleOf } from "@concurrent-futures/worker-pool";

export const entryPath: string = fileURLToPath(
  bundleOf(import.meta.url, "process-main") ?? new URL("./process-main.js", import.meta.url),
);
