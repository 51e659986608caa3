/**
 * Instances of classes with [serialize]() and static [deserialize](state).
 *
 * The instance takes its number before its state is written, so that meeting it again sends the number. Meeting it
 * within its own state is refused: the other side could not make the instance without the state, nor the state without
 * the instance.
 */
import { deserialize, serialize } from "@concurrent-futures/core";
import type { AnyClass, ClassDescriptor } from "../host.js";
import { inside, messageOf, Refusal } from "../path.js";
import * as tags from "../tags.js";
import type { ValueWriter } from "./value-writer.js";

interface Serializable {
  [serialize](): unknown;
}

export function isSerializable(object: object): object is Serializable {
  return typeof (object as Partial<Serializable>)[serialize] === "function";
}

export function writeInstance(to: ValueWriter, object: Serializable, number: number): void {
  const cls: unknown = object.constructor;
  const name = typeof cls === "function" ? cls.name : "?";
  if (typeof cls !== "function" || typeof (cls as { [deserialize]?: unknown })[deserialize] !== "function") {
    throw new Refusal(
      `its class ${name} has [serialize] but no static [deserialize]. Add one that makes an instance from the state`,
    );
  }
  const known = to.classes.find(cls, true);
  const classNumber = known === -1 ? to.classes.add(cls, describe(to, cls), true) : known;
  let state: unknown;
  try {
    state = object[serialize]();
  } catch (error) {
    throw new Refusal(`the [serialize]() of ${name} threw: ${messageOf(error)}`, error);
  }
  to.writer.byte(tags.INSTANCE);
  to.writer.count(classNumber);
  to.open.push(number);
  try {
    to.value(state);
  } catch (error) {
    throw inside(error, { text: "[serialize]()" });
  }
  to.open.pop();
}

/** What is thrown when `number` is met within its own state. */
export function refuseCycle(): Refusal {
  return new Refusal(
    "it is part of the state that its own [serialize]() returns. Leave it out there and put it back in [deserialize]",
  );
}

function describe(to: ValueWriter, cls: AnyClass): ClassDescriptor {
  let found: ClassDescriptor | undefined;
  let cause: unknown;
  try {
    found = to.describeClass(cls);
  } catch (error) {
    cause = error;
  }
  if (found !== undefined) return found;
  const why = cause === undefined ? "" : ` (${messageOf(cause)})`;
  throw new Refusal(
    `its class ${cls.name} cannot be found from elsewhere${why}. Export the class from the module that defines it`,
    cause,
  );
}
