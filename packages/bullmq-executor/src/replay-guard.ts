/**
 * ReplayGuard: which jobs have run already, so that one that somebody adds again is not run again.
 *
 * A signature does not age: whoever has read a job can write it once more, after its end. So a job carries the session
 * of its submitter and its number there, and every worker keeps a bit for each until the job expires. It hears of those
 * that ended elsewhere through the control stream, signed; and of those that ended before it heard of the session, from a
 * bitmap in Redis, once. No job waits for Redis to be asked, and no write to Redis takes a bit back.
 *
 * G1  A bit is set when the job has ended, not when it starts: one whose worker is lost has to be run again.
 * G2  A job that comes again although it has ended here, because Redis was killed before it had noted the end, gets the
 *     result that it had, as long as that is among the last ones.
 */
import type { JobHeader, Sealed } from "./messages.js";

const PAGE_BITS = 4096;
const PAGE_BYTES = PAGE_BITS / 8;
const KEPT_RESULTS = 1_000;
const KEPT_CHARACTERS = 16 * 2 ** 20;

interface Session {
  expires: number;
  readonly pages: Map<number, Uint8Array>;
}

/** A job of a session. */
export type Numbered = Pick<JobHeader, "session" | "number" | "expires">;

export class ReplayGuard {
  readonly #sessions = new Map<string, Session>();
  readonly #results = new Map<string, Sealed>(); // in the order in which they came
  #characters = 0;

  /** Whether anything is known of a session. */
  knows(session: string): boolean {
    return this.#sessions.has(session);
  }

  /** Takes over the bitmap of a session that is new here. */
  load({ session, expires }: Numbered, bitmap: Uint8Array): void {
    const { pages } = this.#session(session, expires);
    for (let page = 0; page * PAGE_BYTES < bitmap.length; page++) {
      const known = pageOf(pages, page);
      bitmap.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES).forEach((byte, at) => {
        known[at] = (known[at] as number) | byte;
      });
    }
  }

  /** Whether a job has ended. */
  has({ session, number }: Numbered): boolean {
    const page = this.#sessions.get(session)?.pages.get(Math.floor(number / PAGE_BITS));
    const bit = number % PAGE_BITS;
    return page !== undefined && ((page[bit >> 3] as number) & (0x80 >> (bit & 7))) !== 0;
  }

  /** The result of a job that has ended here. */
  resultOf(id: string): Sealed | undefined {
    return this.#results.get(id);
  }

  /** Notes the end of a job. */
  add({ session, number, expires }: Numbered): void {
    const { pages } = this.#session(session, expires);
    const page = pageOf(pages, Math.floor(number / PAGE_BITS));
    const bit = number % PAGE_BITS;
    page[bit >> 3] = (page[bit >> 3] as number) | (0x80 >> (bit & 7)); // as SETBIT counts
  }

  /** Keeps the result of a job that has ended here (G2). */
  keep(id: string, result: Sealed): void {
    this.#results.set(id, result);
    this.#characters += result.p.length;
    for (const [oldest, { p }] of this.#results) {
      if (this.#results.size <= KEPT_RESULTS && this.#characters <= KEPT_CHARACTERS) break;
      this.#results.delete(oldest);
      this.#characters -= p.length;
    }
  }

  /** Forgets sessions all of whose jobs have expired. */
  forget(now: number = Date.now()): void {
    for (const [session, { expires }] of this.#sessions) if (expires < now) this.#sessions.delete(session);
  }

  #session(session: string, expires: number): Session {
    const known = this.#sessions.get(session) ?? { expires, pages: new Map() };
    this.#sessions.set(session, known);
    known.expires = Math.max(known.expires, expires);
    return known;
  }
}

function pageOf(pages: Map<number, Uint8Array>, number: number): Uint8Array {
  const page = pages.get(number) ?? new Uint8Array(PAGE_BYTES);
  pages.set(number, page);
  return page;
}
