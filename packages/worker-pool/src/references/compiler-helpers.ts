/**
 * Functions that compilers put around, which sources that travel use without their author knowing.
 *
 * esbuild (and so tsx) calls `__name` to keep functions' names; Istanbul counts coverage in `cov_…()`; TypeScript and
 * esbuild rewrite newer syntax into calls of `var __awaiter = …` and the like, at the top of the file. Stand-ins go
 * along for the first two, the helper's own text for the rest.
 */
import type { AnyNode } from "acorn";
import { declaredBy } from "./bindings.js";
import { needsOf } from "./free-names.js";
import { knownGlobals } from "./known-globals.js";
import type { ParsedScript } from "./parsed-script.js";

const NAME = `const __name = (fn, value) => Object.defineProperty(fn, "name", { value, configurable: true });`;

/** A counter that answers everything and keeps nothing: `cov_1x2y().s[3]++`. */
const counter = (name: string) =>
  `const ${name} = (() => { const sink = new Proxy(() => sink, { set: () => true, ` +
  `get: (_, key) => (key === Symbol.toPrimitive ? () => 0 : sink) }); return sink; })();`;

/** The statements that give a travelling source these helpers, and the names that are none. */
export function standIns(
  names: Iterable<string>,
  script: ParsedScript | undefined,
): { readonly code: string; readonly rest: string[] } {
  const code = new Map<string, string>();
  const rest: string[] = [];
  for (const name of names) {
    const found = helper(name, script, code);
    if (!found) rest.push(name);
  }
  return { code: [...code.values()].join(""), rest };
}

/** Adds a helper and what it needs itself; false when the name is no compiler's helper. */
function helper(name: string, script: ParsedScript | undefined, code: Map<string, string>): boolean {
  if (code.has(name)) return true;
  if (name === "__name") code.set(name, NAME);
  else if (/^cov_[0-9a-z]{6,}$/.test(name)) code.set(name, counter(name));
  else return ownText(name, script, code);
  return true;
}

/** `var __helper = <expression>` at the top of the script, if all it uses are globals and other helpers. */
function ownText(name: string, script: ParsedScript | undefined, code: Map<string, string>): boolean {
  if (!name.startsWith("__") || script?.program === undefined) return false;
  const initial = initialValue(script.program.body, name);
  if (initial === undefined) return false;
  const needs = needsOf(initial, script.isModule);
  if (needs.importMeta || needs.privateNames.size > 0) return false;
  const added = new Map(code).set(name, "");
  for (const needed of needs.names.keys()) {
    if (!knownGlobals.has(needed) && !helper(needed, script, added)) return false;
  }
  added.delete(name); // behind what it needs
  added.set(name, `var ${name} = ${script.source.slice(initial.start, initial.end)};`);
  for (const [key, text] of added) code.set(key, text);
  return true;
}

function initialValue(statements: readonly AnyNode[], name: string): AnyNode | undefined {
  for (const statement of statements) {
    if (statement.type !== "VariableDeclaration" || statement.kind !== "var") continue;
    const declared = declaredBy(statement).get(name);
    if (declared?.type === "VariableDeclarator") return declared.init ?? undefined;
  }
  return undefined;
}
