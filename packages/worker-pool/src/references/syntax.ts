/** Reading JavaScript with acorn: parsing leniently, finding what stands at a position, looking through wrappers. */
import { createRequire } from "node:module";
import { TaskReferenceError } from "@concurrent-futures/core";
import type { AnyNode, Options, Program } from "acorn";
import { LEAVE_OUT_OF_BUNDLE } from "../worker-entry.js";

/** Loaded when something is to be parsed, which most workers and many programs never need. */
let acorn: typeof import("acorn") | undefined;

/** A function of any form; a method's is the function expression that is its value. */
export type FunctionNode = Extract<
  AnyNode,
  { type: "FunctionDeclaration" | "FunctionExpression" | "ArrowFunctionExpression" }
>;
/** A class, declared or as an expression. */
export type ClassNode = Extract<AnyNode, { type: "ClassDeclaration" | "ClassExpression" }>;

/** Parses a script as it ran. Names that only a module, a function body or a class would allow are let through. */
export function parseScript(source: string, kind: "module" | "script"): Program {
  const options: Options = {
    ecmaVersion: "latest",
    sourceType: kind,
    allowHashBang: true,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: kind === "module",
    allowSuperOutsideMethod: true,
    checkPrivateFields: false,
  };
  acorn ??= loadAcorn();
  return acorn.parse(source, options);
}

/** @throws {TaskReferenceError} it is not there, as where a bundler has put this code into a program of its own */
function loadAcorn(): typeof import("acorn") {
  try {
    // In a worker's bundle this code lies in another package, from where acorn may be out of sight.
    const home = createRequire(import.meta.url).resolve("@concurrent-futures/worker-pool");
    return createRequire(home)("acorn") as typeof import("acorn");
  } catch (cause) {
    const reason = `@concurrent-futures/worker-pool and its parser acorn cannot be found from ${import.meta.url}`;
    throw new TaskReferenceError(`Cannot look into functions: ${reason}. ${LEAVE_OUT_OF_BUNDLE}.`, { cause });
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** The nodes directly below a node, in source order. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) children.push(item);
    } else if (isNode(value)) {
      children.push(value);
    }
  }
  return children;
}

/** Whether a node is a function of any form. */
export function isFunction(node: AnyNode | undefined | null): node is FunctionNode {
  return (
    node?.type === "FunctionDeclaration" ||
    node?.type === "FunctionExpression" ||
    node?.type === "ArrowFunctionExpression"
  );
}

/** Whether a node is a class. */
export function isClass(node: AnyNode | undefined | null): node is ClassNode {
  return node?.type === "ClassDeclaration" || node?.type === "ClassExpression";
}

/**
 * The way from the program down to the innermost function or class around a position; empty when there is none.
 * V8 gives a function's position as that of its parameter list, or of the whole arrow function or class.
 */
export function pathTo(program: Program, offset: number): AnyNode[] {
  const path: AnyNode[] = [];
  let length = 0;
  let node: AnyNode | undefined = program;
  while (node !== undefined) {
    path.push(node);
    if (isFunction(node) || isClass(node)) length = path.length;
    node = childrenOf(node).find((child) => child.start <= offset && offset < child.end);
  }
  return path.slice(0, length);
}

/** The helper by which esbuild (and so tsx) keeps names: `const f = __name(() => {}, "f")`. */
const NAMING_HELPERS = new Set(["__name", "_name", "__setFunctionName"]);

/** What an expression gives once compilers' wrappers that change nothing but the name are taken off. */
export function unwrap(node: AnyNode | null | undefined): AnyNode | undefined {
  if (node?.type === "ParenthesizedExpression") return unwrap(node.expression);
  if (node?.type === "CallExpression" && node.callee.type === "Identifier" && NAMING_HELPERS.has(node.callee.name)) {
    return unwrap(node.arguments[0]);
  }
  return node ?? undefined;
}

/** The name of a property or method when it is written down as such, not computed. */
export function staticKey(node: { computed: boolean; key: AnyNode }): string | undefined {
  if (node.key.type === "Identifier" && !node.computed) return node.key.name;
  if (node.key.type === "Literal") return String(node.key.value);
  return undefined;
}

/** Whether code at the end of a path is strict: in a module, a class, or under a "use strict". */
export function isStrict(path: readonly AnyNode[]): boolean {
  return path.some((node) => {
    if (node.type === "Program") return node.sourceType === "module" || hasStrictDirective(node.body);
    if (isFunction(node)) return node.body.type === "BlockStatement" && hasStrictDirective(node.body.body);
    return isClass(node);
  });
}

/** Whether a list of statements begins with `"use strict"`. */
export function hasStrictDirective(statements: readonly AnyNode[]): boolean {
  for (const statement of statements) {
    if (statement.type !== "ExpressionStatement" || statement.directive === undefined) return false;
    if (statement.directive === "use strict") return true;
  }
  return false;
}
