/**
 * Where in a value something is wrong. The path is put together only on failure: a Refusal is thrown where the
 * offender is and each container that it passes on its way out adds its own step, innermost first.
 *
 * Nothing else may be done on the way: the stack may be nearly full, and V8 ends the process (instead of throwing) when
 * that happens while it compiles a regular expression. For the same reason nothing in write/ and read/ uses them.
 */
import { SerializationError } from "@concurrent-futures/core";

/** A property, an index, or what is written as it is, such as `.get("k")`. */
export type Step = string | number | { readonly text: string };

export type Side = SerializationError["side"];

/** Steps shown at the start and at the end of a path that is too long to be read. */
const SHOWN_STEPS = 8;

/** Why a value cannot cross, on its way to becoming a SerializationError. */
export class Refusal {
  /** Completes "Cannot send <path>: "; undefined where `cause` says it. */
  readonly reason: string | undefined;
  readonly cause: unknown;
  readonly steps: Step[] = [];
  /** What the path starts with where that is not the value itself but, for example, the transfer list. */
  root: string | undefined;

  constructor(reason: string | undefined, cause?: unknown) {
    this.reason = reason;
    this.cause = cause;
  }
}

/** What a container throws on when something inside of it, at `step`, threw `thrown`. */
export function inside(thrown: unknown, step: Step): Refusal {
  const refusal = thrown instanceof Refusal ? thrown : new Refusal(undefined, thrown);
  refusal.steps.push(step);
  return refusal;
}

/** The error that the caller gets. */
export function toSerializationError(
  thrown: unknown,
  verb: "send" | "receive",
  side: Side,
  root: string,
): SerializationError {
  const refusal = thrown instanceof Refusal ? thrown : new Refusal(undefined, thrown);
  const { steps, cause, reason = reasonOf(cause) } = refusal;
  const path = (refusal.root ?? root) + pathOf(steps);
  const options = cause === undefined ? undefined : { cause };
  return new SerializationError(`Cannot ${verb} ${path}: ${reason}`, { side, path }, options);
}

/** Says what was thrown without trusting it: reading its message may throw again. */
export function messageOf(thrown: unknown): string {
  try {
    const message = (thrown as { message?: unknown } | null | undefined)?.message;
    return typeof message === "string" && message !== "" ? message : String(thrown);
  } catch {
    return "something that cannot be shown";
  }
}

function reasonOf(thrown: unknown): string {
  const message = messageOf(thrown);
  return /call stack size|too much recursion/i.test(message)
    ? "it is nested too deeply. Send it in a flatter form, for example as a list"
    : `reading it failed: ${message}`;
}

function pathOf(steps: readonly Step[]): string {
  const outermostFirst = steps.toReversed();
  if (steps.length <= 3 * SHOWN_STEPS) return outermostFirst.map(stepText).join("");
  const start = outermostFirst.slice(0, SHOWN_STEPS).map(stepText).join("");
  const end = outermostFirst.slice(-SHOWN_STEPS).map(stepText).join("");
  return `${start}...(${steps.length - 2 * SHOWN_STEPS} more)...${end}`;
}

function stepText(step: Step): string {
  if (typeof step === "object") return step.text;
  if (typeof step === "number") return `[${step}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
