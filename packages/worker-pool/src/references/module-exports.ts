/** Under which names a module exports what, read from its text: ES modules, and CommonJS in its usual forms. */
import type { AnyNode, Program } from "acorn";
import { declaredBy } from "./bindings.js";
import { childrenOf, isFunction, staticKey, unwrap } from "./syntax.js";

/** One export: its name, and the local variable or the expression that is exported. */
export interface Export {
  readonly name: string;
  /** The variable of the module that is exported; undefined for an expression. */
  readonly local?: string;
  /** The expression, function or class that is exported. */
  readonly node?: AnyNode;
}

function exportOf(name: string, value: AnyNode | undefined): Export | undefined {
  if (value === undefined) return undefined;
  return value.type === "Identifier" ? { name, local: value.name } : { name, node: value };
}

/** What an ES module exports of its own (not what it passes on from other modules). */
export function esExports(program: Program): Export[] {
  const exports: Export[] = [];
  for (const statement of program.body) {
    if (statement.type === "ExportDefaultDeclaration") {
      const { declaration } = statement;
      const declares = declaration.type === "FunctionDeclaration" || declaration.type === "ClassDeclaration";
      if (declares && declaration.id) exports.push({ name: "default", local: declaration.id.name });
      else add(exportOf("default", unwrap(declaration)), exports);
    } else if (statement.type === "ExportNamedDeclaration" && !statement.source) {
      if (statement.declaration) {
        for (const name of declaredBy(statement.declaration).keys()) exports.push({ name, local: name });
      }
      for (const { local, exported } of statement.specifiers) {
        const name = exported.type === "Identifier" ? exported.name : String(exported.value);
        if (local.type === "Identifier") exports.push({ name, local: local.name });
      }
    }
  }
  return exports;
}

/**
 * What a CommonJS module exports, as far as its text says: `module.exports = f`, `module.exports = { f, g: h }`,
 * `exports.f = f`, and the getters that compilers write. Asked only while the module has not finished loading or where
 * its `module.exports` is out of reach (loaders that keep modules to themselves).
 */
export function commonJsExports(program: Program): Export[] {
  const exports: Export[] = [];
  for (const statement of moduleBody(program)) readStatement(statement, exports);
  return exports;
}

/** The statements of a module, also when a loader has put a function around them. */
export function moduleBody(program: Program): readonly AnyNode[] {
  let body: readonly AnyNode[] = program.body;
  for (;;) {
    const last = body.findLast((statement) => statement.type !== "EmptyStatement");
    const block = last?.type === "BlockStatement" && body.length === 1 ? last.body : undefined;
    const wrapper = last?.type === "ExpressionStatement" ? wrapperIn(last.expression) : block;
    if (wrapper === undefined) return body;
    body = wrapper;
  }
}

function wrapperIn(expression: AnyNode): readonly AnyNode[] | undefined {
  if (isFunction(expression) && expression.body.type === "BlockStatement") return expression.body.body;
  if (expression.type === "CallExpression" && expression.arguments.length === 0) return wrapperIn(expression.callee);
  if (expression.type === "ObjectExpression" && expression.properties.length === 1) {
    const [only] = expression.properties;
    return only?.type === "Property" ? wrapperIn(only.value) : undefined;
  }
  return undefined;
}

function readStatement(statement: AnyNode, into: Export[]): void {
  if (statement.type !== "ExpressionStatement") return;
  const { expression } = statement;
  if (expression.type === "AssignmentExpression") readAssignment(expression, into);
  if (expression.type === "CallExpression") readDefinition(expression.arguments, into);
}

function readAssignment(assignment: Extract<AnyNode, { type: "AssignmentExpression" }>, into: Export[]): void {
  const value = unwrap(assignment.right);
  let end = value;
  while (end?.type === "AssignmentExpression") end = unwrap(end.right); // exports.a = exports.b = f
  const target = assignment.left;
  if (isExportsObject(target)) {
    if (end?.type === "ObjectExpression") readObject(end, into);
    else add(exportOf("default", end), into);
  } else if (target.type === "MemberExpression" && isExportsObject(target.object)) {
    const name = staticKey({ computed: target.computed, key: target.property });
    if (name !== undefined) add(exportOf(name, end), into);
  }
  if (value?.type === "AssignmentExpression") readAssignment(value, into);
}

function readObject(object: Extract<AnyNode, { type: "ObjectExpression" }>, into: Export[]): void {
  for (const property of object.properties) {
    if (property.type !== "Property") continue;
    const name = staticKey(property);
    if (name !== undefined) add(exportOf(name, unwrap(property.value)), into);
  }
}

/**
 * `Object.defineProperty(exports, "f", { get: () => f })`, esbuild's `__export(target, { f: () => f })`, and Vite's
 * `__vite_ssr_exportName__("f", () => f)`.
 */
function readDefinition(args: readonly AnyNode[], into: Export[]): void {
  const [target, second, third] = args;
  if (target?.type === "Literal" && second !== undefined) add(exportOf(String(target.value), returned(second)), into);
  if (target?.type !== "Identifier") return;
  if (second?.type === "Literal" && third?.type === "ObjectExpression") {
    for (const property of third.properties) {
      if (property.type !== "Property") continue;
      const key = staticKey(property);
      if (key === "get") add(exportOf(String(second.value), returned(property.value)), into);
      if (key === "value") add(exportOf(String(second.value), unwrap(property.value)), into);
    }
  } else if (second?.type === "ObjectExpression" && third === undefined) {
    for (const property of second.properties) {
      if (property.type !== "Property") continue;
      const name = staticKey(property);
      if (name !== undefined) add(exportOf(name, returned(property.value)), into);
    }
  }
}

/** What a getter gives: the expression of an arrow function, or that of the one `return` of a function. */
function returned(getter: AnyNode): AnyNode | undefined {
  if (!isFunction(getter)) return undefined;
  if (getter.body.type !== "BlockStatement") return getter.body;
  const [first] = childrenOf(getter.body);
  const statement = first?.type === "TryStatement" ? first.block.body[0] : first;
  return statement?.type === "ReturnStatement" ? (statement.argument ?? undefined) : undefined;
}

function isExportsObject(node: AnyNode): boolean {
  if (node.type === "Identifier") return node.name === "exports";
  return (
    node.type === "MemberExpression" &&
    node.object.type === "Identifier" &&
    node.object.name === "module" &&
    staticKey({ computed: node.computed, key: node.property }) === "exports"
  );
}

function add(found: Export | undefined, into: Export[]): void {
  if (found !== undefined) into.push(found);
}
