/** The text of a function with what stands around it: in its script, or alone where the script is not to be had. */
import { TaskReferenceError } from "@concurrent-futures/core";
import type { AnyNode } from "acorn";
import { bindingsOf } from "./bindings.js";
import type { Place } from "./find-export.js";
import { type FunctionNode, isFunction, isStrict, parseScript, unwrap } from "./syntax.js";

/** One function's text. */
export class FunctionText {
  readonly source: string;
  /** The nodes from the program down to the function. */
  readonly path: readonly AnyNode[];
  readonly node: FunctionNode;
  /** Undefined when the text was read alone. */
  readonly place: Place | undefined;

  private constructor(source: string, path: readonly AnyNode[], node: FunctionNode, place: Place | undefined) {
    this.source = source;
    this.path = path;
    this.node = node;
    this.place = place;
  }

  /** The text of a function; undefined when acorn cannot read it. */
  static of(fn: object, place: Place | undefined): FunctionText | undefined {
    return FunctionText.#inScript(fn, place) ?? FunctionText.#alone(fn);
  }

  /** As it stands in its script; undefined when the script's text there is not that of this function. */
  static #inScript(fn: object, place: Place | undefined): FunctionText | undefined {
    const node = place?.path.at(-1);
    if (place === undefined || !isFunction(node)) return undefined;
    const { source } = place.script;
    const own = Function.prototype.toString.call(fn);
    if (!own.endsWith(source.slice(node.start, node.end))) return undefined;
    return new FunctionText(source, place.path, node, place);
  }

  /** By itself, read as a function, then as a method of an object, then as one of a class. */
  static #alone(fn: object): FunctionText | undefined {
    const own = Function.prototype.toString.call(fn);
    const sloppy = Object.hasOwn(fn, "caller"); // V8 gives it to sloppy functions only
    for (const source of [`(${own})`, `({${own}})`, `(class{${own}})`]) {
      try {
        const path: AnyNode[] = [parseScript(source, sloppy ? "script" : "module")];
        for (let node = path[0]; node !== undefined; node = onlyChild(node)) {
          path.push(node);
          if (isFunction(node)) return new FunctionText(source, path.slice(1), node, undefined);
        }
      } catch (error) {
        if (error instanceof TaskReferenceError) throw error; // there is no parser
        // else it is not of this form
      }
    }
    return undefined;
  }

  get strict(): boolean {
    return isStrict(this.path);
  }

  /** Whether it was written as a method, getter or setter. */
  get isMethod(): boolean {
    const holder = this.path.at(-2);
    if (holder?.type === "Property") return holder.method || holder.kind !== "init";
    return holder?.type === "MethodDefinition";
  }

  /** The node that declares a name around the function, as far as its script shows. */
  declarationOf(name: string): AnyNode | undefined {
    for (let depth = this.path.length - 1; depth > 0; depth--) {
      const around = this.path.slice(0, depth);
      const node = around.at(-1);
      const found = node && bindingsOf(node, isStrict(around)).get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Whether a name is that of the constant that holds this very function: `const fact = (n) => … fact(n - 1)`. */
  isSelf(name: string): boolean {
    const declared = this.declarationOf(name);
    if (declared?.type !== "VariableDeclarator" || declared.id.type !== "Identifier") return false;
    const declaration = this.path[this.path.indexOf(declared) - 1];
    const constant = declaration?.type === "VariableDeclaration" && declaration.kind === "const";
    return constant && unwrap(declared.init) === this.node;
  }

  /** The line of a node in the file that people wrote, counted from 1; undefined where that is not known. */
  lineOf(node: AnyNode): number | undefined {
    if (this.place === undefined) return undefined;
    const { line, column } = this.place.script.positionOf(node.start);
    return this.place.script.writtenLine(line, column);
  }
}

function onlyChild(node: AnyNode): AnyNode | undefined {
  switch (node.type) {
    case "Program":
      return node.body[0];
    case "ExpressionStatement":
      return node.expression;
    case "ObjectExpression":
      return node.properties[0];
    case "ClassExpression":
      return node.body;
    case "ClassBody":
      return node.body[0];
    case "Property":
    case "MethodDefinition":
      return node.value;
    default:
      return undefined;
  }
}
