/**
 * Docstrings as this project writes them, made into what TypeDoc understands.
 *
 *   The summary.
 *
 *   @param options.timeout milliseconds; a line that goes on
 *     is indented
 *   @throws {TypeError|RangeError} at once, for options that are none
 *   Rejects with ...                                   a line after the tags that is not indented is summary again
 *   Semantics: concurrent.futures.wait, Python 3.14.
 *
 * TypeDoc takes the last two for a part of the last tag, and loses what is said of a single option.
 */
import type { Comment, CommentDisplayPart, CommentTag } from "typedoc";

const text = (words: string): CommentDisplayPart => ({ kind: "text", text: words });
const code = (words: string): CommentDisplayPart => ({ kind: "code", text: `\`${words}\`` });

/** Puts each thing that a docstring says where its reader looks for it. */
export function arrangeComment(comment: Comment): void {
  for (const tag of comment.blockTags) {
    const { own, after } = splitTag(tag.content);
    tag.content = own;
    if (after.length > 0) comment.summary.push(text("\n\n"), ...after);
  }
  comment.summary = comment.summary.map(separateSemantics).flatMap(fenceCode);
  joinOptions(comment);
  joinThrows(comment);
}

/** A tag's own lines, and what follows them without indentation. */
function splitTag(content: readonly CommentDisplayPart[]): { own: CommentDisplayPart[]; after: CommentDisplayPart[] } {
  for (const [index, part] of content.entries()) {
    const isLast = index === content.length - 1;
    const at = part.kind === "text" ? part.text.search(isLast ? /\n+(?=\S)/ : /\n+(?=\S|$)/) : -1;
    if (at < 0) continue;
    return {
      own: [...content.slice(0, index), text(part.text.slice(0, at))],
      after: [text(part.text.slice(at).trimStart()), ...content.slice(index + 1)],
    };
  }
  return { own: [...content], after: [] };
}

/** What names the Python function, as a paragraph of its own. */
function separateSemantics(part: CommentDisplayPart): CommentDisplayPart {
  return part.kind === "text" ? text(part.text.replace(/\s*(?<=^|\s)(?=Semantics: )/, "\n\n")) : part;
}

/** Indented code, which TypeDoc takes for prose, as a block of TypeScript. */
function fenceCode(part: CommentDisplayPart): CommentDisplayPart[] {
  if (part.kind !== "text") return [part];
  return part.text
    .split(/(?<=\n\n)((?: {4}.*(?:\n|$))+)/)
    .map((piece) =>
      piece.startsWith("    ")
        ? { kind: "code", text: `\`\`\`ts\n${piece.replaceAll(/^ {4}/gm, "").trimEnd()}\n\`\`\`\n` }
        : text(piece),
    );
}

/** `@param options.timeout ...` as a part of what is said of `options`. */
function joinOptions(comment: Comment): void {
  const owners = new Map<string, CommentTag>();
  comment.blockTags = comment.blockTags.filter((tag) => {
    if (tag.tag !== "@param" || tag.name === undefined) return true;
    const [owner = "", ...path] = tag.name.split(".");
    const said = path.length > 0 ? [code(path.join(".")), text(": "), ...tag.content] : tag.content;
    const known = owners.get(owner);
    if (known) {
      known.content.push(text(". "), ...said);
      return false;
    }
    tag.name = owner;
    tag.content = said;
    owners.set(owner, tag);
    return true;
  });
}

/** All that is thrown under one heading, each with its class. */
function joinThrows(comment: Comment): void {
  const [first, ...others] = comment.blockTags.filter((tag) => tag.tag === "@throws");
  if (first === undefined) return;
  const items = [first, ...others].map((tag) => [...classesOf(tag), ...tag.content]);
  first.content = items.length === 1 ? (items[0] ?? []) : items.flatMap((item) => [text("\n- "), ...item]);
  comment.blockTags = comment.blockTags.filter((tag) => !others.includes(tag));
}

function classesOf({ typeAnnotation = "" }: CommentTag): CommentDisplayPart[] {
  const names = typeAnnotation.split(/[{}|\s]+/).filter(Boolean);
  if (names.length === 0) return [];
  return [...names.flatMap((name, index) => [text(index > 0 ? " or " : ""), code(name)]), text(": ")];
}
