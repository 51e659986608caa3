/**
 * Gives core Node's own modules where Node cannot: `process.getBuiltinModule` came with 20.16. Imported for that alone.
 */
import { createRequire } from "node:module";
import { builtinsKey } from "@concurrent-futures/core";

const holder = globalThis as { [builtinsKey]?: (id: string) => unknown };
holder[builtinsKey] ??= createRequire(import.meta.url);
