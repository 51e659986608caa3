/**
 * Finding the export that a function or class is.
 *
 * 1. Where is it written? Its script's exports are compared with it, by identity: an ES module's variables are read
 *    through the function's own scope, so the module need not be imported, nor have finished.
 * 2. Was it made by another function, as by memoize(f)? Then its place says nothing. The functions that it closes over
 *    (f, most likely), then those described before, lead to modules whose exports are compared in the same way.
 */
import type { AnyNode } from "acorn";
import { declaredBy } from "./bindings.js";
import { cachedModule, findInAllModules, pathInExports } from "./commonjs.js";
import type { ClassDescriptor } from "./descriptor.js";
import type { Inspection, Sight } from "./inspection.js";
import { knownMembers, rememberMember } from "./known-modules.js";
import { type Export, moduleBody } from "./module-exports.js";
import { type ParsedScript, parsedScript } from "./parsed-script.js";
import { isClass, isFunction, staticKey, unwrap } from "./syntax.js";
import { isImportable, normalUrl, pathOfUrl } from "./urls.js";
import { findPath } from "./value-path.js";

/** Where a function or class is written, and the nodes from the program down to it. */
export interface Place {
  readonly script: ParsedScript;
  readonly path: readonly AnyNode[];
}

/** What was found: an export, or at least the place. */
export interface Finding {
  readonly exported?: ClassDescriptor;
  readonly place?: Place;
}

const CANDIDATES = 16;

/** Finds the module and the name under which a value is exported, and where it is written. */
export function findExport(inspection: Inspection, value: object): Finding {
  const found = findHere(inspection, value, inspection.look(value));
  const exported = found.exported ?? (isMade(found.place) ? findElsewhere(inspection, value) : undefined);
  return { ...found, ...(exported && { exported }) };
}

/** Step 1: where the value is written, and its export if that is there too. */
export function findHere(inspection: Inspection, value: object, sight: Sight): Finding {
  const place = placeOf(inspection, sight);
  if (place === undefined) return {};
  const { url } = place.script;
  if (isImportable(url) && !url.startsWith("node:")) rememberMember(url, value);
  const exported = exportAt(inspection, sight, value, place);
  return { place, ...(exported && { exported }) };
}

/** Whether a function was made by running another, so that its place says little about who exports it. */
export function isMade(place: Place | undefined): boolean {
  return place === undefined || place.path.length === 0 || isNested(place);
}

/** Whether it is written inside another function; one that a loader has put around the whole module does not count. */
export function isNested({ script, path }: Place): boolean {
  const body = script.program ? moduleBody(script.program) : [];
  const start = body[0]?.start ?? 0;
  return path.slice(0, -1).some((node) => isFunction(node) && node.start > start);
}

function placeOf(inspection: Inspection, sight: Sight): Place | undefined {
  if (sight.location === undefined) return undefined;
  const script = parsedScript(inspection, sight.location.scriptId);
  if (script === undefined) return undefined;
  const path = script.pathAt(sight.location);
  const member = path.at(-2);
  // A class with a constructor of its own is placed at that constructor.
  const isConstructor = member?.type === "MethodDefinition" && member.kind === "constructor";
  return { script, path: isConstructor ? path.slice(0, path.findLastIndex(isClass) + 1) : path };
}

/** The export of the script at `sight` that `value` is. `node` is the value's own, when it is written there. */
function exportAt(
  inspection: Inspection,
  sight: Sight,
  value: object,
  { script, path }: Place,
): ClassDescriptor | undefined {
  const { url } = script;
  if (!isImportable(url) || url.startsWith("node:")) return undefined;
  const module = script.isModule ? undefined : cachedModule(pathOfUrl(url), url);
  const inCache = module && pathInExports(module.exports, value);
  // While a CommonJS module is loading, and where its loader hides it, its text says what it exports in the end.
  const known = inCache !== undefined || module?.loaded;
  const name = known ? inCache : nameInScript(script, readExports(inspection, sight, script), value, path.at(-1));
  return name === undefined ? undefined : { url, name };
}

/** The values of the exported variables of the module that a function is written in, as far as it can see them. */
export function readExports(inspection: Inspection, sight: Sight, script: ParsedScript): Map<string, unknown> {
  const locals = [...new Set(script.exports.flatMap(({ local }) => local ?? []))];
  const scopes = sight.scopes().filter(({ kind }) => kind === (script.isModule ? "module" : "closure"));
  // In CommonJS, and in what test runners make of modules, those are the variables of the outermost function.
  for (const scope of scopes.reverse()) {
    const values = inspection.read(scope, locals);
    if (values.size > 0) return values;
  }
  return new Map();
}

function nameInScript(
  script: ParsedScript,
  values: ReadonlyMap<string, unknown>,
  value: object,
  node: AnyNode | undefined,
): string | undefined {
  const roots = script.exports.flatMap(({ name, local }) =>
    local !== undefined && values.has(local) ? [[name, values.get(local)] as const] : [],
  );
  const path = findPath(roots, value);
  if (path !== undefined) return path;
  // What has no variable (export default <expression>), or one without a value yet, is compared by its text.
  const textual = script.exports.filter(({ local }) => local === undefined || !values.has(local));
  return node && nameByText(script, textual, node, (local) => values.get(local) === value);
}

/** The name of the export whose text contains the node as its value, or as a static method or property of it. */
function nameByText(
  script: ParsedScript,
  exports: readonly Export[],
  node: AnyNode,
  isValueOf: (local: string) => boolean,
): string | undefined {
  for (const { name, local, node: expression } of exports) {
    const exported = local === undefined ? expression : constantOf(script, local);
    const path = exported && nodePath(script, exported, node, isValueOf);
    if (path !== undefined) return `${name}${path}`;
  }
  return undefined;
}

/** What a variable of the module was declared as, if it cannot have changed since. */
function constantOf(script: ParsedScript, local: string): AnyNode | undefined {
  for (const statement of script.program ? moduleBody(script.program) : []) {
    const declaration = "declaration" in statement && statement.declaration ? statement.declaration : statement;
    const declared = declaredBy(declaration).get(local);
    if (declared?.type === "FunctionDeclaration" || declared?.type === "ClassDeclaration") return declared;
    const constant = declaration.type === "VariableDeclaration" && declaration.kind === "const";
    if (declared?.type === "VariableDeclarator") return constant ? unwrap(declared.init) : undefined;
  }
  return undefined;
}

function nodePath(
  script: ParsedScript,
  exported: AnyNode,
  wanted: AnyNode,
  isValueOf: (local: string) => boolean,
): string | undefined {
  if (exported === wanted) return "";
  const members =
    exported.type === "ObjectExpression"
      ? exported.properties.filter((property) => property.type === "Property")
      : isClass(exported)
        ? exported.body.body.filter((member) => member.type !== "StaticBlock" && member.static)
        : [];
  for (const member of members) {
    const key = "key" in member ? staticKey(member) : undefined;
    const value = "value" in member ? unwrap(member.value) : undefined;
    if (key === undefined || value === undefined) continue;
    if (value.type === "Identifier" && (isValueOf(value.name) || constantOf(script, value.name) === wanted)) {
      return `.${key}`;
    }
    const path = value.type === "Identifier" ? undefined : nodePath(script, value, wanted, isValueOf);
    if (path !== undefined) return `.${key}${path}`;
  }
  return undefined;
}

/** Step 2: looks among the exports of the modules that the value's closure, or earlier findings, lead to. */
export function findElsewhere(inspection: Inspection, value: object): ClassDescriptor | undefined {
  const seen = new Set<unknown>([value]);
  const candidates = [...referredBy(inspection, inspection.look(value)), ...knownMembers(CANDIDATES)];
  for (let next = 0; next < candidates.length && seen.size < CANDIDATES; next++) {
    const candidate = candidates[next];
    if (typeof candidate !== "function" || seen.has(candidate)) continue;
    seen.add(candidate);
    const seenThere = inspection.look(candidate);
    const place = placeOf(inspection, seenThere);
    const found = place && exportAt(inspection, seenThere, value, { script: place.script, path: [] });
    if (found) return found;
    candidates.push(...referredBy(inspection, seenThere));
  }
  const found = findInAllModules(value);
  return found && { url: normalUrl(found.key), name: found.path };
}

/** The functions that a function refers to: the target of a bound one or a proxy, and what it closes over. */
function referredBy(inspection: Inspection, sight: Sight): unknown[] {
  const closures = sight.scopes().filter(({ kind }) => kind === "closure");
  return [sight.target(), ...closures.flatMap((scope) => [...inspection.read(scope).values()])];
}
