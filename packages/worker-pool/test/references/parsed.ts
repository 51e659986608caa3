/** Reading a piece of source for tests of the syntax-level parts. */
import type { Needs } from "../../dist/references/free-names.js";
import { needsOf } from "../../dist/references/free-names.js";
import { isFunction, isStrict, parseScript, pathTo } from "../../dist/references/syntax.js";

/** What the function that contains `@` in a comment, or else the first expression of the source, needs. */
export function needs(source: string, kind: "module" | "script" = "module"): Needs {
  const program = parseScript(source, kind);
  const mark = source.indexOf("@");
  const path = pathTo(program, mark === -1 ? 1 : mark);
  const node = path.at(-1);
  if (!isFunction(node)) throw new Error(`No function in ${source}`);
  return needsOf(node, isStrict(path));
}
