import { describe, expect, test } from "@jest/globals";
import { commonJsExports, type Export, esExports } from "../../dist/references/module-exports.js";
import { parseScript } from "../../dist/references/syntax.js";

/** Exports in short: `name=local`, or `name:NodeType` for an expression. */
function short(exports: Export[]): string {
  return exports.map(({ name, local, node }) => (local ? `${name}=${local}` : `${name}:${node?.type}`)).join(" ");
}

describe("exports of ES modules", () => {
  test.each([
    ["export function f() {} export async function* g() {} export class A {}", "f=f g=g A=A"],
    ["export const a = 1, { b, c: [d] } = e; export let x; export var y;", "a=a b=b d=d x=x y=y"],
    ["const f = 1; export { f, f as g, f as default, f as 'a b' };", "f=f g=f default=f a b=f"],
    ["export default function f() {}", "default=f"],
    ["export default class A {}", "default=A"],
    ["export default function () {}", "default:FunctionDeclaration"],
    ["export default class {}", "default:ClassDeclaration"],
    ["export default (x) => x", "default:ArrowFunctionExpression"],
    ["const f = 1; export default f;", "default=f"],
    ["export default __name((x) => x, 'default');", "default:ArrowFunctionExpression"],
    ["export default { f() {} };", "default:ObjectExpression"],
    ["export { a } from 'b'; export * from 'c'; export * as d from 'e'; import f from 'g'; export { f };", "f=f"],
    ["const f = 1", ""],
  ])("%s", (source, expected) => expect(short(esExports(parseScript(source, "module")))).toBe(expected));
});

describe("exports of CommonJS modules", () => {
  test.each([
    ["module.exports = f;", "default=f"],
    ["module['exports'] = () => 1;", "default:ArrowFunctionExpression"],
    ["exports = module.exports = f;", "default=f default=f"],
    ["module.exports = { f, g: h, i() {}, 'j': k, [l]: m, ...n };", "f=f g=h i:FunctionExpression j=k"],
    ["exports.f = f; module.exports.g = function () {};", "f=f g:FunctionExpression"],
    ["exports.a = exports.b = f;", "a=f b=f"],
    ["exports['a-b'] = f;", "a-b=f"],
    ["Object.defineProperty(exports, 'f', { enumerable: true, get: function () { return f; } });", "f=f"],
    ["Object.defineProperty(exports, 'f', { get: () => x });", "f=x"],
    ["__export(lib_exports, { f: () => f, g: () => h }); module.exports = __toCommonJS(lib_exports);", "f=f g=h"],
    ["exports.f = __name(async (s) => s, 'f');", "f:ArrowFunctionExpression"],
    ["other.f = f; exports[f] = g; exports.f.g = h;", ""],
    ["({'Object.<anonymous>': function (module, exports) { exports.f = f; }})", "f=f"],
    ["'use strict'; async () => {{ __vite_ssr_exportName__('f', () => { try { return g } catch {} }); }}", "f=g"],
    ["__filename = 'x'; (() => { exports.f = f; })();", "f=f"],
  ])("%s", (source, expected) => {
    const found = commonJsExports(parseScript(source, "script")).filter(({ node }) => node?.type !== "CallExpression");
    expect(short(found)).toBe(expected);
  });
});
