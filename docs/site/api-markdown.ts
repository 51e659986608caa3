/** Changes to the Markdown of an API page for which TypeDoc's plugin has no option. */

const LINE = 72; // about what fits beside the sidebar

/** Sections that say no more than the signature above them. */
const BARE_TYPE_PARAMETERS = /^#+ Type Parameters\n\n\| Type Parameter \|(?: Default type \|)?\n(?:\|.*\n)+\n/gim;

export function tidyPage(markdown: string): string {
  return markdown
    .replaceAll(BARE_TYPE_PARAMETERS, "")
    .replaceAll(/^ {3}(\S.*?) ?$/gm, "  $1") // parameters, one a line
    .replaceAll(/(?<=^```ts\n).*(?=\n```$)/gm, breakSignature)
    .replaceAll(/^(?:\||- )?[[`(\\].*$|^\| .*$/gm, (line) =>
      line
        .split(/(?<=^- |(?:^| )\| )|(?= \|(?: |$))/)
        .map(joinType)
        .join(""),
    );
}

/** One parameter a line, where all do not fit on one. */
function breakSignature(signature: string): string {
  if (signature.length <= LINE) return signature;
  const cuts: number[] = []; // where the parameters open, their commas, and where they close
  let depth = 0;
  for (const [at, character] of [...signature].entries()) {
    if (character === ">" && signature[at - 1] === "=") continue; // an arrow
    if ("(<[{".includes(character)) {
      if (character === "(" && depth === 0) cuts.push(at);
      depth++;
    } else if (")>]}".includes(character)) {
      depth--;
      if (character === ")" && depth === 0) {
        cuts.push(at);
        break;
      }
    } else if (character === "," && depth === 1 && cuts.length > 0) cuts.push(at);
  }
  const parameters = cuts.slice(1).map((end, index) => `\n  ${signature.slice((cuts[index] ?? 0) + 1, end).trim()}`);
  if (parameters.length === 0 || parameters[0]?.trim() === "") return signature;
  return `${signature.slice(0, (cuts[0] ?? 0) + 1)}${parameters.join(",")}\n${signature.slice(cuts.at(-1))}`;
}

const PIECE = /\[`[^`]+`\]\([^)\s]+\)|`[^`]+`/g;
const BETWEEN = /^(?:\s|\\|[<>|&()[\]{},:?=*."-]|extends|readonly|keyof|typeof|infer|is|new|asserts|unique|in)*$/;

/** Types come as `Future`\<`T`\>, each word as code by itself: joins them to one piece of code. */
function joinType(words: string): string {
  const rest = words.replaceAll(PIECE, "");
  if (!words.includes("`") || !BETWEEN.test(rest) || !/[<>|&([=:]/.test(rest)) return words;
  const plain = words.replaceAll(/`([^`]+)`/g, (_, code: string) => code.replaceAll(/(?<!\\)[*_{}[\]<>]/g, "\\$&"));
  return `<code>${plain.replace(/^\\\| /, "")}</code>`;
}
