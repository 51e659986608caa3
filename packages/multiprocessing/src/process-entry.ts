/** Where the module that every Process starts with lies. */
import { fileURLToPath } from "node:url";

export const entryPath: string = fileURLToPath(new URL("./process-main.js", import.meta.url));
