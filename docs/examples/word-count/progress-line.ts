/** Shows how far a run is: one line that is written over on a terminal, a line at each quarter elsewhere. */
export class ProgressLine {
  readonly #title: string;
  readonly #total: number;
  #reached = 0;
  #shownQuarter = 0;

  constructor(title: string, total: number) {
    this.#title = title;
    this.#total = total;
  }

  add(amount: number): void {
    this.#reached += amount;
    const percent = Math.floor((100 * this.#reached) / this.#total);
    const line = `${this.#title.padEnd(12)} ${String(percent).padStart(3)} %`;
    if (process.stdout.isTTY) {
      const filled = Math.floor(percent / 4);
      process.stdout.write(`\r${line} ${"█".repeat(filled)}${"░".repeat(25 - filled)}`);
    } else if (Math.floor(percent / 25) > this.#shownQuarter) {
      this.#shownQuarter = Math.floor(percent / 25);
      console.log(line);
    }
  }

  end(): void {
    if (process.stdout.isTTY) process.stdout.write("\r\u001B[K");
  }
}
