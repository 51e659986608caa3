/**
 * ReplayGuard: which jobs have run already, so that one that somebody adds again is not run again.
 *
 * A signature does not age: whoever has read a job can write it once more, after its end. So a job carries the session
 * of its submitter and its number there, and a worker keeps a bit for each until the job expires, in memory and in Redis:
 * its own bits stand whatever is written to Redis, those in Redis tell the other workers.
 *
 * G1  A bit is set when the job has ended, not when it starts: one whose worker is lost has to be run again.
 * G2  A job that comes again although it has ended here, because Redis was killed before it had noted the end, gets the
 *     result that it had, as long as that is among the last ones.
 */
import type { JobHeader, Sealed } from "./messages.js";

const PAGE_BITS = 4096;
const KEPT_RESULTS = 1_000;
const KEPT_CHARACTERS = 16 * 2 ** 20;

interface Session {
  expires: number;
  readonly pages: Map<number, Uint8Array>;
}

export class ReplayGuard {
  readonly #sessions = new Map<string, Session>();
  readonly #results = new Map<string, Sealed>(); // in the order in which they came
  #characters = 0;

  /** Whether a job has ended here. */
  has({ session, number }: JobHeader): boolean {
    const page = this.#sessions.get(session)?.pages.get(Math.floor(number / PAGE_BITS));
    const bit = number % PAGE_BITS;
    return page !== undefined && ((page[bit >> 3] as number) & (1 << (bit & 7))) !== 0;
  }

  /** The result of a job that has ended here. */
  resultOf(id: string): Sealed | undefined {
    return this.#results.get(id);
  }

  /** Notes the end of a job. */
  add(id: string, { session, number, expires }: JobHeader, result: Sealed): void {
    const known = this.#sessions.get(session) ?? { expires, pages: new Map() };
    this.#sessions.set(session, known);
    known.expires = Math.max(known.expires, expires);
    const at = Math.floor(number / PAGE_BITS);
    const page = known.pages.get(at) ?? new Uint8Array(PAGE_BITS / 8);
    known.pages.set(at, page);
    const bit = number % PAGE_BITS;
    page[bit >> 3] = (page[bit >> 3] as number) | (1 << (bit & 7));
    this.#results.set(id, result);
    this.#characters += result.p.length;
    this.#trim();
  }

  /** Forgets sessions all of whose jobs have expired. */
  forget(now: number = Date.now()): void {
    for (const [session, { expires }] of this.#sessions) if (expires < now) this.#sessions.delete(session);
  }

  #trim(): void {
    for (const [id, { p }] of this.#results) {
      if (this.#results.size <= KEPT_RESULTS && this.#characters <= KEPT_CHARACTERS) break;
      this.#results.delete(id);
      this.#characters -= p.length;
    }
  }
}
