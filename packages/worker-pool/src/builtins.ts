/**
 * Gives core Node's own modules where Node cannot: `process.getBuiltinModule` came with 20.16. Imported for that alone.
 */
import { createRequire } from "node:module";
import { builtinsKey } from "@concurrent-futures/core";
import { LEAVE_OUT_OF_BUNDLE } from "./worker-entry.js";

const url: string | undefined = import.meta.url; // as a bundle in CommonJS has none
if (url === undefined) throw new Error(`There is no import.meta.url in this bundle. ${LEAVE_OUT_OF_BUNDLE}`);

const holder = globalThis as { [builtinsKey]?: (id: string) => unknown };
holder[builtinsKey] ??= createRequire(url);
