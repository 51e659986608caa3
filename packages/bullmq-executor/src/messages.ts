/**
 * What goes through Redis: jobs, results, news of running jobs, and what all workers are told. All of them are sealed alike.
 *
 *   sealed: { v, k, s, h, p }     version, key id, signature, header (JSON), payload (lines of devalue)
 *   signed: kind, queue, job id, function, header, payload
 *
 * The signature is looked at first; nothing else of a message is parsed before it.
 */
import type { Keyring } from "./keyring.js";

const VERSION = 1;

export interface Sealed {
  readonly v: number;
  readonly k: string;
  readonly s: string;
  readonly h: string;
  readonly p: string;
}

/** What kind of message it is: one kind cannot be passed off as another. */
export type Kind = "job" | "result" | "news" | "control";

/** Whose message it is. */
export interface Address {
  readonly queue: string;
  readonly id: string;
  /** The function's name. */
  readonly task: string;
}

/** A job's header. */
export interface JobHeader {
  /** The submitter, and the job's number in it: see ReplayGuard. */
  readonly session: string;
  readonly number: number;
  /** Milliseconds since 1970 after which it is refused. */
  readonly expires: number;
  readonly chunk: boolean;
  readonly calls: number;
  /** The submitter's inbox, to which a short result goes first. */
  readonly inbox: string;
  readonly timeout?: number;
  readonly retries?: number;
  readonly name?: string;
}

/** The header of whatever comes back. */
export interface AnswerHeader {
  readonly expires: number;
  /** Of news: 1, 2, 3, ... */
  readonly number: number;
  /** What the calls cost their worker, in milliseconds: how long they took, divided by how many others ran with them. */
  readonly elapsed: number;
  /** For how long the worker has had the job, in milliseconds. */
  readonly took: number;
}

/** What workers are told of a call that is not wanted any more. */
export interface Abort {
  /** The job's id. */
  readonly id: string;
  readonly index: number;
  /** As text, see Values. */
  readonly reason: string;
}

/** What all workers are told. */
export interface Control {
  readonly aborts?: readonly Abort[];
  /** Jobs that have ended, of one session. */
  readonly done?: { readonly session: string; readonly expires: number; readonly numbers: readonly number[] };
}

export interface Opened<H> {
  readonly header: H;
  readonly payload: string;
}

export function seal(keyring: Keyring, kind: Kind, to: Address, header: object, payload: string): Sealed {
  const h = JSON.stringify(header);
  const { keyId, mac } = keyring.sign([kind, to.queue, to.id, to.task, h, payload]);
  return { v: VERSION, k: keyId, s: mac, h, p: payload };
}

/**
 * Opens a message.
 *
 * @returns what it holds, or what is wrong with it
 */
export function open<H extends { readonly expires: number }>(
  keyring: Keyring,
  kind: Kind,
  from: Address,
  message: unknown,
  maxPayload: number,
): Opened<H> | string {
  if (typeof message !== "object" || message === null) return "it is not a message of this program";
  const { v, k, s, h, p } = message as Partial<Record<keyof Sealed, unknown>>;
  if (v !== VERSION) return `its version is not ${VERSION}`;
  if (typeof h !== "string" || typeof p !== "string") return "it is not a message of this program";
  if (h.length + p.length > maxPayload)
    return `it has ${h.length + p.length} characters, \`maxPayload\` is ${maxPayload}`;
  const objection = keyring.objection([kind, from.queue, from.id, from.task, h, p], k, s);
  if (objection !== undefined) return objection;
  try {
    const header: H = JSON.parse(h);
    if (typeof header?.expires !== "number") return "its header is damaged";
    return header.expires < Date.now() ? "it has expired" : { header, payload: p };
  } catch {
    return "its header is damaged"; // only where nothing is signed
  }
}

/** Why a worker refuses a job whose function it does not have; the submitter makes another error of it. */
export const UNKNOWN_FUNCTION = "it has no such function registered";

/** Several values in one payload: devalue's text has no line breaks. */
export const toLines = (texts: readonly string[]): string => texts.join("\n");
export const fromLines = (payload: string): string[] => payload.split("\n");
