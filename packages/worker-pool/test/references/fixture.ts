/** Getting at the fixtures, which are plain JavaScript in the source tree so that no compiler changes their form. */

// biome-ignore lint/suspicious/noExplicitAny: fixtures are untyped on purpose
export type Untyped = any;

export function fixtureUrl(name: string): string {
  return new URL(`../../test/fixtures/references/${name}`, import.meta.url).href;
}

export async function importFixture(name: string): Promise<Untyped> {
  return import(fixtureUrl(name));
}
