/**
 * What is held, until the guard is disposed of: `using guard = await lock.acquire();`
 */
export class Guard implements Disposable {
  /** Whether the last holder died while it held this: what it protects may be half-changed. */
  readonly abandoned: boolean;
  #give: ((acquisition: number) => void) | undefined;
  readonly #acquisition: number;

  /** @param give gives it back; called once, with `acquisition`, so that it need not be made anew for each guard */
  constructor(give: (acquisition: number) => void, abandoned: boolean, acquisition = 0) {
    this.#give = give;
    this.abandoned = abandoned;
    this.#acquisition = acquisition;
  }

  /** Gives it back. Harmless when that was done already. */
  release(): void {
    const give = this.#give;
    this.#give = undefined;
    give?.(this.#acquisition);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
