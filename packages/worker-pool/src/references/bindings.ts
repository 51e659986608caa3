/** Which names a piece of code declares, and by which node. */
import type { AnyNode, Pattern } from "acorn";
import { childrenOf, isClass, isFunction } from "./syntax.js";

/** A name and the node that declares it: a function, a class, a declarator, a parameter, an import. */
export type Bindings = Map<string, AnyNode>;

/** Adds the names that a pattern binds: `a`, `{ a, b: [c] }`, `a = 1`, `...rest`. */
export function bindPattern(pattern: Pattern, declaredBy: AnyNode, into: Bindings): void {
  switch (pattern.type) {
    case "Identifier":
      into.set(pattern.name, declaredBy);
      break;
    case "ObjectPattern":
      for (const property of pattern.properties) {
        bindPattern(property.type === "RestElement" ? property.argument : property.value, declaredBy, into);
      }
      break;
    case "ArrayPattern":
      for (const element of pattern.elements) if (element !== null) bindPattern(element, declaredBy, into);
      break;
    case "AssignmentPattern":
      bindPattern(pattern.left, declaredBy, into);
      break;
    case "RestElement":
      bindPattern(pattern.argument, declaredBy, into);
      break;
    default:
      break; // a member expression assigns; it declares nothing
  }
}

function bindDeclarators(statement: AnyNode, into: Bindings): void {
  if (statement.type !== "VariableDeclaration") return;
  for (const declarator of statement.declarations) bindPattern(declarator.id, declarator, into);
}

/** Adds what a list of statements declares for itself: let, const, using, functions, classes, imports. */
export function bindLexical(statements: readonly AnyNode[], into: Bindings): void {
  for (const statement of statements) {
    switch (statement.type) {
      case "VariableDeclaration":
        if (statement.kind !== "var") bindDeclarators(statement, into);
        break;
      case "FunctionDeclaration":
      case "ClassDeclaration":
        if (statement.id !== null) into.set(statement.id.name, statement);
        break;
      case "LabeledStatement":
        bindLexical([statement.body], into);
        break;
      case "ImportDeclaration":
        for (const specifier of statement.specifiers) into.set(specifier.local.name, specifier);
        break;
      case "ExportNamedDeclaration":
      case "ExportDefaultDeclaration":
        if (statement.declaration) bindLexical([statement.declaration], into);
        break;
      default:
        break;
    }
  }
}

/**
 * Adds the names that rise to the surrounding function from anywhere below: `var`, and in sloppy code the functions
 * declared in blocks.
 */
export function bindHoisted(node: AnyNode, strict: boolean, into: Bindings): void {
  for (const child of childrenOf(node)) {
    if (child.type === "FunctionDeclaration") {
      if (!strict && child.id !== null) into.set(child.id.name, child);
    } else if (!isFunction(child) && !isClass(child)) {
      if (child.type === "VariableDeclaration" && child.kind === "var") bindDeclarators(child, into);
      bindHoisted(child, strict, into);
    }
  }
}

/** The names that one declaration declares, `var` included. */
export function declaredBy(declaration: AnyNode): Bindings {
  const bindings: Bindings = new Map();
  bindDeclarators(declaration, bindings);
  bindLexical([declaration], bindings);
  return bindings;
}

/** What the head of a `for` declares for each turn. */
export function bindLoopHead(node: AnyNode, into: Bindings): void {
  if (node.type === "ForStatement" && node.init) bindLexical([node.init], into);
  if (node.type === "ForInStatement" || node.type === "ForOfStatement") bindLexical([node.left], into);
}

/** Everything that a node declares for the code inside it; empty for nodes that open no scope. */
export function bindingsOf(node: AnyNode, strict: boolean): Bindings {
  const bindings: Bindings = new Map();
  if (isFunction(node)) {
    for (const param of node.params) bindPattern(param, param, bindings);
    if (node.body.type === "BlockStatement") bindHoisted(node.body, strict, bindings);
    if (node.type === "FunctionExpression" && node.id) bindings.set(node.id.name, node);
  } else if (node.type === "Program") {
    bindHoisted(node, strict, bindings);
    bindLexical(node.body, bindings);
  } else if (node.type === "StaticBlock") {
    bindHoisted(node, strict, bindings);
    bindLexical(node.body, bindings);
  } else if (node.type === "BlockStatement") {
    bindLexical(node.body, bindings);
  } else if (node.type === "SwitchStatement") {
    for (const clause of node.cases) bindLexical(clause.consequent, bindings);
  } else if (node.type === "CatchClause") {
    if (node.param) bindPattern(node.param, node.param, bindings);
  } else if (isClass(node)) {
    if (node.id) bindings.set(node.id.name, node);
  } else {
    bindLoopHead(node, bindings);
  }
  return bindings;
}
