/** What SVG needs besides its shapes: colours for light and dark pages, and a title for those who cannot see it. */

/** Colours on a light page, each used for one thing only: that is how a dark page finds them. */
export const INK = {
  paper: "#ffffff",
  text: "#1f2328",
  muted: "#59636e",
  line: "#b7bfc8",
  ours: "#0969da",
  peer: "#a8b3bf",
  limit: "#bc4c00",
} as const;

const DARK: Record<keyof typeof INK, string> = {
  paper: "#0d1117",
  text: "#f0f6fc",
  muted: "#9198a1",
  line: "#4d5661",
  ours: "#4493f8",
  peer: "#59626d",
  limit: "#f0883e",
};

/** Makes the drawing of the chart library a picture that stands alone. The same drawing gives the same bytes. */
export function dress(svg: string, title: string): string {
  const drawing = svg
    .replace(/<style\b[^>]*>.*?<\/style>\n?/gs, "") // hover effects
    .replace(/ (?:ecmeta_\w+|class|pointer-events)="[^"]*"/g, "") // for scripts; numbered anew in each run
    .replaceAll('dominant-baseline="central"', 'dy="0.35em"') // which not every renderer knows
    .replace(/ (?:xmlns:xlink|version|baseProfile|xml:space)="[^"]*"/g, "");
  const end = drawing.indexOf(">");
  return `${drawing.slice(0, end)} role="img" aria-labelledby="title">
<title id="title">${escapeXml(title)}</title>
<style>
@media (prefers-color-scheme: dark) {
${darkRules()}
}
</style>${drawing.slice(end + 1).trimEnd()}
`;
}

function darkRules(): string {
  return Object.entries(INK)
    .flatMap(([name, light]) =>
      ["fill", "stroke"].map((paint) => `[${paint}="${light}"] { ${paint}: ${DARK[name as keyof typeof INK]}; }`),
    )
    .join("\n");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
