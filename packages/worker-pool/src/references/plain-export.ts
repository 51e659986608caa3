/**
 * The quick way to the export that a function or class is: for `export function f`, `export class C`,
 * `export const f = ...` and `export default ...` in a file that runs as it is on disk, as most tasks are.
 *
 * What V8 says of the value, where it is written and its text, is held against the file, and the module's variable
 * against the value. What is not that plain is left to find-export.ts, which needs acorn and the Debugger domain. For the
 * first function of a small program they take 35 ms; this takes 3, or 18 where the Debugger has to be asked for the URL.
 */
import { readFileSync } from "node:fs";
import type { ClassDescriptor } from "./descriptor.js";
import type { Inspection, Location, Sight } from "./inspection.js";
import { rememberMember } from "./known-modules.js";
import { isImportable, normalUrl, pathOfUrl } from "./urls.js";

/** What stands before a declaration or an expression that is exported: nothing but an export can end so there. */
const EXPORT = /(?:^|[\s;}])export[ \t]+$/;
const EXPORT_DEFAULT = /(?:^|[\s;}])export[ \t]+default[ \t]+$/;
const EXPORT_VARIABLE = /(?:^|[\s;}])export[ \t]+(?:const|let|var)[ \t]+([\w$]+)[ \t]*=[ \t]*$/;
/** How a declaration begins. */
const DECLARED = /^(?:(?:async[ \t]+)?function[ \t]*\*?[ \t]*|class[ \t]+)(?!extends\b)([\w$]+)/;
/** More than an export needs before what it exports. */
const BEFORE = 200;

/** The export that a value plainly is; undefined when it takes a closer look. */
export function plainExport(inspection: Inspection, value: object, sight: Sight): ClassDescriptor | undefined {
  const { location } = sight;
  const scope = sight.scopes().find(({ kind }) => kind === "module");
  if (location === undefined || scope === undefined) return undefined;
  const url = normalUrl(inspection.urlOf(location.scriptId) ?? "");
  const file = isImportable(url) ? pathOfUrl(url) : undefined;
  if (file === undefined) return undefined;
  const text = Function.prototype.toString.call(value);
  const before = textBefore(file, location, text);
  const found = before === undefined ? undefined : exportedBy(before, text);
  if (found === undefined) return undefined;
  const { name, local } = found;
  if (local !== undefined && inspection.read(scope, [local]).get(local) !== value) return undefined;
  rememberMember(url, value);
  return { url, name };
}

function exportedBy(before: string, text: string): { name: string; local: string | undefined } | undefined {
  const declared = DECLARED.exec(text)?.[1];
  if (EXPORT_DEFAULT.test(before)) return { name: "default", local: declared };
  const name = EXPORT.test(before) ? declared : EXPORT_VARIABLE.exec(before)?.[1];
  return name === undefined ? undefined : { name, local: name };
}

/** What the file has before the text, if it has that text at that place. */
function textBefore(file: string, { line, column }: Location, text: string): string | undefined {
  const source = read(file);
  const at = source === undefined ? -1 : startOfLine(source, line) + column;
  // V8's place of a function is within its text: the parameters of a declaration, the constructor of a class.
  const start = source === undefined || at < 0 ? -1 : source.lastIndexOf(text, at);
  return source === undefined || start === -1 || at >= start + text.length
    ? undefined
    : source.slice(Math.max(0, start - BEFORE), start);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // gone, or never a file
  }
}

function startOfLine(source: string, line: number): number {
  if (line === 0) return 0;
  let count = 0;
  for (const end of source.matchAll(/\r\n?|[\n\u2028\u2029]/g)) {
    count += 1;
    if (count === line) return end.index + end[0].length;
  }
  return Number.NEGATIVE_INFINITY;
}
