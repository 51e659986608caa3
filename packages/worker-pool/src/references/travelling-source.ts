/**
 * Sending a function as its source. That is right only if it uses nothing from around it, except what every worker
 * has, what `inline` names, what compilers add, and itself.
 */
import { standIns } from "./compiler-helpers.js";
import type { TaskDescriptor } from "./descriptor.js";
import type { Place } from "./find-export.js";
import { type Needs, needsOf } from "./free-names.js";
import { FunctionText } from "./function-text.js";
import { knownGlobals } from "./known-globals.js";
import { exportAdvice, labelOf, listed, nameOf, refusal } from "./refusals.js";

/** The name under which a travelling source imports, of the same length as the word that it replaces. */
export const IMPORT = "impor$";

/** A function that is not sent by reference: what is known of it, and why. */
export interface Unreferenced {
  /** Written in JavaScript, and no class. */
  readonly fn: object;
  /** Where it is written, if that was found. */
  readonly place: Place | undefined;
  /** Why it is not sent by reference, as `it is not exported`. */
  readonly reason: string;
  /** What would make it one that is; default: how to export it. */
  readonly advice?: string;
  /** Values that are sent along, by the names that the function uses for them. */
  readonly captures: Readonly<Record<string, unknown>>;
}

/**
 * Describes a function by its source.
 *
 * @throws {TaskReferenceError} it uses something that would be missing in a worker
 */
export function describeBySource(task: Unreferenced): TaskDescriptor {
  const { fn, place, captures } = task;
  const label = labelOf(fn, place);
  const text = FunctionText.of(fn, place);
  if (text === undefined) throw refusal(label, `${task.reason}, and its source cannot be read`, adviceFor(task));

  const needs = needsOf(text.node, text.strict);
  const missing = missingNames(text, needs).filter((name) => !Object.hasOwn(captures, name));
  const self = missing.find((name) => text.isSelf(name));
  const words = wordsOf(text, needs, missing);
  const around = missing.filter((name) => name !== self && !words.includes(name));
  const { code, rest } = standIns(around, text.place?.script);
  if (rest.length > 0 || words.length > 0) throw cannotTravel(task, text, rest, words);

  const [before, after] = frame(text, nameOf(fn), self);
  const head = `${text.strict ? '"use strict";' : ""}${code}${before}`;
  return {
    kind: "source",
    source: `${head}${functionText(text, needs)}${after}`,
    label,
    ...(Object.keys(captures).length > 0 && { captures }),
    ...(text.place?.script.url && { origin: originOf(text.place, text.node.start, head.length) }),
  };
}

/** The names that a worker would miss. `typeof x` misses nothing where there is no x to begin with. */
function missingNames(text: FunctionText, needs: Needs): string[] {
  const names = [...needs.names.keys()];
  return names.filter((name) => {
    const harmless = knownGlobals.has(name) || needs.typeofOnly.has(name);
    return !harmless || text.declarationOf(name) !== undefined;
  });
}

/** What a CommonJS module has for itself, and no value could replace. */
const COMMONJS = new Set(["require", "module", "exports", "__filename", "__dirname"]);

/** Words whose meaning comes from where the function stands. */
function wordsOf(text: FunctionText, needs: Needs, missing: readonly string[]): string[] {
  const words: string[] = [...needs.outerWords, ...[...needs.privateNames].map((name) => `#${name}`)];
  words.push(...missing.filter((name) => COMMONJS.has(name) && text.declarationOf(name) === undefined));
  if (needs.importMeta) words.push("import.meta");
  if (text.isMethod && needs.ownThis) words.push("this");
  return words;
}

function cannotTravel(task: Unreferenced, text: FunctionText, names: readonly string[], words: readonly string[]) {
  const uses: string[] = [];
  if (names.length > 0) {
    const lines = new Map(names.map((name) => [name, lineOfDeclaration(text, name)]));
    uses.push(`it uses ${listed(lines)} from around it`);
  }
  if (words.length > 0) {
    uses.push(`it uses ${listed(words.map((word) => [word]))}, which would mean nothing there`);
  }
  const advice =
    text.isMethod && words.length > 0 ? "Export a function that calls it, and submit that" : adviceFor(task);
  const name = /^[\w$]+$/.test(nameOf(task.fn)) ? nameOf(task.fn) : "fn";
  const captures = `inline(${name}, { captures: { ${[...Object.keys(task.captures), ...names].join(", ")} } })`;
  const remedy =
    names.length === 0 || words.length > 0
      ? advice
      : `${advice}, or pass what it uses as arguments, or send that along: ${captures}`;
  return refusal(labelOf(task.fn, task.place), [task.reason, ...uses].join(", and "), remedy);
}

function adviceFor({ advice, place }: Unreferenced): string {
  return advice ?? exportAdvice(place);
}

function lineOfDeclaration(text: FunctionText, name: string): string | undefined {
  const node = text.declarationOf(name);
  const line = node && text.lineOf(node);
  return line === undefined ? undefined : `line ${line}`;
}

/** What goes before and after the function's text, so that the whole returns the function under its name. */
function frame(text: FunctionText, name: string, self: string | undefined): [string, string] {
  const { node } = text;
  const key = JSON.stringify(name);
  if (text.isMethod) {
    // A method is not bound to its name, so it stays one: in fetch(url) { return fetch(url); } the global is meant.
    const kind = `${node.async ? "async " : ""}${node.generator ? "*" : ""}`;
    return [`return ({${kind}${key}`, `})[${key}]`];
  }
  if (self !== undefined) return [`const ${self} = (`, `);return ${self}`];
  const isNamed = node.type !== "ArrowFunctionExpression" && node.id;
  return isNamed || name === "" ? ["return (", ")"] : [`return ({${key}:(`, `)})[${key}]`];
}

/** The text with `import(…)` turned into the loader's own, which resolves from the file that the text comes from. */
function functionText({ source, node }: FunctionText, needs: Needs): string {
  let text = source.slice(node.start, node.end);
  for (const { start } of needs.imports) {
    const at = start - node.start;
    text = `${text.slice(0, at)}${IMPORT}${text.slice(at + IMPORT.length)}`;
  }
  return text;
}

/** Where the source would begin in the file, if the function's text is to stand where it stands there. */
function originOf({ script }: Place, offset: number, headLength: number) {
  const { line, column } = script.positionOf(offset);
  return { url: script.url, line, column: Math.max(0, column - headLength) };
}
