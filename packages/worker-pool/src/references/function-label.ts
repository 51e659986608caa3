/** What messages call a function. */
import { findExport } from "./find-export.js";
import { inspect } from "./inspection.js";
import { labelOf } from "./refusals.js";

/** A function's name and place, such as `"parse" (/app/tasks.js:12)`; the name alone where the place is unknown. */
export function functionLabel(fn: unknown): string {
  if (typeof fn !== "function") return String(fn);
  try {
    return inspect((inspection) => labelOf(fn, findExport(inspection, fn).place));
  } catch {
    return labelOf(fn, undefined);
  }
}
