import type { Create } from "@concurrent-futures/testkit";

/** An executor that breaks one clause. */
export interface Saboteur {
  /** What is wrong with it. */
  readonly does: string;
  readonly create: Create;
  /** Whether the clause can only notice by waiting in vain. */
  readonly hangs?: boolean;
}

export type Saboteurs = Readonly<Record<string, Saboteur>>;
