/** What is said when a function cannot be sent to a worker: which one, where it is, why, and what to do. */
import { TaskReferenceError } from "@concurrent-futures/core";
import { isNested, type Place } from "./find-export.js";
import { displayUrl, isImportable } from "./urls.js";

/** A function's name and place in words: `"parse" (/app/tasks.js:12)`. */
export function labelOf(fn: unknown, place: Place | undefined): string {
  const name = nameOf(fn);
  const label = name === "" ? "an anonymous function" : `"${name}"`;
  const node = place?.path.at(-1);
  if (place === undefined || node === undefined) return label;
  const { line, column } = place.script.positionOf(node.start);
  const url = displayUrl(place.script.url) || "evaluated code";
  return `${label} (${url}:${place.script.writtenLine(line, column)})`;
}

/** A function's own name; a static `name` method, or a getter that throws, does not disturb. */
export function nameOf(fn: unknown): string {
  try {
    const { name } = fn as { name?: unknown };
    return typeof name === "string" ? name : "";
  } catch {
    return "";
  }
}

/** The error for a task that cannot be sent. */
export function refusal(label: string, reason: string, remedy: string, cause?: unknown): TaskReferenceError {
  const options = cause === undefined ? undefined : { cause };
  return new TaskReferenceError(`Cannot send ${label} to a worker: ${reason}. ${remedy}.`, options);
}

/** How the function written there can be made one that workers find. */
export function exportAdvice(place: Place | undefined): string {
  const inFile = place !== undefined && isImportable(place.script.url);
  if (!inFile) return "Put it into a module that exports it";
  if (!isNested(place)) {
    return "Export it from its module (if a bundler put it here: from the entry, as a bundle exports nothing else)";
  }
  return 'Export it from the top level of its module (if that was done: say where, with task(url, "name", fn))';
}

/** Names in a sentence, each with a remark: `a` (line 3), `b` and `c`. */
export function listed(names: Iterable<readonly [name: string, remark?: string | undefined]>): string {
  const quoted = [...names].map(([name, remark]) => `\`${name}\`${remark === undefined ? "" : ` (${remark})`}`);
  const last = quoted.pop() ?? "";
  return quoted.length === 0 ? last : `${quoted.join(", ")} and ${last}`;
}
