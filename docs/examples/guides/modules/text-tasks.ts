/** Tasks of a module that only workers load. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}
