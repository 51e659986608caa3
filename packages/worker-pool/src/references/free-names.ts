/**
 * What a function uses from around it: free variables, and the words whose meaning comes from where it stands.
 *
 * One walk. Each scope is entered with all its names declared (so hoisting needs no second pass), and a name that no
 * scope up to the function itself declares is free.
 */
import type { AnyNode, Identifier, ImportExpression } from "acorn";
import { type Bindings, bindHoisted, bindingsOf, bindLexical, bindPattern } from "./bindings.js";
import { type ClassNode, childrenOf, type FunctionNode, hasStrictDirective, isClass, isFunction } from "./syntax.js";

/** What a function uses that is not its own. */
export interface Needs {
  /** Free variables in order of first use, each with that use. */
  readonly names: Map<string, Identifier>;
  /** Free variables that are asked for by `typeof` only, which is harmless where they do not exist. */
  readonly typeofOnly: Set<string>;
  /** Private names (`#x`) of a class around the function. */
  readonly privateNames: Set<string>;
  /** Words that mean something of the code around the function: `this`, `arguments`, `super`, `new.target`. */
  readonly outerWords: Set<string>;
  /** Whether the function uses a `this` of its own. */
  ownThis: boolean;
  importMeta: boolean;
  /** Dynamic imports, whose specifiers are relative to the file. */
  readonly imports: ImportExpression[];
}

interface Scope {
  readonly parent: Scope | undefined;
  readonly names: Bindings;
  readonly strict: boolean;
  /** `function` and `field` scopes have a `this` of their own. */
  readonly kind: "function" | "field" | "other";
  readonly privateNames?: ReadonlySet<string>;
}

/** Finds what a function (or any expression) uses from around it. `strict`: whether the code around it is strict. */
export function needsOf(root: AnyNode, strict: boolean): Needs {
  const needs: Needs = {
    names: new Map(),
    typeofOnly: new Set(),
    privateNames: new Set(),
    outerWords: new Set(),
    ownThis: false,
    importMeta: false,
    imports: [],
  };
  new Walk(root, needs).visit(root, open(undefined, "other", strict));
  return needs;
}

function open(
  parent: Scope | undefined,
  kind: Scope["kind"],
  strict: boolean,
  names: Bindings = new Map(),
  privateNames?: ReadonlySet<string>,
): Scope {
  return { parent, kind, strict, names, ...(privateNames && { privateNames }) };
}

class Walk {
  readonly #root: AnyNode;
  readonly #needs: Needs;
  #rootScope: Scope | undefined; // the scope with the root's `this`; undefined for an arrow function

  constructor(root: AnyNode, needs: Needs) {
    this.#root = root;
    this.#needs = needs;
  }

  function(node: FunctionNode, outer: Scope): void {
    const strict = outer.strict || (node.body.type === "BlockStatement" && hasStrictDirective(node.body.body));
    let around = outer;
    if (
      node.type !== "ArrowFunctionExpression" &&
      node.id &&
      (node.type === "FunctionExpression" || node === this.#root)
    ) {
      around = open(around, "other", strict, new Map([[node.id.name, node]]));
    }
    const params = open(around, node.type === "ArrowFunctionExpression" ? "other" : "function", strict);
    if (params.kind === "function") {
      params.names.set("arguments", node);
      if (node === this.#root) this.#rootScope = params;
    }
    for (const param of node.params) bindPattern(param, param, params.names);
    for (const param of node.params) this.visit(param, params);
    if (node.body.type !== "BlockStatement") {
      this.visit(node.body, params);
      return;
    }
    // A scope of its own: what the body declares is not seen by the parameters' defaults.
    const body = open(params, "other", strict);
    bindHoisted(node.body, strict, body.names);
    bindLexical(node.body.body, body.names);
    for (const statement of node.body.body) this.visit(statement, body);
  }

  visit(node: AnyNode, scope: Scope): void {
    switch (node.type) {
      case "Identifier":
        this.#use(node, scope);
        break;
      case "PrivateIdentifier":
        this.#usePrivate(node.name, scope);
        break;
      case "ThisExpression":
        this.#useWord("this", scope);
        break;
      case "Super":
        this.#useWord("super", scope);
        break;
      case "MetaProperty":
        if (node.meta.name === "import") this.#needs.importMeta = true;
        else this.#useWord("new.target", scope);
        break;
      case "UnaryExpression":
        if (node.operator === "typeof" && node.argument.type === "Identifier") this.#use(node.argument, scope, true);
        else this.visit(node.argument, scope);
        break;
      case "MemberExpression":
        this.visit(node.object, scope);
        if (node.computed || node.property.type === "PrivateIdentifier") this.visit(node.property, scope);
        break;
      case "Property":
        if (node.computed) this.visit(node.key, scope);
        this.visit(node.value, scope);
        break;
      case "LabeledStatement":
        this.visit(node.body, scope);
        break;
      case "BreakStatement":
      case "ContinueStatement":
        break;
      case "ImportExpression":
        this.#needs.imports.push(node);
        this.#children(node, scope);
        break;
      case "SwitchStatement": {
        this.visit(node.discriminant, scope);
        const cases = this.#inside(node, scope);
        for (const clause of node.cases) this.#children(clause, cases);
        break;
      }
      case "BlockStatement":
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "CatchClause":
        this.#children(node, this.#inside(node, scope));
        break;
      default:
        if (isFunction(node)) this.function(node, scope);
        else if (isClass(node)) this.#class(node, scope);
        else this.#children(node, scope);
    }
  }

  #children(node: AnyNode, scope: Scope): void {
    for (const child of childrenOf(node)) this.visit(child, scope);
  }

  #inside(node: AnyNode, scope: Scope): Scope {
    return open(scope, "other", scope.strict, bindingsOf(node, scope.strict));
  }

  #class(node: ClassNode, outer: Scope): void {
    const privateNames = new Set<string>();
    for (const member of node.body.body) {
      if (member.type !== "StaticBlock" && member.key.type === "PrivateIdentifier") privateNames.add(member.key.name);
    }
    const scope = open(outer, "other", true, bindingsOf(node, true), privateNames);
    if (node.superClass) this.visit(node.superClass, scope);
    for (const member of node.body.body) {
      if (member.type === "StaticBlock") {
        const block = open(scope, "field", true, bindingsOf(member, true));
        for (const statement of member.body) this.visit(statement, block);
        continue;
      }
      if (member.computed) this.visit(member.key, scope);
      if (member.value) this.visit(member.value, open(scope, "field", true));
    }
  }

  #use(node: Identifier, scope: Scope, byTypeof = false): void {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) if (at.names.has(node.name)) return;
    const { names, typeofOnly } = this.#needs;
    if (node.name === "arguments") this.#needs.outerWords.add("arguments");
    if (!byTypeof) typeofOnly.delete(node.name);
    else if (!names.has(node.name)) typeofOnly.add(node.name);
    if (!names.has(node.name)) names.set(node.name, node);
  }

  #usePrivate(name: string, scope: Scope): void {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) if (at.privateNames?.has(name)) return;
    this.#needs.privateNames.add(name);
  }

  #useWord(word: "this" | "new.target" | "super", scope: Scope): void {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      if (at.kind === "other") continue;
      if (at !== this.#rootScope) return;
      if (word === "this") this.#needs.ownThis = true;
      if (word === "super") this.#needs.outerWords.add("super"); // a method's super is its class's or object's
      return;
    }
    this.#needs.outerWords.add(word);
  }
}
