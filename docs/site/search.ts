/**
 * The words of the search index. VitePress sends this function to the browser as text, so it uses nothing from outside.
 *
 * `asCompleted` is found by `completed` and by Python's `as_completed`, too; Chinese by any two characters that follow
 * one another, as it has no spaces.
 */
export function searchTerms(text: string): string[] {
  const words = text.split(/[\n\r\p{Z}\p{P}\p{S}]+/u).filter(Boolean);
  return words.flatMap((word) => {
    const chinese = word.match(/\p{Script=Han}+/gu);
    if (chinese) {
      const others = word.split(/\p{Script=Han}+/u).filter(Boolean);
      const pairs = chinese.flatMap((run) => {
        const characters = [...run];
        if (characters.length === 1) return characters;
        return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
      });
      return [...pairs, ...others];
    }
    const parts = word.split(/(?<=[a-z\d])(?=[A-Z])/);
    return parts.length > 1 ? [word, ...parts] : [word];
  });
}
